/**
 * `npm run conformance`: asks a real Kubernetes everything that is asked over the catalogue, keeps the answers in
 * recorded/, asks the practice cluster the same, and writes RESULTS.md. With `--replay` the kept answers are taken.
 * Exit code 1 where an answer differs without a reason, a reason is no longer needed, or a scenario could not be recorded.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { startKubernetes, whyNoKubernetes } from '../support/kubernetes/kubernetes.ts';
import { stageOn } from '../support/kubernetes/stage.ts';
import { root } from '../support/paths.ts';
import { mustRun } from '../support/processes.ts';
import { scratchFolder } from '../support/scratch.ts';
import { ensureKubectl } from '../support/vscode/install.ts';
import { recordAll, replayAll } from './conduct.ts';
import { forgetAllBut, keep, kept } from './files.ts';
import { outcomeOf, resultsPage } from './results.ts';
import { connectionOf } from './tap.ts';
import { played } from './world.ts';

const whole = process.env.ONCALL_SCENARIOS === undefined;
const report = (line) => console.log(line);

async function record() {
  await mustRun(process.execPath, ['esbuild.mjs'], { cwd: root, timeoutMs: 300_000 });
  const scratch = await scratchFolder('conformance');
  const kubernetes = await startKubernetes();
  const ended = new AbortController();
  try {
    const [connection, kubectl] = await Promise.all([connectionOf(kubernetes.kubeconfig), ensureKubectl()]);
    const stage = stageOn(kubernetes, ended.signal);
    return await recordAll({ connection, stage, kubectl, dir: scratch.path, report, keep });
  } finally {
    ended.abort();
    await kubernetes.close();
    await scratch.remove();
  }
}

/** Of client and server, as the server told them when it was recorded. */
function versionsOf(recordings) {
  const answers = recordings.flatMap(({ calls }) => calls.flatMap(({ exchanges }) => exchanges));
  const { body } = answers.find(({ question }) => question.path.startsWith('/version'))?.answer ?? {};
  const nodes = answers.find(({ answer }) => answer.body?.kind === 'NodeList')?.answer.body;
  const versions = (nodes?.items ?? []).map(({ status }) => status.nodeInfo.kubeletVersion);
  return `Recorded on an API server ${body?.gitVersion ?? 'of unknown version'} with nodes ${[...new Set(versions)].join(', ')}.`;
}

const replayOnly = process.argv.includes('--replay');
const reason = replayOnly ? undefined : await whyNoKubernetes();
if (reason) {
  console.error(`Nothing was recorded: ${reason}`);
  process.exit(2);
}
const failed = replayOnly ? [] : await record();
if (whole && !replayOnly) await forgetAllBut(played.map(({ name }) => name));
const recordings = (await kept()).filter(({ scenario }) => played.some(({ name }) => name === scenario));
const outcome = outcomeOf(await replayAll(recordings), whole);
if (whole) {
  const file = join(import.meta.dirname, 'RESULTS.md');
  const options = { ...(await resolveConfig(file)), parser: 'markdown' };
  await writeFile(file, await format(resultsPage(outcome, versionsOf(recordings)), options));
}
for (const fault of outcome.faults) console.log(fault);
for (const name of failed) console.log(`${name} could not be recorded.`);
const { compared, equal, explained } = outcome;
console.log(
  `${compared} answers compared: ${equal} equal, ${explained} differing with a reason, ${compared - equal - explained} without.`,
);
process.exit(outcome.faults.length + failed.length > 0 ? 1 : 0);

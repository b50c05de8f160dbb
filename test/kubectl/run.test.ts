/** What is said of a command is what the real kubectl does. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { assessCommand } from '../../src/kubectl/assess.ts';
import { readManifest } from '../../src/kubectl/manifest.ts';
import { root } from '../support/paths.ts';
import { mustRun } from '../support/processes.ts';
import { ensureKubectl } from '../support/vscode/install.ts';
import { buildCorpus, plainWords, sampleOf, type Entry } from './corpus.ts';
import { readHelp } from './examples.ts';
import { columnOf, faultsOf, type Trial } from './judge.ts';
import { observe } from './observe.ts';
import { confusionTable, overCautionPercent, resultsPage, summarize, type Summary } from './results.ts';
import { startServer, type Server } from './server.ts';
import { spellingFaults } from './spellings.ts';

const whole = process.env['ONCALL_KUBECTL_CORPUS'] === 'whole';

/** Of a sample, so many commands are run at least. */
const sampleSize = 300;
/** So many commands run at the same time. */
const width = 4;

/** Of the rejected commands, those with these verbs and every nth other one are run all the same. */
const readingVerb =
  /^kubectl( -n \S+| -n\S+| --\S+)* (get|describe|logs|events|top|explain|api-|version|cluster-info|auth|rollout (status|history)|wait|diff)/;
const nthRejected = 5;

function assess({ command, stdin }: Entry) {
  return assessCommand(command, {
    defaultNamespace: 'default',
    ...(stdin === undefined ? {} : { manifest: readManifest(stdin) }),
  });
}

/** The words to run; undefined where only a shell could, or where it would go out to the network. */
function runnable({ command, shell }: Entry): string[] | undefined {
  const argv = typeof command === 'string' ? plainWords(command) : [...command];
  if (shell === true || argv?.[0] !== 'kubectl' || argv.some((word) => word.includes('://')))
    return undefined;
  return argv;
}

/** As the rest of the project is written. */
async function formatOf(file: string) {
  return { ...(await resolveConfig(file)), parser: 'markdown' };
}

describe('What is said of a command, and what the real kubectl does', function () {
  let kubectl: string;
  let server: Server;
  let corpus: Entry[];
  const trials: Trial[] = [];
  let summary: Summary;

  before(async function () {
    this.timeout(5 * 60_000);
    kubectl = await ensureKubectl();
    const [pages, started] = await Promise.all([readHelp(kubectl), startServer(kubectl, width)]);
    server = started;
    corpus = buildCorpus(pages);
  });

  after(() => server?.close());

  it('names every built-in type that the server has, in every spelling', () => {
    assert.ok(server.types.length > 50);
    assert.deepEqual(spellingFaults(server.types), []);
  });

  it('is the same: nothing that is called low changes, writes, listens or tells', async function () {
    this.timeout(20 * 60_000);
    assert.ok(corpus.length >= 1500, `the corpus has only ${corpus.length} commands`);
    const chosen = whole ? corpus : sampleOf(corpus, sampleSize + 120);
    const queue = [...chosen.entries()];
    const ordered: Trial[] = [];
    await Promise.all(
      server.places.map(async (place) => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const [index, entry] = next;
          const assessment = assess(entry);
          const argv = runnable(entry);
          const wanted =
            !assessment.rejected || index % nthRejected === 0 || readingVerb.test(argv?.join(' ') ?? '');
          ordered[index] =
            argv !== undefined && wanted
              ? { entry, assessment, observed: await observe(place, argv, entry.stdin) }
              : { entry, assessment };
        }
      }),
    );
    trials.push(...ordered);
    summary = summarize(trials);
    const { commands, ran } = summary;
    console.log(`      ${commands} of ${corpus.length} commands assessed, ${ran} of them run\n`);
    console.log(confusionTable(summary).replaceAll(/^/gm, '      '));
    if (process.env['ONCALL_KUBECTL_TRACE'] !== undefined) {
      const lines = trials.map(({ entry, assessment, observed }) =>
        JSON.stringify({ ...entry, column: columnOf(assessment), reason: assessment.reason, observed }),
      );
      await writeFile(process.env['ONCALL_KUBECTL_TRACE'], lines.join('\n'));
    }
    const faults = trials.flatMap((trial) => faultsOf(trial, server.types));
    assert.equal(faults.length, 0, `${faults.length} faults:\n${faults.join('\n')}`);
    assert.ok(ran >= (whole ? 1000 : sampleSize), `only ${ran} commands were run`);
  });

  it('is not over-cautious: at most 2 % of what only reads is above low without a rule that says so', async () => {
    const percent = overCautionPercent(summary);
    console.log(
      `      ${summary.readOnly} only read; ${summary.overCautious.length} (${percent.toFixed(2)} %) above low without a rule`,
    );
    const list = summary.overCautious.map(
      ({ entry, assessment }) => `${entry.command}: ${assessment.reason}`,
    );
    if (whole) {
      const version = await mustRun(kubectl, ['version', '--client'], { timeoutMs: 20_000 });
      const client = /v[\d.]+/.exec(version)?.[0] ?? '';
      const { gitVersion } = (await server.controlPlane.get('/version')) as { gitVersion: string };
      const versions = `kubectl ${client}, API server ${gitVersion}.`;
      const page = join(root, 'test/kubectl/RESULTS.md');
      await writeFile(page, await format(resultsPage(summary, versions), await formatOf(page)));
    }
    assert.ok(summary.readOnly >= 50);
    assert.ok(percent <= 2, list.join('\n'));
    assert.equal(assessCommand('kubectl -n prod get pods').riskLevel, 'low');
  });
});

/**
 * Runs the suites: `node test/run.mjs [unit|security|kubectl|crash|scenarios|conformance|cluster|host|ui ...] [--whole]`, all by default.
 * Ends with the sum. The kubectl suite runs a sample of its commands, with `--whole` all of them; the scenarios suite a sample
 * on the practice cluster; the conformance suite what was recorded.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { add, countsSchema, none, sumLine } from './support/counts.ts';
import { runHostSuite } from './support/host.ts';
import { whyNoBinaries } from './support/kubernetes/binaries.ts';
import { installKubernetes, ownCluster, whyNoKubernetes } from './support/kubernetes/kubernetes.ts';
import { root } from './support/paths.ts';
import { run } from './support/processes.ts';
import { scratchFolder } from './support/scratch.ts';
import { ensureChromium, ensureKubectl, ensureVSCode } from './support/vscode/install.ts';

const minute = 60_000;

/**
 * Runs mocha in a process of its own and reads its counts.
 * @param timeoutMs for one test
 * @param limitMs for the suite
 * @param jobs how many files run at once
 */
async function mocha(pattern, timeoutMs, limitMs, { jobs = 1 } = {}) {
  const scratch = await scratchFolder('suite');
  try {
    const counts = join(scratch.path, 'counts.json');
    const { code } = await run(
      process.execPath,
      [
        ...['node_modules/mocha/bin/mocha.js', '--timeout', String(timeoutMs)],
        ...(jobs === 1 ? [] : ['--parallel', '--jobs', String(jobs)]),
        ...['--reporter', './test/support/reporter.ts', '--reporter-option', `counts=${counts}`],
        pattern,
      ],
      { cwd: root, timeoutMs: limitMs, show: true },
    );
    if (!existsSync(counts)) throw new Error(`mocha ended with ${code} and without a result`);
    const read = countsSchema.parse(JSON.parse(await readFile(counts, 'utf8')));
    if (code !== 0 && read.failed === 0) throw new Error(`mocha ended with ${code} though no test failed`);
    return read;
  } finally {
    await scratch.remove();
  }
}

/** Each suite: what it takes, and why it cannot run here, if it cannot. */
const suites = {
  unit: { run: () => mocha('test/unit/**/*.test.ts', minute, 10 * minute, { jobs: 2 }) },
  security: { run: () => mocha('test/security/**/*.test.ts', minute, 10 * minute) },
  kubectl: {
    run: () => mocha('test/kubectl/**/*.test.ts', 2 * minute, 30 * minute),
    unavailable: whyNoBinaries,
  },
  crash: { run: () => mocha('test/crash/**/*.test.ts', 3 * minute, 10 * minute) },
  scenarios: { run: () => mocha('test/scenarios/**/*.test.ts', 2 * minute, 10 * minute) },
  conformance: { run: () => mocha('test/conformance/**/*.test.ts', 2 * minute, 5 * minute) },
  cluster: {
    async run() {
      await installKubernetes();
      return mocha('test/cluster/**/*.test.ts', 3 * minute, 20 * minute, { jobs: ownCluster() ? 1 : 2 });
    },
    unavailable: whyNoKubernetes,
  },
  // Last, since VS Code is being installed meanwhile.
  host: { run: () => runHostSuite() },
  // People wait more than they work: two workbenches take little longer than one.
  ui: { run: () => mocha('test/ui/**/*.test.ts', 3 * minute, 20 * minute, { jobs: 2 }) },
};

/** These need VS Code. */
const inVSCode = ['host', 'ui'];

async function runSuite(name) {
  const { run: runTests, unavailable } = suites[name];
  const reason = await unavailable?.();
  if (reason) {
    console.log(`The ${name} suite is skipped: ${reason}`);
    return { ...none, skipped: 1 };
  }
  try {
    return await runTests();
  } catch (error) {
    console.log(`The ${name} suite failed as a whole: ${error.stack}`);
    return { ...none, failed: 1, failures: [`The ${name} suite as a whole: ${error.message}`] };
  }
}

const names = process.argv.slice(2).filter((word) => word !== '--whole');
if (process.argv.includes('--whole')) process.env.ONCALL_KUBECTL_CORPUS = 'whole';
const unknown = names.filter((name) => !(name in suites));
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(', ')}. There are: ${Object.keys(suites).join(', ')}`);
  process.exit(2);
}
const chosen = names.length > 0 ? names : Object.keys(suites);

const build = await run(process.execPath, ['esbuild.mjs'], { cwd: root, timeoutMs: 5 * minute, show: true });
if (build.code !== 0) {
  console.log(`The build failed: no suite was run.\n${sumLine({ ...none, failed: 1 })}`);
  process.exit(1);
}

// Before the suites: files that run at once would install the same thing at once. Whatever goes wrong is said by the suite.
await ensureKubectl().catch(() => undefined);
// The first time it takes minutes, while the suites before it need one of the cores only.
const installing = chosen.some((name) => inVSCode.includes(name))
  ? ensureVSCode()
      .then(() => ensureChromium())
      .catch(() => undefined)
  : undefined;

let sum = none;
const lines = [];
for (const name of chosen) {
  console.log(`\n== ${name} ==`);
  if (inVSCode.includes(name)) await installing;
  const started = Date.now();
  const counts = await runSuite(name);
  sum = add(sum, counts);
  lines.push(`${name}: ${sumLine(counts)} (${Math.round((Date.now() - started) / 1000)} s)`);
  console.log(lines.at(-1));
}
for (const failure of sum.failures) console.log(`\nfailed: ${failure}`);
console.log(`\n${lines.join('\n')}\n${sumLine(sum)}`);
process.exit(sum.failed > 0 ? 1 : 0);

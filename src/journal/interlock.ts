/**
 * Stop and breaker once more, in a file outside of the journal's folder: who loses the journal does not lose them. What
 * either of the two places says for the stricter side holds.
 *
 * JSON lines that all windows append to, each with one write. Nothing is taken back but by a person's word.
 */
import { open, readFile, stat } from 'node:fs/promises';
import type { BreakerEvent } from '../domain/decision.ts';
import { explain, OncallError } from '../domain/error.ts';
import type { JournalRecord } from '../domain/record.ts';
import { breakerEvent } from './breaker.ts';
import { StepIndex } from './step-index.ts';

/** One line. */
interface Entry {
  /** ISO 8601. */
  readonly time: string;
  readonly what: 'stopped' | 'resumed' | 'lost' | BreakerEvent['outcome'];
  /** Who stopped or resumed automation, or reset the breaker. */
  readonly by?: string;
  /** The files of the journal that were lost. */
  readonly files?: readonly string[];
}

/** Where it is kept for a journal unless somebody says otherwise: beside the journal's folder. */
export function interlockBeside(directory: string): string {
  return `${directory.replace(/[\\/]+$/, '')}.interlock.jsonl`;
}

export class Interlock {
  readonly #path: string;
  readonly #steps = new StepIndex();
  readonly #events: BreakerEvent[] = [];
  /** The whole lines that were read so far. */
  #text = '';
  /** How the file looked when it was read last. */
  #seen = '';
  /** What stands after the last line end was torn by a power cut. */
  #torn = false;
  #stopped = false;
  #lost: readonly string[] = [];
  /** Why it cannot be read right now. */
  #unreadable: string | undefined;
  /** Why a person has to look. */
  #trouble: string | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param path of the file; it is made with the first entry */
  constructor(path: string) {
    this.#path = path;
  }

  /** Successes, failures and resets of all windows, in the order in which they were written. It only grows. */
  get breakerEvents(): readonly BreakerEvent[] {
    return this.#events;
  }

  /** Whether a person has stopped automation and nobody has resumed it since. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** The files that the journal has lost since automation was resumed last. */
  get lost(): readonly string[] {
    return this.#lost;
  }

  /** Why nobody can say what holds: the file cannot be read or written, was taken away or changed. One clause. */
  get trouble(): string | undefined {
    return this.#unreadable ?? this.#trouble;
  }

  /** Takes in what other windows have written. A file that never was is an empty one. */
  read(): Promise<void> {
    return this.#inTurn(() => this.#read());
  }

  /**
   * Keeps what a record of this window means for stop and breaker.
   * @throws what {@link keep} throws
   */
  async note(record: JournalRecord): Promise<void> {
    this.#steps.note(record);
    const entry = entryOf(record, this.#steps);
    if (entry !== undefined) await this.keep(entry);
  }

  /**
   * Keeps an entry. One for the stricter side counts whether it can be written or not.
   * @throws OncallError `journal-unwritable` where what a person loosened could not be written: nothing is loosened then
   */
  keep(entry: Entry): Promise<void> {
    return this.#inTurn(async () => {
      try {
        await this.#read();
        if (entry.what === 'resumed' && this.#trouble !== undefined) await this.#acceptAsItIs();
        await this.#append(entry);
        await this.#read();
      } catch (error) {
        const why = `${this.#path} cannot be written (${explain(error)})`;
        if (entry.what === 'resumed' || entry.what === 'reset')
          throw new OncallError(
            'journal-unwritable',
            `Nothing was ${entry.what}: ${why}`,
            'Stop and breaker are kept there as well. Check the file, its folder and the free space, then try again.',
            { cause: error },
          );
        this.#take(entry);
        this.#trouble = why;
      }
    });
  }

  async #read(): Promise<void> {
    try {
      const { ino, size, mtimeMs } = await stat(this.#path);
      const now = `${ino} ${size} ${mtimeMs}`;
      if (now !== this.#seen) this.#takeIn(await readFile(this.#path, 'utf8'));
      this.#seen = now;
      this.#unreadable = undefined;
    } catch (error) {
      this.#seen = '';
      if (!isMissing(error)) this.#unreadable = `${this.#path} cannot be read (${explain(error)})`;
      else if (this.#text !== '') this.#trouble = `${this.#path} was taken away`;
    }
  }

  #takeIn(text: string): void {
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    this.#torn = whole.length < text.length;
    if (!whole.startsWith(this.#text)) {
      this.#trouble = `${this.#path} is not what was written there any more`;
      return;
    }
    const lines = whole.slice(this.#text.length).split('\n');
    this.#text = whole;
    for (const line of lines) {
      if (line === '') continue;
      const entry = parsed(line);
      if (entry === undefined) this.#trouble = `${this.#path} has a line that cannot be read`;
      else this.#take(entry);
    }
  }

  #take({ time, what, files = [] }: Entry): void {
    switch (what) {
      case 'stopped':
        this.#stopped = true;
        break;
      case 'resumed':
        this.#stopped = false;
        this.#lost = [];
        this.#trouble = undefined;
        break;
      case 'lost':
        this.#lost = [...new Set([...this.#lost, ...files])];
        break;
      default:
        this.#events.push({ time, outcome: what });
    }
  }

  /** A person has looked: what is in the file now is gone on from. What was read before stays known. */
  async #acceptAsItIs(): Promise<void> {
    const text = await readFile(this.#path, 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return '';
      throw error;
    });
    this.#text = text.slice(0, text.lastIndexOf('\n') + 1);
    this.#torn = this.#text.length < text.length;
  }

  async #append(entry: Entry): Promise<void> {
    const handle = await open(this.#path, 'a', 0o600);
    try {
      await handle.write(`${this.#torn ? '\n' : ''}${JSON.stringify(entry)}\n`);
      await handle.datasync();
    } finally {
      await handle.close();
    }
  }

  /** One after another, so that no line is taken twice. */
  #inTurn(task: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(task);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

function entryOf(record: JournalRecord, steps: StepIndex): Entry | undefined {
  const by = record.actor.name;
  const { time } = record;
  switch (record.type) {
    case 'AutomationStopped':
      return { time, what: 'stopped', by };
    case 'AutomationResumed':
      return { time, what: 'resumed', by };
    case 'JournalLost':
      return { time, what: 'lost', files: record.data.files };
    default: {
      const event = breakerEvent(record, steps);
      return event && { time, what: event.outcome, ...(event.outcome === 'reset' ? { by } : {}) };
    }
  }
}

const kinds: ReadonlySet<unknown> = new Set<Entry['what']>([
  'stopped',
  'resumed',
  'lost',
  'success',
  'failure',
  'reset',
]);

function parsed(line: string): Entry | undefined {
  try {
    const entry = JSON.parse(line) as Partial<Entry> | null;
    const files = entry?.files ?? [];
    const valid =
      typeof entry?.time === 'string' && kinds.has(entry.what) && Array.isArray(files) && files.every(isText);
    return valid ? (entry as Entry) : undefined;
  } catch {
    return undefined;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

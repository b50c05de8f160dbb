/**
 * Argv to command, read exactly as kubectl reads it (cobra and pflag): short names in clusters, values attached or in
 * the next word, the last of repeated flags wins, `--` ends flags. Where kubectl's reading depends on its version, the
 * command is refused.
 */
import { aliases, groups, refusedVerbs, verbs } from './verbs.ts';
import type { Verb } from './verb.ts';
import { globalFlags } from './flags.ts';
import type { Flag } from './flags.ts';

/** A command whose verb and flags are all known. */
export interface Command {
  readonly verb: Verb;
  /** Values by long name; the last one given. Booleans are `true` or `false`. */
  readonly flags: ReadonlyMap<string, string>;
  /** The words that are no flags. */
  readonly words: readonly string[];
  /** How many of `words` stand before `--`; undefined without `--`. */
  readonly wordsBeforeDashes: number | undefined;
}

export type Parsed =
  | { readonly ok: true; readonly command: Command }
  | {
      readonly ok: false;
      /** One sentence. */
      readonly reason: string;
      /** As far as it was understood; may be empty. */
      readonly commandType: string;
      /** The words that it is about: indexes in argv, `to` not included. */
      readonly at: WordRange;
    };

/** Neighbouring words of a command by their indexes, `to` not included. */
export interface WordRange {
  readonly from: number;
  readonly to: number;
}

interface FlagTables {
  readonly flags: ReadonlyMap<string, Flag>;
  readonly shorts: ReadonlyMap<string, Flag>;
}

const globals: FlagTables = {
  flags: new Map(globalFlags.map((flag) => [flag.name, flag])),
  shorts: new Map(globalFlags.flatMap((flag) => (flag.short === undefined ? [] : [[flag.short, flag]]))),
};

/** Reads one kubectl command. Total: it never throws. */
export function parseCommand(argv: readonly string[]): Parsed {
  if (argv[0] !== 'kubectl') {
    return {
      ok: false,
      reason: 'Only kubectl itself may run, and its first word must be kubectl.',
      commandType: '',
      at: { from: 0, to: 1 },
    };
  }
  const reader = new Reader(argv);
  const reason = reader.read();
  if (reason !== undefined || reader.verb === undefined) {
    return {
      ok: false,
      reason: reason ?? 'It names no kubectl command.',
      commandType: reader.verbName,
      at: reader.at,
    };
  }
  const { verb, flags, words, wordsBeforeDashes } = reader;
  return { ok: true, command: { verb, flags, words, wordsBeforeDashes } };
}

/** Goes through argv once. Each method returns a sentence where the command must be refused. */
class Reader {
  verb: Verb | undefined;
  verbName = '';
  readonly flags = new Map<string, string>();
  readonly words: string[] = [];
  wordsBeforeDashes: number | undefined;
  /** Where reading stopped, once it did. */
  at: WordRange = { from: 0, to: 1 };
  private readonly argv: readonly string[];
  private index = 1;
  private tables: FlagTables = globals;
  /** Flags that stand before the sub-verb, which must mean the same to it. */
  private early: { flag: Flag; shown: string; value: string; at: WordRange }[] = [];
  /** The word that is being read. */
  private reading = 0;

  constructor(argv: readonly string[]) {
    this.argv = argv;
  }

  read(): string | undefined {
    while (this.index < this.argv.length) {
      this.reading = this.index;
      const word = this.argv[this.index++] ?? '';
      const reason =
        word.charCodeAt(0) !== 0x2d || word.length === 1
          ? this.readWord(word)
          : word === '--'
            ? this.readRest()
            : word.charCodeAt(1) === 0x2d
              ? this.readLong(word)
              : this.readShorts(word);
      if (reason !== undefined) {
        if (this.at.from === 0) this.at = this.place();
        return reason;
      }
    }
    if (this.verb !== undefined) return undefined;
    this.at = { from: this.argv.length - 1, to: this.argv.length };
    if (this.verbName === '') return 'It names no kubectl command.';
    return this.finishVerb(this.verbName, `kubectl ${this.verbName} needs a sub-command.`);
  }

  /** The word that is being read, with the value that went with it. */
  private place(): WordRange {
    return { from: this.reading, to: Math.min(this.index, this.argv.length) };
  }

  private readWord(word: string): string | undefined {
    if (this.verb !== undefined) {
      this.words.push(word);
      return undefined;
    }
    const typed = this.verbName === '' ? word : `${this.verbName} ${word}`;
    const name = aliases.get(typed) ?? typed;
    if (groups.has(name)) {
      this.verbName = name;
      this.tables = verbs.get(name) ?? globals;
      return undefined;
    }
    return this.finishVerb(
      name,
      `kubectl ${typed} is no command that is known here, so it cannot be judged.`,
    );
  }

  private finishVerb(name: string, unknown: string): string | undefined {
    const refused = refusedVerbs.get(name);
    if (refused !== undefined) {
      this.verbName = name;
      return `kubectl ${name} ${refused}.`;
    }
    const verb = verbs.get(name);
    if (verb === undefined) return unknown;
    this.verbName = name;
    this.verb = verb;
    this.tables = verb;
    for (const { flag, shown, value, at } of this.early) {
      const same = verb.flags.get(flag.name);
      const reason =
        same?.kind !== flag.kind || same.short !== flag.short
          ? this.unknownFlag(shown)
          : this.set(same, shown, value);
      if (reason !== undefined) {
        this.at = at;
        return reason;
      }
    }
    return undefined;
  }

  /** Everything after `--` is a word, whatever it looks like. */
  private readRest(): string | undefined {
    // `cluster-info` does without a sub-verb, yet nothing says what words after its `--` would mean.
    if (this.verb === undefined) return '`--` stands before the command, so it cannot be judged.';
    this.wordsBeforeDashes = this.words.length;
    while (this.index < this.argv.length) this.words.push(this.argv[this.index++] ?? '');
    return undefined;
  }

  private readLong(word: string): string | undefined {
    const equals = word.indexOf('=');
    const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
    const flag = this.tables.flags.get(name);
    if (flag === undefined) return this.unknownFlag(`--${name}`);
    if (equals >= 0) return this.set(flag, `--${name}`, word.slice(equals + 1));
    return this.setWithout(flag, `--${name}`);
  }

  private readShorts(word: string): string | undefined {
    for (let at = 1; at < word.length; at++) {
      const short = word[at] ?? '';
      const flag = this.tables.shorts.get(short);
      if (flag === undefined) return this.unknownFlag(`-${short}`);
      if (word[at + 1] === '=') {
        // kubectl takes a lone `=` for the value itself.
        if (at + 2 === word.length) return `-${short}= has no value.`;
        return this.set(flag, `-${short}`, word.slice(at + 2));
      }
      if (flag.kind === 'value' && at + 1 < word.length)
        return this.set(flag, `-${short}`, word.slice(at + 1));
      const reason = this.setWithout(flag, `-${short}`);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  /** Sets a flag that carries no value of its own: the next word is the value where one is needed. */
  private setWithout(flag: Flag, shown: string): string | undefined {
    if (flag.kind === 'boolean') return this.set(flag, shown, 'true');
    if (flag.kind === 'optional') return this.set(flag, shown, flag.whenBare ?? '');
    if (flag.refused !== undefined) {
      // Its value goes with it.
      this.index++;
      return this.set(flag, shown, '');
    }
    const value = this.argv[this.index++];
    return value === undefined ? `${shown} needs a value.` : this.set(flag, shown, value);
  }

  private set(flag: Flag, shown: string, value: string): string | undefined {
    if (flag.refused !== undefined) return `${shown} ${flag.refused}.`;
    if (flag.kind === 'boolean' && value !== 'true' && value !== 'false') {
      return `${shown} must be true or false.`;
    }
    const complaint = flag.check?.(value);
    if (complaint !== undefined) return `${shown} ${complaint}.`;
    if (this.verb === undefined) this.early.push({ flag, shown, value, at: this.place() });
    else this.flags.set(flag.name, value);
    return undefined;
  }

  private unknownFlag(shown: string): string {
    const command = this.verbName === '' ? 'kubectl before its command' : `kubectl ${this.verbName}`;
    return `${shown} is no flag that is known for ${command}, so it cannot be judged.`;
  }
}

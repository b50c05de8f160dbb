/** Reads a regular expression into a tree. */

/** A pattern that is not understood, or too long; the message says what. */
export class PatternError extends Error {}

export type Node =
  | { readonly type: 'test'; readonly test: (character: string) => boolean }
  | { readonly type: 'assert'; readonly holds: (text: string, at: number) => boolean }
  | { readonly type: 'sequence'; readonly parts: readonly Node[] }
  | { readonly type: 'choice'; readonly options: readonly Node[] }
  | {
      readonly type: 'repeat';
      readonly node: Node;
      readonly minimum: number;
      /** Undefined: without end. */
      readonly maximum: number | undefined;
    };

type Test = (character: string) => boolean;

/** Repetitions are written out in the automaton. */
const mostRepetitions = 100;

const digit: Test = (character) => character >= '0' && character <= '9';
const word: Test = (character) => /\w/.test(character);
const space: Test = (character) => /\s/.test(character);
const not =
  (test: Test): Test =>
  (character) =>
    !test(character);

const classes: Readonly<Record<string, Test>> = {
  d: digit,
  D: not(digit),
  w: word,
  W: not(word),
  s: space,
  S: not(space),
};
const controls: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v', 0: '\0' };

/** @throws PatternError that says what is not understood, and where */
export function parsePattern(source: string): Node {
  const parser = new Parser(source);
  const node = parser.choice();
  parser.end();
  return node;
}

/** Whether a character is another, or its capital. */
function same(expected: string): Test {
  const lower = expected.toLowerCase();
  const upper = expected.toUpperCase();
  return (character) => character === lower || character === upper;
}

function within(from: string, to: string): Test {
  const inside: Test = (character) => character >= from && character <= to;
  return (character) => inside(character.toLowerCase()) || inside(character.toUpperCase());
}

class Parser {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  choice(): Node {
    const options = [this.#sequence()];
    while (this.#take('|')) options.push(this.#sequence());
    const [only, ...more] = options;
    return only !== undefined && more.length === 0 ? only : { type: 'choice', options };
  }

  end(): void {
    if (this.#at < this.#source.length) this.#fail(`"${this.#source[this.#at] ?? ''}" has no beginning`);
  }

  #sequence(): Node {
    const parts: Node[] = [];
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at] ?? '')) {
      parts.push(this.#repeated(this.#one()));
    }
    return { type: 'sequence', parts };
  }

  #repeated(node: Node): Node {
    const bounds = this.#bounds();
    if (bounds === undefined) return node;
    // Whether a repetition is lazy changes what is matched, never whether.
    this.#take('?');
    if (this.#bounds() !== undefined) this.#fail('two repetitions stand in a row');
    return { type: 'repeat', node, ...bounds };
  }

  #bounds(): { minimum: number; maximum: number | undefined } | undefined {
    if (this.#take('*')) return { minimum: 0, maximum: undefined };
    if (this.#take('+')) return { minimum: 1, maximum: undefined };
    if (this.#take('?')) return { minimum: 0, maximum: 1 };
    const braces = /^\{(\d{1,4})(?:(,)(\d{1,4})?)?\}/.exec(this.#source.slice(this.#at, this.#at + 12));
    if (braces === null) return undefined;
    this.#at += braces[0].length;
    const minimum = Number(braces[1]);
    const maximum =
      braces[2] === undefined ? minimum : braces[3] === undefined ? undefined : Number(braces[3]);
    if (minimum > mostRepetitions || (maximum ?? minimum) > mostRepetitions) {
      this.#fail(`more than ${String(mostRepetitions)} repetitions`);
    }
    if (maximum !== undefined && maximum < minimum) this.#fail('a repetition ends before it begins');
    return { minimum, maximum };
  }

  #one(): Node {
    const character = this.#next();
    switch (character) {
      case '.':
        return { type: 'test', test: () => true };
      case '^':
        return { type: 'assert', holds: (_, at) => at === 0 };
      case '$':
        return { type: 'assert', holds: (text, at) => at === text.length };
      case '(':
        return this.#group();
      case '[':
        return { type: 'test', test: this.#class() };
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        return this.#fail(`there is nothing before "${character}" to repeat`);
      default:
        return { type: 'test', test: same(character) };
    }
  }

  #group(): Node {
    if (this.#take('?') && !this.#take(':')) this.#fail('of groups with "?" only (?:…) is known');
    const node = this.choice();
    if (!this.#take(')')) this.#fail('a group does not end');
    return node;
  }

  #escape(): Node {
    const character = this.#next();
    if (character === 'b' || character === 'B') {
      const border = (text: string, at: number): boolean =>
        word(text[at - 1] ?? ' ') !== word(text[at] ?? ' ');
      return { type: 'assert', holds: (text, at) => border(text, at) === (character === 'b') };
    }
    return { type: 'test', test: classes[character] ?? same(this.#literal(character)) };
  }

  /** The character that an escape stands for. */
  #literal(character: string): string {
    const control = controls[character];
    if (control !== undefined) return control;
    return /[A-Za-z1-9]/.test(character) ? this.#fail(`\\${character} is not known`) : character;
  }

  #class(): Test {
    const negated = this.#take('^');
    const tests: Test[] = [];
    for (let first = true; first || !this.#take(']'); first = false) {
      const from = this.#classMember();
      if (typeof from === 'function') {
        tests.push(from);
      } else if (this.#source[this.#at] === '-' && this.#source[this.#at + 1] !== ']') {
        this.#at++;
        const to = this.#classMember();
        if (typeof to === 'function' || to < from) this.#fail('a range of a class is not one');
        tests.push(within(from, to));
      } else {
        tests.push(same(from));
      }
    }
    const any: Test = (character) => tests.some((test) => test(character));
    return negated ? not(any) : any;
  }

  #classMember(): string | Test {
    const character = this.#next();
    if (character !== '\\') return character;
    const escaped = this.#next();
    return classes[escaped] ?? (escaped === 'b' ? '\b' : this.#literal(escaped));
  }

  #next(): string {
    const character = this.#source[this.#at++];
    return character ?? this.#fail('it ends too early');
  }

  #take(character: string): boolean {
    if (this.#source[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #fail(what: string): never {
    throw new PatternError(`${what} (at character ${String(this.#at)})`);
  }
}

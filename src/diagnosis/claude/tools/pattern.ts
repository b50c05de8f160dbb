/**
 * Regular expressions in linear time: every pattern becomes a small automaton whose states are followed all at once
 * (https://swtch.com/~rsc/regexp/regexp2.html), so that no pattern can make a search hang. Case does not matter.
 * Known: literals, `.`, classes, `\d \w \s \b`, `^ $`, groups, `|`, `* + ? {m,n}`. No back-references, no look-around.
 */
import { parsePattern, PatternError, type Node } from './pattern-syntax.ts';

/** Steps that are left for a search; it ends when there are none. */
export interface Effort {
  steps: number;
}

type Instruction =
  | { readonly op: 'test'; readonly test: (character: string) => boolean }
  | { readonly op: 'assert'; readonly holds: (text: string, at: number) => boolean }
  | { readonly op: 'fork'; readonly to: readonly number[] }
  | { readonly op: 'match' };

const longestProgram = 1000;

export type Matcher = (line: string, effort: Effort) => boolean;

/**
 * Tells whether a line holds a match somewhere.
 * @throws PatternError
 */
export function compilePattern(source: string): Matcher {
  const program: Instruction[] = [];
  emit(parsePattern(source), program);
  program.push({ op: 'match' });
  return (line, effort) => search(program, line, effort);
}

function emit(node: Node, program: Instruction[]): void {
  if (program.length > longestProgram)
    throw new PatternError('the pattern repeats too much: make it shorter');
  switch (node.type) {
    case 'test':
      program.push({ op: 'test', test: node.test });
      break;
    case 'assert':
      program.push({ op: 'assert', holds: node.holds });
      break;
    case 'sequence':
      for (const part of node.parts) emit(part, program);
      break;
    case 'choice': {
      const fork = program.length;
      const starts: number[] = [];
      const exits: number[] = [];
      program.push({ op: 'fork', to: starts });
      for (const option of node.options) {
        starts.push(program.length);
        emit(option, program);
        exits.push(program.length);
        program.push({ op: 'fork', to: [] });
      }
      for (const exit of exits) program[exit] = { op: 'fork', to: [program.length] };
      program[fork] = { op: 'fork', to: starts };
      break;
    }
    case 'repeat': {
      for (let count = 0; count < node.minimum; count++) emit(node.node, program);
      if (node.maximum === undefined) {
        const loop = program.length;
        program.push({ op: 'fork', to: [] });
        emit(node.node, program);
        program.push({ op: 'fork', to: [loop] });
        program[loop] = { op: 'fork', to: [loop + 1, program.length] };
        break;
      }
      const forks: number[] = [];
      for (let count = node.minimum; count < node.maximum; count++) {
        forks.push(program.length);
        program.push({ op: 'fork', to: [] });
        emit(node.node, program);
      }
      for (const fork of forks) program[fork] = { op: 'fork', to: [fork + 1, program.length] };
      break;
    }
  }
}

/** Places of the automaton, each once. */
class States {
  readonly list: number[] = [];
  readonly #seen: Uint32Array;
  #round = 1;

  constructor(size: number) {
    this.#seen = new Uint32Array(size);
  }

  /** @returns whether it is new */
  add(index: number): boolean {
    if (this.#seen[index] === this.#round) return false;
    this.#seen[index] = this.#round;
    this.list.push(index);
    return true;
  }

  clear(): void {
    this.list.length = 0;
    this.#round++;
  }
}

function search(program: readonly Instruction[], line: string, effort: Effort): boolean {
  let current = new States(program.length);
  let next = new States(program.length);
  for (let at = 0; at <= line.length && effort.steps > 0; at++) {
    if (enter(program, 0, line, at, current, effort)) return true;
    const character = line[at];
    if (character === undefined) return false;
    for (const index of current.list) {
      const instruction = program[index];
      if (instruction?.op !== 'test' || !instruction.test(character)) continue;
      if (enter(program, index + 1, line, at + 1, next, effort)) return true;
    }
    current.clear();
    [current, next] = [next, current];
  }
  return false;
}

/** Adds a state and all that follow from it without a character. @returns whether the match is complete */
function enter(
  program: readonly Instruction[],
  start: number,
  line: string,
  at: number,
  states: States,
  effort: Effort,
): boolean {
  const open = [start];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    effort.steps--;
    if (!states.add(index)) continue;
    const instruction = program[index];
    switch (instruction?.op) {
      case 'match':
        return true;
      case 'fork':
        for (const to of instruction.to) open.push(to);
        break;
      case 'assert':
        if (instruction.holds(line, at)) open.push(index + 1);
        break;
    }
  }
  return false;
}

import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { unifiedDiff } from '../../../src/diagnosis/line-diff.ts';

const names = { before: 'old', after: 'new' };
const diff = (before: string, after: string, context?: number): string[] =>
  unifiedDiff([...before], [...after], names, context)
    .trimEnd()
    .split('\n');

/** Applies a unified diff strictly: every line that it keeps or removes must be there, at the place it says. */
function apply(before: readonly string[], text: string): string[] {
  const result: string[] = [];
  let at = 0;
  for (const line of text.split('\n').slice(2, -1)) {
    const head = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@$/.exec(line);
    if (head !== null) {
      const start = Number(head[1]) - (head[2] === '0' ? 0 : 1);
      result.push(...before.slice(at, start));
      at = start;
    } else if (line.startsWith('+')) {
      result.push(line.slice(1));
    } else {
      assert.equal(before[at], line.slice(1));
      if (line.startsWith(' ')) result.push(line.slice(1));
      at++;
    }
  }
  return [...result, ...before.slice(at)];
}

describe('A diff of lines', () => {
  it('is written as Git writes it', () => {
    assert.deepEqual(diff('abcdefgh', 'abcdXfgh'), [
      '--- old',
      '+++ new',
      '@@ -2,7 +2,7 @@',
      ...[' b', ' c', ' d', '-e', '+X', ' f', ' g', ' h'],
    ]);
    assert.deepEqual(diff('a', 'b', 0), ['--- old', '+++ new', '@@ -1 +1 @@', '-a', '+b']);
    assert.deepEqual(diff('', 'b', 0), ['--- old', '+++ new', '@@ -0,0 +1 @@', '+b']);
  });

  it('shows what lies far apart in pieces, and what touches in one', () => {
    assert.equal(diff('abcdefghijkl', 'XbcdefghijkY').filter((line) => line.startsWith('@@')).length, 2);
    assert.equal(diff('abcdefg', 'XbcdefY').filter((line) => line.startsWith('@@')).length, 1);
  });

  it('is empty where nothing differs', () => {
    assert.equal(unifiedDiff(['a', 'b'], ['a', 'b'], names), '');
  });

  it('shows no line as changed that a shorter diff would keep', () => {
    assert.deepEqual(diff('abcabba', 'cbabac', 9).filter((line) => /^[-+]\w$/.test(line)).length, 5);
  });

  it('makes the one text of the other, whatever they are', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', '- x', '+', '@@ -1 +1 @@', ''), { maxLength: 40 });
    fc.assert(
      fc.property(text, text, fc.nat(4), (before, after, context) => {
        const written = unifiedDiff(before, after, names, context);
        assert.deepEqual(written === '' ? before : apply(before, written), after);
      }),
    );
  });

  it('stays quick where texts are long', () => {
    const long = Array.from({ length: 6000 }, (_, index) => String(index));
    const other = long.map((line) => `${line}x`);
    assert.deepEqual(apply(long, unifiedDiff(long, other, names)), other);
  });
});

/** Patterns mean what people know of them, in linear time. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { compilePattern } from '../../../../../src/diagnosis/claude/tools/pattern.ts';
import { PatternError } from '../../../../../src/diagnosis/claude/tools/pattern-syntax.ts';

const matches = (pattern: string, line: string): boolean =>
  compilePattern(pattern)(line, { steps: 1_000_000 });

/** Patterns of the kinds that are known. */
const pattern = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      'a',
      'b',
      'B',
      '.',
      '\\d',
      '\\w',
      '\\s',
      '\\b',
      '^',
      '$',
      '[ab]',
      '[^a1]',
      '[0-9b-]',
      '\\.',
      ' ',
      '1',
    ),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => a + b),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(?:${a}|${b})`),
    fc
      .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,}', '{0,2}', '*?', '+?'))
      .map(([a, times]) => `(${a})${times}`),
  ),
})).pattern;

describe('A pattern', () => {
  it('finds what a regular expression finds, whatever the case', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'A', 'b', '1', '.', ' ', '-', '\t'), maxLength: 12 });
    fc.assert(
      fc.property(pattern, line, (source, text) => {
        assert.equal(matches(source, text), new RegExp(source, 'i').test(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes steps in proportion to the text, also where others take for ever', () => {
    for (const evil of ['(a*)*b', '(a|aa)+$', '(a|a?)+b', '([a-z]+)*\\d', '(.*)(.*)(.*)(.*)x']) {
      const taken = (length: number): number => {
        const effort = { steps: 100_000_000 };
        assert.equal(compilePattern(evil)('a'.repeat(length) + '!', effort), false);
        return 100_000_000 - effort.steps;
      };
      assert.ok(taken(4000) < 4.5 * taken(1000), evil);
    }
  });

  it('is refused with a reason where it is not understood', () => {
    for (const wrong of [
      '(',
      ')',
      '[',
      '[a',
      '*',
      'a**',
      '\\1',
      '\\p{L}',
      '(?<=a)b',
      '(?!a)',
      'a{9,1}',
      '(a{99}){99}',
      '\\',
    ]) {
      assert.throws(() => compilePattern(wrong), PatternError, wrong);
    }
  });

  it('never throws anything else', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.string({ maxLength: 60 }), (source, line) => {
        try {
          matches(source, line);
        } catch (error) {
          assert.ok(error instanceof PatternError);
        }
      }),
    );
  });
});

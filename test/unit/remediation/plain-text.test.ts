import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LineSplitter, plainLine } from '../../../src/remediation/plain-text.ts';

describe('output as plain text', () => {
  it('never holds an escape or a control character, whatever a program prints', () => {
    const pieces = fc.constantFrom(
      '\x1b[',
      '\x1b]8;;',
      '\x9b',
      '\x1b\\',
      '\x07',
      '31m',
      'a',
      '\t',
      '\x00',
      '\x7f',
      '\u202e',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: 'binary' }))), (parts) => {
        assert.doesNotMatch(
          plainLine(parts.join('')),
          /[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/,
        );
      }),
    );
  });

  it('keeps text as it is, in any script', () => {
    for (const text of ['deployment.apps/checkout rolled back', 'größer\t→ 日本語 🚒', '[31m is no escape']) {
      assert.equal(plainLine(text), text);
    }
  });

  it('is cut into the same lines, however it arrives', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'bc', '\n', 'déf')), fc.nat({ max: 5 }), (parts, size) => {
        const text = parts.join('');
        const lines: string[] = [];
        const splitter = new LineSplitter((line) => lines.push(line), 1000);
        const step = size + 1;
        for (let at = 0; at < text.length; at += step) splitter.push(text.slice(at, at + step));
        splitter.end();
        assert.deepEqual(
          lines,
          text.replace(/\n$/, '') === '' && text === '' ? [] : text.replace(/\n$/, '').split('\n'),
        );
      }),
    );
  });

  it('does not count a line end twice that arrives in two pieces', () => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line), 1000);
    for (const piece of ['one\r', '\ntwo\r', 'three']) splitter.push(piece);
    splitter.end();
    assert.deepEqual(lines, ['one', 'two', 'three']);
  });
});

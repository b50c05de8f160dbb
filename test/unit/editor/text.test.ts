import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  exact,
  notice,
  plain,
  plainLines,
  visibleTexts,
  withoutIcons,
  withoutLinks,
} from '../../../src/editor/text.ts';

const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u{115f}\u{1160}\u{3164}\u{ffa0}]/u;
const anyText = fc.string({ unit: 'binary', maxLength: 400 });

describe('Text from outside', () => {
  it('shows a right-to-left override instead of obeying it', () => {
    assert.equal(plain('pods \u{202e}gnp.exe'), 'pods \\u{202e}gnp.exe');
  });

  it('shows terminal escapes instead of passing them on', () => {
    assert.equal(plain('\u{1b}[2Jgone'), '\\u{1b}[2Jgone');
  });

  it('is one line, however it came', () => {
    assert.equal(plain(' a\r\n\tb \n c '), 'a b c');
  });

  it('is cut where it is too long, and says so', () => {
    assert.equal(plain('x'.repeat(10_000), 20), `${'x'.repeat(19)}…`);
    assert.equal(plain('x'.repeat(20), 20), 'x'.repeat(20));
  });

  it('never holds what cannot be seen, and is never longer than allowed', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 300 }), (text, max) => {
        const shown = plain(text, max);
        assert.ok(!unseen.test(shown));
        assert.ok(Array.from(shown).length <= max);
      }),
    );
  });

  it('keeps the whole of a command, because people approve what they read', () => {
    const command = `kubectl label pod x 'note=${'y'.repeat(5000)}\n--all'`;
    assert.equal(exact(command), command.replace('\n', '\\u{a}'));
  });

  it('drops colours from output and keeps its columns', () => {
    assert.deepEqual(plainLines('\u{1b}[31mNAME   READY\u{1b}[0m\n  web    1/1\n'), [
      'NAME   READY',
      '  web    1/1',
    ]);
  });

  it('keeps the end of long output', () => {
    const lines = plainLines(Array.from({ length: 10 }, (_, index) => `line ${index}`).join('\n'), 3);
    assert.deepEqual(lines, ['… 7 lines before', 'line 7', 'line 8', 'line 9']);
  });

  it('draws no icon where the editor would make one of it', () => {
    assert.equal(withoutIcons('cost $(flame) and $(sync~spin)'), 'cost \\$(flame) and \\$(sync~spin)');
  });

  it('makes no link of a title that looks like one', () => {
    assert.equal(withoutLinks('[click](command:oncall.approveStep)'), '[click] (command:oncall.approveStep)');
    assert.doesNotMatch(notice('[a](command:x)\u{202e}'), /\]\(|\u{202e}/u);
  });

  it('is made visible everywhere in what a webview gets, and lines stay lines', () => {
    assert.deepEqual(visibleTexts({ a: ['x\u202ey', 1, null], b: { c: 'one\n\ttwo\u{1b}[31m' } }), {
      a: ['x\\u{202e}y', 1, null],
      b: { c: 'one\n\ttwo' },
    });
  });
});

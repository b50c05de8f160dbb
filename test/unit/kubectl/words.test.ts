/** A command's text: exactly one plain simple command, or a sentence that says why not. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { unshowableAt } from '../../../src/kubectl/characters.ts';
import { quoteWords, splitWords } from '../../../src/kubectl/words.ts';

const wordsOf = (text: string): string[] => {
  const split = splitWords(text);
  assert.ok(split.ok, `refused: ${text}`);
  return split.words;
};
const refusalOf = (text: string): { message: string; position: number } => {
  const split = splitWords(text);
  assert.ok(!split.ok, `accepted: ${text}`);
  return split;
};

const showable = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((word) => unshowableAt(word) < 0);
const shellish = fc
  .string({ unit: fc.constantFrom(...'abc =-\'"$`\\;|&<>*?[]{}~#!()@:/.,^%é'), maxLength: 12 })
  .filter((word) => unshowableAt(word) < 0);
const argv = fc.array(fc.oneof(showable, shellish), { minLength: 1, maxLength: 8 });

describe('the words of a command', () => {
  it('are split at spaces', () => {
    assert.deepEqual(wordsOf('  kubectl   get pods '), ['kubectl', 'get', 'pods']);
  });

  it('keep quoted text to the letter', () => {
    assert.deepEqual(wordsOf(`get -o jsonpath='{.items[*].metadata.name}' "a b"c ''`), [
      'get',
      '-o',
      'jsonpath={.items[*].metadata.name}',
      'a bc',
      '',
    ]);
    assert.deepEqual(wordsOf(`patch -p "{\\"spec\\":{\\"path\\":\\"a\\\\b\\n\\"}}"`), [
      'patch',
      '-p',
      String.raw`{"spec":{"path":"a\b\n"}}`,
    ]);
    assert.deepEqual(wordsOf(`get -l "app!=x,it in ('a')"`), ['get', '-l', "app!=x,it in ('a')"]);
  });

  it('come back from their quoted form, whatever they hold', () => {
    fc.assert(
      fc.property(argv, (words) => {
        assert.deepEqual(wordsOf(quoteWords(words)), words);
      }),
      { numRuns: 3000 },
    );
  });

  it('are shown without quotes where none are needed', () => {
    const plain = 'kubectl get pods -l app=x --namespace=shop -o wide registry.io/a:1@sha256';
    assert.equal(quoteWords(plain.split(' ')), plain);
  });

  it('hide nothing when they hold characters that cannot be shown, and are then refused', () => {
    const shown = quoteWords(['kubectl', 'get', 'a\u202eb\nc', '\ud800', '\u{e0041}']);
    assert.equal(shown, String.raw`kubectl get $'a\u202eb\u000ac' $'\ud800' $'\U000e0041'`);
    refusalOf(shown);
  });

  for (const [text, position, message] of [
    ['kubectl get pods; id', 16, '`;` at column 17 starts a second command'],
    ['kubectl get pods | sh', 17, '`|` at column 18 pipes into a second command'],
    ['kubectl get pods && id', 17, /second command/],
    ['kubectl get pods > ~/.bashrc', 17, /redirects/],
    ['kubectl get pods < x', 17, /redirects/],
    ['kubectl get $POD', 12, /replaced/],
    ['kubectl get $(id)', 12, /replaced/],
    ['kubectl get "$(id)"', 13, /replaced/],
    ['kubectl get "`id`"', 13, /second command/],
    ['kubectl get `id`', 12, /second command/],
    ['kubectl get "\\$(id)"', 14, /replaced/],
    ["kubectl get $'a'", 12, /replaced/],
    ['kubectl get po*', 14, /pattern/],
    ['kubectl get po?', 14, /pattern/],
    ['kubectl get [a]', 12, /pattern/],
    ['kubectl get {a,b}', 12, /expanded/],
    ['kubectl get ~/x', 12, /home/],
    ['kubectl get x=~/x', 14, /home/],
    ['kubectl get pods # all', 17, /comment/],
    ['kubectl get a\\ b', 13, /hides/],
    ['kubectl get pods \\', 17, /hides/],
    ['kubectl get !x', 12, /expanded/],
    ['kubectl get =ls', 12, /expanded/],
    ['(kubectl get pods)', 0, /subshell/],
    ['KUBECONFIG=/x kubectl get pods', 10, /sets a variable/],
    ['KUBECONFIG="/x" kubectl get pods', 10, /sets a variable/],
    ['A+=1 kubectl get pods', 2, /sets a variable/],
    ['kubectl get pods\nid', 16, /line break/],
    ['kubectl get "a\nb"', 14, /line break/],
    ['kubectl get\tpods', 11, /tab/],
    ['kubectl get \u001b[31mpods', 12, /U\+001B/],
    ['kubectl get \u202epods', 12, /U\+202E/],
    ['kubectl get\u00a0pods', 11, /quotes/],
    ["kubectl get 'pods", 12, /never ends/],
    ['kubectl get "pods', 12, /never ends/],
    ['kubectl get "pods\\"', 12, /never ends/],
    ['', 0, /empty/],
    ['   ', 0, /empty/],
  ] as const) {
    it(`refuse ${JSON.stringify(text)} and say where`, () => {
      const refusal = refusalOf(text);
      assert.equal(refusal.position, position);
      if (typeof message === 'string') assert.equal(refusal.message, message);
      else assert.match(refusal.message, message);
    });
  }

  it('are never taken from text with live shell syntax, wherever it stands', () => {
    const live = fc.constantFrom(
      ...[
        ';',
        '&',
        '|',
        '||',
        '&&',
        '>',
        '>>x',
        '<',
        '<<<x',
        '$x',
        '${x}',
        '$(id)',
        '`id`',
        '(',
        ')',
        '*',
        '?',
      ],
      ...[
        '[a]',
        '{a,b}',
        '~',
        '\\',
        '\\;',
        '\n',
        '\r',
        '#',
        '!',
        "$'x'",
        '"$x"',
        '"`id`"',
        '"\\$x"',
        "'",
        '"',
      ],
    );
    fc.assert(
      fc.property(argv, live, argv, fc.boolean(), (before, syntax, after, glued) => {
        const gap = glued ? '' : ' ';
        const text = `${quoteWords(before)}${gap}${syntax}${gap}${quoteWords(after)}`;
        // A quote that opens here may be closed by one of the words after it; only a lone end makes it surely live.
        const whole = syntax === "'" || syntax === '"' ? `${quoteWords(before)}${gap}${syntax}` : text;
        assert.equal(splitWords(whole).ok, false, whole);
      }),
      { numRuns: 3000 },
    );
  });

  it('are the words that a real shell makes of every text that is accepted', () => {
    const text = fc.string({
      unit: fc.constantFrom(...'ab =-.,:/@%+^', "'", "'", '"', '"', ...'\\!$`;*~#{[', 'é', '\u00a0'),
      maxLength: 14,
    });
    const accepted = fc
      .sample(text, 30_000)
      .map((candidate) => ({ candidate, split: splitWords(`x ${candidate}`) }))
      .flatMap(({ candidate, split }) => (split.ok ? [{ candidate, words: split.words.slice(1) }] : []));
    assert.ok(accepted.length > 300, `only ${accepted.length} texts were accepted`);
    assert.ok(accepted.some(({ candidate }) => candidate.includes('"') && candidate.includes('\\')));
    const folder = mkdtempSync(join(tmpdir(), 'words-'));
    try {
      // Each text on a line of its own; every word ends with U+0001, every line with U+0002. No program is in reach.
      const script = accepted
        .map(({ candidate }) => `printf '%s\\001' E ${candidate}\nprintf '\\002'`)
        .join('\n');
      const shell = spawnSync('/bin/sh', ['-s'], {
        input: script,
        cwd: folder,
        env: { PATH: folder },
        encoding: 'utf8',
      });
      assert.equal(shell.stderr, '');
      const lines = shell.stdout.split('\u0002').slice(0, -1);
      assert.equal(lines.length, accepted.length);
      lines.forEach((line, index) => {
        assert.deepEqual(
          line.split('\u0001').slice(1, -1),
          accepted[index]?.words,
          accepted[index]?.candidate,
        );
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

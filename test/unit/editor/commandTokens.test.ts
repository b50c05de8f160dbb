import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { commandTokens } from '../../../src/editor/commandTokens.ts';
import { quoteWords, splitWords } from '../../../src/kubectl/words.ts';

/** The coloured pieces, each as `kind:text`. */
function pieces(command: string): string[] {
  const split = splitWords(command);
  assert.ok(split.ok);
  return commandTokens(split.words)
    .filter(({ text }) => text.trim() !== '')
    .map(({ text, kind }) => `${kind}:${text}`);
}

describe('A command in colours', () => {
  it('tells verb, object, flags and their values apart', () => {
    assert.deepEqual(pieces('kubectl rollout undo deployment/checkout --to-revision=1 -n shop'), [
      'program:kubectl',
      'verb:rollout',
      'verb:undo',
      'type:deployment',
      'plain:/',
      'name:checkout',
      'flag:--to-revision',
      'plain:=',
      'value:1',
      'flag:-n',
      'value:shop',
    ]);
  });

  it('takes flags before the verb, types and names apart, and pairs', () => {
    assert.deepEqual(pieces('kubectl -n shop delete pvc ledger-old'), [
      'program:kubectl',
      'flag:-n',
      'value:shop',
      'verb:delete',
      'type:pvc',
      'name:ledger-old',
    ]);
    assert.ok(pieces("kubectl annotate deployment/payments 'a=b c'").includes("value:'a=b c'"));
  });

  it("leaves a container's own command plain", () => {
    assert.ok(pieces('kubectl exec web-1 -- sh -c true').includes('plain:sh'));
  });

  it('shows what the grammar does not know as it is', () => {
    assert.deepEqual(commandTokens(['kubectl', 'frobnicate', 'x']), [
      { text: 'kubectl frobnicate x', kind: 'plain' },
    ]);
    assert.deepEqual(commandTokens([]), [{ text: '', kind: 'plain' }]);
  });

  it('is the command to the letter, whatever it holds', () => {
    const words = fc.oneof(
      fc.constantFrom(
        'get',
        'delete',
        'set',
        'image',
        'scale',
        'pod/a',
        'deployment',
        '-n',
        '--replicas=3',
        '--',
        '-it',
        '-A',
        "it's",
        'a b',
        '=',
      ),
      fc.string({ unit: 'binary', maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 8 }), (rest) => {
        const argv = ['kubectl', ...rest];
        assert.equal(
          commandTokens(argv)
            .map(({ text }) => text)
            .join(''),
          quoteWords(argv),
        );
      }),
    );
  });
});

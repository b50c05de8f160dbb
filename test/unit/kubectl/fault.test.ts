/** Where a command's fault is, and what mends it. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assessCommand } from '../../../src/kubectl/assess.ts';
import { findFault, wordPlaces } from '../../../src/kubectl/fault.ts';
import { fixesFor } from '../../../src/kubectl/fixes.ts';
import { quoteWords, splitWords } from '../../../src/kubectl/words.ts';

const faulty = (text: string): string | undefined => {
  const fault = findFault(text);
  return fault && text.slice(fault.start, fault.end);
};
const fixed = (text: string, namespace?: string): string[] =>
  fixesFor(text, namespace).map(({ kind, text: other }) => `${kind}: ${other}`);

const pieces = fc.constantFrom(
  ...['kubectl', 'get', 'delete', 'rollout', 'restart', 'scale', 'exec', 'deploy/web', 'pods', 'web-1', '-n'],
  ...['shop', '-A', '--context', 'prod', '--replicas=3', '--replicas', 'x', '-it', '--', 'sh', '--all', '-l'],
  ...["'a b'", '"c\\"d"', '$HOME', '|', '*', 'a=b', "'", '--dry-run=server', '--as=root', '-f', '{.x}'],
);
const anyText = fc.oneof(
  fc.array(pieces, { maxLength: 9 }).map((words) => words.join(' ')),
  fc.string({ maxLength: 40 }),
);

describe('the fault of a command', () => {
  for (const [text, fault] of [
    ['kubectl get pods | sh', '|'],
    ['kubectl get pods -o jsonpath={.items}', '{'],
    ["kubectl get 'pods", "'"],
    ['helm upgrade web', 'helm'],
    ['kubectl delte pod web-1', 'delte'],
    ['kubectl get pods --wat', '--wat'],
    ['kubectl get pods --context prod -n shop', '--context prod'],
    ['kubectl --kubeconfig=/tmp/x get pods', '--kubeconfig=/tmp/x'],
    ['kubectl exec -it web-1 -- sh', '-it'],
    ['kubectl scale deploy/web --replicas lots', '--replicas lots'],
    ['kubectl rollout', 'rollout'],
    ['kubectl delete pod "../x"', '"../x"'],
    ['kubectl delete web-1 pod/web-2', 'pod/web-2'],
  ] as const) {
    it(`is where it is: ${text}`, () => {
      assert.equal(faulty(text), fault, findFault(text)?.reason);
    });
  }

  it('is said with the words of the assessment, and there is one exactly where a command is rejected', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { rejected, reason } = assessCommand(text);
        const fault = findFault(text);
        assert.equal(fault?.reason, rejected ? reason : undefined);
        if (fault === undefined) return;
        assert.ok(0 <= fault.start && fault.start <= fault.end && fault.end <= text.length);
      }),
      { numRuns: 2000 },
    );
  });

  it('is found by words that stand where they stand', () => {
    const word = fc.string({ unit: fc.constantFrom(...'ab \'"$-=*'), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (rest) => {
        const words = ['kubectl', ...rest];
        const text = quoteWords(words);
        const places = wordPlaces(text);
        assert.deepEqual(
          places.map(({ start, end }) => {
            // Before it stands a word, so that `=` in it sets no variable.
            const split = splitWords(`x ${text.slice(start, end)}`);
            return split.ok ? split.words[1] : split.message;
          }),
          words,
        );
      }),
    );
  });
});

describe('what may be changed in a command', () => {
  for (const [text, ...fixes] of [
    ['kubectl get pods --context prod -n shop', 'remove: kubectl get pods -n shop'],
    ['kubectl exec -it web-1 -- ls', 'remove: kubectl exec web-1 -- ls'],
    ['kubectl get pods | grep web', 'alone: kubectl get pods'],
    ['kubectl get pods -o jsonpath={.items}', "quote: kubectl get pods -o 'jsonpath={.items}'"],
    ['k get pods', 'kubectl: kubectl get pods'],
    ['$ kubectl get pods', 'kubectl: kubectl get pods'],
    ['/usr/bin/kubectl get pods', 'kubectl: kubectl get pods'],
    ['helm rollback web'],
    ['kubectl delte pod web-1'],
    ['kubectl delete pod web-1 -n shop', 'dry-run: kubectl delete pod web-1 -n shop --dry-run=server'],
    [
      'kubectl delete pod web-1',
      'namespace: kubectl delete pod web-1 -n shop',
      'dry-run: kubectl delete pod web-1 --dry-run=server',
    ],
    ['kubectl get pods -A', 'narrow: kubectl get pods -n shop'],
    ['kubectl exec web-1 -- ls -A', 'namespace: kubectl exec web-1 -n shop -- ls -A'],
    ['kubectl get nodes'],
  ] as const) {
    it(`${text} → ${fixes.length === 0 ? 'nothing' : fixes.join(', ')}`, () => {
      assert.deepEqual(fixed(text, 'shop'), fixes);
    });
  }

  it('takes several flags away one after the other', () => {
    const once = fixesFor('kubectl get pods --context a --as root')[0]?.text ?? '';
    assert.deepEqual(fixed(once), ['remove: kubectl get pods']);
  });

  it('never makes a command that may run into one that may not', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const { kind, text: other } of fixesFor(text, 'shop')) {
          assert.notEqual(other, text);
          if (kind !== 'remove') assert.equal(assessCommand(other).rejected, false, `${kind}: ${other}`);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

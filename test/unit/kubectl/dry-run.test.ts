/** The Dry Run button runs the same command without changing anything. */
import assert from 'node:assert/strict';
import { assessCommand } from '../../../src/kubectl/assess.ts';
import { withDryRun } from '../../../src/kubectl/dry-run.ts';
import { argvHash } from '../../../src/kubectl/hash.ts';

const rehearse = (text: string): string | undefined => withDryRun(text.split(' '))?.join(' ');

describe('a dry run', () => {
  for (const text of [
    'kubectl delete pod web -n shop',
    'kubectl delete ns shop',
    'kubectl scale deploy/web --replicas=0',
    'kubectl rollout undo deploy/web',
    'kubectl set image deploy/web app=a:2',
    'kubectl set selector svc web app=web',
    'kubectl label pod web a=b -n kube-system',
    'kubectl cordon n1',
    'kubectl delete pod web --dry-run=none',
  ]) {
    it(`of ${text} asks the server and changes nothing`, () => {
      assert.equal(rehearse(text), `${text} --dry-run=server`);
      const assessment = assessCommand(`${text} --dry-run=server`);
      assert.equal(assessment.mutates, false);
      assert.equal(assessment.rejected, false);
    });
  }

  it('keeps its flag before --', () => {
    assert.equal(rehearse('kubectl label pod web -- a-'), 'kubectl label pod web --dry-run=server -- a-');
  });

  it('is not offered where kubectl has none, where nothing changes, and for what never runs', () => {
    for (const text of [
      'kubectl rollout restart deploy/web',
      'kubectl rollout pause deploy/web',
      'kubectl exec web -- ls',
      'kubectl get pods',
      'kubectl delete pod web --dry-run=client',
      'kubectl apply -f x',
      'kubectl delete widgets.example.com w1',
    ]) {
      assert.equal(rehearse(text), undefined, text);
    }
  });
});

describe('the fingerprint of a command', () => {
  it('differs for words that only look the same joined', () => {
    const hashes = [['a b'], ['a', 'b'], ['a', 'b', ''], ['a","b'], ['a\\', 'b'], ['\ud800'], ['\ufffd']].map(
      argvHash,
    );
    assert.equal(new Set(hashes).size, hashes.length);
    assert.match(hashes[0] ?? '', /^[0-9a-f]{64}$/);
    assert.equal(argvHash(['a', 'b']), argvHash(['a', 'b']));
  });
});

/** What alerts are about: bodies as tools send them, against a cluster that has what they name. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { resolveTarget } from '../../../src/cluster/target.ts';
import type { Alert } from '../../../src/domain/incident.ts';
import { describeRef } from '../../../src/domain/kubernetes.ts';
import { targetHints } from '../../../src/pagerduty/alert.ts';
import { corpus, corpusCluster } from './alert-corpus.ts';
import { fakeCluster } from './fake-cluster.ts';

async function aboutWhat(alert: Partial<Alert>): Promise<string | string[]> {
  const hints = targetHints({ id: 'Q1', title: 'Something is wrong', ...alert });
  const resolved = await resolveTarget(fakeCluster(...corpusCluster()), hints, AbortSignal.timeout(50_000));
  assert.notEqual(resolved.reason, '');
  if (resolved.target !== undefined) {
    return describeRef(resolved.target) + (resolved.doubt === undefined ? '' : '?');
  }
  assert.ok(resolved.candidates.every(({ reason, target }) => reason !== '' && target.context === 'test'));
  return resolved.candidates.map(({ target }) => describeRef(target));
}

describe('An alert is understood as it comes from', () => {
  for (const { from, alert, about } of corpus) {
    it(from, async () => {
      assert.deepEqual(await aboutWhat(alert), about);
    });
  }
});

describe('An alert of any shape', () => {
  it('is answered, with few requests, whatever stands in it', async () => {
    const words = fc.constantFrom(
      'shop',
      'checkout',
      'Deployment',
      'deployment',
      'firing',
      'Labels:',
      'pod',
      'a/b',
      '',
    );
    const key = fc.constantFrom(
      'labels',
      'tags',
      'alerts',
      'namespace',
      'pod',
      'service',
      'node',
      'kubernetes',
      'name',
      'kind',
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 5 }, words, fc.string(), tie('list'), tie('map'), fc.anything()),
      list: fc.array(tie('value'), { maxLength: 8 }),
      map: fc.dictionary(fc.oneof(key, fc.string()), tie('value'), { maxKeys: 8 }),
    }));
    await fc.assert(
      fc.asyncProperty(value, fc.string(), async (details, title) => {
        const cluster = fakeCluster(...corpusCluster());
        const hints = targetHints({ id: 'x', title, details });
        const resolved = await resolveTarget(cluster, hints, AbortSignal.timeout(50_000));
        assert.ok(resolved.target !== undefined || resolved.candidates.length <= 10);
        assert.ok(cluster.asked.length <= 150, `${cluster.asked.length} requests`);
      }),
      { numRuns: 300 },
    );
  });

  it('cannot make the search go on and on, and is not resolved by what it happened to find first', async () => {
    const alerts = Array.from({ length: 2000 }, (_, index) => ({
      labels: { namespace: `n${index % 50}`, app: `nothing-${index}` },
    }));
    const cluster = fakeCluster(...corpusCluster());
    const hints = targetHints({ id: 'x', title: 'deployment checkout in shop', details: { alerts } });
    const resolved = await resolveTarget(cluster, hints, AbortSignal.timeout(50_000));
    assert.ok(cluster.asked.length <= 150);
    assert.equal(resolved.target, undefined);
    assert.match(resolved.reason, /more objects than can be looked up/);
  });

  it('may hold fields that throw when they are read', () => {
    const details = Object.defineProperty({}, 'labels', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    assert.deepEqual(targetHints({ id: 'x', title: '', details }), []);
  });
});

import assert from 'node:assert/strict';
import { remembering } from '../../../src/diagnosis/remembering.ts';
import { fakeCluster } from '../cluster/fake-cluster.ts';
import { deployment } from '../cluster/shop.ts';

const ref = { kind: 'Deployment', namespace: 'shop', name: 'checkout' };

describe('an investigation', () => {
  it('asks the same question once, also while the answer is on its way', async () => {
    const cluster = fakeCluster(deployment());
    const once = remembering(cluster);
    const answers = await Promise.all([once.get(ref), once.get({ ...ref }), once.get(ref)]);
    await once.get(ref);
    assert.equal(cluster.asked.length, 1);
    assert.deepEqual(answers[0], answers[1]);
  });

  it('takes questions for different ones that differ in anything', async () => {
    const cluster = fakeCluster(deployment());
    const once = remembering(cluster);
    const lists = [
      {},
      { limit: 5 },
      { namespace: 'shop' },
      { labelSelector: 'a=b' },
      { fieldSelector: 'a=b' },
    ];
    for (const selection of lists) await once.list('Pod', selection);
    await once.list('Service', {});
    await once.get(ref);
    await once.get({ ...ref, namespace: 'other' });
    await once.metadata(ref);
    assert.equal(cluster.asked.length, lists.length + 4);
  });

  it('asks anew for the next one', async () => {
    const cluster = fakeCluster(deployment());
    await remembering(cluster).get(ref);
    await remembering(cluster).get(ref);
    assert.equal(cluster.asked.length, 2);
  });
});

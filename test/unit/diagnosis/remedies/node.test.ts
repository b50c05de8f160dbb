import assert from 'node:assert/strict';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { fakeCluster, type FakeCluster } from '../../cluster/fake-cluster.ts';
import { node } from '../../cluster/machines.ts';
import { deployment, pod, revision, running } from '../../cluster/shop.ts';
import { investigate, names, only, target } from '../investigate.ts';

const forGood = ['unreachable', 'not-ready'].map((key) => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect: 'NoExecute',
}));
const fiveMinutes = forGood.map((one) => ({ ...one, tolerationSeconds: 300 }));

const lost = (spec: object, machine: KubeObject): FakeCluster => {
  const one = pod('checkout-hash1-a', 1, running);
  return fakeCluster(
    deployment({ replicas: 2, readyReplicas: 1 }),
    revision(1, { replicas: 2, available: 1 }),
    { ...one, spec: { ...one['spec'], ...spec } },
    pod('checkout-hash1-b', 1, running, { ready: true }),
    machine,
  );
};

describe('for pods on a machine in trouble, the built-in diagnosis', () => {
  for (const [ready, word] of [
    ['Unknown', /has fallen silent/],
    ['False', /is not ready/],
  ] as const) {
    it(`blames the machine and not the application (Ready is ${ready})`, async () => {
      const result = await investigate(lost({ tolerations: fiveMinutes }, node('node-1', { ready })));
      assert.deepEqual(names(result), ['NodeNotReady']);
      assert.match(result.rootCause, word);
      assert.deepEqual(result.proposals, []);
      assert.match(JSON.stringify(result.hypotheses), /moves pods off a node by itself/);
    });
  }

  it('offers to give the machine up where the pods would wait for it for good, and leaves it to a person', async () => {
    const proposal = only(
      await investigate(lost({ tolerations: forGood }, node('node-1', { ready: 'Unknown' }))),
    );
    assert.deepEqual(proposal.parameters, {
      namespace: 'shop',
      deployment: 'checkout',
      node: 'node-1',
      selector: { app: 'checkout' },
    });
    assert.ok(proposal.claimedConfidence < 0.9, 'too little for a command of high risk to run by itself');
  });

  it('moves no pod that would leave data behind', async () => {
    const spec = { tolerations: forGood, volumes: [{ name: 'cache', emptyDir: {} }] };
    assert.deepEqual((await investigate(lost(spec, node('node-1', { ready: 'Unknown' })))).proposals, []);
  });

  it('does not blame a machine that is well, and asks for no other', async () => {
    const cluster = lost({}, node('node-1'));
    cluster.objects.push(node('node-2', { ready: 'Unknown' }));
    assert.deepEqual(names(await investigate(cluster)), ['ReplicasUnavailable']);
    assert.deepEqual(
      cluster.asked.filter((one) => one.includes('Node')),
      ['get Node /node-1'],
    );
  });

  it('says so where it may not look at the machine', async () => {
    const cluster = lost({}, node('node-1', { ready: 'Unknown' }));
    cluster.denied.add('Node');
    const result = await investigate(cluster);
    assert.deepEqual(names(result), ['ReplicasUnavailable']);
    assert.equal(result.rootCause, '');
    assert.ok(result.snapshot.gaps.some(({ what }) => what === 'Node node-1'));
  });

  it('sees a StatefulSet’s pod that a silent machine cannot end', async () => {
    const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 's-db', controller: true };
    const held = pod('db-0', 1, running, { app: 'db', deleted: true });
    const result = await investigate(
      fakeCluster(
        {
          kind: 'StatefulSet',
          metadata: { namespace: 'shop', name: 'db', uid: 's-db' },
          spec: { replicas: 1, selector: { matchLabels: { app: 'db' } } },
          status: { replicas: 1 },
        },
        { ...held, metadata: { ...held.metadata, ownerReferences: [owner] } },
        node('node-1', { ready: 'Unknown' }),
      ),
      target('StatefulSet', 'db'),
    );
    assert.deepEqual(names(result), ['NodeNotReady']);
    assert.deepEqual(result.proposals, []);
  });

  it('tells a machine that runs short from one that is gone', async () => {
    const short = node('node-1', { conditions: [{ type: 'DiskPressure', status: 'True' }] });
    const evicted = pod('checkout-hash1-a', 1, running);
    const result = await investigate(
      fakeCluster(
        deployment({ readyReplicas: 1 }),
        revision(1, { replicas: 2, available: 1 }),
        { ...evicted, status: { phase: 'Failed', reason: 'Evicted' } },
        short,
      ),
    );
    assert.deepEqual(names(result), ['NodePressure']);
    assert.match(result.rootCause, /DiskPressure/);
    assert.deepEqual(result.proposals, []);
  });
});

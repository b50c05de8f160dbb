import assert from 'node:assert/strict';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { fakeCluster, type FakeCluster } from '../../cluster/fake-cluster.ts';
import { node, pending } from '../../cluster/machines.ts';
import { deployment, event, pod, revision, running, type RevisionOptions } from '../../cluster/shop.ts';
import { investigate, names, only, target } from '../investigate.ts';

const asks = (cpu: string): Record<string, unknown> => ({ resources: { requests: { cpu } } });
const noCpu =
  '0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 No victims.';
const noLabel = "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.";
const apart =
  "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules. preemption: 0/2 nodes are available.";

describe('for pods that find no node, the built-in diagnosis', () => {
  describe('where they ask for more than any node has', () => {
    const large = (before: RevisionOptions | undefined, ...more: KubeObject[]): FakeCluster =>
      fakeCluster(
        deployment({ readyReplicas: 1 }),
        ...(before === undefined
          ? []
          : [revision(1, { replicas: 1, available: 1, createdAgo: 86_400, ...before })]),
        revision(2, { replicas: 1, createdAgo: 900, container: asks('250') }),
        pending('checkout-hash2-a', 2, noCpu, { container: asks('250') }),
        node('node-1', { cpu: '4' }),
        node('node-2', { cpu: '8' }),
        ...more,
      );

    it('goes back to the revision that asked for less and differs in nothing else', async () => {
      const result = await investigate(large({ container: asks('250m') }));
      assert.deepEqual(names(result), ['FailedScheduling']);
      assert.match(result.rootCause, /more cpu \(250\) than any node/);
      const proposal = only(result);
      assert.deepEqual(proposal.parameters, { namespace: 'shop', deployment: 'checkout', revision: 1 });
      assert.equal(proposal.claimedConfidence, 0.95);
    });

    it('asks for what the revision before asked for, where other things were changed too', async () => {
      const result = await investigate(large({ container: { ...asks('250m'), image: 'shop/checkout:0' } }));
      const proposal = only(result);
      assert.equal(proposal.action, 'set_resource_requests');
      assert.deepEqual(proposal.parameters, {
        namespace: 'shop',
        deployment: 'checkout',
        container: 'app',
        cpu: '250m',
      });
      assert.ok(proposal.claimedConfidence >= 0.8);
    });

    it('asks for what fits where nothing was before, and is not sure enough to do it alone', async () => {
      const busy = pod('other-hash1-a', 1, running, { app: 'other', ready: true, container: asks('3') });
      const onLargest = { ...busy, spec: { ...busy['spec'], nodeName: 'node-2' } };
      const proposal = only(await investigate(large(undefined, onLargest)));
      assert.equal(proposal.action, 'set_resource_requests');
      // 8 cores, 3 of them taken: four fifths of 5.
      assert.ok('cpu' in proposal.parameters && proposal.parameters.cpu === '4');
      assert.ok(proposal.claimedConfidence < 0.8);
    });

    it('does not go back to a revision that asked for as much', async () => {
      const result = await investigate(large({ container: { resources: { requests: { cpu: '300' } } } }));
      assert.equal(only(result).action, 'set_resource_requests');
    });

    it('shows the nodes that there are', async () => {
      const { evidence } = await investigate(large(undefined));
      const shown = evidence.filter(({ source }) => source.type === 'object' && source.ref.kind === 'Node');
      assert.deepEqual(
        shown.map(({ summary }) => summary),
        [
          'Node node-2: 8 CPUs and 8Gi, 8 CPUs and 8Gi free; takes pods',
          'Node node-1: 4 CPUs and 8Gi, 4 CPUs and 8Gi free; takes pods',
        ],
      );
    });

    it('makes no amount up where the nodes may not be seen', async () => {
      const cluster = large(undefined);
      cluster.denied.add('Node');
      const result = await investigate(cluster);
      assert.deepEqual(names(result), ['FailedScheduling']);
      assert.deepEqual(result.proposals, []);
      assert.ok(result.snapshot.gaps.some(({ what }) => what.startsWith('Node')));
    });

    it('looks at the pods of the largest nodes only', async () => {
      const cluster = large(
        undefined,
        ...Array.from({ length: 40 }, (_, index) => node(`small-${index}`, { cpu: '2' })),
      );
      await investigate(cluster);
      const asked = cluster.asked.filter((one) => one.includes('spec.nodeName='));
      assert.ok(asked.length <= 6, asked.join('\n'));
      assert.ok(cluster.asked.every((one) => one !== 'list Pod'));
    });
  });

  it('waits where the nodes are merely full, and says how sure it is', async () => {
    const full = fakeCluster(
      deployment({ readyReplicas: 1 }),
      revision(1, { replicas: 1, available: 1, container: asks('1') }),
      revision(2, { replicas: 1, createdAgo: 900, container: asks('3') }),
      pending('checkout-hash2-a', 2, noCpu, { container: asks('3') }),
      node('node-1'),
    );
    assert.ok(only(await investigate(full)).claimedConfidence < 0.8);
    full.objects.push(
      event('Pod', 'checkout-hash2-a', 'TriggeredScaleUp', 'pod triggered scale-up', 'Normal'),
    );
    const growing = await investigate(full);
    assert.deepEqual(growing.proposals, []);
    assert.match(growing.hypotheses[0]?.statement ?? '', /more nodes/);
  });

  describe('where they want nodes of a kind that there is not', () => {
    const nvme = { nodeSelector: { disk: 'nvme', pool: 'shop' } };
    const lost = (before: RevisionOptions | undefined, ...more: KubeObject[]): FakeCluster =>
      fakeCluster(
        deployment({ readyReplicas: 1 }),
        ...(before === undefined ? [] : [revision(1, { replicas: 1, available: 1, ...before })]),
        revision(2, { replicas: 1, createdAgo: 900, template: nvme }),
        pending('checkout-hash2-a', 2, noLabel, { spec: nvme }),
        node('node-1', { labels: { pool: 'shop', disk: 'ssd' } }),
        ...more,
      );

    it('goes back to the revision that did not, and differs in nothing else', async () => {
      const proposal = only(await investigate(lost({ template: { nodeSelector: { pool: 'shop' } } })));
      assert.equal(proposal.action, 'rollback_deployment');
      assert.match(proposal.rationale, /nodeSelector changed/);
    });

    it('wants what the revision before wanted, where other things were changed too', async () => {
      const before = {
        template: { nodeSelector: { pool: 'shop' } },
        container: { image: 'shop/checkout:0' },
      };
      const proposal = only(await investigate(lost(before)));
      assert.equal(proposal.action, 'fix_node_selector');
      assert.ok('selector' in proposal.parameters);
      assert.deepEqual(proposal.parameters.selector, { pool: 'shop' });
    });

    it('takes away what no node has where nothing was before, and is not sure enough to do it alone', async () => {
      const proposal = only(await investigate(lost(undefined)));
      assert.equal(proposal.action, 'fix_node_selector');
      assert.ok('selector' in proposal.parameters && proposal.claimedConfidence < 0.8);
      assert.deepEqual(proposal.parameters.selector, { pool: 'shop' });
    });

    it('proposes nothing where that would not let them in', async () => {
      const cluster = lost(undefined);
      cluster.objects = cluster.objects.filter(({ kind }) => kind !== 'Node');
      cluster.objects.push(node('node-1', { spec: { unschedulable: true } }));
      assert.deepEqual((await investigate(cluster)).proposals, []);
    });
  });

  describe('where they keep each other off the nodes', () => {
    const rule = {
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname' }],
        },
      },
    };
    const crowd = (...more: KubeObject[]): FakeCluster =>
      fakeCluster(
        deployment({ replicas: 5, readyReplicas: 2 }),
        revision(1, { replicas: 5, available: 2, template: rule }),
        pod('checkout-hash1-a', 1, running, { ready: true }),
        pod('checkout-hash1-b', 1, running, { ready: true }),
        ...['c', 'd', 'e'].map((one) => pending(`checkout-hash1-${one}`, 1, apart, { spec: rule })),
        node('node-1'),
        node('node-2'),
        ...more,
      );

    it('asks for as many pods as have found a node', async () => {
      const result = await investigate(crowd());
      assert.match(result.rootCause, /keep each other off/);
      const proposal = only(result);
      assert.deepEqual(proposal.parameters, { namespace: 'shop', deployment: 'checkout', replicas: 2 });
      assert.ok(proposal.claimedConfidence >= 0.8);
    });

    it('never scales to nothing, and not in the middle of a rollout', async () => {
      const none = crowd();
      none.objects = none.objects.filter(({ metadata }) => !/-hash1-[ab]$/.test(metadata.name));
      assert.deepEqual((await investigate(none)).proposals, []);
      const rollout = crowd(
        revision(2, { replicas: 1, template: rule }),
        pending('checkout-hash2-z', 2, apart, { spec: rule }),
      );
      rollout.objects = rollout.objects.filter(({ metadata }) => !/-hash1-[cde]$/.test(metadata.name));
      const result = await investigate(rollout);
      assert.deepEqual(names(result), ['FailedScheduling']);
      assert.deepEqual(result.proposals, []);
    });

    it('does not scale against an autoscaler', async () => {
      const autoscaler: KubeObject = {
        kind: 'HorizontalPodAutoscaler',
        metadata: { namespace: 'shop', name: 'checkout' },
        spec: { scaleTargetRef: { kind: 'Deployment', name: 'checkout' }, minReplicas: 5, maxReplicas: 9 },
      };
      assert.deepEqual((await investigate(crowd(autoscaler))).proposals, []);
    });
  });

  it('says what the scheduler says of a StatefulSet, and proposes nothing', async () => {
    const one = pending('db-0', 1, noCpu);
    const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 's-db', controller: true };
    const result = await investigate(
      fakeCluster(
        {
          kind: 'StatefulSet',
          metadata: { namespace: 'shop', name: 'db', uid: 's-db' },
          spec: { replicas: 1, selector: { matchLabels: { app: 'checkout' } } },
          status: { replicas: 1 },
        },
        { ...one, metadata: { ...one.metadata, ownerReferences: [owner] } },
        node('node-1'),
      ),
      target('StatefulSet', 'db'),
    );
    assert.deepEqual(names(result), ['FailedScheduling']);
    assert.deepEqual(result.proposals, []);
    assert.match(result.hypotheses[0]?.statement ?? '', /Insufficient cpu/);
  });

  it('takes no pod for stuck that has just been made, or that a gate holds back', async () => {
    const fresh = pending('checkout-hash1-a', 1, '', { reason: 'SchedulingGated' });
    const newborn = { ...fresh, status: { phase: 'Pending' }, metadata: { ...fresh.metadata, name: 'b' } };
    const result = await investigate(
      fakeCluster(deployment(), revision(1, { replicas: 2 }), fresh, newborn, node('node-1')),
    );
    assert.deepEqual(names(result), []);
  });
});

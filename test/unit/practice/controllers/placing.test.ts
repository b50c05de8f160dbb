import assert from 'node:assert/strict';
import type { PersistentVolumeClaim } from '../../../../src/practice/api-groups.ts';
import { choose } from '../../../../src/practice/controllers/placing.ts';
import { nodeObject } from '../../../../src/practice/node/registration.ts';
import type { NodeOptions } from '../../../../src/practice/node/registration.ts';
import type { Node, Pod, PodSpec } from '../../../../src/practice/objects.ts';

function node(options: Partial<NodeOptions> = {}, spec: Node['spec'] = {}): Node {
  return {
    ...nodeObject({ name: 'n1', cpu: '2', memory: '1Gi', ...options }, 1, '2026-01-01T00:00:00Z'),
    spec,
  };
}

function pod(requests: Record<string, string>, spec: Partial<PodSpec> = {}): Pod {
  return {
    metadata: { name: 'cart', namespace: 'shop', labels: { app: 'cart' } },
    spec: { containers: [{ name: 'app', image: 'x', resources: { requests } }], ...spec },
  };
}

const apart: PodSpec['affinity'] = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { labelSelector: { matchLabels: { app: 'cart' } }, topologyKey: 'kubernetes.io/hostname' },
    ],
  },
};

/** Why there is no node. */
function why(...situation: Parameters<typeof choose>): string {
  const choice = choose(...situation);
  return 'reason' in choice ? choice.reason : `none: it goes to ${choice.node.metadata.name ?? ''}`;
}

describe('a pod that looks for a node', () => {
  it('takes the emptiest that fits', () => {
    const choice = choose(pod({ cpu: '1' }), [node(), node({ name: 'n2' })], [pod({}, { nodeName: 'n1' })]);
    assert.equal('node' in choice && choice.node.metadata.name, 'n2');
  });

  it('is told what is short, counting what runs there already, and whether that could ever be otherwise', () => {
    assert.equal(
      why(pod({ cpu: '1' }), [node()], [pod({ cpu: '1500m' }, { nodeName: 'n1' })]),
      '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: ' +
        '0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    );
    assert.equal(
      why(pod({ cpu: '250', memory: '2Gi' }), [node(), node({ name: 'n2', memory: '4Gi' })], []),
      '0/2 nodes are available: 1 Insufficient memory, 2 Insufficient cpu. no new claims to deallocate, preemption: ' +
        '0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
    );
  });

  it('fits exactly where decimal fractions add up', () => {
    const choice = choose(
      pod({ cpu: '200m' }),
      [node({ cpu: '300m' })],
      [pod({ cpu: '100m' }, { nodeName: 'n1' })],
    );
    assert.ok('node' in choice);
  });

  it('asks for as much as the greediest container that runs before the others', () => {
    const initContainers = [{ name: 'first', image: 'x', resources: { requests: { cpu: '3' } } }];
    assert.match(why(pod({ cpu: '1' }, { initContainers }), [node()], []), /: 1 Insufficient cpu\./);
  });

  it('is told that no node has the label that it wants, that all are cordoned, or that it does not put up with them', () => {
    const wants = pod({}, { nodeSelector: { disktype: 'nvme' } });
    assert.match(why(wants, [node()], []), /: 1 node\(s\) didn't match Pod's node affinity\/selector\. /);
    assert.match(
      why(pod({}), [node({}, { unschedulable: true })], []),
      /: 1 node\(s\) were unschedulable\. /,
    );
    const taints = [{ key: 'pool', value: 'spot', effect: 'NoSchedule' }];
    assert.match(why(pod({}), [node({}, { taints })], []), /: 1 node\(s\) had untolerated taint\(s\)\. /);
    const hardened = pod({}, { tolerations: [{ key: 'pool', value: 'spot' }] });
    assert.ok('node' in choose(hardened, [node({}, { taints })], []));
  });

  it('stays away from its like where it must, and they from it', () => {
    const here = pod({}, { nodeName: 'n1' });
    assert.match(
      why(pod({}, { affinity: apart }), [node()], [here]),
      /: 1 node\(s\) didn't match pod anti-affinity rules\. .*1 No preemption victims found for incoming pod\.$/,
    );
    assert.match(
      why(pod({}), [node()], [pod({}, { nodeName: 'n1', affinity: apart })]),
      /: 1 node\(s\) didn't satisfy existing pods anti-affinity rules\. /,
    );
    const elsewhere = { ...here, metadata: { ...here.metadata, namespace: 'lab' } };
    assert.ok('node' in choose(pod({}, { affinity: apart }), [node()], [elsewhere]));
    const other = node({ name: 'n2' });
    assert.ok('node' in choose(pod({}, { affinity: apart }), [node(), other], [here]));
  });

  it('waits for its volume claim, whichever nodes there are', () => {
    const mounts = pod({}, { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] });
    const claim: PersistentVolumeClaim = {
      metadata: { name: 'data', namespace: 'shop' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      status: { phase: 'Pending' },
    };
    assert.equal(
      why(mounts, [node()], [], [claim]),
      '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found',
    );
    assert.equal(
      why(mounts, [node()], []),
      '0/1 nodes are available: persistentvolumeclaim "data" not found. not found',
    );
    assert.ok('node' in choose(mounts, [node()], [], [{ ...claim, status: { phase: 'Bound' } }]));
  });

  it('is told where there are no nodes at all', () => {
    assert.equal(why(pod({}), [], []), 'no nodes available to schedule pods');
  });
});

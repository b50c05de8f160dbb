/** An alert about a machine, and not about what runs on it. */
import assert from 'node:assert/strict';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';
import { fakeCluster } from '../cluster/fake-cluster.ts';
import { investigate, names } from './investigate.ts';

const node = (...conditions: object[]): KubeObject => ({
  kind: 'Node',
  metadata: { name: 'worker-3' },
  status: { conditions },
});
const target = { context: 'test', kind: 'Node', namespace: '', name: 'worker-3' };
const silent = { type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown' };

/** A Node that is read by name: it lives in no namespace. */
function clusterWith(object: KubeObject) {
  const cluster = fakeCluster({ ...object, metadata: { ...object.metadata, namespace: '' } });
  cluster.objects.push({
    kind: 'Event',
    metadata: { namespace: 'default', name: 'worker-3.1' },
    ...{ type: 'Warning', reason: 'NodeNotReady', message: 'Node worker-3 status is now: NodeNotReady' },
    involvedObject: { kind: 'Node', name: 'worker-3', namespace: '' },
  });
  return cluster;
}

describe('the built-in diagnosis of a Node', () => {
  it('says that it has fallen silent, with what the cluster noted of it, and proposes nothing', async () => {
    const result = await investigate(clusterWith(node(silent)), target);
    assert.deepEqual(names(result), ['NodeNotReady']);
    assert.match(result.rootCause, /^Node worker-3 has fallen silent/);
    assert.match(result.findings[0]?.summary ?? '', /^Node worker-3 has fallen silent/);
    assert.deepEqual(result.proposals, []);
    assert.deepEqual(result.snapshot.gaps, []);
  });

  it('says that it runs short', async () => {
    const ready = { type: 'Ready', status: 'True' };
    const short = { type: 'DiskPressure', status: 'True', reason: 'KubeletHasDiskPressure' };
    assert.deepEqual(names(await investigate(clusterWith(node(ready, short)), target)), ['NodePressure']);
    assert.deepEqual(names(await investigate(clusterWith(node(ready)), target)), []);
  });
});

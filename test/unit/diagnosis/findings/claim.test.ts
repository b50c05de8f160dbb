import assert from 'node:assert/strict';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { findingPresent } from '../../../../src/diagnosis/finding-present.ts';
import { fakeCluster, type FakeCluster } from '../../cluster/fake-cluster.ts';
import { ago, deployment, event, namespace, pod, revision } from '../../cluster/shop.ts';
import { investigate, names, target } from '../investigate.ts';

const about = target('PersistentVolumeClaim', 'data');

function claim(spec: object = {}, status: object = { phase: 'Pending' }, createdAgo = 60): KubeObject {
  return {
    kind: 'PersistentVolumeClaim',
    metadata: { namespace, name: 'data', uid: 'c1', creationTimestamp: ago(createdAgo) },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
    status,
  };
}

const storageClass = (name: string, fields: object = {}, annotations = {}): KubeObject => ({
  kind: 'StorageClass',
  metadata: { name, annotations },
  provisioner: 'csi.example.com',
  volumeBindingMode: 'Immediate',
  ...fields,
});

const volume = (spec: object = {}, phase = 'Available'): KubeObject => ({
  kind: 'PersistentVolume',
  metadata: { name: 'pv-1' },
  spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], ...spec },
  status: { phase },
});

/** A workload whose pod waits for the claim. */
function shop(...objects: KubeObject[]): FakeCluster {
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
  const workload = deployment({ replicas: 1, readyReplicas: 0 });
  const waiting = pod('checkout-hash1-a', 1, {});
  return fakeCluster(
    {
      ...workload,
      spec: { ...workload['spec'], template: { ...workload['spec'].template, spec: { volumes } } },
    },
    revision(1, { replicas: 1 }),
    {
      ...waiting,
      spec: { volumes, containers: [{ name: 'app' }] },
      status: {
        phase: 'Pending',
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
          },
        ],
      },
    },
    ...objects,
  );
}

describe('a volume claim of a StorageClass that does not exist', () => {
  const cluster = (): FakeCluster => shop(claim({ storageClassName: 'fast' }), storageClass('standard'));

  for (const kind of ['Deployment', 'PersistentVolumeClaim']) {
    it(`is the cause, before the pods that find no node, asked about the ${kind}`, async () => {
      const result = await investigate(cluster(), kind === 'Deployment' ? target() : about);
      assert.deepEqual(names(result), ['ProvisioningFailed', 'FailedScheduling']);
      assert.equal(result.findings[0]?.target.name, 'data');
      assert.match(result.rootCause, /StorageClass fast, which does not exist/);
      assert.match(
        result.hypotheses.map(({ statement }) => statement).join(' '),
        /Classes that exist: standard/,
      );
      assert.deepEqual(result.proposals, [], 'nothing is destroyed and nothing is made up');
    });
  }

  it('is not said where classes may not be read', async () => {
    const denied = cluster();
    denied.denied.add('StorageClass');
    const result = await investigate(denied, about);
    assert.ok(!names(result).includes('ProvisioningFailed'));
    assert.ok(result.snapshot.gaps.some(({ what }) => /StorageClass/.test(what)));
  });

  it('is gone once it is bound', async () => {
    const healed = cluster();
    const finding = (await investigate(healed, about)).findings[0];
    assert.ok(finding);
    healed.objects = healed.objects.map((object) =>
      object.kind === 'PersistentVolumeClaim' ? claim({ volumeName: 'pv-1' }, { phase: 'Bound' }) : object,
    );
    assert.equal(await findingPresent(healed, finding, new AbortController().signal), false);
  });
});

describe('a volume claim without a volume', () => {
  const found = async (...objects: KubeObject[]): Promise<string[]> => {
    const result = await investigate(shop(...objects), about);
    assert.deepEqual(result.proposals, []);
    return names(result).filter((name) => name !== 'FailedScheduling');
  };

  it('is told of where its provisioner fails', async () => {
    const failed = event('PersistentVolumeClaim', 'data', 'ProvisioningFailed', 'quota of zone a is used up');
    assert.deepEqual(await found(claim({ storageClassName: 'fast' }), storageClass('fast'), failed), [
      'ProvisioningFailed',
    ]);
    const old = { ...failed, lastTimestamp: ago(7200) };
    assert.deepEqual(await found(claim({ storageClassName: 'fast' }), storageClass('fast'), old), []);
  });

  it('is told of where no class is the default and no volume fits', async () => {
    assert.deepEqual(await found(claim(), storageClass('fast')), ['ClaimUnbound']);
    const isDefault = { 'storageclass.kubernetes.io/is-default-class': 'true' };
    assert.deepEqual(await found(claim(), storageClass('fast', {}, isDefault)), []);
    assert.deepEqual(await found(claim(), storageClass('fast'), volume()), []);
  });

  it('is told of where nothing makes volumes of its class and none fits', async () => {
    const byHand = storageClass('local', { provisioner: 'kubernetes.io/no-provisioner' });
    const wanted = claim({ storageClassName: 'local' });
    const local = { storageClassName: 'local' };
    assert.deepEqual(await found(wanted, byHand), ['ClaimUnbound']);
    assert.deepEqual(await found(wanted, byHand, volume({ ...local, capacity: { storage: '500Mi' } })), [
      'ClaimUnbound',
    ]);
    assert.deepEqual(await found(wanted, byHand, volume({ ...local, accessModes: ['ReadOnlyMany'] })), [
      'ClaimUnbound',
    ]);
    assert.deepEqual(await found(wanted, byHand, volume(local, 'Released')), ['ClaimUnbound']);
    assert.deepEqual(await found(wanted, byHand, volume(local)), []);
    const kept = { ...local, claimRef: { namespace, name: 'data' } };
    assert.deepEqual(await found(wanted, byHand, volume(kept, 'Released')), []);
  });

  it('waits for a provisioner for a while before that is trouble, and for its first pod for ever', async () => {
    const wanted = { storageClassName: 'fast' };
    assert.deepEqual(await found(claim(wanted), storageClass('fast')), []);
    assert.deepEqual(await found(claim(wanted, { phase: 'Pending' }, 900), storageClass('fast')), [
      'ClaimUnbound',
    ]);
    const late = storageClass('fast', { volumeBindingMode: 'WaitForFirstConsumer' });
    assert.deepEqual(await found(claim(wanted, { phase: 'Pending' }, 900), late), []);
  });

  it('is not judged by volumes that may not be read', async () => {
    const cluster = shop(claim(), storageClass('fast'));
    cluster.denied.add('PersistentVolume');
    assert.ok(!names(await investigate(cluster, about)).includes('ClaimUnbound'));
  });

  it('is told of where the volume that it had is gone', async () => {
    assert.deepEqual(await found(claim({ volumeName: 'pv-1' }, { phase: 'Lost' })), ['ClaimLost']);
    assert.deepEqual(await found(claim({ volumeName: 'pv-1' }, { phase: 'Lost' }), volume({}, 'Bound')), [
      'ClaimLost',
    ]);
  });

  it('is none that is bound', async () => {
    assert.deepEqual(await found(claim({ volumeName: 'pv-1' }, { phase: 'Bound' })), []);
  });
});

/** A target has a namespace, which the API server leaves out of the path of such an object. */
const ofCluster = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, namespace },
});

describe('a volume', () => {
  it('is told of where it failed or waits for somebody to see to its data', async () => {
    const of = async (phase: string): Promise<string[]> => {
      const result = await investigate(
        fakeCluster(ofCluster(volume({}, phase))),
        target('PersistentVolume', 'pv-1'),
      );
      assert.deepEqual(result.proposals, []);
      return names(result);
    };
    assert.deepEqual(await of('Failed'), ['VolumeFailed']);
    assert.deepEqual(await of('Released'), ['VolumeFailed']);
    assert.deepEqual(await of('Bound'), []);
  });
});

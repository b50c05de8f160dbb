import assert from 'node:assert/strict';
import { claims, storageClasses, volumes } from '../../../../src/practice/api-groups.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../../src/practice/api-groups.ts';
import { wallClock } from '../../../../src/practice/clock.ts';
import {
  startVolumeClaimController,
  volumeFor,
  whyUnbound,
} from '../../../../src/practice/controllers/volume-claims.ts';
import { events, namespaces, pods } from '../../../../src/practice/objects.ts';
import { startVolumeProtection } from '../../../../src/practice/controllers/volume-protection.ts';
import { eventually, startTestCluster } from '../waiting.ts';
import type { TestCluster } from '../waiting.ts';

const shop = { namespace: 'shop' };
const accessModes = ['ReadWriteOnce'];

function claim(name: string, storageClassName?: string, storage = '1Gi'): PersistentVolumeClaim {
  return {
    metadata: { name, namespace: 'shop' },
    spec: { accessModes, storageClassName, resources: { requests: { storage } } },
  };
}

function volume(
  name: string,
  storage: string,
  change: Partial<PersistentVolume['spec']> = {},
): PersistentVolume {
  return {
    metadata: { name },
    spec: { accessModes, capacity: { storage }, storageClassName: 'fast', ...change },
  };
}

describe('a volume claim', () => {
  it('gets the smallest volume of its class that is large enough and nobody has', () => {
    const all = [
      volume('taken', '1Gi', { claimRef: { namespace: 'shop', name: 'other' } }),
      volume('small', '512Mi'),
      volume('large', '5Gi'),
      volume('right', '2Gi'),
      volume('slow', '1Gi', { storageClassName: 'slow' }),
      volume('shared', '1Gi', { accessModes: ['ReadOnlyMany'] }),
    ];
    assert.equal(volumeFor(claim('data', 'fast'), all)?.metadata.name, 'right');
    assert.equal(volumeFor(claim('data', 'fast', '9Gi'), all), undefined);
    const kept = volume('kept', '9Gi', { claimRef: { namespace: 'shop', name: 'data' } });
    assert.equal(volumeFor(claim('data', 'fast'), [...all, kept])?.metadata.name, 'kept');
  });

  it('says why it has none', () => {
    assert.deepEqual(whyUnbound(claim('data', 'fast-ssd'), []), {
      type: 'Warning',
      reason: 'ProvisioningFailed',
      message: 'storageclass.storage.k8s.io "fast-ssd" not found',
    });
    assert.equal(whyUnbound(claim('data'), []).reason, 'FailedBinding');
    const known = { metadata: { name: 'fast' }, provisioner: 'disks.example.com' };
    assert.equal(whyUnbound(claim('data', 'fast'), [known]).reason, 'ExternalProvisioning');
    const patient = { ...known, volumeBindingMode: 'WaitForFirstConsumer' };
    assert.equal(whyUnbound(claim('data', 'fast'), [patient]).reason, 'WaitForFirstConsumer');
  });
});

describe('the volume controller', () => {
  let cluster: TestCluster;
  const abort = new AbortController();
  const failures: string[] = [];

  before(async () => {
    cluster = await startTestCluster();
    const report = (error: unknown): void => {
      if (!abort.signal.aborted) failures.push(String(error));
    };
    const { client } = cluster;
    const options = { client, clock: wallClock(50), signal: abort.signal, report };
    startVolumeClaimController(options);
    startVolumeProtection(options);
    await client.create(namespaces, { metadata: { name: 'shop' } });
    await client.create(claims, claim('data', 'fast'));
  });
  after(async () => {
    abort.abort();
    await cluster.close();
    assert.deepEqual(failures, []);
  });

  it('says again and again that the class does not exist', async () => {
    const [event] = await eventually(cluster.client, events, shop, ([first]) => (first?.count ?? 0) > 1);
    assert.equal(event?.reason, 'ProvisioningFailed');
    assert.equal(event.involvedObject.kind, 'PersistentVolumeClaim');
    assert.equal(event.source.component, 'persistentvolume-controller');
  });

  it('waits for whoever provides volumes once the class exists', async () => {
    await cluster.client.create(storageClasses, {
      metadata: { name: 'fast' },
      provisioner: 'disks.example.com',
    });
    await eventually(cluster.client, events, shop, (all) =>
      all.some(({ message }) => message.includes("external provisioner 'disks.example.com'")),
    );
  });

  it('binds the claim to a volume as soon as there is one', async () => {
    await cluster.client.create(volumes, volume('disk-1', '2Gi'));
    const [bound] = await eventually(cluster.client, claims, shop, ([one]) => one?.status?.phase === 'Bound');
    assert.equal(bound?.spec.volumeName, 'disk-1');
    assert.deepEqual(bound.status?.capacity, { storage: '2Gi' });
    const [given] = await eventually(cluster.client, volumes, {}, ([one]) => one?.status?.phase === 'Bound');
    assert.equal(given?.spec.claimRef?.uid, bound.metadata.uid);
  });

  it('keeps a claim that somebody deletes for as long as a pod on a node uses it', async () => {
    await cluster.client.create(pods, {
      metadata: { name: 'user', namespace: 'shop' },
      spec: {
        nodeName: 'n1',
        containers: [{ name: 'app', image: 'x' }],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
      },
    });
    await cluster.client.delete(claims, 'shop', 'data');
    const leaving = await cluster.client.get(claims, 'shop', 'data');
    assert.deepEqual(leaving?.metadata.finalizers, ['kubernetes.io/pvc-protection']);
    assert.notEqual(leaving.metadata.deletionTimestamp, undefined);
    await cluster.client.delete(pods, 'shop', 'user', { gracePeriodSeconds: 0 });
    await eventually(cluster.client, claims, shop, (all) => all.length === 0);
  });

  it('gives the volume to nobody else when its claim has gone', async () => {
    await eventually(cluster.client, volumes, {}, ([one]) => one?.status?.phase === 'Released');
    await cluster.client.create(claims, claim('data', 'fast'));
    await eventually(
      cluster.client,
      events,
      shop,
      (all) => all.filter(({ reason }) => reason === 'ExternalProvisioning').length > 1,
    );
    const found = await cluster.client.get(claims, 'shop', 'data');
    assert.equal(found?.status?.phase, 'Pending');
  });
});

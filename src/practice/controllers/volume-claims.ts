/**
 * Binds volume claims to the volumes that there are, and says why a claim has none. Nothing makes volumes here: a claim whose class
 * exists waits for its provisioner, as it does in a cluster whose provisioner is away.
 */
import { claims, storageClasses, volumes } from '../api-groups.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../api-groups.ts';
import { keyOf } from '../client.ts';
import { eventRecorder } from '../events.ts';
import { quantity } from '../quantity.ts';
import type { ControllerOptions } from './controllers.ts';
import { startQueue } from './queue.ts';

/** Milliseconds between two looks at a claim that has no volume. */
const resync = 15_000;

const completed = { 'pv.kubernetes.io/bind-completed': 'yes', 'pv.kubernetes.io/bound-by-controller': 'yes' };

/** The volume for a claim: one that is kept for it, else the smallest that is large enough. */
export function volumeFor(
  claim: PersistentVolumeClaim,
  all: readonly PersistentVolume[],
): PersistentVolume | undefined {
  const { namespace, name, uid } = claim.metadata;
  const { storageClassName = '', accessModes, resources } = claim.spec;
  const wanted = quantity(resources.requests['storage']) ?? 0;
  const size = ({ spec }: PersistentVolume): number => quantity(spec.capacity['storage']) ?? 0;
  const kept = ({ spec: { claimRef } }: PersistentVolume): boolean =>
    claimRef?.namespace === namespace &&
    claimRef?.name === name &&
    (claimRef?.uid === undefined || claimRef.uid === uid);
  const fitting = all.filter(
    (volume) =>
      (volume.spec.storageClassName ?? '') === storageClassName &&
      size(volume) >= wanted &&
      accessModes.every((mode) => volume.spec.accessModes.includes(mode)) &&
      (volume.spec.claimRef === undefined || kept(volume)),
  );
  return fitting.find(kept) ?? fitting.toSorted((a, b) => size(a) - size(b))[0];
}

/** What the volume controller says of a claim for which there is no volume. */
export function whyUnbound(
  { spec }: PersistentVolumeClaim,
  classes: readonly StorageClass[],
): { type: 'Normal' | 'Warning'; reason: string; message: string } {
  const { storageClassName = '' } = spec;
  if (storageClassName === '') {
    const message = 'no persistent volumes available for this claim and no storage class is set';
    return { type: 'Normal', reason: 'FailedBinding', message };
  }
  const found = classes.find(({ metadata }) => metadata.name === storageClassName);
  if (!found) {
    const message = `storageclass.storage.k8s.io "${storageClassName}" not found`;
    return { type: 'Warning', reason: 'ProvisioningFailed', message };
  }
  if (found.volumeBindingMode === 'WaitForFirstConsumer') {
    const message = 'waiting for first consumer to be created before binding';
    return { type: 'Normal', reason: 'WaitForFirstConsumer', message };
  }
  const message =
    `Waiting for a volume to be created either by the external provisioner '${found.provisioner}' or manually by the system ` +
    'administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.';
  return { type: 'Normal', reason: 'ExternalProvisioning', message };
}

export function startVolumeClaimController({ client, clock, signal, report }: ControllerOptions): void {
  const recorder = eventRecorder(client, clock, 'persistentvolume-controller');
  const unbound = new Set<string>();
  const queue = startQueue(clock, signal, sync, report);

  async function sync(key: string): Promise<void> {
    const [namespace = '', name = ''] = key.split('/');
    const claim = await client.get(claims, namespace, name);
    if (!claim || claim.spec.volumeName !== undefined || claim.metadata.deletionTimestamp !== undefined) {
      unbound.delete(key);
      return;
    }
    const volume = volumeFor(claim, await client.list(volumes));
    if (volume) {
      unbound.delete(key);
      await bind(claim, volume);
      return;
    }
    unbound.add(key);
    const { type, reason, message } = whyUnbound(claim, await client.list(storageClasses));
    void recorder.record({ ...claims, object: claim }, type, reason, message);
    queue.addAfter(key, resync);
  }

  async function bind(claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<void> {
    const { namespace = '', name = '', uid } = claim.metadata;
    const claimRef = { apiVersion: claims.apiVersion, kind: claims.kind, namespace, name, uid };
    // Guarded by its version: no volume goes to two claims.
    const bound = await client.update(volumes, { ...volume, spec: { ...volume.spec, claimRef } });
    await client.update(volumes, { ...bound, status: { ...bound.status, phase: 'Bound' } }, 'status');
    const annotations = { ...claim.metadata.annotations, ...completed };
    const spec = { ...claim.spec, volumeName: volume.metadata.name };
    const named = await client.update(claims, {
      ...claim,
      metadata: { ...claim.metadata, annotations },
      spec,
    });
    const { accessModes, capacity } = volume.spec;
    await client.update(claims, { ...named, status: { phase: 'Bound', accessModes, capacity } }, 'status');
  }

  /** A volume without a claim is free; one whose claim has gone keeps what is on it, and nobody else gets it. */
  async function settle(volume: PersistentVolume): Promise<void> {
    const { claimRef } = volume.spec;
    if (volume.metadata.deletionTimestamp !== undefined) return;
    const claim = claimRef && (await client.get(claims, claimRef.namespace, claimRef.name));
    const isTheirs = claim !== undefined && claim.metadata.uid === claimRef?.uid;
    if (isTheirs && volume.status?.phase !== 'Bound') return;
    const phase = isTheirs ? 'Bound' : claimRef?.uid === undefined ? 'Available' : 'Released';
    if (volume.status?.phase === phase) return;
    await client.update(volumes, { ...volume, status: { ...volume.status, phase } }, 'status');
  }

  const settling = startQueue(
    clock,
    signal,
    async (name) => {
      const volume = await client.get(volumes, undefined, name);
      if (volume) await settle(volume);
    },
    report,
  );

  const lookAgain = (): void => {
    for (const key of unbound) queue.add(key);
  };
  void client.watch(
    claims,
    {},
    ({ type, object }) => {
      if (type === 'deleted') {
        unbound.delete(keyOf(object));
        if (object.spec.volumeName !== undefined) settling.add(object.spec.volumeName);
      } else if (type === 'added' || object.spec.volumeName === undefined) {
        queue.add(keyOf(object));
      }
    },
    signal,
  );
  void client.watch(
    volumes,
    {},
    ({ object }) => {
      settling.add(object.metadata.name ?? '');
      lookAgain();
    },
    signal,
  );
  void client.watch(storageClasses, {}, lookAgain, signal);
}

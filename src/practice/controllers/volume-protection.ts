/** Lets claims and volumes that are being deleted go once nobody uses them: a claim when no pod on a node does, a volume without its claim. */
import { claims, volumes } from '../api-groups.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../api-groups.ts';
import { keyOf } from '../client.ts';
import { pods } from '../objects.ts';
import type { KubeObject, Pod, Resource } from '../objects.ts';
import type { ControllerOptions } from './controllers.ts';
import { startQueue } from './queue.ts';

const ofClaims = 'kubernetes.io/pvc-protection';
const ofVolumes = 'kubernetes.io/pv-protection';

/** Whether a pod that came to a node holds on to the claim. */
export function isMounted(claim: PersistentVolumeClaim, all: readonly Pod[]): boolean {
  return all.some(
    ({ spec, status }) =>
      spec.nodeName !== undefined &&
      status?.phase !== 'Succeeded' &&
      status?.phase !== 'Failed' &&
      (spec.volumes ?? []).some(
        ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim.metadata.name,
      ),
  );
}

export function startVolumeProtection({ client, clock, signal, report }: ControllerOptions): void {
  const ofClaim = startQueue(
    clock,
    signal,
    async (key) => {
      const [namespace = '', name = ''] = key.split('/');
      const claim = await client.get(claims, namespace, name);
      if (!claim || !isLeaving(claim)) return;
      if (!isMounted(claim, await client.list(pods, { namespace }))) await release(claims, claim, ofClaims);
    },
    report,
  );
  const ofVolume = startQueue(
    clock,
    signal,
    async (name) => {
      const volume = await client.get(volumes, undefined, name);
      if (!volume || !isLeaving(volume)) return;
      if (!(await isHeld(volume))) await release(volumes, volume, ofVolumes);
    },
    report,
  );

  async function isHeld({ metadata, spec: { claimRef } }: PersistentVolume): Promise<boolean> {
    const claim = claimRef && (await client.get(claims, claimRef.namespace, claimRef.name));
    return claim !== undefined && claim.spec.volumeName === metadata.name;
  }

  async function release<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    protection: string,
  ): Promise<void> {
    const finalizers = (object.metadata.finalizers ?? []).filter((one) => one !== protection);
    if (finalizers.length === (object.metadata.finalizers ?? []).length) return;
    await client.update(resource, { ...object, metadata: { ...object.metadata, finalizers } });
  }

  void client.watch(
    claims,
    {},
    ({ object }) => {
      if (isLeaving(object)) ofClaim.add(keyOf(object));
      if (object.spec.volumeName !== undefined) ofVolume.add(object.spec.volumeName);
    },
    signal,
  );
  void client.watch(
    volumes,
    {},
    ({ object }) => {
      if (isLeaving(object)) ofVolume.add(keyOf(object));
    },
    signal,
  );
  void client.watch(
    pods,
    {},
    ({ object: { metadata, spec } }) => {
      for (const { persistentVolumeClaim } of spec.volumes ?? []) {
        if (persistentVolumeClaim)
          ofClaim.add(`${metadata.namespace ?? ''}/${persistentVolumeClaim.claimName}`);
      }
    },
    signal,
  );
}

function isLeaving({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

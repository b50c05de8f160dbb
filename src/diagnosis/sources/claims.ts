/** The volume claims that the workload's pods mount, or the one that the incident is about. */
import type { KubeObject } from '../../domain/kubernetes.ts';
import { refOf } from '../pods.ts';
import { closerLooks, eventsOf, listAll, look, type Place, type Seen } from './source.ts';

export interface ClaimView {
  readonly claim: KubeObject;
  /** The StorageClass that it names; undefined where it names none. Read for a claim that is not bound. */
  readonly storageClass: Seen | undefined;
  /** All StorageClasses, of a claim that is not bound; undefined where they could not be read. */
  readonly classes: readonly KubeObject[] | undefined;
  /** The volumes there are, of a claim that names none; undefined where they could not be read. */
  readonly volumes: readonly KubeObject[] | undefined;
  /** The volume that it is bound to, where it names one and is not well. */
  readonly volume: Seen | undefined;
  readonly events: readonly KubeObject[];
}

export async function readClaims(
  place: Place,
  object: KubeObject,
  workload: KubeObject | undefined,
  pods: readonly KubeObject[],
): Promise<readonly ClaimView[]> {
  if (object.kind === 'PersistentVolumeClaim') return [await viewOf(place, object)];
  const names = [...new Set([workload, ...pods].flatMap((one) => (one === undefined ? [] : claimsOf(one))))];
  const claims = await Promise.all(
    names
      .slice(0, closerLooks)
      .map((name) => look(place, { kind: 'PersistentVolumeClaim', namespace: place.namespace, name })),
  );
  return Promise.all(
    claims.filter((claim) => typeof claim !== 'string').map((claim) => viewOf(place, claim)),
  );
}

/** Names of the claims that a pod, or a workload's pods, mount. */
export function claimsOf(object: KubeObject): string[] {
  const spec = object.kind === 'Pod' ? object['spec'] : object['spec']?.template?.spec;
  const volumes = (spec?.volumes ?? []) as { persistentVolumeClaim?: { claimName?: string } }[];
  return volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
}

async function viewOf(place: Place, claim: KubeObject): Promise<ClaimView> {
  const nothing = { storageClass: undefined, classes: undefined, volumes: undefined, volume: undefined };
  if (claim['status']?.phase === 'Bound') return { claim, ...nothing, events: [] };
  const wanted = claim['spec']?.storageClassName as string | undefined;
  const bound = claim['spec']?.volumeName as string | undefined;
  const [storageClass, classes, volumes, volume, events] = await Promise.all([
    wanted === undefined || wanted === '' ? undefined : look(place, { kind: 'StorageClass', name: wanted }),
    listAll(place, 'StorageClass'),
    bound === undefined || bound === '' ? listAll(place, 'PersistentVolume') : undefined,
    bound === undefined || bound === '' ? undefined : look(place, { kind: 'PersistentVolume', name: bound }),
    eventsOf(place, refOf(claim)),
  ]);
  return { claim, storageClass, classes, volumes, volume, events };
}

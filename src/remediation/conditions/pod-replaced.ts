/** Whether a controller has put a new pod in the place of one that was deleted. */
import { describeRef, type KubeObject, type OwnerReference } from '../../domain/kubernetes.ts';
import { conditionStatus, counted, type ConditionState } from './condition.ts';

/** The controller that owns a pod, or undefined for a pod of its own. */
export function controllerOf(pod: KubeObject): OwnerReference | undefined {
  return pod.metadata.ownerReferences?.find((owner) => owner.controller === true);
}

/** Whether a pod is Running and Ready, and not on its way out. */
export function isReady(pod: KubeObject): boolean {
  return (
    pod.metadata.deletionTimestamp === undefined &&
    pod.status?.phase === 'Running' &&
    conditionStatus(pod, 'Ready') === 'True'
  );
}

/**
 * Holds once no pod has the old UID any more and the owner has as many Running and Ready pods as it wants. Counting
 * them is what tells the replacement from the pods that were there before.
 * @param old the deleted pod as it was
 * @param owner its controller as it is now, undefined where it does not exist
 * @param pods pods among which the owner's are
 */
export function podReplacedCondition(
  old: KubeObject,
  owner: KubeObject | undefined,
  pods: readonly KubeObject[],
): ConditionState {
  const reference = controllerOf(old);
  if (reference === undefined) {
    return { met: false, message: `no controller owns ${old.metadata.name}: nothing replaces it` };
  }
  const ref = { kind: reference.kind, name: reference.name, namespace: old.metadata.namespace };
  if (owner === undefined) return { met: false, message: `${describeRef(ref)} does not exist` };
  if (pods.some((pod) => pod.metadata.uid === old.metadata.uid)) {
    return { met: false, message: `waiting for ${old.metadata.name} to be gone` };
  }
  const ready = pods.filter((pod) => controllerOf(pod)?.uid === reference.uid && isReady(pod)).length;
  const wanted = wantedPods(owner);
  return {
    met: ready > 0 && ready >= wanted,
    message: `${ready} of ${counted(wanted, 'pod')} of ${describeRef(ref)} ready`,
  };
}

function wantedPods(owner: KubeObject): number {
  if (owner.kind === 'DaemonSet') return owner.status?.desiredNumberScheduled ?? 1;
  if (owner.kind === 'Job') return owner.spec?.parallelism ?? 1;
  return owner.spec?.replicas ?? 1;
}

/**
 * Warnings that only events tell and that findings rest on: probes that fail, volumes that cannot be mounted, pods that cannot be made.
 * Read for what is in trouble and nothing else. Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
 */
import type { KubeObject } from '../../domain/kubernetes.ts';
import { newestEvents } from '../events.ts';
import { hasRestarted, isReady } from '../pods.ts';
import type { Place } from './source.ts';

/** Pods whose events are read at most. */
const mostPods = 3;
/** Events of one object at most; the same thing again raises a count. */
const mostEvents = 30;

/** Controllers that say in no condition that they cannot make pods, with the numbers that show that some are missing. */
const missesPods: Readonly<Record<string, (controller: KubeObject) => boolean>> = {
  StatefulSet: ({ spec, status }) => Number(status?.replicas ?? 0) < Number(spec?.replicas ?? 1),
  DaemonSet: ({ status }) =>
    Number(status?.currentNumberScheduled ?? 0) < Number(status?.desiredNumberScheduled ?? 0),
  Job: ({ status }) => status?.active === undefined && status?.completionTime === undefined,
};

/** @param pods the pods that count */
export async function warningsOf(
  { cluster, reader }: Place,
  workload: KubeObject,
  pods: readonly KubeObject[],
): Promise<KubeObject[]> {
  const troubled = pods
    .filter((pod) => pod['spec']?.nodeName !== undefined && (!isReady(pod) || hasRestarted(pod)))
    .slice(0, mostPods);
  const controllers = missesPods[workload.kind]?.(workload) === true ? [workload] : [];
  const lists = await Promise.all(
    [...controllers, ...troubled].map(({ kind, metadata: { namespace = '', name, uid } }) =>
      reader<KubeObject[]>(`Warnings about ${kind} ${namespace}/${name}`, [], async (signal) => {
        // Not the warnings alone: an investigation shows all events of a pod, and asks for them once.
        const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${name}`;
        const events = await newestEvents(cluster, { namespace, fieldSelector }, Infinity, signal);
        return events
          .filter(({ type }) => type === 'Warning')
          .filter(
            ({ involvedObject: about }) =>
              // An earlier object of the same name is another one.
              (about?.uid ?? uid) === uid,
          )
          .slice(0, mostEvents);
      }),
    ),
  );
  return lists.flat();
}

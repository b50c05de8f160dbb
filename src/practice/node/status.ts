/** The status of a pod, made from those of its containers, as a kubelet makes it. */
import { withCondition } from '../conditions.ts';
import type { Condition, ContainerStatus, Pod, PodStatus } from '../objects.ts';

/** What the node knows of a pod besides its containers. */
export interface Placement {
  readonly hostIP: string;
  /** Undefined until the pod's sandbox is there. */
  readonly podIP?: string;
  /** ISO 8601: when the node took the pod on. */
  readonly startTime: string;
}

export function podStatus(
  pod: Pod,
  containers: readonly ContainerStatus[],
  placement: Placement,
  now: string,
): PodStatus {
  const phase = phaseOf(pod, containers);
  const over = phase === 'Succeeded' || phase === 'Failed';
  const unready = containers.filter(({ ready }) => !ready).map(({ name }) => name);
  const readiness = (type: string): Condition =>
    unready.length === 0 && !over
      ? { type, status: 'True' }
      : {
          type,
          status: 'False',
          reason: over ? 'PodCompleted' : 'ContainersNotReady',
          message: `containers with unready status: [${unready.join(' ')}]`,
        };
  const conditions = [
    { type: 'Initialized', status: 'True' } as const,
    readiness('Ready'),
    readiness('ContainersReady'),
  ].reduce<readonly Condition[]>(
    (known, condition) => withCondition(known, condition, now),
    pod.status?.conditions ?? [],
  );
  const { podIP } = placement;
  return {
    ...placement,
    phase,
    conditions: [...conditions],
    containerStatuses: [...containers],
    ...(podIP !== undefined && { podIPs: [{ ip: podIP }] }),
  };
}

function phaseOf(pod: Pod, containers: readonly ContainerStatus[]): PodStatus['phase'] {
  const policy = pod.spec.restartPolicy ?? 'Always';
  const ended = containers.flatMap(({ state }) => (state.terminated ? [state.terminated.exitCode] : []));
  if (ended.length === containers.length && policy !== 'Always') {
    if (ended.every((code) => code === 0)) return 'Succeeded';
    if (policy === 'Never') return 'Failed';
  }
  const started = containers.every(
    ({ state, lastState }) => state.running ?? state.terminated ?? lastState.terminated,
  );
  return started ? 'Running' : 'Pending';
}

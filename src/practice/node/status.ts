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

/**
 * @param containers of the pod's life
 * @param initContainers of its beginning, in their order
 */
export function podStatus(
  pod: Pod,
  containers: readonly ContainerStatus[],
  initContainers: readonly ContainerStatus[],
  placement: Placement,
  now: string,
): PodStatus {
  const phase = phaseOf(pod, containers, initContainers);
  const completed = phase === 'Succeeded' ? { reason: 'PodCompleted' } : {};
  const incomplete = initContainers.filter((one) => !isComplete(one)).map(({ name }) => name);
  const initialized: Condition =
    incomplete.length === 0
      ? { type: 'Initialized', status: 'True', ...completed }
      : {
          type: 'Initialized',
          status: 'False',
          reason: 'ContainersNotInitialized',
          message: `containers with incomplete status: [${incomplete.join(' ')}]`,
        };
  const unready = containers.filter(({ ready }) => !ready).map(({ name }) => name);
  const readiness = (type: string): Condition => {
    if (phase === 'Succeeded') return { type, status: 'False', ...completed };
    if (unready.length === 0) return { type, status: 'True' };
    const message = `containers with unready status: [${unready.join(' ')}]`;
    return { type, status: 'False', reason: 'ContainersNotReady', message };
  };
  const conditions = [initialized, readiness('Ready'), readiness('ContainersReady')].reduce<
    readonly Condition[]
  >((known, condition) => withCondition(known, condition, now), pod.status?.conditions ?? []);
  const { podIP } = placement;
  return {
    ...placement,
    phase,
    conditions: [...conditions],
    ...(initContainers.length > 0 && {
      // Such a container is ready once it has done its part.
      initContainerStatuses: initContainers.map((one) => ({ ...one, ready: isComplete(one) })),
    }),
    containerStatuses: [...containers],
    ...(podIP !== undefined && { podIPs: [{ ip: podIP }] }),
  };
}

function isComplete({ state }: ContainerStatus): boolean {
  return state.terminated?.exitCode === 0;
}

function phaseOf(
  pod: Pod,
  containers: readonly ContainerStatus[],
  initContainers: readonly ContainerStatus[],
): PodStatus['phase'] {
  const policy = pod.spec.restartPolicy ?? 'Always';
  const first = initContainers.find((one) => !isComplete(one));
  if (first) return policy === 'Never' && first.state.terminated ? 'Failed' : 'Pending';
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

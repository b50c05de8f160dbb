/**
 * CrashLoopBackOff: a container ends again and again, and the kubelet waits longer each time before it starts it anew.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
 */
import { countingContainers, countingPods, lastEnd, podNames, refOf, type ContainerOfPod } from '../pods.ts';
import type { CoreState } from '../snapshot.ts';
import { fieldEvidence, podCount, shownContainers, type FindingRule } from './rule.ts';

/**
 * Between two back-offs a crashing container runs for a moment and looks healthy.
 * One that ended twice counts as crashing until it has stayed up this long, milliseconds.
 */
const stableAfter = 60_000;

/**
 * The program of a container cannot be started at all: it is not there, or may not be run. The kubelet says so of the container's state
 * (pkg/kubelet/kuberuntime) or of its end; the crash loop that comes of it shows between two tries only.
 */
const cannotStart = new Set([
  'RunContainerError',
  'CreateContainerError',
  'StartError',
  'ContainerCannotRun',
  'PostStartHookError',
]);

/** Whether the container's program cannot be started at all. */
export function isNeverStarted(container: ContainerOfPod): boolean {
  const { waiting } = container.status.state ?? {};
  return cannotStart.has(waiting?.reason ?? '') || cannotStart.has(lastEnd(container)?.reason ?? '');
}

/** Containers in a crash loop, whatever ends them. */
export function crashingContainers(state: CoreState): ContainerOfPod[] {
  return countingContainers(state).filter((container) => isCrashing(container, Date.parse(state.takenAt)));
}

function isCrashing(container: ContainerOfPod, now: number): boolean {
  const { status } = container;
  const { waiting, running, terminated } = status.state ?? {};
  const restarts = status.restartCount ?? 0;
  if (waiting?.reason === 'CrashLoopBackOff' || cannotStart.has(waiting?.reason ?? '')) return true;
  if (running === undefined && isNeverStarted(container)) return true;
  if (terminated !== undefined) return terminated.exitCode !== 0 && restarts > 0;
  const last = status.lastState?.terminated;
  if (running?.startedAt === undefined || last === undefined || last.exitCode === 0) return false;
  return restarts >= 2 && now - Date.parse(running.startedAt) < stableAfter;
}

function howItEnds(container: ContainerOfPod): string {
  const { name } = container.status;
  if (isNeverStarted(container)) return `do not come up: the program of container ${name} cannot be started`;
  const code = lastEnd(container)?.exitCode;
  return `restart again and again; container ${name} ${code === undefined ? 'does not stay up' : `exits with code ${code}`}`;
}

export const crashLoop: FindingRule = (state) => {
  const { workload } = state;
  const containers = crashingContainers(state);
  const [first] = containers;
  if (workload === undefined || first === undefined) return [];
  const pods = podCount(podNames(containers).length, countingPods(state).length, workload);
  return [
    {
      name: 'CrashLoopBackOff',
      target: refOf(workload),
      summary: `${pods} ${howItEnds(first)}`,
      containers,
      evidence: containers.slice(0, shownContainers).map((container) => {
        const { pod, status, path } = container;
        const end = lastEnd(container);
        const how =
          end === undefined
            ? 'has ended'
            : `last exit ${end.exitCode}${end.reason === undefined ? '' : ` (${end.reason})`}`;
        return fieldEvidence(
          pod,
          path,
          `container ${status.name} of ${pod.metadata.name}: ${status.restartCount ?? 0} restarts, ${how}`,
          { restartCount: status.restartCount, state: status.state, lastState: status.lastState },
          end?.finishedAt,
        );
      }),
    },
  ];
};

/** A pod's line in `kubectl get pods`. Rule: printPod in k8s.io/kubernetes pkg/printers/internalversion. */
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { ageOf } from './age.ts';

export interface PodLine {
  readonly ready: string;
  readonly status: string;
  readonly restarts: string;
}

export function podLine(pod: V1Pod, now: Date): PodLine {
  const { spec, status } = pod;
  const init = initReason(pod);
  const statuses =
    init === undefined ? (status?.containerStatuses ?? []) : (status?.initContainerStatuses ?? []);
  const ready = (status?.containerStatuses ?? []).filter((one) => one.ready && one.state?.running).length;
  return {
    ready: `${init === undefined ? ready : 0}/${spec?.containers.length ?? 0}`,
    status: terminatingReason(pod) ?? init ?? containerReason(pod),
    restarts: restarts(statuses, now),
  };
}

function terminatingReason({ metadata, status }: V1Pod): string | undefined {
  if (metadata?.deletionTimestamp === undefined) return undefined;
  if (status?.reason === 'NodeLost') return 'Unknown';
  return status?.phase === 'Succeeded' || status?.phase === 'Failed' ? undefined : 'Terminating';
}

/** What the first init container that has not succeeded says. */
function initReason({ spec, status }: V1Pod): string | undefined {
  const statuses = status?.initContainerStatuses ?? [];
  for (const [index, one] of statuses.entries()) {
    const terminated = one.state?.terminated;
    if (terminated?.exitCode === 0) continue;
    if (terminated !== undefined) return `Init:${terminated.reason || exit(terminated)}`;
    const waiting = one.state?.waiting?.reason;
    if (waiting && waiting !== 'PodInitializing') return `Init:${waiting}`;
    return `Init:${index}/${spec?.initContainers?.length ?? 0}`;
  }
  return undefined;
}

function containerReason({ status }: V1Pod): string {
  const base = status?.reason || status?.phase || 'Unknown';
  const statuses = status?.containerStatuses ?? [];
  let reason = base;
  // The first container that is not simply running has the word.
  for (const { state } of [...statuses].reverse()) {
    if (state?.waiting?.reason) reason = state.waiting.reason;
    else if (state?.terminated !== undefined) reason = state.terminated.reason || exit(state.terminated);
  }
  const running = statuses.some((one) => one.ready && one.state?.running);
  if (reason !== 'Completed' || !running) return reason;
  const isReady = status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') === true;
  return isReady ? 'Running' : 'NotReady';
}

function exit({ signal, exitCode }: { signal?: number; exitCode: number }): string {
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

function restarts(statuses: readonly V1ContainerStatus[], now: Date): string {
  const total = statuses.reduce((sum, one) => sum + one.restartCount, 0);
  const ends = statuses
    .flatMap((one) => one.lastState?.terminated?.finishedAt ?? [])
    .map((end) => new Date(end));
  const last = ends.sort((a, b) => b.getTime() - a.getTime())[0];
  return total === 0 || last === undefined ? String(total) : `${total} (${ageOf(last, now)} ago)`;
}

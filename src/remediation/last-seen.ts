/** What there was to see when a verification failed: the evidence beside the condition that was not met. */
import type { Cluster } from '../cluster/cluster.ts';
import { newestEvents } from '../diagnosis/events.ts';
import { describeRef, type KubeObject, type ObjectRef } from '../domain/kubernetes.ts';
import { redact } from '../domain/redaction.ts';
import { isReady } from './conditions/pod-replaced.ts';
import { counted } from './conditions/condition.ts';
import { plainLine } from './plain-text.ts';

const mostPods = 4;
const mostEvents = 5;
const maxLine = 300;

/** Conditions that say that something is wrong, with the status that says so. Of Pods only the first one is used. */
const troubles: Readonly<Record<string, string>> = {
  PodScheduled: 'False',
  Available: 'False',
  Progressing: 'False',
  ReplicaFailure: 'True',
  Failed: 'True',
  AbleToScale: 'False',
  ScalingActive: 'False',
  ScalingLimited: 'True',
};

/**
 * A line for each object in trouble among those that were watched, then the last warnings about them, newest first.
 * Plain, redacted and bounded. What cannot be read now is left out: it must not hide what was seen before.
 * @param target what was verified
 * @param seen the watched objects as they last were
 */
export async function lastSeen(
  cluster: Pick<Cluster, 'list'>,
  target: ObjectRef,
  seen: readonly KubeObject[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const failing = seen.filter((one) => one.kind === 'Pod' && !isReady(one));
  const shown = failing.slice(0, mostPods);
  const lines = [
    ...seen.filter((one) => one.kind !== 'Pod').flatMap(troubleLines),
    ...shown.flatMap((pod) => [podLine(pod), ...troubleLines(pod)]),
    ...(failing.length > shown.length
      ? [`${counted(failing.length - shown.length, 'more pod')} not ready`]
      : []),
  ];
  const about = [target, ...shown.map(({ metadata }) => ({ ...target, kind: 'Pod', name: metadata.name }))];
  const warnings = await Promise.all(about.map((ref) => warningsAbout(cluster, ref, signal)));
  const events = warnings.flat().slice(0, mostEvents);
  return [...lines, ...events].map(shortened);
}

function troubleLines(object: KubeObject): string[] {
  const { kind, metadata } = object;
  const conditions: { type: string; status: string; reason?: string; message?: string }[] =
    object.status?.conditions ?? [];
  return conditions
    .filter(({ type, status }) => troubles[type] === status && (kind !== 'Pod' || type === 'PodScheduled'))
    .map(
      ({ type, status, reason, message }) =>
        `${kind} ${metadata.name}: ${type} is ${status}${reason === undefined ? '' : `, ${quoted(reason)}`}${message === undefined ? '' : `: ${quoted(message)}`}`,
    );
}

interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly terminated?: { readonly reason?: string; readonly exitCode?: number };
  };
}

/** `Pod checkout-1: Running, container app waiting (CrashLoopBackOff), 3 restarts`. */
function podLine(pod: KubeObject): string {
  const leaving = pod.metadata.deletionTimestamp === undefined ? '' : ', on its way out';
  const containers: ContainerStatus[] = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ];
  const words = containers.flatMap(containerWords);
  return `Pod ${pod.metadata.name}: ${[pod.status?.phase ?? 'no phase', ...words].join(', ')}${leaving}`;
}

function containerWords({ name, ready, restartCount = 0, state = {} }: ContainerStatus): string[] {
  const { waiting, terminated } = state;
  const restarts = restartCount === 0 ? [] : [counted(restartCount, 'restart')];
  if (waiting !== undefined)
    return [`container ${name} waiting (${quoted(waiting.reason ?? 'no reason')})`, ...restarts];
  // A container that did its work, such as an init container, is no news.
  if (terminated !== undefined && terminated.exitCode !== 0)
    return [
      `container ${name} ended with ${terminated.exitCode} (${quoted(terminated.reason ?? 'no reason')})`,
      ...restarts,
    ];
  return terminated === undefined && ready !== true ? [`container ${name} not ready`, ...restarts] : restarts;
}

async function warningsAbout(
  cluster: Pick<Cluster, 'list'>,
  { kind, name, namespace }: ObjectRef,
  signal: AbortSignal,
): Promise<string[]> {
  const selection = {
    fieldSelector: `involvedObject.kind=${kind},involvedObject.name=${name}`,
    ...(namespace === undefined ? {} : { namespace }),
  };
  try {
    const events = await newestEvents(cluster, selection, 50, signal);
    return events
      .filter((event) => event['type'] === 'Warning')
      .slice(0, 2)
      .map((event) => {
        const times = Number(event['count'] ?? event['series']?.count ?? 1);
        return `${describeRef({ kind, name })}: ${quoted(String(event['reason']))}: ${quoted(String(event['message']))}${times > 1 ? ` (${times} times)` : ''}`;
      });
  } catch {
    return [];
  }
}

/** What others wrote, on one line. */
function quoted(text: string): string {
  return redact(plainLine(text)).replace(/\s+/g, ' ');
}

function shortened(line: string): string {
  const text = plainLine(line);
  return text.length > maxLine ? `${text.slice(0, maxLine - 1)}…` : text;
}

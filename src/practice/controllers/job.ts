/** Runs each Job's pods, one try after another with a growing back-off, until enough succeeded or too many failed. */
import { jobs } from '../api-groups.ts';
import type { Job } from '../api-groups.ts';
import { keyOf } from '../client.ts';
import { timestamp } from '../clock.ts';
import { isActive } from '../conditions.ts';
import { eventRecorder } from '../events.ts';
import { backOff } from '../node/backoff.ts';
import { pods } from '../objects.ts';
import type { Condition, Pod } from '../objects.ts';
import type { ControllerOptions } from './controllers.ts';
import { controlledBy, controllerOf, controls } from './labels.ts';
import { startQueue } from './queue.ts';
import { randomSuffix } from './replicaset.ts';

/** The API's default. */
const defaultBackoffLimit = 6;

/** What is to be done about a Job. */
export type JobStep =
  | { readonly step: 'complete' }
  | { readonly step: 'fail' }
  /** Pods to start, none where enough run. */
  | { readonly step: 'run'; readonly missing: number };

/**
 * @param owned every pod of the Job, ended ones too
 * @returns what the Job's spec and its pods ask for, before any back-off
 */
export function jobStep({ spec }: Job, owned: readonly Pod[]): JobStep {
  const { completions = 1, parallelism = 1, backoffLimit = defaultBackoffLimit } = spec;
  const { active, succeeded, failed } = countsOf(owned);
  if (succeeded >= completions) return { step: 'complete' };
  if (failed > backoffLimit) return { step: 'fail' };
  return { step: 'run', missing: Math.max(Math.min(parallelism, completions - succeeded) - active, 0) };
}

function countsOf(owned: readonly Pod[]): { active: number; succeeded: number; failed: number } {
  const ended = (phase: string): number => owned.filter(({ status }) => status?.phase === phase).length;
  return {
    active: owned.filter(isActive).length,
    succeeded: ended('Succeeded'),
    failed: ended('Failed'),
  };
}

function podFor(job: Job): Pod {
  const { metadata, spec } = job.spec.template;
  const generateName = `${job.metadata.name ?? ''}-`;
  return {
    metadata: {
      name: generateName + randomSuffix(),
      generateName,
      namespace: job.metadata.namespace,
      labels: metadata?.labels,
      annotations: metadata?.annotations,
      ownerReferences: [controlledBy(jobs, job)],
    },
    spec,
  };
}

export function startJobController({ client, clock, signal, report }: ControllerOptions): void {
  const recorder = eventRecorder(client, clock, 'job-controller');
  const queue = startQueue(clock, signal, sync, report);
  /** By uid of the Job: how many pods had failed, and since when that is known. */
  const failures = new Map<string, { readonly count: number; readonly since: number }>();

  async function sync(key: string): Promise<void> {
    const [namespace = '', name = ''] = key.split('/');
    const job = await client.get(jobs, namespace, name);
    if (!job || job.metadata.deletionTimestamp !== undefined || isOver(job)) return;
    const owned = (await client.list(pods, { namespace })).filter((pod) => controls(job, pod));
    const next = jobStep(job, owned);
    if (next.step === 'run') {
      const left = remaining(job, owned);
      if (left > 0) queue.addAfter(key, left);
      const started = left > 0 ? [] : await start(job, next.missing);
      return writeStatus(job, [...owned, ...started]);
    }
    if (next.step === 'fail') await stop(owned);
    const ended = owned.filter((pod) => !isActive(pod));
    return writeStatus(job, ended, next.step);
  }

  /** Milliseconds of the world's own time until the next try. */
  function remaining({ metadata: { uid = '' } }: Job, owned: readonly Pod[]): number {
    const { failed: count } = countsOf(owned);
    if (count === 0) return 0;
    const known = failures.get(uid);
    const { since } = known?.count === count ? known : { since: clock.now() };
    failures.set(uid, { count, since });
    return Math.max(backOff(count - 1) - (clock.now() - since) * clock.speed, 0);
  }

  async function start(job: Job, count: number): Promise<Pod[]> {
    const started: Pod[] = [];
    for (let missing = count; missing > 0; missing -= 1) {
      const pod = await client.create(pods, podFor(job));
      started.push(pod);
      tell(job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name ?? ''}`);
    }
    return started;
  }

  async function stop(owned: readonly Pod[]): Promise<void> {
    for (const { metadata } of owned.filter(isActive)) {
      await client.delete(pods, metadata.namespace, metadata.name ?? '', { uid: metadata.uid });
    }
  }

  async function writeStatus(job: Job, owned: readonly Pod[], end?: 'complete' | 'fail'): Promise<void> {
    const now = timestamp(clock.now());
    const { active, succeeded, failed } = countsOf(owned);
    const status: Job['status'] = {
      startTime: job.status?.startTime ?? now,
      ...(active > 0 && { active }),
      ...(succeeded > 0 && { succeeded }),
      ...(failed > 0 && { failed }),
      ...(end === 'complete' && { completionTime: now }),
      ...(end && { conditions: [conditionOf(end, now)] }),
    };
    if (JSON.stringify(status) === JSON.stringify(inOrder(job.status))) return;
    await client.update(jobs, { ...job, status }, 'status');
    if (end === undefined) return;
    failures.delete(job.metadata.uid ?? '');
    if (end === 'complete') tell(job, 'Normal', 'Completed', 'Job completed');
    else tell(job, 'Warning', 'BackoffLimitExceeded', tooManyFailures);
  }

  function tell(job: Job, type: 'Normal' | 'Warning', reason: string, message: string): void {
    void recorder.record({ ...jobs, object: job }, type, reason, message);
  }

  void client.watch(
    jobs,
    {},
    ({ type, object }) => {
      if (type === 'deleted') failures.delete(object.metadata.uid ?? '');
      else queue.add(keyOf(object));
    },
    signal,
  );
  void client.watch(
    pods,
    {},
    ({ object }) => {
      const owner = controllerOf(object);
      if (owner?.kind === 'Job') queue.add(`${object.metadata.namespace ?? ''}/${owner.name}`);
    },
    signal,
  );
}

const tooManyFailures = 'Job has reached the specified backoff limit';

function conditionOf(end: 'complete' | 'fail', now: string): Condition {
  const when = { lastProbeTime: now, lastTransitionTime: now };
  return end === 'complete'
    ? { type: 'Complete', status: 'True', ...when }
    : { type: 'Failed', status: 'True', ...when, reason: 'BackoffLimitExceeded', message: tooManyFailures };
}

/** Whether it has completed or failed for good. */
export function isOver({ status }: Job): boolean {
  return (status?.conditions ?? []).some(
    (one) => ['Complete', 'Failed'].includes(one.type) && one.status === 'True',
  );
}

/** What a running Job's status says, in the order in which it is written. */
function inOrder(status: Job['status']): Job['status'] {
  const { startTime, active, succeeded, failed } = status ?? {};
  return { startTime, active, succeeded, failed };
}

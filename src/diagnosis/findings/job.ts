/**
 * A Job that gave up (BackoffLimitExceeded, DeadlineExceeded, or JobFailed for other reasons), one that is told to wait (JobSuspended),
 * and a CronJob that starts none (CronJobSuspended, UnparseableSchedule).
 * Sources: https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup,
 * https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
 */
import type { FindingName } from '../../domain/diagnosis.ts';
import type { KubeObject } from '../../domain/kubernetes.ts';
import { conditionOf, refOf, type ContainerOfPod, type ContainerStatus } from '../pods.ts';
import type { CoreState, StateWith } from '../snapshot.ts';
import { isSchedule } from '../schedule.ts';
import { fieldEvidence, type FindingRule } from './rule.ts';

/** The Job that the incident is about, where it failed and no later one of the same CronJob went well. */
function failedJob({ object, workload, surroundings }: StateWith<'jobs'>): KubeObject | undefined {
  const job = object?.kind === 'Job' ? object : workload;
  if (job?.kind !== 'Job' || conditionOf(job, 'Failed')?.status !== 'True') return undefined;
  const since = job.metadata.creationTimestamp ?? '';
  const later = (surroundings.jobs?.jobs ?? []).filter(
    ({ metadata }) => (metadata.creationTimestamp ?? '') > since,
  );
  return later.some((other) => conditionOf(other, 'Complete')?.status === 'True') ? undefined : job;
}

/** The containers of its failed pods: their logs say why. */
function failedContainers({ pods }: CoreState): ContainerOfPod[] {
  return pods
    .filter((pod) => pod['status']?.phase === 'Failed')
    .flatMap((pod) =>
      ((pod['status']?.containerStatuses ?? []) as ContainerStatus[]).map((status) => ({
        pod,
        status,
        path: `status.containerStatuses[${status.name}]`,
      })),
    );
}

const reasons: Readonly<Record<string, FindingName>> = {
  BackoffLimitExceeded: 'BackoffLimitExceeded',
  DeadlineExceeded: 'DeadlineExceeded',
};

/** @param name the finding that is asked for: each reason is one of its own */
function jobRule(
  name: FindingName,
  why: (job: KubeObject, failed: { readonly reason?: string }) => string,
): FindingRule<'jobs'> {
  return (state) => {
    const job = failedJob(state);
    const failed = job && conditionOf(job, 'Failed');
    if (job === undefined || failed === undefined) return [];
    if ((reasons[failed.reason ?? ''] ?? 'JobFailed') !== name) return [];
    const cronJob = state.surroundings.jobs?.cronJob;
    const { failed: count = 0, succeeded = 0 } = job['status'] ?? {};
    return [
      {
        name,
        target: refOf(job),
        ...(cronJob === undefined ? {} : { alsoAbout: [refOf(cronJob)] }),
        summary: `Job ${job.metadata.name} ${why(job, failed)}`,
        containers: failedContainers(state),
        evidence: [
          fieldEvidence(
            job,
            'status.conditions[Failed]',
            `Job ${job.metadata.name}: ${failed.reason ?? 'failed'}, ${count} pods failed, ${succeeded} succeeded`,
            job['status'],
            failed.lastTransitionTime,
          ),
        ],
      },
    ];
  };
}

/** The default of `spec.backoffLimit`. */
const defaultRetries = 6;

export const backoffLimitExceeded = jobRule(
  'BackoffLimitExceeded',
  (job) =>
    `failed: its pods ended with an error, and its ${job['spec']?.backoffLimit ?? defaultRetries} retries are used up`,
);

export const deadlineExceeded = jobRule(
  'DeadlineExceeded',
  (job) => `failed: it did not end within its ${job['spec']?.activeDeadlineSeconds ?? 'given'} seconds`,
);

export const jobFailed = jobRule(
  'JobFailed',
  (_job, { reason }) => `failed (${reason ?? 'no reason given'})`,
);

export const jobSuspended: FindingRule = ({ object }) =>
  object?.kind !== 'Job' || object['spec']?.suspend !== true
    ? []
    : [
        {
          name: 'JobSuspended',
          target: refOf(object),
          summary: `Job ${object.metadata.name} is suspended: it runs no pod`,
          evidence: [fieldEvidence(object, 'spec.suspend', `Job ${object.metadata.name}: suspended`, 'true')],
        },
      ];

export const cronJobSuspended: FindingRule = ({ object }) =>
  object?.kind !== 'CronJob' || object['spec']?.suspend !== true
    ? []
    : [
        {
          name: 'CronJobSuspended',
          target: refOf(object),
          summary: `CronJob ${object.metadata.name} is suspended: it starts no Job`,
          evidence: [
            fieldEvidence(object, 'spec.suspend', `CronJob ${object.metadata.name}: suspended`, 'true'),
            fieldEvidence(
              object,
              'status',
              `last started ${object['status']?.lastScheduleTime ?? 'never'}`,
              object['status'] ?? {},
            ),
          ],
        },
      ];

export const unparseableSchedule: FindingRule = ({ object }) => {
  const schedule: unknown = object?.['spec']?.schedule;
  if (object?.kind !== 'CronJob' || typeof schedule !== 'string' || isSchedule(schedule)) return [];
  return [
    {
      name: 'UnparseableSchedule',
      target: refOf(object),
      summary: `CronJob ${object.metadata.name} has a schedule that is none, and starts no Job`,
      evidence: [
        fieldEvidence(
          object,
          'spec.schedule',
          `schedule of ${object.metadata.name}: ${schedule.slice(0, 80)}`,
          schedule,
        ),
      ],
    },
  ];
};

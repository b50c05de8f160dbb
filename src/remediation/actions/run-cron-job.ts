/** Makes a Job of a CronJob now, instead of at its next time. */
import type { Action } from '../action.ts';

export const runCronJob: Action<'run_cron_job'> = {
  name: 'run_cron_job',
  description: 'Starts a new Job from the template of a CronJob, beside those that failed.',
  answers: ['BackoffLimitExceeded', 'DeadlineExceeded', 'JobFailed'],
  target: ({ namespace, cronjob }) => ({ kind: 'CronJob', namespace, name: cronjob }),
  command: ({ namespace, cronjob, job }) => [
    'kubectl',
    'create',
    'job',
    job,
    `--from=cronjob/${cronjob}`,
    '-n',
    namespace,
  ],
  touches: ({ namespace, cronjob }) => [{ kind: 'CronJob', namespace, name: cronjob }],
  verification: ({ namespace, job }) => ({
    type: 'job-complete',
    target: { kind: 'Job', namespace, name: job },
  }),
  // What the Job did cannot be taken back, and its record is worth keeping.
  undo: () => undefined,
};

/** A failed Job is told about with what its log says; where a CronJob can make another one that may go better, that is offered. */
import { describeRef, type KubeObject } from '../../domain/kubernetes.ts';
import { refOf } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import { cite, claimed, onlySuspected, type RemedyRule } from './remedy.ts';

export const forFailedJob: RemedyRule = (context) => {
  const { snapshot, finding } = context;
  const { jobs = [], cronJob } = snapshot.surroundings.jobs ?? {};
  const job = jobs.find(({ metadata }) => metadata.name === finding.target.name);
  const said = lastWords(snapshot);
  const cause = `${describeRef(finding.target)} gave up${said === undefined ? '' : `; its log ends with: ${said}`}.`;
  const anew = 'A Job cannot be changed: it has to be made anew with what its log asks for.';
  if (job === undefined || cronJob === undefined || cronJob['spec']?.suspend === true) {
    return onlySuspected(context, cause, anew);
  }
  const changed = !sameWork(job, cronJob);
  const wentWell = jobs.some((other) => Number(other['status']?.succeeded ?? 0) > 0 && sameWork(other, job));
  if (!changed && !wentWell) {
    return onlySuspected(
      context,
      cause,
      `CronJob ${cronJob.metadata.name} would make the same Job again: put its template right first.`,
    );
  }
  const name = `${job.metadata.name.slice(0, 57).replace(/-+$/, '')}-again`;
  return {
    cause,
    hypotheses: [
      {
        statement: 'If it fails the same way again, its template has to be put right.',
        evidence: finding.evidence,
      },
    ],
    proposals: [
      {
        action: 'run_cron_job',
        parameters: {
          namespace: finding.target.namespace ?? '',
          cronjob: cronJob.metadata.name,
          job: name,
        },
        rationale: changed
          ? `The template of CronJob ${cronJob.metadata.name} was changed since this Job was made.`
          : `An earlier Job of the same template went well, so that the trouble may be over.`,
        grounds: 'observed',
        claimedConfidence: claimed(changed ? 0.8 : 0.75, context),
        evidence: cite(context, refOf(job)),
      },
    ],
  };
};

/** Whether two Jobs, or a Job and the one that a CronJob would make now, run the same containers. */
function sameWork(one: KubeObject, other: KubeObject): boolean {
  const [a, b] = [one, other].map((object) => {
    const spec = object.kind === 'CronJob' ? object['spec']?.jobTemplate?.spec : object['spec'];
    const { containers, initContainers } = spec?.template?.spec ?? {};
    return JSON.stringify([containers, initContainers]);
  });
  return a === b;
}

/** The end of the log of a pod of the Job, on one line. */
function lastWords({ logs }: Snapshot): string | undefined {
  const lines = (logs[0]?.text ?? '').split('\n').filter((line) => line.trim() !== '');
  return lines.at(-1)?.trim().slice(0, 200);
}

export const forSuspended: RemedyRule = (context) =>
  onlySuspected(
    context,
    `${context.finding.summary}.`,
    'Somebody may have suspended it on purpose: ask before it is resumed.',
  );

export const forSchedule: RemedyRule = (context) =>
  onlySuspected(
    context,
    `${context.finding.summary}.`,
    'When it was meant to run is for whoever looks after it to say.',
  );

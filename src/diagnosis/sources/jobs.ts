/** A Job's CronJob and the CronJob's other Jobs: what a failed run is judged against. */
import type { KubeObject } from '../../domain/kubernetes.ts';
import { controllerUid } from '../pods.ts';
import { listHere, read, type Place } from './source.ts';

export interface JobsView {
  /** The CronJob that makes them; undefined for a Job of its own. */
  readonly cronJob: KubeObject | undefined;
  /** Newest first. */
  readonly jobs: readonly KubeObject[];
}

export async function readJobs(
  place: Place,
  object: KubeObject,
  workload: KubeObject | undefined,
): Promise<JobsView | undefined> {
  if (object.kind === 'CronJob') return { cronJob: object, jobs: await madeBy(place, object) };
  const job = object.kind === 'Job' ? object : workload;
  if (job?.kind !== 'Job') return undefined;
  const owner = job.metadata.ownerReferences?.find(
    ({ kind, controller }) => kind === 'CronJob' && controller,
  );
  const cronJob =
    owner && (await read(place, { kind: 'CronJob', namespace: place.namespace, name: owner.name }));
  return { cronJob, jobs: cronJob === undefined ? [job] : await madeBy(place, cronJob) };
}

/** The Jobs that a CronJob made and that are kept, newest first. */
export async function madeBy(place: Place, cronJob: KubeObject): Promise<KubeObject[]> {
  const jobs = (await listHere(place, 'Job')) ?? [];
  return jobs
    .filter((job) => controllerUid(job) === cronJob.metadata.uid)
    .sort((a, b) => (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? ''));
}

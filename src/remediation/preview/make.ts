/** Makes the preview of one step: rehearses it, compares, counts. Never throws but where the run itself is stopped. */
import type { Cluster, Selection } from '../../cluster/cluster.ts';
import type { KubeObject } from '../../domain/kubernetes.ts';
import type { Step } from '../../domain/plan.ts';
import { noReach, type ObjectChange, type Preview, type Rehearsal } from '../../domain/preview.ts';
import { told } from '../../domain/redaction/told.ts';
import { TimeLimit } from '../../domain/time-limit.ts';
import { parseCommand, type Command } from '../../kubectl/grammar.ts';
import type { AssessmentScope } from '../planning.ts';
import { difference } from './difference.ts';
import { capture, objectsIn, rehearse, type KubectlPlace, type Rehearsed } from './dry-run.ts';
import { impactOf, type Touched } from './impact.ts';
import { isLow } from './low.ts';
import { admissionOf, newPodOf, type Admission } from './new-pods.ts';
import { reachOf } from './reach.ts';
import { rehearsalOf } from './rehearsal.ts';
import { Surroundings } from './surroundings.ts';
import { touchedAsPrinted, touchedByWords, type ObjectSource } from './touched.ts';

/** What a preview is made with. */
export interface PreviewPlace {
  readonly cluster: Pick<Cluster, 'get' | 'list'>;
  readonly kubectl: KubectlPlace;
  readonly scope: AssessmentScope;
  /** Aborts when the run is stopped. */
  readonly signal: AbortSignal;
  /** How long it may take. */
  readonly timeoutMs: number;
}

/** Shown at most; the rest is counted. */
const mostChanges = 20;

/** @throws what stopped the run, where it was stopped */
export async function makePreview(step: Step, place: PreviewPlace): Promise<Preview> {
  const parsed = parseCommand(step.argv);
  if (!parsed.ok) return withoutReads(step, { state: 'unknown', reason: parsed.reason });
  const limit = new TimeLimit(place.timeoutMs, place.signal);
  try {
    return await previewed(step, parsed.command, place, limit);
  } finally {
    limit.end();
  }
}

async function previewed(
  step: Step,
  command: Command,
  place: PreviewPlace,
  limit: TimeLimit,
): Promise<Preview> {
  const { rehearsal, objects } = await rehearsed(step, place, limit.signal);
  place.signal.throwIfAborted();
  try {
    return await limit.of(compared(step, command, { rehearsal, objects }, place, limit.signal));
  } catch (error) {
    place.signal.throwIfAborted();
    const why = limit.reached ? `that took longer than ${place.timeoutMs / 1000} s` : told(error);
    return withoutReads(step, rehearsal, `How far it reaches is not known: ${why}`);
  }
}

async function rehearsed(step: Step, place: PreviewPlace, signal: AbortSignal): Promise<Rehearsed> {
  const plan = rehearsalOf(step.risk, place.scope);
  if (!plan.possible) return { rehearsal: { state: 'unknown', reason: plan.reason }, objects: [] };
  // Nobody has approved it: by itself runs what is low, as everywhere.
  if (plan.commands.some((command) => !isLow(command, place.scope))) {
    const reason = 'its dry run is not low itself: "Dry Run" starts it';
    return { rehearsal: { state: 'unknown', reason }, objects: [] };
  }
  const { kubectl, timeoutMs } = place;
  return rehearse(plan.commands, plan.prints, {
    ...kubectl,
    sensitive: step.risk.sensitive || plan.prints,
    timeoutMs: Math.min(kubectl.timeoutMs, timeoutMs),
    signal,
  });
}

async function compared(
  step: Step,
  command: Command,
  { rehearsal, objects }: Rehearsed,
  { cluster, kubectl, scope }: PreviewPlace,
  signal: AbortSignal,
): Promise<Preview> {
  const place = { ...kubectl, signal, sensitive: true };
  const surroundings = new Surroundings(cluster, (kind, where) => listed(kind, where, place), signal);
  const source: ObjectSource = {
    cluster,
    surroundings,
    signal,
    viaKubectl: (object) => liveInVersion(object, place),
  };
  const touched =
    objects.length > 0
      ? await touchedAsPrinted(objects, source)
      : await touchedByWords(step.risk, command, source);
  const reach = await reachOf(touched, command, surroundings);
  const changes = touched.flatMap(({ before, after }) => difference(before, after) ?? []);
  const admission: Admission =
    rehearsal.state === 'refused'
      ? { gaps: [] }
      : await admissionOf(await newPods(touched, command, surroundings), place, scope);
  return {
    argvHash: step.argvHash,
    rehearsal: admission.refusal ?? rehearsal,
    changes: changes.slice(0, mostChanges),
    reach,
    basis: touched.map(basisOf),
    gaps: [...surroundings.gaps, ...admission.gaps, ...leftOut(changes)],
  };
}

async function newPods(touched: readonly Touched[], command: Command, surroundings: Surroundings) {
  const pods = await Promise.all(
    touched.map(async (one) => newPodOf(one, await impactOf(one, command, surroundings))),
  );
  return pods.filter((pod) => pod !== undefined);
}

function basisOf({ ref, before }: Touched): Preview['basis'][number] {
  const resourceVersion = before?.metadata.resourceVersion;
  return { ref, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
}

function leftOut(changes: readonly ObjectChange[]): string[] {
  const more = changes.length - mostChanges;
  return more > 0 ? [`${more} more objects change than are shown`] : [];
}

function withoutReads(step: Step, rehearsal: Rehearsal, ...gaps: string[]): Preview {
  return { argvHash: step.argvHash, rehearsal, changes: [], reach: noReach, basis: [], gaps };
}

/** One object as kubectl reads it in the version that it has printed it in. */
async function liveInVersion(
  { apiVersion = '', kind, metadata }: KubeObject,
  place: KubectlPlace,
): Promise<KubeObject | undefined> {
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const where = metadata.namespace === undefined ? [] : ['-n', metadata.namespace];
  const { failure, text } = await capture(
    [
      ...['kubectl', 'get', `${kind}.${version}.${group}`, metadata.name, ...where],
      ...['--ignore-not-found', '-o', 'json'],
    ],
    place,
  );
  if (failure !== undefined) throw new Error(failure.message);
  return objectsIn(text)[0];
}

/** A list as kubectl reads it: an old API server has some kinds in an older version than ours. */
async function listed(
  kind: string,
  { namespace, labelSelector, fieldSelector }: Selection,
  place: KubectlPlace,
): Promise<readonly KubeObject[] | undefined> {
  const { failure, text } = await capture(
    [
      ...['kubectl', 'get', kind, '-o', 'json'],
      ...(namespace === undefined ? ['--all-namespaces'] : ['-n', namespace]),
      ...(labelSelector === undefined ? [] : [`--selector=${labelSelector}`]),
      ...(fieldSelector === undefined ? [] : [`--field-selector=${fieldSelector}`]),
    ],
    place,
  );
  return failure === undefined ? objectsIn(text) : undefined;
}

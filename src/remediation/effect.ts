/** Whether a command changed anything whose end was not seen, or that ended with an error: told by looking at the cluster. */
import type { Cluster } from '../cluster/cluster.ts';
import { describeRef, sameRef, type KubeObject } from '../domain/kubernetes.ts';
import type { Step } from '../domain/plan.ts';
import type { Effect } from '../domain/verification.ts';
import { anyName } from '../kubectl/objects.ts';
import { systemClock, type Clock } from './clock.ts';
import type { Failure } from './failure.ts';
import { orAbort } from './or-abort.ts';
import { Outages } from './outage.ts';
import { asksFor, wishOf, type Wish } from './spec-hash.ts';
import { retryMs } from './watching.ts';

/** The touched objects as they were kept before the deed, and as they are. */
export interface Comparison {
  readonly found: 'changed' | 'unchanged' | 'unclear';
  /** A clause. */
  readonly why: string;
}

/** What the comparison needs to know of a step. */
export type ComparedStep = Pick<Step, 'action' | 'risk' | 'verification'>;

/** Commands after which the object that they are about asks for something else. */
const changesItsObject = new Set([
  'patch',
  'scale',
  'rollout',
  'set',
  'cordon',
  'uncordon',
  'drain',
  'taint',
]);

/**
 * Reads the touched objects and compares them.
 * @param wishes what `before` asked for, told by live objects: `before` itself may be redacted
 * @throws OncallError where one of them cannot be read
 */
export async function compare(
  cluster: Cluster,
  step: ComparedStep,
  before: readonly KubeObject[],
  wishes: readonly Wish[],
  signal: AbortSignal,
): Promise<Comparison> {
  const made = 'target' in step.verification ? step.verification.target : undefined;
  if (made !== undefined && !before.some((object) => sameRef(wishOf(object).ref, made))) {
    const exists = (await cluster.get(made, signal)) !== undefined;
    return exists
      ? { found: 'changed', why: `${describeRef(made)} exists` }
      : { found: 'unchanged', why: `${describeRef(made)} does not exist` };
  }
  if (before.length === 0)
    return { found: 'unclear', why: 'What the command was to change was not read before it' };
  for (const object of before) {
    const { ref } = wishOf(object);
    const now = await cluster.get(ref, signal);
    const change = changeOf(object, now, wishes.find((one) => sameRef(one.ref, ref))?.specHash);
    if (change !== undefined) return { found: 'changed', why: `${describeRef(ref)} ${change}` };
  }
  const names = before.map((object) => describeRef(wishOf(object).ref)).join(', ');
  // A label, a process in a container: what is asked for may stay the same although such a command has run.
  return step.action === 'custom_command' && !changesItsObject.has(step.risk.commandType.split(' ')[0] ?? '')
    ? { found: 'unclear', why: `${names} would not show what such a command does` }
    : { found: 'unchanged', why: `${names} is as it was before` };
}

/** In what an object differs, or undefined. */
function changeOf(
  before: KubeObject,
  now: KubeObject | undefined,
  wish: string | undefined,
): string | undefined {
  if (now === undefined) return 'is gone';
  if (now.metadata.uid !== before.metadata.uid) return 'is another one now';
  if (now.metadata.deletionTimestamp !== undefined && before.metadata.deletionTimestamp === undefined)
    return 'is being deleted';
  return wish !== undefined && !asksFor(now, wish) ? 'was changed' : undefined;
}

/** A command that ended with an error. */
export interface FailedCommand {
  readonly cluster: Cluster;
  readonly step: ComparedStep;
  /** The objects that it touches, as they were. */
  readonly before: readonly KubeObject[];
  readonly failure: Failure;
  /** How long a cluster that cannot be read is asked again. */
  readonly patienceSeconds: number;
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
  readonly clock?: Clock;
  readonly now: () => Date;
}

/** What it did, and in words what is known of it: sentences. */
export interface FoundEffect {
  readonly effect: Effect;
  readonly error: string;
}

/**
 * What a command did that ended with an error. What was refused, or never sent, changed nothing; of all else it is not known
 * before somebody looks, and this looks, until the cluster answers. Never throws: what cannot be seen is unknown.
 */
export async function effectOf(command: FailedCommand): Promise<FoundEffect> {
  const { failure, step, signal, onProgress } = command;
  const { message, next } = failure;
  if (failure.nothingDone === true && isOneRequest(step) && !isNews(command))
    return { effect: 'none', error: `${message}. ${next}` };
  if (!step.risk.mutates) return { effect: 'none', error: `${message}. ${next}` };
  const unknown = (why: string): FoundEffect => ({
    effect: 'unknown',
    error: `It may have taken effect: ${message}. ${why}. Check the cluster before you retry or undo it.`,
  });
  if (signal.aborted) return unknown('Nobody has looked since');
  onProgress(`It may have taken effect: ${message}. Looking at the cluster`);
  try {
    const { found, why } = await look(command);
    if (found === 'unclear') return unknown(why);
    return found === 'changed'
      ? { effect: 'changed', error: `${message}. Looked at right after it: ${why}.` }
      : { effect: 'none', error: `It did not take effect: ${why}. ${message}. ${next}` };
  } catch (error) {
    return unknown(error instanceof Error ? error.message : String(error));
  }
}

/** Looks twice before it says that nothing was changed: a request may have been on its way still. */
async function look(command: FailedCommand): Promise<Comparison> {
  const { cluster, step, before, signal, onProgress, now, clock = systemClock } = command;
  const outages = new Outages(clock, command.patienceSeconds * 1000);
  const deadline = clock.now();
  const wishes = before.map(wishOf);
  const later = () => orAbort(new Promise<void>((resolve) => clock.after(retryMs, resolve)), signal);
  let unchanged = 0;
  for (;;) {
    const since = now();
    try {
      const comparison = await orAbort(compare(cluster, step, before, wishes, signal), signal);
      outages.answered();
      if (comparison.found !== 'unchanged' || ++unchanged > 1) return comparison;
    } catch (error) {
      signal.throwIfAborted();
      outages.failed(since, error);
      if (outages.isTooLong(deadline)) throw new Error(outages.words());
      onProgress(`It may have taken effect. ${outages.words()}. It is asked again until it answers`);
    }
    await later();
  }
}

/**
 * Verbs that send one request for one object, so that a refusal leaves nothing done in part. Not among them: what prints words of
 * others (`exec`), and what makes or deletes one object after another (`drain`, `debug`, `replace`, `apply`, `run --expose`).
 */
const oneRequest = new Set([
  ...['patch', 'scale', 'rollout', 'set', 'label', 'annotate', 'taint', 'cordon', 'uncordon'],
  ...['delete', 'create', 'expose', 'autoscale', 'certificate'],
]);

/** Whether nothing can be done in part. A selector stands for any number of objects. */
function isOneRequest({ risk }: ComparedStep): boolean {
  return (
    oneRequest.has(risk.commandType.split(' ')[0] ?? '') &&
    risk.targets.length <= 1 &&
    risk.targets.every(({ name }) => name !== anyName) &&
    !risk.affectsAll
  );
}

/** What was there a moment before and is not found now was taken away by somebody, or by a first attempt whose answer was lost. */
function isNews({ failure, before }: FailedCommand): boolean {
  return failure.kind === 'not-found' && before.length > 0;
}

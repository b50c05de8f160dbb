/** What others did since a plan was made, and what was just tried in vain: runs of an incident are one history in all windows. Pure. */
import { describeRef } from '../domain/kubernetes.ts';
import { plain } from '../domain/plain.ts';
import type { Step } from '../domain/plan.ts';
import { capital } from '../domain/words.ts';
import { touchesSame, type Change } from '../journal/changes.ts';
import type { History } from '../journal/history.ts';

/** The plan that a step belongs to. */
export interface MadePlan {
  readonly runId: string;
  readonly incidentId: string;
  /** The kubeconfig context of its run. */
  readonly context: string;
  /** ISO 8601: when the look at the cluster began that it rests on. */
  readonly at: string;
}

/** Something that a plan does not know. */
export interface News {
  /** Tells it from other news. */
  readonly key: string;
  /** A sentence: what happened, when, and that it takes a new look. */
  readonly text: string;
}

type Past = Pick<History, 'changes' | 'incidents'>;
/** A step as far as it is compared. */
type Compared = Pick<Step, 'action' | 'argvHash' | 'risk'>;

/**
 * What other runs, of any window, did to the objects of a step or to its incident since its plan was made; the newest first.
 * @param limitSeconds what no step takes longer than
 */
export function newsFor(
  past: Past,
  plan: MadePlan,
  step: Compared | undefined,
  now: Date,
  limitSeconds: number,
): News[] {
  const news: News[] = [];
  const over = past.incidents.lastOver(plan.incidentId);
  if (
    over?.endedAt !== undefined &&
    over.runId !== plan.runId &&
    over.endedAt > plan.at &&
    over.status === 'resolved'
  )
    news.push({
      key: `${over.runId} resolved`,
      text: `Another run resolved this incident at ${hour(over.endedAt)}: look again.`,
    });
  const from = new Date(Math.min(Date.parse(plan.at), now.getTime()) - limitSeconds * 1000);
  for (const change of past.changes.since(from)) {
    if (change.runId === plan.runId || change.context !== plan.context) continue;
    const isOurs = change.incidentId === plan.incidentId;
    if (!isOurs && (step === undefined || !touchesSame(change.targets, step.risk.targets))) continue;
    // What had ended before the look began was seen by it.
    if ((change.endedAt ?? now.toISOString()) <= plan.at) continue;
    news.push({
      key: `${change.runId} ${change.stepId} ${change.outcome}`,
      text: `${words(change, step)}: look again.`,
    });
  }
  return news;
}

/**
 * Why automation does not do a step: the same was done for this incident, or to this object shortly before, and was not seen to help;
 * a sentence. What worked is left to the cool-down.
 */
export function justTried(past: Past, plan: MadePlan, step: Compared, now: Date): string | undefined {
  const inVain = (change: Change): boolean =>
    isOther(change, plan) && change.outcome !== 'worked' && isSame(change, step);
  const shortlyBefore = new Date(now.getTime() - shortlyMs);
  const change =
    past.changes.ofIncident(plan.incidentId).findLast(inVain) ??
    [...past.changes.since(shortlyBefore)].find(inVain);
  return change && `${words(change, step)}.`;
}

/** What failed on an object so short a time ago would fail again, milliseconds. */
export const shortlyMs = 600_000;

function isOther(change: Change, { runId, context }: MadePlan): boolean {
  return change.runId !== runId && change.context === context && !change.isUndo;
}

/** The same command, or the same action on the same object. */
function isSame(change: Change, { action, argvHash, risk }: Compared): boolean {
  if (change.argvHash === argvHash) return true;
  return action !== 'custom_command' && change.action === action && touchesSame(change.targets, risk.targets);
}

function words(change: Change, step: Compared | undefined): string {
  const [target] = change.targets;
  const what = target === undefined ? 'an object' : plain(describeRef(target), 120);
  const at = hour(change.startedAt);
  const did =
    step !== undefined && isSame(change, step)
      ? `The same was tried at ${at}`
      : `${capital(what)} was changed at ${at}`;
  switch (change.outcome) {
    case 'open':
      return `Another run has been changing ${what} since ${at}`;
    case 'failed':
      return `${did} in another run and did not help`;
    case 'worked':
      return `${did} in another run`;
    case 'unknown':
      return `${did} in another run, and what came of it was not seen`;
  }
}

/** `03:12 UTC`. */
function hour(time: string): string {
  return `${time.slice(11, 16)} UTC`;
}

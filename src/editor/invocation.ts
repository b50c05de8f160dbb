/**
 * Which run a command is about. That is told by where it was invoked: what comes from a view is about that view's run or about
 * none, and only what comes from nowhere may be asked about. No other run is ever taken because it is the only one. Pure.
 */
import { stepArgument } from './commandTable.ts';

/** Where a command was invoked, as far as runs go. */
export type Origin =
  /** Something named a run, or a step of it: CodeLens, a button, a row, a link. */
  | {
      readonly kind: 'named';
      readonly runId: string;
      readonly step?: { readonly stepId: string; readonly argvHash: string };
    }
  /** What is in front, or the document whose title was clicked, belongs to a run. */
  | { readonly kind: 'view'; readonly runId: string }
  /** Nothing of a run is in front. */
  | { readonly kind: 'palette' }
  /** Something was named that is no run. */
  | { readonly kind: 'unreadable' };

/** The address of a document, as far as it tells a run. */
export interface Address {
  readonly scheme: string;
  readonly path: string;
  readonly query: string;
}

/** Where the documents of a run keep its id. */
const runIn: Readonly<Record<string, (address: Address) => string | undefined>> = {
  'oncall-plan': ({ query }) => query,
  'oncall-edit': ({ query }) => query,
  'oncall-sent': ({ query }) => query,
  'oncall-evidence': ({ path }) => path.split('/')[1],
};

/** The run that a document is about: a plan, an edit of it, its evidence, what was sent for it. Undefined for any other. */
export function runOfDocument(address: Address): string | undefined {
  if (!Object.hasOwn(runIn, address.scheme)) return undefined;
  const runId = runIn[address.scheme]?.(address) ?? '';
  return runId === '' ? undefined : runId;
}

/**
 * Where a command was invoked.
 * @param args what it was invoked with; any extension can invoke a command
 * @param inFront the run of the view that is active, be it in focus or behind the palette
 */
export function originOf(args: readonly unknown[], inFront: string | undefined): Origin {
  const [first] = args;
  if (first === undefined || first === null) {
    return inFront === undefined ? { kind: 'palette' } : { kind: 'view', runId: inFront };
  }
  const step = stepArgument(args);
  if (step !== undefined) {
    const { runId, stepId, argvHash = '' } = step;
    return { kind: 'named', runId, step: { stepId, argvHash } };
  }
  if (typeof first === 'string') return { kind: 'named', runId: first };
  const runId = isAddress(first) ? runOfDocument(first) : undefined;
  return runId === undefined ? { kind: 'unreadable' } : { kind: 'view', runId };
}

function isAddress(value: unknown): value is Address {
  if (typeof value !== 'object' || value === null) return false;
  const { scheme, path, query } = value as Record<string, unknown>;
  return [scheme, path, query].every((part) => typeof part === 'string');
}

/** What a run has to be for a command to be about it. */
export type Need =
  /** There is a record of it. */
  | 'known'
  /** It goes on in this window. */
  | 'live'
  /** It asks about a step in this window. */
  | 'asking';

/** How runs stand in this window. */
export interface RunsNow {
  isKnown(runId: string): boolean;
  isLive(runId: string): boolean;
  isAsking(runId: string): boolean;
}

/** Why a command does nothing. */
export type WhyNot = 'ended' | 'asks-nothing' | 'unknown' | 'unreadable';

export type Subject =
  | { readonly kind: 'run'; readonly runId: string; readonly step?: (Origin & { kind: 'named' })['step'] }
  | { readonly kind: 'none'; readonly why: WhyNot }
  /** Nothing tells the run: a person may be asked which one. */
  | { readonly kind: 'ask' };

/** What a command is about. Total, and never about a run that its origin does not name. */
export function subjectOf(origin: Origin, need: Need, now: RunsNow): Subject {
  if (origin.kind === 'palette') return { kind: 'ask' };
  if (origin.kind === 'unreadable') return { kind: 'none', why: 'unreadable' };
  const { runId } = origin;
  if (need !== 'known' && now.isLive(runId)) {
    if (need === 'asking' && !now.isAsking(runId)) return { kind: 'none', why: 'asks-nothing' };
  } else if (!now.isKnown(runId)) {
    return { kind: 'none', why: 'unknown' };
  } else if (need !== 'known') {
    return { kind: 'none', why: 'ended' };
  }
  return origin.kind === 'named' && origin.step !== undefined
    ? { kind: 'run', runId, step: origin.step }
    : { kind: 'run', runId };
}

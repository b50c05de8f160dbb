/** Whether a step ended the incident: watches until its condition holds and the finding is gone, and stays so. */
import type { Cluster } from '../cluster/cluster.ts';
import { OncallError } from '../domain/error.ts';
import { describeRef, type KubeObject } from '../domain/kubernetes.ts';
import type { Step, Verification } from '../domain/plan.ts';
import { systemClock, type Clock } from './clock.ts';
import { lastSeen } from './last-seen.ts';
import { changedSince, type Wish } from './spec-hash.ts';
import { orAbort } from './or-abort.ts';
import { Settling } from './settling.ts';

type StepFinding = NonNullable<Step['finding']>;

/** What to verify, and for how long. */
export interface VerificationRequest {
  readonly cluster: Cluster;
  readonly verification: Verification;
  /** The finding that justified the step and must be gone. */
  readonly finding?: StepFinding;
  /** The objects that the step touched, as they were. */
  readonly before: readonly KubeObject[];
  /** What they asked for right after: what differs from it was changed by somebody else. */
  readonly left?: readonly Wish[];
  /**
   * How long the condition may take to hold. A settle window that began in time may end later, and time in which the cluster
   * could not be read does not count.
   */
  readonly timeoutSeconds: number;
  /** How long condition and finding must stay as they should be. */
  readonly settleSeconds: number;
  /** How long a cluster that cannot be read is asked again, all outages together; see `patienceOf`. */
  readonly patienceSeconds?: number;
  readonly signal: AbortSignal;
  /** Receives what is going on, in words, whenever that changes. */
  readonly onProgress?: (message: string) => void;
  /** Looks at the cluster as it is now; throws where it cannot be seen. */
  readonly findingPresent: (finding: StepFinding, signal: AbortSignal) => Promise<boolean>;
  readonly clock?: Clock;
  /** The time of day, for words. */
  readonly now?: () => Date;
}

/** It held, and stayed so. */
export interface Gone {
  readonly outcome: 'gone';
  readonly message: string;
}

/**
 * Everything was read after the deed and after the last outage, and it is not over. Only this may have a step undone by itself,
 * so it is what such an undo takes.
 */
export interface StillThere {
  readonly outcome: 'still-there';
  /** Which condition was not met. */
  readonly message: string;
  /** ISO 8601: when the look began that saw it. */
  readonly observedAt: string;
  /** What was last seen, a line each; absent where there was nothing to see. */
  readonly evidence?: readonly string[];
}

/** What would tell could not be read. */
export interface NotSeen {
  readonly outcome: 'not-seen';
  readonly message: string;
}

/** What came of a verification. */
export type VerificationResult = Gone | StillThere | NotSeen;

/** How long the evidence of a failure may take to be read. */
const evidenceMs = 5000;

/**
 * Watches until the condition of `verification` holds and the finding is gone, and then for the settle window. A
 * relapse inside the window starts the wait anew. While the cluster cannot be read nothing is concluded: it is asked until it
 * answers, and what was seen before counts no more.
 * @throws OncallError `cancelled` when `signal` aborts
 */
export async function verify(request: VerificationRequest): Promise<VerificationResult> {
  const { verification } = request;
  if (verification.type === 'none') {
    return { outcome: 'gone', message: 'The command succeeded; there is nothing to watch for' };
  }
  const clock = request.clock ?? systemClock;
  const over = new AbortController();
  const signal = AbortSignal.any([request.signal, over.signal]);
  const settling = new Settling(request, verification, clock, signal);
  try {
    return await explained(request, verification, clock, await settling.run(), settling.seen());
  } catch (error) {
    if (!request.signal.aborted) throw error;
    throw new OncallError(
      'cancelled',
      'Cancelled while the effect of the step was being verified',
      'Verify the state of the cluster.',
      { cause: error },
    );
  } finally {
    over.abort();
  }
}

/** The result with what else there is to know: whether somebody else changed the objects, and what was last seen. */
async function explained(
  request: VerificationRequest,
  verification: Exclude<Verification, { type: 'none' }>,
  clock: Clock,
  result: VerificationResult,
  seen: readonly KubeObject[],
): Promise<VerificationResult> {
  if (result.outcome === 'not-seen') return result;
  const changed = changedSince(request.left ?? [], seen);
  const message =
    changed === undefined
      ? result.message
      : `${result.message}. Somebody else, or an autoscaler, has changed ${describeRef(changed)} since the step`;
  if (result.outcome === 'gone') return { ...result, message };
  const slow = new AbortController();
  const callOff = clock.after(evidenceMs, () => slow.abort());
  const signal = AbortSignal.any([request.signal, slow.signal]);
  try {
    const evidence = await orAbort(lastSeen(request.cluster, verification.target, seen, signal), signal);
    return { ...result, message, ...(evidence.length === 0 ? {} : { evidence }) };
  } catch {
    return { ...result, message };
  } finally {
    callOff();
  }
}

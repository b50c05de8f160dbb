/** Whether a step ended the incident: watches until its condition holds and the finding is gone, and stays so. */
import type { Cluster } from '../cluster/cluster.ts';
import { isOncallError, OncallError } from '../domain/error.ts';
import { describeRef, type KubeObject } from '../domain/kubernetes.ts';
import type { Step, Verification } from '../domain/plan.ts';
import { told } from '../domain/redaction/told.ts';
import { systemClock, type Clock } from './clock.ts';
import type { ConditionState } from './conditions/condition.ts';
import { restartCounts, restartedSince, type RestartCounts } from './conditions/restarts.ts';
import { judgeFor, sourcesOfFinding, type Judge } from './judge.ts';
import { lastSeen } from './last-seen.ts';
import { changedSince, type Wish } from './spec-hash.ts';
import { orAbort } from './or-abort.ts';
import { retryMs, Watching } from './watching.ts';

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
  /** How long the condition may take to hold. A settle window that began in time may end later. */
  readonly timeoutSeconds: number;
  /** How long condition and finding must stay as they should be. */
  readonly settleSeconds: number;
  readonly signal: AbortSignal;
  /** Receives what is going on, in words, whenever that changes. */
  readonly onProgress?: (message: string) => void;
  /** Looks at the cluster as it is now. */
  readonly findingPresent: (finding: StepFinding, signal: AbortSignal) => Promise<boolean>;
  readonly clock?: Clock;
}

/** What came of a verification. */
export interface VerificationResult {
  readonly verified: boolean;
  /** For people: what was seen, or which condition was not met. */
  readonly message: string;
  /** What was last seen where it was not verified, a line each; absent where there was nothing to see. */
  readonly evidence?: readonly string[];
}

/**
 * How long after a look at a finding that is still there the next one follows without a change of what is watched:
 * a finding may rest on more than that, such as the time since a restart.
 */
const lookAgainMs = 5000;

/**
 * How long before the end of the settle window its last look may begin, milliseconds: it takes a moment itself, and what is
 * watched covers the rest. At most a tenth of the window.
 */
const longestLeadMs = 500;

/** How long the evidence of a failure may take to be read. */
const evidenceMs = 5000;

/**
 * Watches until the condition of `verification` holds and the finding is gone, and then for the settle window. A
 * relapse inside the window starts the wait anew. What cannot be seen counts as not verified.
 * @throws OncallError `cancelled` when `signal` aborts
 */
export async function verify(request: VerificationRequest): Promise<VerificationResult> {
  const { verification, timeoutSeconds, settleSeconds } = request;
  if (verification.type === 'none') {
    return { verified: true, message: 'The command succeeded; there is nothing to watch for' };
  }
  const clock = request.clock ?? systemClock;
  const over = new AbortController();
  // Whatever hangs ends a little after the last settle window may.
  const callOff = clock.after((timeoutSeconds + settleSeconds) * 1000 + lookAgainMs, () => over.abort());
  const signal = AbortSignal.any([request.signal, over.signal]);
  const progress: Progress = { unmet: 'the cluster did not answer' };
  let seen = (): readonly KubeObject[] => [];
  const explained = (result: VerificationResult) =>
    withEvidence(request, verification, clock, result, seen());
  try {
    const { judge, watching } = await prepared(request, verification, clock, signal);
    seen = () => watching.all();
    return await explained(await new Settling(request, clock, judge, watching, signal, progress).run());
  } catch (error) {
    if (request.signal.aborted) {
      throw new OncallError(
        'cancelled',
        'Cancelled while the effect of the step was being verified',
        'Verify the state of the cluster.',
        { cause: error },
      );
    }
    if (over.signal.aborted) return await explained(notVerified(timeoutSeconds, progress));
    return await explained({ verified: false, message: `It could not be verified: ${told(error)}` });
  } finally {
    callOff();
    over.abort();
  }
}

/** The result with what else there is to know: whether somebody else changed the objects, and what was last seen. */
async function withEvidence(
  request: VerificationRequest,
  verification: Exclude<Verification, { type: 'none' }>,
  clock: Clock,
  { verified, message: result }: VerificationResult,
  seen: readonly KubeObject[],
): Promise<VerificationResult> {
  const changed = changedSince(request.left ?? [], seen);
  const message =
    changed === undefined
      ? result
      : `${result}. Somebody else, or an autoscaler, has changed ${describeRef(changed)} since the step`;
  if (verified) return { verified, message };
  const slow = new AbortController();
  const callOff = clock.after(evidenceMs, () => slow.abort());
  const signal = AbortSignal.any([request.signal, slow.signal]);
  try {
    const evidence = await orAbort(lastSeen(request.cluster, verification.target, seen, signal), signal);
    return { verified, message, ...(evidence.length === 0 ? {} : { evidence }) };
  } catch {
    return { verified, message };
  } finally {
    callOff();
  }
}

/** Begins the watches. What they need is read first, as often as it takes while the cluster is out of reach. */
async function prepared(
  request: VerificationRequest,
  verification: Exclude<Verification, { type: 'none' }>,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ judge: Judge; watching: Watching }> {
  const { cluster, before, finding } = request;
  for (;;) {
    try {
      const [judge, more] = await orAbort(
        Promise.all([
          judgeFor(cluster, verification, before, signal),
          finding === undefined ? [] : sourcesOfFinding(cluster, finding.target, before, signal),
        ]),
        signal,
      );
      return { judge, watching: new Watching(cluster, [...judge.sources, ...more], clock, signal) };
    } catch (error) {
      if (!isOncallError(error) || error.code !== 'cluster-unreachable') throw error;
      await orAbort(new Promise<void>((resolve) => clock.after(retryMs, resolve)), signal);
    }
  }
}

/** What stands in the way so far. */
interface Progress {
  unmet: string;
}

function notVerified(timeoutSeconds: number, progress: Progress): VerificationResult {
  return { verified: false, message: `Not verified within ${timeoutSeconds} s: ${progress.unmet}` };
}

/** The wait for the condition and the settle window after it. */
class Settling {
  private readonly request: VerificationRequest;
  private readonly clock: Clock;
  private readonly judge: Judge;
  private readonly watching: Watching;
  private readonly signal: AbortSignal;
  private readonly progress: Progress;
  /** When the settle window began: before the look that found the finding gone. */
  private since: number | undefined;
  /** Whether the last look of the window is done. */
  private looked = false;
  /** How long before the end of the window it begins, milliseconds. */
  private lead = 0;
  private restarts: RestartCounts = new Map();
  private said: string | undefined;

  constructor(
    request: VerificationRequest,
    clock: Clock,
    judge: Judge,
    watching: Watching,
    signal: AbortSignal,
    progress: Progress,
  ) {
    this.request = request;
    this.clock = clock;
    this.judge = judge;
    this.watching = watching;
    this.signal = signal;
    this.progress = progress;
  }

  async run(): Promise<VerificationResult> {
    const { timeoutSeconds, settleSeconds, finding } = this.request;
    const deadline = this.clock.now() + timeoutSeconds * 1000;
    const settleMs = settleSeconds * 1000;
    for (;;) {
      this.signal.throwIfAborted();
      if (this.watching.failure !== undefined) throw this.watching.failure;
      if (this.since === undefined && this.clock.now() >= deadline)
        return notVerified(timeoutSeconds, this.progress);
      const version = this.watching.version;
      const settling = this.since !== undefined;
      const state = this.state();
      if (!state.met) {
        this.relapse(state.message);
        // After a restart the condition itself may hold: the next window begins at once.
        if (settling) continue;
      } else if (this.since === undefined) {
        await this.lookFirst(state);
      } else if (!this.looked && this.clock.now() >= this.since + settleMs - this.lead) {
        const unmet = await this.findingStill();
        this.looked = unmet === undefined;
        if (unmet !== undefined) this.relapse(unmet);
        else continue;
      } else if (this.looked && this.clock.now() >= this.since + settleMs) {
        return { verified: true, message: verifiedMessage(state, finding, settleSeconds) };
      }
      if (this.since === undefined && this.clock.now() >= deadline)
        return notVerified(timeoutSeconds, this.progress);
      const next =
        this.since === undefined
          ? Math.min(deadline, this.clock.now() + lookAgainMs)
          : this.since + settleMs - (this.looked ? 0 : this.lead);
      // Timers count whole milliseconds: one that ends too early would take a second one.
      await this.watching.changed(version, Math.ceil(Math.max(0, next - this.clock.now())));
    }
  }

  /** Begins the settle window where the finding is gone. It counts from before the look: what was looked at held then. */
  private async lookFirst(state: ConditionState): Promise<void> {
    const start = this.clock.now();
    const { steadyPods } = this.judge;
    const restarts: RestartCounts =
      steadyPods === undefined ? new Map() : restartCounts(this.watching.objects(steadyPods));
    const unmet = await this.findingStill();
    if (unmet !== undefined) return this.relapse(unmet);
    const { settleSeconds } = this.request;
    this.since = start;
    this.looked = false;
    this.lead = Math.min(3 * (this.clock.now() - start), settleSeconds * 100, longestLeadMs);
    this.restarts = restarts;
    this.say(`${state.message}; watching for ${settleSeconds} s whether it stays so`);
  }

  /** The condition now; within the settle window a restart of a container is a relapse too. */
  private state(): ConditionState {
    if (!this.watching.complete) return { met: false, message: 'reading the objects' };
    const state = this.judge.state(this.watching);
    if (!state.met || this.since === undefined || this.judge.steadyPods === undefined) return state;
    const pod = restartedSince(this.restarts, this.watching.objects(this.judge.steadyPods));
    return pod === undefined ? state : { met: false, message: `a container of pod ${pod} restarted` };
  }

  private relapse(unmet: string): void {
    this.since = undefined;
    this.progress.unmet = unmet;
    this.say(unmet);
  }

  /** Why the finding stands in the way, or undefined once it is gone. */
  private async findingStill(): Promise<string | undefined> {
    const { finding, findingPresent } = this.request;
    if (finding === undefined) return undefined;
    try {
      const present = await orAbort(findingPresent(finding, this.signal), this.signal);
      return present ? `${finding.name} is still there on ${describeRef(finding.target)}` : undefined;
    } catch (error) {
      this.signal.throwIfAborted();
      return `whether ${finding.name} is gone could not be seen: ${told(error)}`;
    }
  }

  private say(message: string): void {
    if (message === this.said) return;
    this.said = message;
    this.request.onProgress?.(message);
  }
}

function verifiedMessage(
  state: ConditionState,
  finding: StepFinding | undefined,
  settleSeconds: number,
): string {
  return finding === undefined
    ? `${state.message}, and it stayed so for ${settleSeconds} s`
    : `${state.message}; ${finding.name} is gone and stayed gone for ${settleSeconds} s`;
}

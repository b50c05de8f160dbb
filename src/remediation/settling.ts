/** The wait for a condition, and the settle window after it. What counts is what was read, completely and after the last outage. */
import { describeRef, type KubeObject } from '../domain/kubernetes.ts';
import type { Verification } from '../domain/plan.ts';
import { OncallError } from '../domain/error.ts';
import type { Clock } from './clock.ts';
import type { ConditionState } from './conditions/condition.ts';
import { restartCounts, restartedSince, type RestartCounts } from './conditions/restarts.ts';
import { judgeFor, sourcesOfFinding, type Judge } from './judge.ts';
import { orAbort } from './or-abort.ts';
import { Outages } from './outage.ts';
import { patienceOf } from './run-policy.ts';
import type { VerificationRequest, VerificationResult } from './verify.ts';
import { retryMs, Watching } from './watching.ts';

/**
 * How long after a look the next one follows without a change of what is watched: a finding may rest on more than that, such as
 * the time since a restart, and a dead connection tells nothing of itself.
 */
const lookAgainMs = 5000;

/** How long one look may take, milliseconds. */
const longestLookMs = 10_000;

/**
 * How long before the end of the settle window its last look may begin, milliseconds: it takes a moment itself, and what is
 * watched covers the rest. At most a tenth of the window.
 */
const longestLeadMs = 500;

/** What a look came to. */
type Look =
  | { readonly seen: false }
  /** `unmet` says what stands in the way; `at` is when the look began. */
  | { readonly seen: true; readonly at: Date; readonly unmet: string | undefined };

/** The time in which everything has to stay as it should be. */
interface Window {
  /** Of the clock: before the look that found the finding gone, since what was looked at held then. */
  readonly since: number;
  /** How long before its end the last look begins, milliseconds. */
  readonly lead: number;
  readonly restarts: RestartCounts;
  /** Whether the last look is done. */
  looked: boolean;
}

export class Settling {
  private readonly request: VerificationRequest;
  private readonly verification: Exclude<Verification, { type: 'none' }>;
  private readonly clock: Clock;
  private readonly signal: AbortSignal;
  private readonly outages: Outages;
  private readonly settleMs: number;
  private judge: Judge | undefined;
  private watching: Watching | undefined;
  private deadline: number;
  private window: Window | undefined;
  /** Why a window ended when the time was up already: no other one begins. */
  private lateRelapse: string | undefined;
  private said: string | undefined;

  constructor(
    request: VerificationRequest,
    verification: Exclude<Verification, { type: 'none' }>,
    clock: Clock,
    signal: AbortSignal,
  ) {
    this.request = request;
    this.verification = verification;
    this.clock = clock;
    this.signal = signal;
    this.settleMs = request.settleSeconds * 1000;
    this.deadline = clock.now() + request.timeoutSeconds * 1000;
    this.outages = new Outages(clock, patienceOf(request) * 1000);
  }

  /** What was last read. */
  seen(): readonly KubeObject[] {
    return this.watching?.everything() ?? [];
  }

  async run(): Promise<VerificationResult> {
    for (;;) {
      this.signal.throwIfAborted();
      const version = this.watching?.version;
      const turn = await this.turn();
      if (typeof turn === 'object') return turn;
      if (turn === 'again') continue;
      // Timers count whole milliseconds: one that ends too early would take a second one.
      const ms = Math.ceil(Math.max(0, this.nextTurn() - this.clock.now()));
      if (this.watching !== undefined && version !== undefined && !this.outages.going)
        await this.watching.changed(version, ms);
      else await orAbort(new Promise<void>((resolve) => this.clock.after(ms, resolve)), this.signal);
    }
  }

  private nextTurn(): number {
    const now = this.clock.now();
    if (this.outages.going) return now + retryMs;
    const heartbeat = now + Math.max(0, lookAgainMs - this.outages.sinceAnswer);
    const { window } = this;
    if (window === undefined) return Math.min(this.deadline, heartbeat);
    return Math.min(window.since + this.settleMs - (window.looked ? 0 : window.lead), heartbeat);
  }

  private async turn(): Promise<VerificationResult | 'again' | 'wait'> {
    if (this.judge === undefined) {
      if (!(await this.prepare())) return this.unseen();
      return this.judge === undefined ? 'wait' : 'again';
    }
    const { unjudgeable } = this.judge;
    if (unjudgeable !== undefined)
      return { outcome: 'not-seen', message: `It could not be verified: ${unjudgeable}` };
    if (this.window !== undefined) return this.inWindow(this.window);
    const isLast = this.clock.now() >= this.deadline;
    if (!isLast && !this.outages.going) {
      const state = this.condition();
      if (!state.met) {
        this.say(state.message);
        return this.heartbeat();
      }
    }
    return this.lookOutside();
  }

  /** Outside of a window: the condition seems to hold, the time is up, or the cluster did not answer before. */
  private async lookOutside(): Promise<VerificationResult | 'again' | 'wait'> {
    const { request } = this;
    const since = this.clock.now();
    const restarts = this.restarts();
    const look = await this.look();
    if (!look.seen) return this.unseen();
    const unmet = look.unmet ?? this.lateRelapse;
    if (unmet === undefined) {
      const lead = Math.min(3 * (this.clock.now() - since), request.settleSeconds * 100, longestLeadMs);
      this.window = { since, lead, restarts: restarts ?? this.restarts() ?? new Map(), looked: false };
      this.say(`${this.condition().message}; watching for ${request.settleSeconds} s whether it stays so`);
      return 'wait';
    }
    this.say(unmet);
    if (since < this.deadline) return 'wait';
    const message = `Not verified within ${request.timeoutSeconds} s: ${unmet}`;
    return { outcome: 'still-there', message, observedAt: look.at.toISOString() };
  }

  private async inWindow(window: Window): Promise<VerificationResult | 'again' | 'wait'> {
    const { finding, settleSeconds } = this.request;
    const state = this.condition();
    // After a restart the condition itself may hold: the next window begins at once.
    if (!state.met) return this.relapse(state.message);
    const end = window.since + this.settleMs;
    if (!window.looked && this.clock.now() >= end - window.lead) {
      const look = await this.look();
      if (!look.seen) return this.unseen();
      if (look.unmet !== undefined) return this.relapse(look.unmet);
      window.looked = true;
      return 'again';
    }
    if (window.looked && this.clock.now() >= end) {
      const gone = finding === undefined ? '' : `; ${finding.name} is gone`;
      const stayed =
        finding === undefined
          ? `, and it stayed so for ${settleSeconds} s`
          : ` and stayed gone for ${settleSeconds} s`;
      return { outcome: 'gone', message: `${state.message}${gone}${settleSeconds === 0 ? '' : stayed}` };
    }
    return this.heartbeat();
  }

  private relapse(unmet: string): 'again' {
    this.window = undefined;
    if (this.clock.now() >= this.deadline) this.lateRelapse = unmet;
    this.say(unmet);
    return 'again';
  }

  /** Finds out now and then whether the cluster answers at all, and reads what no watch tells. */
  private async heartbeat(): Promise<VerificationResult | 'again' | 'wait'> {
    const { watching } = this;
    if (watching === undefined) return 'wait';
    const due = watching.shaken || this.outages.sinceAnswer >= lookAgainMs;
    if (!due) return 'wait';
    const { blind } = watching;
    const answered = await this.asked((signal) => (blind ? watching.read(signal) : watching.reach(signal)));
    if (!answered) return this.unseen();
    return blind ? 'again' : 'wait';
  }

  /** Reads everything that counts. */
  private async look(): Promise<Look> {
    const { finding, findingPresent } = this.request;
    const { watching } = this;
    const at = this.now();
    let present = false;
    const answered = await this.asked(async (signal) => {
      [, present] = await Promise.all([
        watching?.read(signal),
        finding === undefined ? false : findingPresent(finding, signal),
      ]);
    });
    if (!answered) return { seen: false };
    const state = this.condition();
    if (!state.met) return { seen: true, at, unmet: state.message };
    const unmet =
      present && finding !== undefined
        ? `${finding.name} is still there on ${describeRef(finding.target)}`
        : undefined;
    return { seen: true, at, unmet };
  }

  /** Finds out what has to be watched, and begins to. */
  private prepare(): Promise<boolean> {
    const { cluster, before, finding } = this.request;
    return this.asked(async (signal) => {
      const [judge, around] = await Promise.all([
        judgeFor(cluster, this.verification, before, signal),
        finding === undefined ? [] : sourcesOfFinding(cluster, finding.target, before, signal),
      ]);
      this.watching = new Watching(cluster, judge.sources, around, this.clock, this.signal);
      this.judge = judge;
    });
  }

  /** Does a read that tells whether the cluster answers. @returns whether it did */
  private async asked(read: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    const since = this.now();
    const slow = new AbortController();
    const callOff = this.clock.after(longestLookMs, () =>
      slow.abort(new OncallError('cancelled', 'It did not answer in time', 'Ask again.')),
    );
    const signal = AbortSignal.any([this.signal, slow.signal]);
    if (this.watching !== undefined) this.watching.shaken = false;
    try {
      await orAbort(read(signal), signal);
    } catch (error) {
      this.signal.throwIfAborted();
      this.outages.failed(since, error);
      this.window = undefined;
      this.lateRelapse = undefined;
      this.watching?.pause();
      return false;
    } finally {
      callOff();
    }
    const lost = this.outages.answered();
    if (lost > 0) {
      this.deadline = Math.max(this.deadline + lost, this.clock.now() + this.settleMs);
      this.watching?.resume();
    }
    return true;
  }

  private unseen(): VerificationResult | 'wait' {
    const words = this.outages.words();
    if (this.outages.isTooLong(this.deadline))
      return { outcome: 'not-seen', message: `${words}. Whether the step helped is not known` };
    this.say(`${words}. It is asked again until it answers`);
    return 'wait';
  }

  /** The condition now; within the settle window a restart of a container is a relapse too. */
  private condition(): ConditionState {
    const { judge, watching, window } = this;
    if (judge === undefined || watching === undefined || !watching.complete)
      return { met: false, message: 'reading the objects' };
    const state = judge.state(watching);
    if (!state.met || window === undefined || judge.steadyPods === undefined) return state;
    const pod = restartedSince(window.restarts, watching.objects(judge.steadyPods));
    return pod === undefined ? state : { met: false, message: `a container of pod ${pod} restarted` };
  }

  /** Of the pods that have to stay, as they are known; undefined where they are not. */
  private restarts(): RestartCounts | undefined {
    const pods = this.judge?.steadyPods;
    if (pods === undefined) return new Map();
    return this.watching?.complete === true ? restartCounts(this.watching.objects(pods)) : undefined;
  }

  private now(): Date {
    return this.request.now?.() ?? new Date();
  }

  private say(message: string): void {
    if (message === this.said) return;
    this.said = message;
    this.request.onProgress?.(message);
  }
}

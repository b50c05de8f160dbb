/**
 * Keeps two windows or two engineers from remediating one incident at once: a Lease, held from before a step executes until it is
 * verified. Short, and renewed meanwhile, so that nobody waits long for one who is gone.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { LockHolder } from '../cluster/cluster.ts';
import { lockName } from '../cluster/names.ts';
import { explain, isOncallError } from '../domain/error.ts';
import { plain } from '../domain/plain.ts';
import type { Step } from '../domain/plan.ts';
import { systemClock } from './clock.ts';
import type { RunContext } from './step-runner.ts';

/** How long a Lease lives without renewal, and how often it is renewed. */
export const leaseSeconds = 60;
const renewSeconds = 20;

export type LockState =
  | { readonly state: 'acquired' | 'none' }
  /** Somebody else has it: who, and since when. */
  | { readonly state: 'held'; readonly by: string }
  /** There is no right to have one; a clause that names it. */
  | { readonly state: 'forbidden'; readonly missing: string };

interface Held {
  readonly namespace: string;
  /** Of the clock, milliseconds. */
  renewedAt: number;
  renewing: Promise<void>;
  callOff: () => void;
}

/** The lock of one run's incident. A run holds it for one step at a time. */
export class RemediationLock {
  /** Why this run lost it while a step was going on; a sentence. Taking it again makes up for it. */
  lost: string | undefined;
  private readonly context: RunContext;
  private held: Held | undefined;
  /** Of this run in this window and of nothing else: two windows may undo steps of one run. */
  private readonly holder: string;

  constructor(context: RunContext) {
    this.context = context;
    this.holder = `${context.user}@${hostname()}/${context.runId}/${randomUUID().slice(0, 8)}`;
  }

  /**
   * Takes the lock of the incident where a step needs it, and keeps it until {@link release}.
   * @param automatic whether the step runs without a person
   * @throws OncallError for everything but a missing right, which is an answer
   */
  async acquire(namespace: string, step: Step, automatic = false): Promise<LockState> {
    if (!this.context.policy().coordination || !step.risk.mutates) return { state: 'none' };
    const { cluster, incidentId, now } = this.context;
    try {
      const result = await cluster.acquireLock(
        namespace,
        lockName(incidentId),
        this.holder,
        leaseSeconds,
        automatic,
      );
      if (!result.acquired) return { state: 'held', by: holderWords(result.by, now()) };
    } catch (error) {
      if (!isOncallError(error) || error.code !== 'cluster-forbidden') throw error;
      return { state: 'forbidden', missing: error.message };
    }
    this.lost = undefined;
    const held: Held = {
      namespace,
      renewedAt: this.clock.now(),
      renewing: Promise.resolve(),
      callOff: () => undefined,
    };
    this.held = held;
    this.renewLater(held);
    return { state: 'acquired' };
  }

  /** Gives back what {@link acquire} took; a lock of somebody else is left alone. */
  async release(): Promise<void> {
    const { held } = this;
    this.held = undefined;
    if (held === undefined) return;
    held.callOff();
    // A renewal that is under way would keep the Lease from being deleted.
    await held.renewing;
    const { cluster, incidentId } = this.context;
    await cluster.releaseLock(held.namespace, lockName(incidentId), this.holder);
  }

  private renewLater(held: Held): void {
    held.callOff = this.clock.after(renewSeconds * 1000, () => {
      held.renewing = this.renew(held);
    });
  }

  private async renew(held: Held): Promise<void> {
    const { cluster, incidentId, now } = this.context;
    let loss: string | undefined;
    try {
      const name = lockName(incidentId);
      const result = await cluster.renewLock(held.namespace, name, this.holder, leaseSeconds);
      if (result.renewed) held.renewedAt = this.clock.now();
      else
        loss = result.by === undefined ? 'it was deleted' : `${holderWords(result.by, now())} took it over`;
    } catch (error) {
      if (this.clock.now() - held.renewedAt >= leaseSeconds * 1000) {
        loss = `it could not be renewed: ${explain(error)}`;
      }
    }
    if (this.held !== held) return;
    if (loss === undefined) this.renewLater(held);
    else {
      this.held = undefined;
      this.lost = `The lock of this incident was lost while a step went on: ${loss}.`;
    }
  }

  private get clock() {
    return this.context.clock ?? systemClock;
  }
}

/** `ada on build-1 (for 2 minutes, since 23:29 UTC)`. Who holds a Lease is whatever somebody wrote there. */
export function holderWords({ holder, since }: LockHolder, now: Date): string {
  const [, user, host] = /^([^@/]+)@([^/]+)(?:\/|$)/.exec(holder) ?? [];
  const who =
    user === undefined || host === undefined ? plain(holder, 120) : plain(`${user} on ${host}`, 120);
  const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(since)) / 1000));
  if (Number.isNaN(seconds)) return who;
  const [count, unit] =
    seconds < 60
      ? [seconds, 'second']
      : seconds < 3600
        ? [Math.floor(seconds / 60), 'minute']
        : [Math.floor(seconds / 3600), 'hour'];
  const at = new Date(since).toISOString().slice(11, 16);
  return `${who} (for ${count} ${unit}${count === 1 ? '' : 's'}, since ${at} UTC)`;
}

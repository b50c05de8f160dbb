/**
 * Keeps two windows or two engineers from remediating one incident at once: a Lease, held from before a step executes until it is
 * verified. Short, and renewed meanwhile, so that nobody waits long for one who is gone.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { LockHolder } from '../cluster/cluster.ts';
import { lockName } from '../cluster/names.ts';
import { isOncallError } from '../domain/error.ts';
import { plain } from '../domain/plain.ts';
import { redact } from '../domain/redaction.ts';
import { told } from '../domain/redaction/told.ts';
import type { Step } from '../domain/plan.ts';
import { systemClock } from './clock.ts';
import type { OwnHolders } from './own-holders.ts';
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

interface Lease {
  readonly namespace: string;
  /** Of this step in this window and of nothing else: two windows may undo steps of one run. */
  readonly holder: string;
}

interface Held extends Lease {
  /** Of the clock, milliseconds. */
  renewedAt: number;
  renewing: Promise<void>;
  callOff: () => void;
}

/** How long after a Lease could not be given back it is tried again, until it has expired. */
const releaseAgainMs = 5000;

/** The lock of one run's incident. A run holds it for one step at a time. */
export class RemediationLock {
  /** Why this run lost it while a step was going on; a sentence. Taking it again makes up for it. */
  lost: string | undefined;
  private readonly context: RunContext;
  private held: Held | undefined;
  private readonly own: OwnHolders;

  constructor(context: RunContext) {
    this.context = context;
    this.own = context.lockHolders ?? { live: new Set(), ended: new Set() };
  }

  /**
   * Takes the lock of the incident where a step needs it, and keeps it until {@link release}.
   * @param automatic whether the step runs without a person
   * @throws OncallError for everything but a missing right, which is an answer
   */
  async acquire(namespace: string, step: Step, automatic = false): Promise<LockState> {
    if (!this.context.policy().coordination || !step.risk.mutates) return { state: 'none' };
    const { incidentId, runId } = this.context;
    const holder = `${this.place}/${runId}/${randomUUID()}`;
    try {
      const result = await this.take(namespace, lockName(incidentId), holder, automatic);
      if (!result.acquired) return { state: 'held', by: this.words(result.by) };
    } catch (error) {
      if (isOncallError(error) && error.code === 'cluster-forbidden')
        return { state: 'forbidden', missing: error.message };
      // It may have been taken before the connection broke.
      this.own.ended.add(holder);
      this.giveBackLater({ namespace, holder }, this.clock.now() + leaseSeconds * 1000);
      throw error;
    }
    this.lost = undefined;
    const held: Held = {
      namespace,
      holder,
      renewedAt: this.clock.now(),
      renewing: Promise.resolve(),
      callOff: () => undefined,
    };
    this.held = held;
    this.own.live.add(holder);
    this.renewLater(held);
    return { state: 'acquired' };
  }

  /** Takes the Lease; one that an ended step of this agent could not give back is taken out of the way. */
  private async take(namespace: string, name: string, holder: string, automatic: boolean) {
    const { cluster } = this.context;
    const result = await cluster.acquireLock(namespace, name, holder, leaseSeconds, automatic);
    if (result.acquired || !this.own.ended.has(result.by.holder)) return result;
    await cluster.releaseLock(namespace, name, result.by.holder);
    this.own.ended.delete(result.by.holder);
    return cluster.acquireLock(namespace, name, holder, leaseSeconds, automatic);
  }

  /** Gives back what {@link acquire} took; a lock of somebody else is left alone. */
  async release(): Promise<void> {
    const { held } = this;
    this.held = undefined;
    if (held === undefined) return;
    held.callOff();
    // A renewal that is under way would keep the Lease from being deleted.
    await held.renewing;
    this.own.live.delete(held.holder);
    this.own.ended.add(held.holder);
    try {
      await this.giveBack(held);
    } catch (error) {
      this.giveBackLater(held, this.clock.now() + leaseSeconds * 1000);
      throw error;
    }
  }

  private async giveBack({ namespace, holder }: Lease): Promise<void> {
    const { cluster, incidentId } = this.context;
    await cluster.releaseLock(namespace, lockName(incidentId), holder);
    this.own.ended.delete(holder);
  }

  /** Tries again until the Lease has expired by itself, or the agent ends. */
  private giveBackLater(lease: Lease, until: number): void {
    const { signal } = this.context;
    const callOff = this.clock.after(releaseAgainMs, () => {
      signal.removeEventListener('abort', callOff);
      this.giveBack(lease).catch(() => {
        if (this.clock.now() < until) this.giveBackLater(lease, until);
        else this.own.ended.delete(lease.holder);
      });
    });
    signal.addEventListener('abort', callOff, { once: true });
  }

  private renewLater(held: Held): void {
    held.callOff = this.clock.after(renewSeconds * 1000, () => {
      held.renewing = this.renew(held);
    });
  }

  private async renew(held: Held): Promise<void> {
    const { cluster, incidentId } = this.context;
    let loss: string | undefined;
    try {
      const name = lockName(incidentId);
      const result = await cluster.renewLock(held.namespace, name, held.holder, leaseSeconds);
      if (result.renewed) held.renewedAt = this.clock.now();
      else loss = result.by === undefined ? 'it was deleted' : `${this.words(result.by)} took it over`;
    } catch (error) {
      if (this.clock.now() - held.renewedAt >= leaseSeconds * 1000) {
        loss = `it could not be renewed: ${told(error)}`;
      }
    }
    if (this.held !== held) return;
    if (loss === undefined) this.renewLater(held);
    else {
      this.held = undefined;
      this.own.live.delete(held.holder);
      this.own.ended.add(held.holder);
      this.lost = `The lock of this incident was lost while a step went on: ${loss}.`;
    }
  }

  private get place(): string {
    return `${this.context.user}@${hostname()}`;
  }

  private words(by: LockHolder): string {
    return holderWords(by, this.context.now(), { own: this.own, place: this.place });
  }

  private get clock() {
    return this.context.clock ?? systemClock;
  }
}

/**
 * `ada on build-1 (for 2 minutes, since 23:29 UTC, free at 23:32 UTC unless renewed)`. Who holds a Lease is whatever somebody wrote
 * there.
 */
export function holderWords(
  { holder, since, until }: LockHolder,
  now: Date,
  we?: { readonly own: OwnHolders; readonly place: string },
): string {
  const who = whoWords(holder, we);
  const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(since)) / 1000));
  if (Number.isNaN(seconds)) return who;
  const [count, unit] =
    seconds < 60
      ? [seconds, 'second']
      : seconds < 3600
        ? [Math.floor(seconds / 60), 'minute']
        : [Math.floor(seconds / 3600), 'hour'];
  const free =
    until === undefined || Number.isNaN(Date.parse(until))
      ? ''
      : `, free at ${atTime(until, true)} UTC unless renewed`;
  return `${who} (for ${count} ${unit}${count === 1 ? '' : 's'}, since ${atTime(since)} UTC${free})`;
}

function whoWords(holder: string, we: Parameters<typeof holderWords>[2]): string {
  const [, user, host, run = ''] = /^([^@/]+)@([^/]+)(?:\/([^/]+))?/.exec(holder) ?? [];
  if (user === undefined || host === undefined) return plain(redact(holder), 120);
  if (we !== undefined && (we.own.live.has(holder) || we.own.ended.has(holder)))
    return `another run in this window, ${plain(run, 40)},`;
  const who = plain(`${redact(user)} on ${redact(host)}`, 120);
  return holder.startsWith(`${we?.place}/`) ? `another window of ${who}` : who;
}

function atTime(iso: string, seconds = false): string {
  return new Date(iso).toISOString().slice(11, seconds ? 19 : 16);
}

/** Whether a step may begin at this moment: nobody else is at its incident, and things are still as they were when it was planned. */
import type { Step, StepBasis } from '../domain/plan.ts';
import { freshness, leftByRun } from './basis.ts';
import { RemediationLock } from './remediation-lock.ts';
import type { StepCircumstances } from './situation.ts';
import type { RunContext } from './step-runner.ts';

/** What stands in the way of a step, with what a decision makes of it. The lock is held where it says `clear`, and nowhere else. */
export type Cleared =
  | { readonly state: 'clear' }
  /** What it would fix is gone: it needs nobody. */
  | { readonly state: 'gone'; readonly reason: string }
  | ((
      | { readonly state: 'held' | 'no-right' | 'not-seen' }
      | { readonly state: 'changed'; readonly basis: readonly StepBasis[] }
    ) & { readonly reason: string; readonly circumstance: Partial<StepCircumstances> });

export class Clearance {
  private readonly context: RunContext;
  private readonly lock: RemediationLock;

  constructor(context: RunContext) {
    this.context = context;
    this.lock = new RemediationLock(context);
  }

  /** Why the lock was lost while the last step went on; a sentence. */
  get lost(): string | undefined {
    return this.lock.lost;
  }

  /**
   * Takes the lock and looks at the cluster again. Only what follows under the lock is sure to be the only one.
   * @param approvedHash the hash of a command that a person has approved just now: they may go on without a right to lock, and
   * with a finding that is not to be seen for a moment
   * @throws OncallError where cluster or journal cannot be read
   */
  async enter(namespace: string, step: Step, approvedHash?: string): Promise<Cleared> {
    const approved = approvedHash === step.argvHash;
    const lock = await this.lock.acquire(namespace, step, approvedHash === undefined);
    if (lock.state === 'held') {
      const reason = `${lock.by} is remediating this incident.`;
      return { state: 'held', reason, circumstance: { lockHolder: lock.by } };
    }
    const noRight =
      lock.state === 'forbidden'
        ? `It cannot be told whether somebody else is remediating this incident. ${lock.missing}.`
        : undefined;
    if (noRight !== undefined && !approved) {
      return { state: 'no-right', reason: noRight, circumstance: { lockTrouble: noRight } };
    }
    const stale = await this.staleness(step, approved).catch(async (error: unknown) => {
      await this.leave();
      throw error;
    });
    if (stale !== undefined) {
      await this.leave();
      return stale;
    }
    return noRight === undefined
      ? { state: 'clear' }
      : { state: 'no-right', reason: noRight, circumstance: { lockTrouble: noRight } };
  }

  /** Gives the lock back where it is held. */
  leave(): Promise<void> {
    return this.lock.release();
  }

  private async staleness(step: Step, approved: boolean): Promise<Cleared | undefined> {
    const { cluster, journal, runId, signal } = this.context;
    const own = leftByRun(await journal.recordsOf(runId));
    const fresh = await freshness(cluster, step, own, signal);
    switch (fresh.state) {
      case 'fresh':
        return undefined;
      case 'gone':
        return fresh;
      case 'not-seen':
        return approved ? undefined : { ...fresh, circumstance: { stale: fresh.reason } };
      case 'changed':
        return { ...fresh, circumstance: { stale: fresh.reason } };
    }
  }
}

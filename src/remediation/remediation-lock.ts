/** Keeps two windows or two engineers from remediating one incident at once: a Lease, held while a step executes. */
import { hostname } from 'node:os';
import { lockName } from '../cluster/names.ts';
import { isOncallError } from '../domain/error.ts';
import type { Step } from '../domain/plan.ts';
import type { RunContext } from './step-runner.ts';

export type LockState =
  | { readonly state: 'acquired' | 'none' }
  /** Somebody else has it, or there is no right to ask: `by` says so in words. */
  | { readonly state: 'held' | 'forbidden'; readonly by: string };

export class RemediationLock {
  private readonly context: RunContext;

  constructor(context: RunContext) {
    this.context = context;
  }

  /**
   * Takes the lock of the incident where a step needs it.
   * @throws OncallError for everything but a missing right, which is an answer
   */
  async acquire(namespace: string, step: Step): Promise<LockState> {
    if (!this.isNeeded(step)) return { state: 'none' };
    const { cluster, incidentId } = this.context;
    try {
      const result = await cluster.acquireLock(
        namespace,
        lockName(incidentId),
        this.holder(),
        this.seconds(),
      );
      return result.acquired
        ? { state: 'acquired' }
        : { state: 'held', by: `${result.by.holder} has been working on it since ${result.by.since}` };
    } catch (error) {
      if (!isOncallError(error) || error.code !== 'cluster-forbidden') throw error;
      return {
        state: 'forbidden',
        by: `nobody may tell, because the lock is out of reach: ${error.message}`,
      };
    }
  }

  /** Gives back what {@link acquire} took; a lock of somebody else is left alone. */
  async release(namespace: string, step: Step): Promise<void> {
    if (!this.isNeeded(step)) return;
    await this.context.cluster.releaseLock(namespace, lockName(this.context.incidentId), this.holder());
  }

  private isNeeded(step: Step): boolean {
    return this.context.policy().coordination && step.risk.mutates;
  }

  /** Longer than a command and its verification may take: nobody may step in while one goes on. */
  private seconds(): number {
    const { commandTimeoutSeconds, verification } = this.context.policy();
    const { timeoutSeconds, settleSeconds } = verification;
    return Math.ceil(commandTimeoutSeconds + timeoutSeconds + settleSeconds) + 60;
  }

  private holder(): string {
    return `${this.context.user}@${hostname()}/${this.context.runId}`;
  }
}

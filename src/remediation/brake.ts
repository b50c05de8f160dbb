/**
 * The brake over automation, where windows decide at one moment: a change is announced in the journal before the others are counted,
 * so that whoever comes last sees all that came before. Nobody begins over another's announcement, and of two that stand in each
 * other's way the later one withdraws.
 */
import { automationLocks, holderOf } from '../cluster/lock.ts';
import { isOncallError } from '../domain/error.ts';
import { plain } from '../domain/plain.ts';
import type { Step } from '../domain/plan.ts';
import type { Actor, RecordData, RecordType } from '../domain/record.ts';
import { defaultBrakeLimits } from '../domain/decision.ts';
import type { History } from '../journal/history.ts';
import { changesAtOnce, changesThisHour } from '../policy/limits.ts';
import { causesOf } from './causes.ts';
import { systemClock } from './clock.ts';
import { longestStepSeconds } from './run-policy.ts';
import type { RunContext } from './step-runner.ts';

/** How long it is waited until those who announced a change at the same moment have begun or withdrawn it, milliseconds. */
const patienceMs = 5000;
const lookEveryMs = 50;

/** What is in the way: for good, or only until somebody else has decided. */
type Way = 'free' | 'contended' | { readonly taken: string };

/** The announcements of one run. */
export class Brake {
  private readonly context: RunContext;
  private readonly record: <T extends RecordType>(
    actor: Actor,
    type: T,
    data: RecordData[T],
  ) => Promise<void>;

  constructor(context: RunContext, record: Brake['record']) {
    this.context = context;
    this.record = record;
  }

  /**
   * Announces an automatic change. It holds a place until it has ended, or until the run decides something else.
   * @param system in whose name
   * @returns why it may not begin now, a sentence; undefined where it may
   */
  async enter(step: Step, system: Actor): Promise<string | undefined> {
    if (!step.risk.mutates || step.undoes !== undefined) return undefined;
    const { cluster, signal } = this.context;
    // Its own Lease is held by now: of two machines one at least sees the other's.
    const elsewhere = await this.elsewhere(step);
    const causes = causesOf([step]);
    const clock = this.context.clock ?? systemClock;
    const end = clock.now() + patienceMs;
    for (;;) {
      signal.throwIfAborted();
      await this.record(system, 'ChangeAnnounced', { stepId: step.id, context: cluster.context, causes });
      let way = await this.way(causes, elsewhere);
      while (way === 'contended' && (await this.isFirst()) && clock.now() < end) {
        await this.wait();
        way = await this.way(causes, elsewhere);
      }
      if (way === 'free') return undefined;
      const late = clock.now() >= end;
      const reason =
        way === 'contended'
          ? 'Other automatic changes began at the same moment.'
          : `${way.taken} began at the same moment.`;
      await this.record(system, 'ChangeWithdrawn', { stepId: step.id, reason });
      if (way !== 'contended' || late) return reason;
      await this.wait();
    }
  }

  /** Whether there is room for the change that this run has announced, beside all that is known. */
  private async way(causes: readonly string[], elsewhere: readonly string[]): Promise<Way> {
    const { runId, cluster, now, policy } = this.context;
    const { context } = cluster;
    const history = await this.context.journal.history();
    const limit = longestStepSeconds(policy());
    const { changesPerHour, changesAtOnce: most } = policy().brake ?? defaultBrakeLimits;
    const time = now();
    const announced = history.changes.announced(time, limit);
    const underWay = history.changes.underWay(time, limit);
    const here = new Set([...history.incidents.recent()].map((run) => run.runId));
    const further = elsewhere.filter((other) => !here.has(other)).length;
    const hourAgo = new Date(time.getTime() - 3_600_000);
    const fits = (others: typeof announced): boolean =>
      changesThisHour(history.changes.since(hourAgo), others, { context, runId }, time) < changesPerHour &&
      changesAtOnce(underWay, others, runId) + further < most;
    const same = (one: { runId: string; context: string; causes: readonly string[] }): boolean =>
      one.runId !== runId && one.context === context && shares(one.causes, causes);
    const other = underWay.find(same);
    if (other !== undefined)
      return { taken: `A change for incident ${plain(other.incidentId, 40)}, which has the same cause,` };
    if (!fits([])) return { taken: 'As many other automatic changes as may go on' };
    return fits(announced) && !announced.some(same) ? 'free' : 'contended';
  }

  /** The runs, of other machines too, that hold a Lease for an automatic step; those that there is no right to see are not told. */
  private async elsewhere(step: Step): Promise<string[]> {
    const { cluster, now, policy } = this.context;
    if (!policy().coordination) return [];
    const namespace = step.risk.targets[0]?.namespace;
    const places = [{}, ...(namespace === undefined || namespace === '*' ? [] : [{ namespace }])];
    for (const place of places) {
      const leases = await cluster
        .list('Lease', { ...place, labelSelector: automationLocks })
        .catch((error: unknown) => {
          if (isOncallError(error) && error.code === 'cluster-forbidden') return undefined;
          throw error;
        });
      if (leases !== undefined) return leases.flatMap((lease) => holderOf(lease, now())?.split('/')[1] ?? []);
    }
    return [];
  }

  /** Whether of all that are announced this run's change came first. */
  private async isFirst(): Promise<boolean> {
    const { runId, now, policy, journal } = this.context;
    const history: History = await journal.history();
    return history.changes.announced(now(), longestStepSeconds(policy()))[0]?.runId === runId;
  }

  private wait(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    (this.context.clock ?? systemClock).after(lookEveryMs, () => resolve(undefined));
    return promise;
  }
}

/** Whether two lists of causes have one in common. */
export function shares(a: readonly string[], b: readonly string[]): boolean {
  return a.some((one) => b.includes(one));
}

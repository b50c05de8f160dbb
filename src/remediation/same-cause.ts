/**
 * Many incidents of one cause are one trouble: of the automatic runs, in whatever window, the first one handles it, the others wait for
 * its outcome and look again. Where it did not help, or a person has it or said no to it, they ask.
 */
import { plain } from '../domain/plain.ts';
import { capital } from '../domain/words.ts';
import type { IncidentRun } from '../journal/incident-runs.ts';
import { shares } from './brake.ts';
import { systemClock } from './clock.ts';
import { shortlyMs } from './outdated.ts';
import { longestStepSeconds } from './run-policy.ts';
import type { RunContext } from './step-runner.ts';

const lookEveryMs = 500;
/** So long a run that asks is taken to have somebody who looks at it. */
const askingMs = 3_600_000;

/** What came of waiting. */
export type Waited =
  /** Nobody is ahead: the plan holds. With a reason, a sentence, it is not carried out without a person. */
  | { readonly go: 'on'; readonly distrust?: string }
  /** Another run has ended since the look that the plan rests on: it is outdated. */
  | { readonly go: 'look-again'; readonly overBy?: IncidentRun; readonly distrust?: string };

/** Waits for the others, for one run. */
export class SameCause {
  private readonly context: RunContext;
  private readonly heard = new Set<string>();

  constructor(context: RunContext) {
    this.context = context;
  }

  /**
   * Waits until nobody who came before is at the same cause.
   * @param since when the look began that the plan rests on
   * @throws what the signal was aborted with
   */
  async settle(causes: readonly string[], since: Date): Promise<Waited> {
    const { journal, now, policy, signal, emit, runId } = this.context;
    let awaited: IncidentRun | undefined;
    for (;;) {
      signal.throwIfAborted();
      const { incidents } = await journal.history();
      const all = [...incidents.recent()];
      const own = all.find((run) => run.runId === runId);
      const same = all.filter(
        (run) => run.runId !== runId && run.context === own?.context && shares(run.causes, causes),
      );
      const limit = longestStepSeconds(policy()) * 1000;
      const ahead = same.find((run) => isAtIt(run, now(), limit) && isBefore(run, own));
      if (ahead !== undefined) {
        if (ahead.runId !== awaited?.runId)
          emit({ type: 'progress', runId, message: `Waiting for ${named(ahead)} on the same cause to end` });
        awaited = ahead;
        await this.wait();
        continue;
      }
      const ended = same.filter((run) => run.acted && hasEnded(run, since) && !this.heard.has(run.runId));
      if (ended.length > 0) return this.hear(ended);
      const overruled = same.find(
        (run) =>
          run.overruled === true &&
          run.incidentId !== own?.incidentId &&
          incidents.isOfPerson(run.incidentId),
      );
      if (overruled !== undefined)
        return {
          go: 'on',
          distrust: `A person stepped in on ${named(overruled)}, which has the same cause.`,
        };
      const failed = same.find((run) => hasJustFailed(run, now()) && run.incidentId !== own?.incidentId);
      if (failed !== undefined) return { go: 'on', distrust: withoutSuccess(failed) };
      const asks = same.find((run) => isAsking(run, now()) && !isItself(run, own));
      if (asks !== undefined)
        return {
          go: 'on',
          distrust: `${capital(named(asks))}, which has the same cause, waits for a person.`,
        };
      const lost = same.find((run) => run.runId === awaited?.runId && run.endedAt === undefined);
      return lost === undefined
        ? { go: 'on' }
        : { go: 'on', distrust: `What came of ${named(lost)}, which has the same cause, was not seen.` };
    }
  }

  private hear(ended: readonly IncidentRun[]): Waited {
    for (const { runId } of ended) this.heard.add(runId);
    const failed = ended.find(({ status }) => status !== 'resolved');
    const [first] = ended;
    return failed === undefined
      ? { go: 'look-again', ...(first === undefined ? {} : { overBy: first }) }
      : {
          go: 'look-again',
          distrust: withoutSuccess(failed),
        };
  }

  private wait(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const { signal, clock = systemClock } = this.context;
    const callOff = clock.after(lookEveryMs, () => resolve(undefined));
    const abort = () => {
      callOff();
      resolve(undefined);
    };
    signal.addEventListener('abort', abort, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', abort));
  }
}

const working: ReadonlySet<IncidentRun['phase']> = new Set(['planned', 'executing', 'verifying']);

function isAtIt(run: IncidentRun, now: Date, limitMs: number): boolean {
  return run.endedAt === undefined && working.has(run.phase) && now.getTime() - Date.parse(run.at) < limitMs;
}

/** Of two that have only planned the first goes on; who has begun is waited for in any case. */
function isBefore(run: IncidentRun, own: IncidentRun | undefined): boolean {
  if (run.phase !== 'planned' || own?.plannedAt === undefined) return true;
  const at = run.plannedAt ?? run.startedAt;
  return at < own.plannedAt || (at === own.plannedAt && run.runId < own.runId);
}

function hasEnded(run: IncidentRun, since: Date): boolean {
  return run.endedAt !== undefined && Date.parse(run.endedAt) > since.getTime();
}

/** What began before the look and did not help is no less in vain for the next incident. */
function hasJustFailed({ acted, endedAt, status }: IncidentRun, now: Date): boolean {
  if (!acted || endedAt === undefined || status === 'resolved') return false;
  return now.getTime() - Date.parse(endedAt) < shortlyMs;
}

function isAsking(run: IncidentRun, now: Date): boolean {
  return run.phase === 'awaiting approval' && now.getTime() - Date.parse(run.at) < askingMs;
}

/** Whether it is an earlier run of the same incident that left it to whoever comes next: this is what came. */
function isItself(run: IncidentRun, own: IncidentRun | undefined): boolean {
  return run.endedAt !== undefined && run.incidentId === own?.incidentId;
}

function withoutSuccess(run: IncidentRun): string {
  return `${capital(named(run))}, which has the same cause, ended without success (${run.status ?? 'unknown'}).`;
}

function named({ incidentId }: IncidentRun): string {
  return `the run for incident ${plain(incidentId, 40)}`;
}

/** What the report of an incident tells: a fold over the journal. */
import { proposerWords } from '../domain/authorship.ts';
import { describeRef } from '../domain/kubernetes.ts';
import type { Step } from '../domain/plan.ts';
import type { Actor, JournalRecord, RecordData } from '../domain/record.ts';
import { verificationWords } from '../domain/verification.ts';
import { mitigation, type Mitigation } from './mitigation.ts';
import { foldRuns, type FoldOptions, type RunState } from './run-fold.ts';

/** One line of the timeline. Everything in it may come from outside. */
export interface ReportEvent {
  /** ISO 8601. */
  readonly time: string;
  readonly text: string;
  /** A command that the line is about. */
  readonly command?: string;
  /** Who did it; absent for what the agent itself did. */
  readonly by?: string;
  /** Of which run, from 1. Absent for what belongs to none. */
  readonly run?: number;
}

export interface IncidentReport extends Mitigation {
  readonly incidentId: string;
  readonly title: string;
  readonly service?: string;
  readonly urgency?: string;
  /** What times are counted from: the page where it is known, or else the beginning of the first run. ISO 8601. */
  readonly from: { readonly what: 'paged' | 'first run'; readonly time: string };
  /** ISO 8601; absent where the journal does not have it. */
  readonly acknowledgedAt?: string;
  /** When a cause was named. */
  readonly diagnosedAt?: string;
  /** In the order in which they began; one at least. */
  readonly runs: readonly RunState[];
  /** The last run that named a cause or, without one, had a diagnosis. */
  readonly diagnosedBy?: RunState;
  readonly timeline: readonly ReportEvent[];
}

/** An incident that a report can be made of. */
export interface ReportedIncident {
  readonly incidentId: string;
  readonly title: string;
  readonly runs: number;
  /** ISO 8601: when the latest run began. */
  readonly latestAt: string;
  /** How it stands. */
  readonly phase: RunState['phase'];
}

/** All incidents that there was a run for, the one with the latest run first. */
export function reportedIncidents(
  records: readonly JournalRecord[],
  options: FoldOptions = {},
): ReportedIncident[] {
  const incidents = new Map<string, ReportedIncident>();
  for (const run of inOrder([...foldRuns(records, options).values()])) {
    if (run.incidentId === '') continue;
    incidents.set(run.incidentId, {
      incidentId: run.incidentId,
      title: run.started?.data.alert.title ?? run.incidentId,
      runs: (incidents.get(run.incidentId)?.runs ?? 0) + 1,
      latestAt: run.startedAt,
      phase: run.phase,
    });
  }
  return [...incidents.values()].sort((a, b) =>
    a.latestAt < b.latestAt ? 1 : a.latestAt > b.latestAt ? -1 : 0,
  );
}

/**
 * The report of an incident, or undefined where no run was for it.
 * @param options see {@link FoldOptions}; `pagedAt` is when PagerDuty opened the incident, ISO 8601
 */
export function incidentReport(
  records: readonly JournalRecord[],
  incidentId: string,
  options: FoldOptions & { readonly pagedAt?: string } = {},
): IncidentReport | undefined {
  const own = records.filter((record) => record.incidentId === incidentId);
  const runs = inOrder([...foldRuns(own, options).values()]);
  const [first] = runs;
  if (first === undefined) return undefined;
  const alert = runs.findLast(({ started }) => started !== undefined)?.started?.data.alert;
  const diagnosed = runs.filter(({ diagnosis }) => diagnosis !== undefined);
  const diagnosedBy = diagnosed.findLast(({ diagnosis }) => diagnosis?.rootCause !== '') ?? diagnosed.at(-1);
  const commands = new Commands();
  return {
    incidentId,
    title: alert?.title ?? incidentId,
    ...maybe('service', alert?.service),
    ...maybe('urgency', alert?.urgency),
    from:
      options.pagedAt === undefined
        ? { what: 'first run', time: first.startedAt }
        : { what: 'paged', time: options.pagedAt },
    ...maybe('acknowledgedAt', acknowledgedAt(own)),
    ...maybe('diagnosedAt', diagnosedAt(own)),
    ...mitigation(own, runs),
    runs,
    ...maybe('diagnosedBy', diagnosedBy),
    timeline: own.flatMap((record) => {
      const run = runs.findIndex(({ runId }) => runId === record.runId) + 1;
      const commandOf = commands.note(record);
      return eventsOf(record, commandOf).map((event) => ({
        time: record.time,
        ...event,
        ...(record.actor.type === 'user' ? { by: record.actor.name } : {}),
        ...(run === 0 ? {} : { run }),
      }));
    }),
  };
}

function maybe<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}

function inOrder(runs: RunState[]): RunState[] {
  return runs.sort((a, b) => (a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0));
}

function acknowledgedAt(records: readonly JournalRecord[]): string | undefined {
  return records.find(
    (record) =>
      record.type === 'WriteBackDone' &&
      record.data.kind === 'acknowledge' &&
      record.data.outcome === 'written',
  )?.time;
}

function diagnosedAt(records: readonly JournalRecord[]): string | undefined {
  return records.find((record) => record.type === 'Diagnosed' && record.data.diagnosis.rootCause !== '')
    ?.time;
}

/** The commands of steps as they are while records go by. */
class Commands {
  readonly #now = new Map<string, string>();

  /** Takes in a record, and hands out the commands of its run as they were then. */
  note(record: JournalRecord): (stepId: string) => string | undefined {
    if (record.type === 'Planned') for (const step of record.data.steps) this.#put(record.runId, step);
    if (record.type === 'StepReplaced' || record.type === 'UndoPlanned')
      this.#put(record.runId, record.data.step);
    return (stepId) => this.#now.get(`${record.runId} ${stepId}`);
  }

  #put(runId: string | null, { id, command }: Step): void {
    this.#now.set(`${runId} ${id}`, command);
  }
}

type Event = Pick<ReportEvent, 'text' | 'command'>;

function eventsOf(record: JournalRecord, commandOf: (stepId: string) => string | undefined): Event[] {
  const about = (stepId: string, text: string): Event[] => [
    { text: `step ${stepId} ${text}`, ...maybe('command', commandOf(stepId)) },
  ];
  const one = (text: string): Event[] => [{ text }];
  switch (record.type) {
    case 'RunStarted': {
      const { alert, mode, context } = record.data;
      return one(`run begun in ${mode} mode, context ${context}, for "${alert.title}"`);
    }
    case 'TargetResolved':
      return one(
        `object: ${describeRef(record.data.target)} (${record.data.reason})${record.data.doubt === undefined ? '' : `; in doubt: ${record.data.doubt}`}`,
      );
    case 'TargetUnclear':
      return one(`object not clear: ${record.data.reason}`);
    case 'Diagnosed': {
      const { diagnosis } = record.data;
      return one(`diagnosis (${engineWords(diagnosis.engine)}): ${diagnosis.rootCause || diagnosis.summary}`);
    }
    case 'Planned':
      return [
        ...one(`plan made: ${count(record.data.steps.length, 'step')}`),
        ...record.data.steps.flatMap(({ id, command, proposedBy }) =>
          proposedBy === undefined
            ? []
            : [{ text: `step ${id} proposed by ${proposerWords(proposedBy)}`, command }],
        ),
      ];
    case 'StepReplaced': {
      const { step, why } = record.data;
      const text = why === 'edited' ? `step ${step.id} edited` : `step ${step.id} changed (${why})`;
      return [{ text, command: step.command }];
    }
    case 'UndoPlanned':
      return [
        { text: `undo of step ${record.data.step.undoes ?? ''} planned`, command: record.data.step.command },
      ];
    case 'ApprovalRequested':
      return about(record.data.stepId, 'waits for approval');
    case 'Approved':
      return about(record.data.stepId, 'approved');
    case 'StepSkipped':
      return about(record.data.stepId, `skipped: ${record.data.reason}`);
    case 'StepRefused':
      return about(record.data.stepId, `refused: ${record.data.reason}`);
    case 'DryRunFinished':
      return about(record.data.stepId, `dry-run, exit code ${record.data.exitCode}`);
    case 'ExecutionStarted':
      return about(record.data.stepId, record.data.automatic ? 'started by itself' : 'started');
    case 'ExecutionFinished': {
      const { stepId, exitCode, error } = record.data;
      return one(`step ${stepId} finished, exit code ${exitCode}${error === undefined ? '' : `: ${error}`}`);
    }
    case 'VerificationFinished':
      return one(`step ${record.data.stepId} ${verificationWords(record.data)}: ${record.data.message}`);
    case 'InterruptionChecked':
      return one(`step ${record.data.stepId} was interrupted; checked: ${record.data.message}`);
    case 'RunEnded':
      return one(endWords(record.data));
    case 'RunInterrupted':
      return one(`run interrupted in the middle of step ${record.data.stepId}: ${record.data.message}`);
    case 'WriteBackWanted':
      // What the agent wants by itself is told once it is done.
      return record.actor.type === 'user' ? one(`PagerDuty: asked to ${record.data.kind} the incident`) : [];
    case 'WriteBackDone':
      return one(
        `PagerDuty: ${record.data.outcome === 'given-up' ? `${record.data.kind} not sent, ` : ''}${record.data.message}`,
      );
    default:
      return [];
  }
}

/** How a run ended, and who ended it where it did not come to its own end. */
export function endWords({ status, message, by }: RecordData['RunEnded']): string {
  return by === undefined || by === 'error'
    ? `run ended, ${status}: ${message}`
    : `run ended, ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

/** Which analyst it was, in words. */
export function engineWords(engine: 'claude' | 'builtin'): string {
  return engine === 'claude' ? 'Claude' : 'built in';
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

/** Who it was, as people call them. */
export function actorWords({ type, name }: Actor): string {
  return type === 'user' ? name : `${name} (by itself)`;
}

/** What a rehearsal teaches: a fold over the journal, held against the truth that practice tells once an incident is over. */
import type { JournalRecord } from '../domain/record.ts';
import type { RunPhase } from '../domain/run.ts';
import { foldRuns, type Attempt, type RunState } from './run-fold.ts';
import { wayBackOf } from './way-back.ts';

/** The truth about one incident, as the practice process tells it. */
export interface Lesson {
  readonly incidentId: string;
  readonly incidentTitle: string;
  /** ISO 8601: when somebody was paged, and when the monitoring tool was content again. */
  readonly firedAt: string;
  readonly endedAt?: string | undefined;
  /** What the person on call saw at first. */
  readonly title: string;
  readonly teaches: string;
  /** Without findings nothing was wrong any more. */
  readonly rootCause: { readonly kind: string; readonly name: string; readonly findings: readonly string[] };
  /** Without any, no command was right: reporting was. */
  readonly fixes: readonly {
    readonly says: string;
    /** Source of a regular expression over commands; absent where it is done by hand. */
    readonly command?: string | undefined;
  }[];
}

/** A command of a plan. */
export interface ProposedCommand {
  readonly command: string;
  readonly risk: string;
  readonly mutates: boolean;
  /** Whether its words are those of a right way out. What takes a step back never is one. */
  readonly fits: boolean;
  /** Whether it is a right way out: its words are, and where it was run, it was seen to work. */
  readonly right: boolean;
  /** The command that it takes back. */
  readonly takesBack?: string;
  /** The command that took it back, where one was run. */
  readonly takenBackBy?: string;
  /** Who wrote it, where it is not what was proposed. */
  readonly editedBy?: string;
  readonly state: Attempt['state'];
  readonly message: string;
  /** Who approved it; absent where it ran by itself or not at all. */
  readonly approvedBy?: string;
  /** ISO 8601; absent where it was not run. */
  readonly ranAt?: string;
}

export interface IncidentDebrief {
  readonly lesson: Lesson;
  /** Milliseconds after the page; absent where it never came to that. */
  readonly looked?: number;
  readonly diagnosed?: number;
  readonly approved?: number;
  readonly mitigated?: number;
  /** When the right way out was taken back, where nothing has put it right again since. */
  readonly brokenAgain?: number;
  /** What the last diagnosis said, and whether it named the cause; absent where there was none. */
  readonly diagnosis?: { readonly says: string; readonly right: boolean };
  readonly commands: readonly ProposedCommand[];
  /** How the last run stands; absent where there was none. */
  readonly phase?: RunPhase;
  /** What would have been better. Sentences; empty where nothing shows. */
  readonly better: readonly string[];
}

/** Below this, in milliseconds, an approval cannot have been read. */
const tooQuick = 2000;
/** Below this, in milliseconds, nothing is to be said of where the time went. */
const quickEnough = 60_000;

/** One entry for each incident, in the order in which they were raised. */
export function debrief(records: readonly JournalRecord[], lessons: readonly Lesson[]): IncidentDebrief[] {
  return lessons.map((lesson) =>
    ofIncident(
      records.filter((record) => record.incidentId === lesson.incidentId),
      lesson,
    ),
  );
}

function ofIncident(records: readonly JournalRecord[], lesson: Lesson): IncidentDebrief {
  const runs = [...foldRuns(records).values()];
  const last = runs.at(-1);
  const first = (type: JournalRecord['type']): number | undefined =>
    since(lesson, records.find((record) => record.type === type)?.time);
  const times = {
    ...maybe('looked', first('RunStarted')),
    ...maybe('diagnosed', first('Diagnosed')),
    ...maybe('approved', first('Approved')),
    ...maybe('mitigated', since(lesson, lesson.endedAt)),
    ...maybe('brokenAgain', since(lesson, brokenAgainAt(runs, lesson))),
  };
  const diagnosis = diagnosisOf(runs, lesson);
  const commands = runs.flatMap((run) => run.attempts.map((attempt) => commandOf(run, attempt, lesson)));
  const known = {
    lesson,
    ...times,
    ...maybe('diagnosis', diagnosis),
    commands,
    ...maybe('phase', last?.phase),
  };
  return { ...known, better: [...whatWasWrong(known), ...whereTimeWent(known), ...hasty(records)] };
}

function maybe<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}

function since({ firedAt }: Lesson, time: string | undefined): number | undefined {
  return time === undefined ? undefined : Math.max(0, Date.parse(time) - Date.parse(firedAt));
}

function diagnosisOf(runs: readonly RunState[], { rootCause }: Lesson): IncidentDebrief['diagnosis'] {
  const diagnosis = runs.findLast((run) => run.diagnosis !== undefined)?.diagnosis;
  if (diagnosis === undefined) return undefined;
  const right =
    rootCause.findings.length === 0
      ? diagnosis.findings.length === 0
      : diagnosis.findings.some(
          ({ name, target }) =>
            rootCause.findings.includes(name) &&
            target.kind === rootCause.kind &&
            target.name === rootCause.name,
        );
  return { says: diagnosis.rootCause || diagnosis.summary, right };
}

function commandOf(run: RunState, attempt: Attempt, lesson: Lesson): ProposedCommand {
  const { step, execution, state, message, approvedBy } = attempt;
  const back = wayBackOf(run, attempt);
  const fits = isWayOut(attempt, lesson);
  return {
    command: step.command,
    risk: step.risk.riskLevel,
    mutates: step.risk.mutates,
    fits,
    right: fits && (execution === undefined || worked(attempt)),
    ...maybe('takesBack', step.undoes === undefined ? undefined : run.current.get(step.undoes)?.step.command),
    ...maybe('takenBackBy', back.kind === 'taken' || back.kind === 'tried' ? back.run.command : undefined),
    ...maybe('editedBy', step.editedBy),
    state,
    message,
    ...maybe('approvedBy', approvedBy?.name),
    ...maybe('ranAt', execution?.time),
  };
}

/** An undo may have the very words of a way out, and lead back into the trouble. */
function isWayOut({ step }: Attempt, { fixes }: Lesson): boolean {
  const words = step.argv.join(' ');
  return (
    step.undoes === undefined &&
    fixes.some(({ command }) => command !== undefined && new RegExp(command).test(words))
  );
}

/** Whether it was seen to work; where nothing is watched for, a command that ended well counts. */
function worked({ result, verification, check }: Attempt): boolean {
  if (check?.result === 'took-effect') return true;
  if (verification !== undefined) return verification.verified;
  return result !== undefined && result.exitCode === 0 && result.error === undefined;
}

/** When the last right way out that worked was taken back, if it was. */
function brokenAgainAt(runs: readonly RunState[], lesson: Lesson): string | undefined {
  const turns = runs.flatMap((run) =>
    run.attempts.flatMap((attempt) => {
      const { execution } = attempt;
      if (execution === undefined || !isWayOut(attempt, lesson) || !worked(attempt)) return [];
      const back = wayBackOf(run, attempt);
      const took = back.kind === 'taken' || (back.kind === 'tried' && back.run.endedWell !== false);
      return [{ at: execution.time, broken: false }, ...(took ? [{ at: back.run.at, broken: true }] : [])];
    }),
  );
  const last = turns.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).at(-1);
  return last?.broken === true ? last.at : undefined;
}

type Known = Omit<IncidentDebrief, 'better'>;

function whatWasWrong({ lesson, looked, diagnosis, commands, mitigated, brokenAgain }: Known): string[] {
  const { rootCause, fixes } = lesson;
  const nothingWrong = rootCause.findings.length === 0;
  const cause = `${rootCause.kind} ${rootCause.name} (${rootCause.findings.join(' or ')})`;
  const ran = commands.filter(({ mutates, ranAt }) => mutates && ranAt !== undefined);
  const better: string[] = [];
  if (looked === undefined) better.push('Nobody looked at it: a page is answered by looking first.');
  if (diagnosis?.right === false) {
    better.push(
      nothingWrong
        ? 'The diagnosis found trouble where there was none any more.'
        : `The diagnosis did not name the cause: ${cause}. Look at that object before any other.`,
    );
  }
  if (nothingWrong && ran.length > 0) {
    better.push(
      'Nothing was wrong any more: leaving it alone was right, and changing it was a risk for nothing.',
    );
  }
  if (!nothingWrong) {
    for (const { command } of ran.filter(
      ({ fits, state, takesBack }) => !fits && takesBack === undefined && state !== 'undone',
    )) {
      better.push(`${command} was run and is none of the right ways out.`);
    }
  }
  for (const { command, message } of ran.filter(({ state }) => state === 'failed')) {
    better.push(`${command} did not do what it was for: ${message}`);
  }
  for (const { command, takenBackBy } of ran.filter(({ right }) => right)) {
    if (takenBackBy === undefined) continue;
    better.push(
      `${takenBackBy} took back what was right, ${command}: look whether the incident is over before you take a step back.`,
    );
  }
  const missed = commands.find(({ right, ranAt }) => right && ranAt === undefined);
  if (missed !== undefined && !ran.some(({ fits }) => fits)) {
    better.push(`${missed.command} was proposed, would have been right, and was not run.`);
  }
  if (!nothingWrong && (mitigated === undefined || brokenAgain !== undefined) && looked !== undefined) {
    better.push(
      fixes.length === 0
        ? 'No command ends this one: saying who has to act, and what was seen, is the remedy.'
        : 'It was not over yet when this was written: see it through to the end of the alarm.',
    );
  }
  return better;
}

/** Names the part that took most of a long incident. */
function whereTimeWent({ looked, diagnosed, approved, mitigated }: Known): string[] {
  if (mitigated === undefined || mitigated < quickEnough || looked === undefined) return [];
  const parts = [
    { took: looked, what: 'before anybody looked' },
    { took: (diagnosed ?? looked) - looked, what: 'on finding the cause' },
    {
      took: (approved ?? diagnosed ?? looked) - (diagnosed ?? looked),
      what: 'between the plan and its approval',
    },
    {
      took: mitigated - (approved ?? diagnosed ?? looked),
      what: 'between the decision and the end of the alarm',
    },
  ];
  const longest = parts.reduce((a, b) => (b.took > a.took ? b : a));
  return longest.took * 2 > mitigated
    ? [`Most of the time (${inSeconds(longest.took)} of ${inSeconds(mitigated)}) went by ${longest.what}.`]
    : [];
}

function inSeconds(milliseconds: number): string {
  return `${String(Math.round(milliseconds / 1000))} s`;
}

/** Approvals that came sooner than anybody can read. */
function hasty(records: readonly JournalRecord[]): string[] {
  const asked = new Map<string, number>();
  const quick = records.some((record) => {
    if (record.type === 'ApprovalRequested')
      asked.set(`${record.runId} ${record.data.stepId}`, Date.parse(record.time));
    if (record.type !== 'Approved' || record.actor.type !== 'user') return false;
    const at = asked.get(`${record.runId} ${record.data.stepId}`);
    return at !== undefined && Date.parse(record.time) - at < tooQuick;
  });
  return quick
    ? [
        'A step was approved within two seconds: read the command, its risk and its way back before you approve.',
      ]
    : [];
}

/** The note that PagerDuty gets about a run: plain text, short enough to be read on a telephone. Pure. */
import { proposerWords } from '../domain/authorship.ts';
import { describeRef, type ObjectRef } from '../domain/kubernetes.ts';
import { exact, plain } from '../domain/plain.ts';
import { redact, redactForms } from '../domain/redaction.ts';
import { namesLikeTokens } from '../domain/redaction/object.ts';
import type { RunPhase, RunView, StepView } from '../domain/run.ts';

/** The longest note, in characters. PagerDuty documents no limit: this is far below what it has been seen to take. */
export const longestNote = 5000;
const longestCommand = 600;
/** Commands that are told whole; of more, only how many there are. */
const mostCommands = 12;

/** The line by which a note is found again: no other run and no other note of this run has it. */
export function noteMark(id: string): string {
  return `Oncall Agent reference: ${id.replace(/[^\w./-]/g, '_').slice(0, 120)}`;
}

/** Whether a note is the one with that mark. */
export function hasMark(content: string, id: string): boolean {
  const mark = noteMark(id);
  return content.split('\n').some((line) => line.trim() === mark);
}

/**
 * Tells a run: how it ended, why, what was run and what became of it, and the way back. Text from outside stands in it as text
 * without addresses that could be clicked.
 * @param id of the note, for its {@link noteMark}
 */
export function noteText(run: RunView, id: string): string {
  const mark = noteMark(id);
  const body = redactForms(lines(run).join('\n'), { names: namesLikeTokens(refsOf(run)) });
  const room = longestNote - mark.length - 2;
  const cut = '\n… (cut off: the whole is in the audit log of Oncall Agent)';
  const kept = body.length <= room ? body : body.slice(0, room - cut.length).trimEnd() + cut;
  return `${kept.toWellFormed()}\n\n${mark}`;
}

function refsOf({ target, steps }: RunView): ObjectRef[] {
  return [...(target === undefined ? [] : [target]), ...steps.flatMap(({ risk }) => risk.targets)];
}

function lines(run: RunView): string[] {
  const { target, diagnosis, steps } = run;
  const ran = steps.filter((step) => wasRun(step));
  const notRun = steps.filter((step) => !wasRun(step));
  return [
    'Written by Oncall Agent, automatically.',
    '',
    `Outcome: ${outcomes[run.phase]}${run.message === undefined ? '' : `. ${said(run.message)}`}`,
    `Cause: ${cause(run)}`,
    ...(target === undefined
      ? []
      : [`Object: ${said(describeRef(target), 200)}, context ${said(run.context, 120)}`]),
    ...(run.targetDoubt === undefined ? [] : [`Doubt: ${said(run.targetDoubt)}`]),
    '',
    ran.length === 0 ? 'Commands: none was run.' : 'Commands, as they were run:',
    ...ran.slice(0, mostCommands).flatMap((step, index) => stepLines(step, index + 1)),
    ...(ran.length > mostCommands ? [`… and ${ran.length - mostCommands} more`] : []),
    ...(notRun.length === 0
      ? []
      : [
          '',
          'Proposed and not run:',
          ...notRun
            .slice(0, mostCommands)
            .flatMap((step) => [
              `- ${command(step.command, step)} (${notRunBecause(step)})`,
              ...edited(step),
            ]),
          ...(notRun.length > mostCommands ? [`… and ${notRun.length - mostCommands} more`] : []),
        ]),
    '',
    `Mode: ${run.mode}. Diagnosis: ${diagnosis?.engine === 'claude' ? 'by Claude' : 'built in'}. Run: ${time(run.startedAt)}${run.endedAt === undefined ? '' : ` to ${time(run.endedAt)}`} UTC.`,
  ];
}

const outcomes: Readonly<Record<RunPhase, string>> = {
  resolved: 'resolved and verified',
  unresolved: 'not resolved',
  undone: 'the change was undone; the incident is not resolved',
  proposed: 'a plan was made, nothing was run',
  stopped: 'stopped before it was finished',
  interrupted: 'interrupted: what the last command did is not known, check the cluster',
  'not seen': 'what the last command came to could not be seen, check the cluster',
  'awaiting approval': 'a step still waits for approval',
  detected: 'still going on',
  investigating: 'still going on',
  planned: 'still going on',
  executing: 'still going on',
  verifying: 'still going on',
};

function cause({ diagnosis }: RunView): string {
  if (diagnosis === undefined) return 'not known';
  if (diagnosis.rootCause !== '') return said(diagnosis.rootCause, 700);
  return diagnosis.summary === '' ? 'not known' : `not known. Seen: ${said(diagnosis.summary, 700)}`;
}

function wasRun(step: StepView): boolean {
  return (
    step.outcome?.exitCode !== undefined ||
    ['executing', 'verifying', 'verified', 'done', 'failed', 'undone', 'interrupted', 'not-seen'].includes(
      step.state,
    )
  );
}

function stepLines(step: StepView, number: number): string[] {
  const { outcome, undo, state } = step;
  const who = step.approvedBy === undefined ? 'ran by itself' : `approved by ${said(step.approvedBy, 80)}`;
  const message = outcome?.message;
  return [
    `${number}. ${command(step.command, step)}`,
    ...edited(step),
    `   ${step.undoes === undefined ? '' : `takes back ${said(step.undoes, 40)}, `}${who}, ${step.risk.riskLevel} risk; ${state === 'not-seen' ? 'outcome not seen' : state}${message === undefined ? '' : `: ${said(message)}`}`,
    ...(undo === undefined || outcome?.noUndo !== undefined || state === 'undone' || step.undoes !== undefined
      ? []
      : [`   Way back: ${command(undo.command, step)}`]),
  ];
}

/** What was proposed, and who made another command of it. */
function edited(step: StepView): string[] {
  const { proposed, editedBy } = step;
  return editedBy === undefined
    ? []
    : [
        `   edited by ${said(editedBy, 80)}${proposed === undefined ? '' : `; proposed by ${proposerWords(proposed.by)}: ${command(proposed.command, step)}`}`,
      ];
}

function notRunBecause({ state, outcome, decision }: StepView): string {
  return `${state}: ${said(outcome?.message ?? decision.reason, 200)}`;
}

/** The journal keeps a command to the letter, and a person may have written a credential into it: it stays in there. */
function command(text: string, { risk }: StepView): string {
  const whole = redact(exact(text), { names: namesLikeTokens(risk.targets) });
  return whole.length <= longestCommand ? whole : `${whole.slice(0, longestCommand)}… (cut off)`;
}

/** One line of text from outside. PagerDuty makes links of addresses: these are taken apart. */
function said(text: string, max = 300): string {
  return plain(text, max)
    .replace(/\/\/(?=\S)/g, '// ')
    .replace(/(www)\./gi, '$1 .')
    .replace(/(?<=\S)@(?=\S)/g, ' @ ');
}

function time(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

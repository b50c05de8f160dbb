/** An executed command in the report of an incident, as Markdown: who it comes from, how it went, what became of its way back. Pure. */
import { proposerWords } from '../domain/authorship.ts';
import { describeTransport } from '../domain/transport.ts';
import { verificationWords } from '../domain/verification.ts';
import { actorWords } from '../journal/report.ts';
import { undoOfAttempt, type Attempt, type RunState } from '../journal/run-fold.ts';
import { wayBackOf, type UndoRun } from '../journal/way-back.ts';
import { code, fenced, md } from './markdown.ts';
import { duration, percent } from '../domain/words.ts';

const outputLines = 60;

/** Who proposed the command, who changed it, and what was claimed for it. */
function authorship({ step, proposed, edits }: Attempt): string[] {
  const parts = step.confidenceParts.map(({ label, value }) => `${md(label, 200)} ${percent(value)}`);
  return [
    ...(proposed === undefined
      ? []
      : [
          `- Proposed: by ${proposerWords(proposed.by)}${edits === undefined ? '' : `: ${code(proposed.command)}`}`,
        ]),
    ...(edits ?? []).map(
      ({ by, time, command }) => `- Edited: by ${md(by, 120)} at ${clock(time)}: ${code(command)}`,
    ),
    ...(step.editedBy === undefined
      ? [
          `- Why: ${md(step.rationale)}${step.undoes === undefined ? '' : ` It takes back step ${md(step.undoes, 40)}.`}`,
          `- Confidence: ${percent(step.confidence)} (${parts.join(', ')})`,
        ]
      : [`- Confidence: none, ${md(step.editedBy, 120)} wrote the command`]),
  ];
}

/** The way back, and what became of it. */
function wayBack(run: RunState, attempt: Attempt): string {
  const back = wayBackOf(run, attempt);
  const undo = undoOfAttempt(attempt);
  const known = undo === undefined ? '' : `${code(undo.command)}, `;
  const summary = undo === undefined ? '' : `. ${md(undo.summary)}`;
  switch (back.kind) {
    case 'none':
      return 'none';
    case 'not-needed':
      return 'none needed: it changed nothing';
    case 'open':
      return `${known}not taken${summary}`;
    case 'not-run':
      return `${known}not taken: planned, then ${md(back.message)}${summary}`;
    case 'taken':
      return `${known}taken: ${undoRun(back.run)}`;
    case 'tried':
      return `${known}run, and not seen to have taken hold: ${undoRun(back.run)}`;
  }
}

function undoRun({ command, at, by, endedWell, message }: UndoRun): string {
  const who = by === undefined ? 'by itself' : `approved by ${md(actorWords(by), 120)}`;
  const end = endedWell === undefined ? 'its end was not seen' : endedWell ? 'it ended well' : 'it failed';
  return `${code(command)} at ${clock(at)}, ${who}; ${end}. ${md(message)}`;
}

/** The lines of an attempt that was executed. */
export function executed(run: RunState, attempt: Attempt): string[] {
  const { step, execution, result, verification, approvedBy, state, message } = attempt;
  const data = execution?.data;
  return [
    '',
    `### ${code(step.command)}`,
    '',
    ...authorship(attempt),
    `- Risk: ${step.risk.riskLevel}. ${md(step.risk.reason)}`,
    `- Decision: ${step.decision.outcome}. ${md(step.decision.reason)}`,
    `- Approved: ${approvedBy !== undefined ? `by ${md(actorWords(approvedBy), 120)}` : data?.automatic === true ? 'by nobody, it ran by itself' : 'not in the journal'}`,
    ...(execution === undefined || data === undefined
      ? []
      : [
          `- Run: ${clock(execution.time)}${result === undefined ? '' : `, ${duration(result.durationMs)}`}, context ${md(data.context, 200)}${data.namespace === undefined ? '' : `, namespace ${md(data.namespace, 100)}`}, through ${md(describeTransport(data), 400)}`,
        ]),
    `- Result: ${result === undefined ? 'its end was not seen' : `exit code ${result.exitCode}`}${result?.error === undefined ? '' : `, ${md(result.error)}`}`,
    `- Verification: ${verification === undefined ? 'none' : `${verificationWords(verification)}. ${md(verification.message)}`}`,
    ...(verification?.evidence ?? []).map((seen) => `- Last seen: ${md(seen)}`),
    `- State: ${state}${message === verification?.message ? '' : `. ${md(message)}`}`,
    ...(step.undoes === undefined ? [`- Way back: ${wayBack(run, attempt)}`] : []),
    ...(result === undefined ? [] : outputOf(result.output)),
  ];
}

/** What a command printed. */
export function outputOf(output: string): string[] {
  return output.trim() === '' ? ['', 'It printed nothing.'] : ['', ...fenced(output, outputLines)];
}

/** A time of the journal; one that was written by hand into it stays text. */
export function clock(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? md(iso, 40) : time.toISOString().slice(0, 19).replace('T', ' ');
}

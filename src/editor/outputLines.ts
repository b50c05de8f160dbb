/** What the output channel says about a run's events: pure, without terminal escapes, each line with its run's id. */
import { quoteWords } from '../kubectl/words.ts';
import { verificationWords } from '../domain/verification.ts';
import { describeRef } from '../domain/kubernetes.ts';
import { interruptionWords } from '../domain/interruption.ts';
import { reachWords, rehearsalWords } from '../domain/preview.ts';
import type { JournalRecord } from '../domain/record.ts';
import type { RunEvent } from '../domain/run.ts';
import { describeTransport } from '../domain/transport.ts';
import { exact, plain, plainLines } from './text.ts';
import { duration } from '../domain/words.ts';
import { writeBackLine } from './writeBackLines.ts';

export interface OutputLine {
  readonly level: 'info' | 'warn' | 'error' | 'debug';
  readonly text: string;
}

/** The first characters of a run's id: enough to tell runs apart by eye. */
export function shortRun(runId: string): string {
  return plain(runId, 100).slice(0, 8);
}

/** Where a line of the channel names its run. */
export interface LinkedRun {
  /** From 0. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** As {@link shortRun} makes it. */
  readonly run: string;
}

/** What the editor puts before a line, and what stands before the run's id in it. */
const beforeRun = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \[[a-z]+\] (?:practice )?\[/;

/** The runs that lines begin with: an id further on in a line may come from outside, and is none. */
export function linkedRuns(text: string): LinkedRun[] {
  return text.split(/\r?\n/).flatMap((content, line) => {
    const start = beforeRun.exec(content)?.[0].length;
    if (start === undefined) return [];
    const run = /^[^\s\]]+(?=[ \]])/.exec(content.slice(start))?.[0];
    return run === undefined ? [] : [{ line, start, end: start + run.length, run }];
  });
}

/** The lines for one event; none for partial text of an analysis. */
export function linesFor(event: RunEvent): OutputLine[] {
  switch (event.type) {
    case 'analysis':
    case 'usage':
    case 'sent':
      return [];
    case 'progress':
      return [
        {
          level: 'debug',
          text: `[${shortRun(event.runId)}${event.stepId === undefined ? '' : ` ${plain(event.stepId, 40)}`}] ${plain(event.message)}`,
        },
      ];
    case 'output':
      return plainLines(event.line, 5).map((line) => ({
        level: 'info',
        text: `[${shortRun(event.runId)} ${plain(event.stepId, 40)}] ${event.stream === 'stderr' ? '!' : '|'} ${line}`,
      }));
    case 'record':
      return recordLines(event.record);
  }
}

function recordLines(record: JournalRecord): OutputLine[] {
  const run = record.runId === null ? '' : `[${shortRun(record.runId)}] `;
  const line = (text: string, level: OutputLine['level'] = 'info'): OutputLine => ({
    level,
    text: run + text,
  });
  const audit = (text: string) => line(`audit #${record.seq}: ${text} by ${plain(record.actor.name, 80)}`);
  switch (record.type) {
    case 'RunStarted':
      return [
        line(
          `run started for incident ${plain(record.data.alert.id, 60)} "${plain(record.data.alert.title, 160)}" in ${record.data.mode} mode, context ${plain(record.data.context, 120)}`,
        ),
      ];
    case 'TargetResolved':
      return [
        line(`target: ${plain(describeRef(record.data.target), 200)} (${plain(record.data.reason, 200)})`),
        ...(record.data.doubt === undefined ? [] : [line(`doubt: ${plain(record.data.doubt, 300)}`, 'warn')]),
      ];
    case 'TargetUnclear':
      return [
        line(`target not clear: ${plain(record.data.reason, 300)}`, 'warn'),
        ...record.data.candidates.map(({ target, reason }) =>
          line(`it may be ${plain(describeRef(target), 200)} (${plain(reason, 200)})`),
        ),
      ];
    case 'Diagnosed': {
      const { diagnosis } = record.data;
      return [
        line(`diagnosis (${diagnosis.engine}): ${plain(diagnosis.rootCause || diagnosis.summary)}`),
        ...diagnosis.findings.map((finding) => line(`finding ${finding.name}: ${plain(finding.summary)}`)),
        ...diagnosis.gaps.map((gap) => line(`not read: ${plain(gap.what)}: ${plain(gap.reason)}`, 'warn')),
        ...diagnosis.notes.map((note) => line(plain(note))),
      ];
    }
    case 'Planned':
      return record.data.steps.map((step) =>
        line(
          `step ${plain(step.id, 40)}: ${exact(step.command)} · ${step.risk.riskLevel} risk · ${step.decision.outcome}: ${plain(step.decision.reason)}`,
        ),
      );
    case 'StepReplaced':
      return [
        (record.data.why === 'edited' ? audit : line)(
          `step ${plain(record.data.step.id, 40)} changed (${plain(record.data.why)}): ${exact(record.data.step.command)} · ${record.data.step.decision.outcome}`,
        ),
      ];
    case 'UndoPlanned':
      return [
        line(`undo of ${plain(record.data.step.undoes ?? '', 40)}: ${exact(record.data.step.command)}`),
      ];
    case 'Previewed': {
      const { stepId, preview } = record.data;
      return [
        line(
          `preview of step ${plain(stepId, 40)}: ${plain(rehearsalWords(preview.rehearsal), 500)}`,
          preview.rehearsal.state === 'refused' ? 'warn' : 'info',
        ),
        ...reachWords(preview.reach).map((text) => line(`| ${plain(text, 300)}`)),
      ];
    }
    case 'ApprovalRequested':
      return [line(`step ${plain(record.data.stepId, 40)} waits for approval`)];
    case 'Approved':
      return [audit(`step ${plain(record.data.stepId, 40)} approved`)];
    case 'StepSkipped':
      return [audit(`step ${plain(record.data.stepId, 40)} skipped (${plain(record.data.reason)})`)];
    case 'StepRefused':
      return [line(`step ${plain(record.data.stepId, 40)} refused: ${plain(record.data.reason)}`, 'warn')];
    case 'DryRunFinished':
      return [
        line(`dry run of step ${plain(record.data.stepId, 40)}: exit code ${record.data.exitCode}`),
        ...plainLines(record.data.output).map((text) => line(`| ${text}`)),
      ];
    case 'ExecutionStarted':
      return [
        audit(
          `step ${plain(record.data.stepId, 40)}: ${exact(quoteWords(record.data.argv))} in context ${plain(record.data.context, 120)} through ${plain(describeTransport(record.data), 400)}, ${record.data.automatic ? 'automatic' : 'approved'}, started`,
        ),
      ];
    case 'ExecutionFinished': {
      const { stepId, exitCode, durationMs, error } = record.data;
      return [
        line(
          `step ${plain(stepId, 40)} finished: exit code ${exitCode} after ${duration(durationMs)}${error === undefined ? '' : `, ${plain(error)}`}`,
          exitCode === 0 && error === undefined ? 'info' : 'error',
        ),
      ];
    }
    case 'VerificationStarted':
      return [line(`step ${plain(record.data.stepId, 40)}: verifying`)];
    case 'VerificationFinished':
      return [
        line(
          `step ${plain(record.data.stepId, 40)}: ${verificationWords(record.data)}, ${plain(record.data.message)}`,
          record.data.verified ? 'info' : 'error',
        ),
        ...(record.data.evidence ?? []).map((seen) => line(`last seen: ${plain(seen)}`, 'warn')),
      ];
    case 'InterruptionChecked': {
      const { stepId, result, message } = record.data;
      return [
        audit(`step ${plain(stepId, 40)} checked after its interruption`),
        line(`step ${plain(stepId, 40)}: ${interruptionWords(result)}, ${plain(message)}`),
      ];
    }
    case 'RunEnded':
      return [line(`run ended: ${record.data.status}, ${plain(record.data.message)}`)];
    case 'RunInterrupted': {
      const { stepId, message } = record.data;
      return [line(`run interrupted in the middle of step ${plain(stepId, 40)}: ${plain(message)}`, 'warn')];
    }
    case 'BreakerReset':
      return [audit('circuit breaker reset')];
    case 'JournalLost':
      return [line(`the audit log lost ${record.data.files.map((file) => plain(file)).join(', ')}`, 'error')];
    case 'HandedOver':
      return [audit(`incident ${plain(record.incidentId ?? '', 60)} handed over to automation`)];
    case 'ChangeAnnounced':
      return [];
    case 'ChangeWithdrawn':
      return [line(`step ${plain(record.data.stepId, 40)} not begun: ${plain(record.data.reason)}`)];
    case 'AutomationStopped':
      return [audit('automation stopped')];
    case 'AutomationResumed':
      return [audit('automation resumed')];
    case 'WriteBackWanted':
    case 'WriteBackTaken':
    case 'WriteBackDone': {
      const { level, text } = writeBackLine(record);
      return [line(text, level)];
    }
  }
}

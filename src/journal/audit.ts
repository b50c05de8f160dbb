/** The audit log and the execution history: folds over the journal. */
import type { AuditEntry, ExecutionRecord } from '../domain/audit.ts';
import type { JournalRecord, RecordData } from '../domain/record.ts';
import type { RiskAssessment } from '../domain/risk.ts';
import { verificationOutcome, type VerificationOutcome } from '../domain/verification.ts';
import {
  authorshipOf,
  foldRuns,
  undoOfAttempt,
  whyNoUndo,
  type Attempt,
  type FoldOptions,
  type RunState,
  type StrayExecution,
} from './run-fold.ts';

/**
 * One entry for every step that was decided and for every execution, newest first. A version of a step that was
 * replaced before it ran has none; every command that started has one, even where the journal lost its plan.
 * @param options see {@link FoldOptions}: with it, what started and never finished outside the live runs is interrupted
 */
export function auditEntries(records: readonly JournalRecord[], options: FoldOptions = {}): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (const run of foldRuns(records, options).values()) entries.push(...entriesOfRun(run));
  return entries.reverse().sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0));
}

/** The entries of one run, in the order in which its steps were decided. */
export function entriesOfRun(run: RunState): AuditEntry[] {
  return [
    ...run.attempts.map((attempt) => entryOf(run, attempt)),
    ...run.strays.map((stray) => strayEntry(run, stray)),
  ];
}

/** Every command that was seen to finish, newest first. */
export function executionHistory(records: readonly JournalRecord[]): ExecutionRecord[] {
  return auditEntries(records).filter(
    (entry): entry is ExecutionRecord => entry.exitCode !== undefined && entry.durationMs !== undefined,
  );
}

function entryOf(run: RunState, attempt: Attempt): AuditEntry {
  const { step, execution, result } = attempt;
  const undo = undoOfAttempt(attempt);
  const namespace = execution?.data.namespace ?? step.risk.targets[0]?.namespace;
  return {
    time: execution?.time ?? attempt.decidedAt,
    ...runPart(run),
    stepId: step.id,
    action: step.action,
    command: step.command,
    argv: execution?.data.argv ?? step.argv,
    context: execution?.data.context ?? run.started?.data.context ?? '',
    ...(namespace === undefined ? {} : { namespace }),
    risk: step.risk,
    ...(step.editedBy === undefined ? { confidence: step.confidence } : { editedBy: step.editedBy }),
    ...authorshipOf(attempt),
    decision: { outcome: step.decision.outcome, reason: step.decision.reason },
    triggeredBy: run.started?.actor ?? unknownActor,
    ...(attempt.approvedBy === undefined ? {} : { approvedBy: attempt.approvedBy }),
    ...(execution === undefined ? {} : transportPart(execution.data)),
    outcome: attempt.state,
    message: attempt.message,
    ...(result === undefined ? {} : resultPart(result)),
    ...(attempt.verification === undefined ? {} : { verification: attempt.verification }),
    ...(attempt.check === undefined ? {} : { interruption: attempt.check }),
    ...(undo === undefined ? {} : { undo: { command: undo.command, ...undoPart(attempt) } }),
  };
}

function undoPart(attempt: Attempt): Pick<AuditEntry['undo'] & {}, 'undone' | 'noUndo'> {
  const noUndo = whyNoUndo(attempt);
  return { undone: attempt.state === 'undone', ...(noUndo === undefined ? {} : { noUndo }) };
}

const unknownActor = { type: 'system', name: 'unknown' } as const;

/** What stands for an assessment that was lost: nothing good is assumed. */
const lostRisk: Omit<RiskAssessment, 'argv'> = {
  riskLevel: 'high',
  commandType: '',
  affectsAll: false,
  forbidden: false,
  rejected: false,
  mutates: true,
  sensitive: false,
  reversible: false,
  reason: 'The plan of this step is missing from the journal.',
  targets: [],
};

const strayOutcomes: Readonly<Record<VerificationOutcome, AuditEntry['outcome']>> = {
  gone: 'verified',
  'still-there': 'done',
  'not-seen': 'not-seen',
};

function strayEntry(run: RunState, stray: StrayExecution): AuditEntry {
  const { data, result } = stray;
  const failed = result !== undefined && (result.exitCode !== 0 || result.error !== undefined);
  return {
    time: stray.time,
    ...runPart(run),
    stepId: data.stepId,
    action: 'custom_command',
    command: data.argv.join(' '),
    argv: data.argv,
    context: data.context,
    ...(data.namespace === undefined ? {} : { namespace: data.namespace }),
    risk: { ...lostRisk, argv: data.argv },
    confidence: 0,
    decision: { outcome: data.automatic ? 'execute' : 'ask', reason: lostRisk.reason },
    triggeredBy: run.started?.actor ?? unknownActor,
    ...(data.automatic ? {} : { approvedBy: stray.actor }),
    ...transportPart(data),
    outcome:
      result === undefined
        ? 'interrupted'
        : failed
          ? 'failed'
          : stray.verification === undefined
            ? 'done'
            : strayOutcomes[verificationOutcome(stray.verification)],
    message: result?.error ?? lostRisk.reason,
    ...(result === undefined ? {} : resultPart(result)),
    ...(stray.verification === undefined ? {} : { verification: stray.verification }),
    ...(data.undo === undefined ? {} : { undo: { command: data.undo.command, undone: false } }),
  };
}

function runPart(run: RunState): Pick<AuditEntry, 'runId' | 'incidentId' | 'incidentTitle'> {
  return {
    runId: run.runId,
    incidentId: run.incidentId,
    incidentTitle: run.started?.data.alert.title ?? run.incidentId,
  };
}

function transportPart({ transport, tool, fallback }: RecordData['ExecutionStarted']) {
  return {
    transport,
    ...(tool === undefined ? {} : { tool }),
    ...(fallback === undefined ? {} : { fallback }),
  };
}

function resultPart(result: { exitCode: number; durationMs: number; output: string }) {
  return { exitCode: result.exitCode, durationMs: result.durationMs, output: result.output };
}

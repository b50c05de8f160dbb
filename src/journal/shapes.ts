/**
 * The shape of each type of record, as far as anything reads it. A line of another shape, as a later version or a hand may have
 * written it, is left out and counted; whoever folds records can rely on these. Members that are not named here pass.
 */
import * as z from 'zod/mini';
import { modes } from '../domain/decision.ts';
import type { RecordType } from '../domain/record.ts';
import { riskLevels } from '../domain/risk.ts';

const text = z.string();
const texts = z.array(text);
const flag = z.boolean();
const number = z.number();
const maybe = z.optional(text);
const ref = z.looseObject({ kind: text, name: text, namespace: maybe });
const target = z.looseObject({ kind: text, name: text, namespace: text, context: text });
const object = z.looseObject({ kind: text, metadata: z.looseObject({ name: text, namespace: maybe }) });
const wishes = z.array(z.looseObject({ ref, specHash: text }));
const undo = z.looseObject({ argv: texts, command: text, summary: text });
const source = z.looseObject({ type: text, ref: z.optional(ref) });
const basis = z.array(z.looseObject({ ref, resourceVersion: maybe }));

const risk = z.looseObject({
  riskLevel: z.enum(riskLevels),
  ...{ commandType: text, affectsAll: flag, forbidden: flag, rejected: flag, mutates: flag },
  ...{ sensitive: flag, reversible: flag, reason: text, targets: z.array(ref), argv: texts },
});

const step = z.looseObject({
  ...{ id: text, action: text, argv: texts, command: text, argvHash: text, risk },
  confidence: number,
  confidenceParts: z.array(z.looseObject({ label: text, value: number })),
  decision: z.looseObject({
    outcome: z.enum(['execute', 'ask', 'skip', 'preview', 'refuse']),
    reason: text,
    typeToConfirm: maybe,
  }),
  ...{ rationale: text, evidence: texts, verificationText: text, undo: z.optional(undo) },
  verification: z.looseObject({ type: text, target: z.optional(ref) }),
  finding: z.optional(z.looseObject({ name: text, target: ref })),
  gitops: z.optional(z.looseObject({ tool: text, object: z.optional(ref) })),
  manifestChange: z.optional(z.looseObject({ diff: text })),
  ...{ undoes: maybe, editedBy: maybe, said: maybe, objection: maybe, proposedBy: maybe },
  basis: z.optional(basis),
});

const diagnosis = z.looseObject({
  ...{ summary: text, rootCause: text, engine: text, notes: texts },
  findings: z.array(z.looseObject({ name: text, target: ref, summary: text, evidence: texts })),
  hypotheses: z.array(z.looseObject({ statement: text, evidence: texts })),
  evidence: z.array(z.looseObject({ id: text, source, summary: text, detail: text, time: maybe })),
  gaps: z.array(z.looseObject({ what: text, reason: text })),
  runbooks: z.optional(
    z.array(
      z.looseObject({
        ...{ evidence: text, title: text, path: text, line: number, why: texts },
        commands: z.array(z.looseObject({ text })),
      }),
    ),
  ),
});

const reached = z.array(z.looseObject({ ref }));
const preview = z.looseObject({
  argvHash: text,
  rehearsal: z.looseObject({ state: text }),
  changes: z.array(z.looseObject({ ref, diff: text })),
  reach: z.looseObject({
    pods: z.looseObject({ replaced: number, removed: number, added: number }),
    ...{ rollouts: reached, services: reached, budgets: reached, autoscalers: reached },
  }),
  basis,
  gaps: texts,
});

const ofStep = z.looseObject({ stepId: text });
const withReason = z.looseObject({ stepId: text, reason: text });
const nothing = z.looseObject({});

/** By the type of the record: one that is added does not compile until its shape is said here. */
export const shapes: { readonly [T in RecordType]: z.ZodMiniType } = {
  RunStarted: z.looseObject({
    alert: z.looseObject({ id: text, title: text, service: maybe, urgency: maybe }),
    mode: z.enum(modes),
    context: text,
  }),
  TargetResolved: z.looseObject({ target, reason: text, doubt: maybe }),
  TargetUnclear: z.looseObject({
    candidates: z.array(z.looseObject({ target, reason: text })),
    reason: text,
  }),
  Diagnosed: z.looseObject({ diagnosis }),
  Planned: z.looseObject({ steps: z.array(step), causes: z.optional(texts) }),
  StepReplaced: z.looseObject({ step, why: text }),
  Previewed: z.looseObject({ stepId: text, preview }),
  ApprovalRequested: ofStep,
  Approved: z.looseObject({ stepId: text, argvHash: text, typedName: maybe }),
  ChangeAnnounced: z.looseObject({ stepId: text, context: text, causes: texts }),
  ChangeWithdrawn: withReason,
  StepSkipped: withReason,
  StepRefused: withReason,
  DryRunFinished: z.looseObject({ stepId: text, exitCode: number, output: text }),
  ExecutionStarted: z.looseObject({
    ...{ stepId: text, argv: texts, context: text, namespace: maybe, transport: text, automatic: flag },
    ...{ before: z.array(object), wishes: z.optional(wishes), undo: z.optional(undo) },
  }),
  ExecutionFinished: z.looseObject({
    ...{ stepId: text, exitCode: number, durationMs: number, output: text, error: maybe },
    ...{ after: z.optional(wishes), evidence: z.optional(z.looseObject({ source, summary: text })) },
    effect: z.optional(z.enum(['none', 'changed', 'unknown'])),
  }),
  VerificationStarted: ofStep,
  VerificationFinished: z.looseObject({
    ...{ stepId: text, verified: flag, message: text, evidence: z.optional(texts) },
    outcome: z.optional(z.enum(['gone', 'still-there', 'not-seen'])),
  }),
  InterruptionChecked: z.looseObject({
    stepId: text,
    result: z.enum(['took-effect', 'no-effect', 'unknown']),
    message: text,
  }),
  UndoPlanned: z.looseObject({ step }),
  RunEnded: z.looseObject({
    status: z.enum(['resolved', 'unresolved', 'undone', 'proposed', 'awaiting-approval', 'stopped']),
    message: text,
    by: maybe,
  }),
  RunInterrupted: z.looseObject({ stepId: text, by: text, message: text }),
  BreakerReset: nothing,
  AutomationStopped: nothing,
  AutomationResumed: nothing,
  JournalLost: z.looseObject({ files: texts }),
  HandedOver: nothing,
  WriteBackWanted: z.looseObject({
    id: text,
    kind: z.enum(['acknowledge', 'note', 'resolve']),
    to: text,
    window: text,
  }),
  WriteBackTaken: z.looseObject({ id: text, window: text }),
  WriteBackDone: z.looseObject({
    id: text,
    kind: z.enum(['acknowledge', 'note', 'resolve']),
    outcome: z.enum(['written', 'already', 'given-up']),
    message: text,
  }),
};

/** Whether a record's data has the shape of its type. Types of later versions have none here: they are passed over by whoever folds. */
export function hasShape(type: string, data: unknown): boolean {
  return !Object.hasOwn(shapes, type) || shapes[type as RecordType].safeParse(data).success;
}

/** Records of runs for the tests of the journal. */
import type { ActionName } from '../../../src/domain/action.ts';
import type { Verification } from '../../../src/domain/plan.ts';
import type { Step } from '../../../src/domain/plan.ts';
import type { Actor, JournalRecord, NewRecord, RecordData, RecordType } from '../../../src/domain/record.ts';

export const ada: Actor = { type: 'user', name: 'ada' };
export const agent: Actor = { type: 'system', name: 'oncall-agent' };
export const checkout = { kind: 'Deployment', namespace: 'shop', name: 'checkout' } as const;

/** A record of run `run1` of incident `inc1`, before it is numbered. */
export function fresh<T extends RecordType>(
  type: T,
  data: RecordData[T],
  more: { runId?: string | null; incidentId?: string | null; actor?: Actor } = {},
): NewRecord {
  return { runId: 'run1', incidentId: 'inc1', actor: agent, ...more, type, data } as NewRecord;
}

/** Numbers and dates records one second apart, as if they came from a journal. */
export function dated(...records: NewRecord[]): JournalRecord[] {
  return records.map(
    (record, index) =>
      ({
        ...record,
        seq: index + 1,
        time: new Date(Date.UTC(2026, 10, 22, 12, 0, index)).toISOString(),
        prev: 'p',
        hash: 'h',
      }) as JournalRecord,
  );
}

/** A step that rolls `checkout` back; `changes` says what is different. */
export function step(id: string, changes: Partial<Step> = {}): Step {
  const argv = ['kubectl', 'rollout', 'undo', 'deployment/checkout', '--to-revision=1', '-n', 'shop'];
  return {
    id,
    action: 'rollback_deployment' satisfies ActionName,
    parameters: { namespace: 'shop', deployment: 'checkout', revision: 1 },
    argv,
    command: argv.join(' '),
    argvHash: 'hash-of-the-argv',
    risk: {
      riskLevel: 'medium',
      commandType: 'rollout undo',
      affectsAll: false,
      forbidden: false,
      rejected: false,
      mutates: true,
      sensitive: false,
      reversible: true,
      reason: 'Rolls a Deployment back.',
      targets: [checkout],
      argv,
    },
    confidence: 0.85,
    confidenceParts: [{ label: 'built-in diagnosis', value: 0.85 }],
    decision: { outcome: 'ask', reason: 'The mode is approval' },
    rationale: 'The last rollout broke it.',
    evidence: ['e1'],
    finding: { name: 'CrashLoopBackOff', target: checkout },
    verification: { type: 'rollout', target: checkout } satisfies Verification,
    verificationText: 'The rollout is complete.',
    undo: { argv: ['kubectl', 'x'], command: 'kubectl x', summary: 'Rolls it forward again.' },
    ...changes,
  };
}

export const started = (runId = 'run1') =>
  fresh(
    'RunStarted',
    {
      alert: { id: 'inc1', title: 'checkout is down', service: 'Shop', urgency: 'high' },
      mode: 'approval',
      context: 'prod',
    },
    { actor: ada, runId },
  );

export const executionStarted = (one: Step, automatic = false) =>
  fresh(
    'ExecutionStarted',
    {
      stepId: one.id,
      argv: one.argv,
      context: 'prod',
      namespace: 'shop',
      transport: 'kubectl',
      automatic,
      before: [{ kind: 'Deployment', metadata: { name: 'checkout', namespace: 'shop' } }],
      ...(one.undo === undefined ? {} : { undo: one.undo }),
    },
    { actor: automatic ? agent : ada },
  );

export const executionFinished = (stepId: string, exitCode = 0, error?: string) =>
  fresh('ExecutionFinished', {
    stepId,
    exitCode,
    durationMs: 120,
    output: 'rolled back',
    ...(error === undefined ? {} : { error }),
  });

/** A command that a person cancelled while it ran. */
export const brokenOff = (stepId: string) =>
  fresh('ExecutionFinished', {
    stepId,
    exitCode: -1,
    durationMs: 120,
    output: '',
    error: 'Cancelled while the command was running',
    cancelled: true,
  });

export const verificationFinished = (stepId: string, verified: boolean, message = 'watched') =>
  fresh('VerificationFinished', { stepId, verified, message });

/** A run from the alert to a verified step that a person approved. */
export function resolvedRun(one = step('s1')): NewRecord[] {
  return [
    started(),
    fresh('TargetResolved', { target: { ...checkout, context: 'prod' }, reason: 'label deployment' }),
    fresh('Planned', { steps: [one] }),
    fresh('ApprovalRequested', { stepId: one.id }),
    fresh('Approved', { stepId: one.id, argvHash: one.argvHash }, { actor: ada }),
    executionStarted(one),
    executionFinished(one.id),
    fresh('VerificationStarted', { stepId: one.id }),
    verificationFinished(one.id, true, '2 of 2 replicas ready; CrashLoopBackOff is gone'),
    fresh('RunEnded', { status: 'resolved', message: 'The finding is gone and stayed gone' }),
  ];
}

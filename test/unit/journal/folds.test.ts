import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JournalRecord, NewRecord } from '../../../src/domain/record.ts';
import { auditEntries, executionHistory } from '../../../src/journal/audit.ts';
import { historyOf } from '../../../src/journal/history.ts';
import { runView, runViews } from '../../../src/journal/runs.ts';
import {
  ada,
  brokenOff,
  checkout,
  dated,
  executionFinished,
  executionStarted,
  fresh,
  resolvedRun,
  started,
  step,
  verificationFinished,
} from './records.ts';

const none: ReadonlySet<string> = new Set();
const alive: ReadonlySet<string> = new Set(['run1']);
/** The run up to and with the first record of a type. */
function upTo(type: JournalRecord['type'], records = dated(...resolvedRun())): JournalRecord[] {
  return records.slice(0, records.findIndex((record) => record.type === type) + 1);
}

describe('a run, read from the journal', () => {
  it('shows where it is after every record', () => {
    const records = dated(...resolvedRun());
    const phases = records.map(
      (_, index) => runView(records.slice(0, index + 1), 'run1', { liveRuns: alive })?.phase,
    );
    assert.deepEqual(phases, [
      'detected',
      'investigating',
      'planned',
      'awaiting approval',
      'planned',
      'executing',
      'verifying',
      'verifying',
      'verifying',
      'resolved',
    ]);
  });

  it('shows what became of a step, and who approved it', () => {
    const view = runView(dated(...resolvedRun()), 'run1');
    assert.equal(view?.title, 'checkout is down');
    assert.equal(view?.mode, 'approval');
    assert.equal(view?.message, 'The finding is gone and stayed gone');
    const [one] = view?.steps ?? [];
    assert.equal(one?.state, 'verified');
    assert.equal(one?.approvedBy, 'ada');
    assert.deepEqual(one?.outcome, {
      state: 'verified',
      message: '2 of 2 replicas ready; CrashLoopBackOff is gone',
      exitCode: 0,
      durationMs: 120,
      output: 'rolled back',
    });
  });

  it('calls a step interrupted that started and never finished, unless its process lives', () => {
    const records = upTo('ExecutionStarted');
    assert.equal(runView(records, 'run1', { liveRuns: alive })?.steps[0]?.state, 'executing');
    const view = runView(records, 'run1', { liveRuns: none });
    assert.equal(view?.phase, 'interrupted');
    assert.equal(view?.steps[0]?.state, 'interrupted');
    assert.match(view?.steps[0]?.outcome?.message ?? '', /outcome is unknown/);
  });

  it('calls a step interrupted whose effect was never seen', () => {
    for (const type of ['ExecutionFinished', 'VerificationStarted'] as const) {
      const view = runView(upTo(type), 'run1', { liveRuns: none });
      assert.equal(view?.phase, 'interrupted');
      assert.equal(view?.steps[0]?.state, 'interrupted');
      assert.equal(view?.steps[0]?.outcome?.exitCode, 0);
    }
  });

  it('calls a run stopped that ended while nothing was being executed', () => {
    for (const type of ['RunStarted', 'Planned', 'ApprovalRequested'] as const) {
      assert.equal(runView(upTo(type), 'run1', { liveRuns: none })?.phase, 'stopped');
    }
  });

  it('does not let a step wait for approval once its run is over', () => {
    const records = dated(
      started(),
      fresh('Planned', { steps: [step('s1')] }),
      fresh('ApprovalRequested', { stepId: 's1' }),
      fresh('RunEnded', { status: 'stopped', message: 'Stopped by the user' }),
    );
    const [waited] = runView(records, 'run1')?.steps ?? [];
    assert.equal(waited?.state, 'skipped');
    assert.match(waited?.outcome?.message ?? '', /not run/i);
  });

  it('shows a step with the command that took the place of the first one', () => {
    const edited = step('s1', { argvHash: 'another', command: 'kubectl rollout undo deployment/checkout' });
    const records = dated(
      started(),
      fresh('Planned', { steps: [step('s1'), step('s2')] }),
      fresh('DryRunFinished', { stepId: 's1', exitCode: 0, output: 'would roll back' }),
      fresh('Approved', { stepId: 's1', argvHash: 'hash-of-the-argv' }, { actor: ada }),
      fresh('StepReplaced', { step: edited, why: 'edited' }, { actor: ada }),
    );
    const view = runView(records, 'run1', { liveRuns: alive });
    assert.deepEqual(
      view?.steps.map(({ id, command }) => ({ id, command })),
      [
        { id: 's1', command: edited.command },
        { id: 's2', command: step('s2').command },
      ],
    );
    // Neither the approval nor the dry run of another command counts for this one.
    assert.equal(view?.steps[0]?.approvedBy, undefined);
    assert.equal(view?.steps[0]?.dryRun, undefined);
  });

  it('shows a step as undone once its way back was taken', () => {
    const undo = step('s1-undo', { undoes: 's1', verification: { type: 'none' } });
    const records = dated(
      ...resolvedRun().slice(0, -2),
      verificationFinished('s1', false, 'CrashLoopBackOff is still there'),
      fresh('RunEnded', { status: 'unresolved', message: 'no' }),
      fresh('UndoPlanned', { step: undo }),
      executionStarted(undo),
      executionFinished('s1-undo'),
      fresh('RunEnded', { status: 'undone', message: 'Step s1 was undone' }),
    );
    const before = runView(records.slice(0, -3), 'run1', { liveRuns: alive });
    assert.equal(before?.phase, 'planned');
    assert.equal(before?.endedAt, undefined);
    const view = runView(records, 'run1', { liveRuns: none });
    assert.equal(view?.phase, 'undone');
    assert.deepEqual(
      view?.steps.map(({ id, state }) => ({ id, state })),
      [
        { id: 's1', state: 'undone' },
        { id: 's1-undo', state: 'done' },
      ],
    );
  });

  it('shows refused, skipped, previewed and failed steps as what they are', () => {
    const previewed = step('s3', { decision: { outcome: 'preview', reason: 'The mode is plan' } });
    const records = dated(
      started(),
      fresh('Planned', { steps: [step('s1'), step('s2'), previewed, step('s4')] }),
      fresh('StepSkipped', { stepId: 's1', reason: 'Not needed' }),
      fresh('StepRefused', { stepId: 's2', reason: 'Destructive operations are off' }),
      executionStarted(step('s4')),
      executionFinished('s4', 1, 'deployments.apps "checkout" not found. Investigate again.'),
    );
    const steps = runView(records, 'run1', { liveRuns: alive })?.steps ?? [];
    assert.deepEqual(
      steps.map(({ state, outcome }) => ({ state, message: outcome?.message })),
      [
        { state: 'skipped', message: 'Not needed' },
        { state: 'refused', message: 'Destructive operations are off' },
        { state: 'previewed', message: 'The mode is plan' },
        { state: 'failed', message: 'deployments.apps "checkout" not found. Investigate again.' },
      ],
    );
  });

  it('lists runs newest first and knows no run that is not there', () => {
    const records = dated(started('a'), started('b'), started('c'));
    assert.deepEqual(
      runViews(records).map((view) => view.runId),
      ['c', 'b', 'a'],
    );
    assert.equal(runView(records, 'd'), undefined);
  });
});

describe('a step that was interrupted', () => {
  const look = fresh(
    'InterruptionChecked',
    { stepId: 's1', result: 'took-effect', message: '2 of 2 replicas ready' },
    { actor: ada },
  );

  it('stays interrupted after a look at the cluster, and says what it told, when and by whom', () => {
    const records = [...upTo('ExecutionStarted'), ...dated(look)];
    const view = runView(records, 'run1', { liveRuns: none });
    assert.equal(view?.phase, 'interrupted');
    const [shown] = view.steps;
    assert.equal(shown?.state, 'interrupted');
    assert.equal(
      shown.outcome?.message,
      'Interrupted, then checked by ada: it took effect. 2 of 2 replicas ready',
    );
    const { time } = dated(look)[0] as JournalRecord;
    const told = { result: 'took-effect', message: '2 of 2 replicas ready', time, by: 'ada' };
    assert.deepEqual(shown.interruption, told);
    const [entry] = auditEntries(records, { liveRuns: none });
    assert.equal(entry?.outcome, 'interrupted');
    assert.deepEqual(entry.interruption, told);
  });

  it('tells of the last look, and nothing where nobody has looked', () => {
    const again = fresh('InterruptionChecked', { stepId: 's1', result: 'unknown', message: 'No way there' });
    const view = runView([...upTo('ExecutionStarted'), ...dated(look, again)], 'run1', { liveRuns: none });
    assert.equal(view?.steps[0]?.interruption?.result, 'unknown');
    const before = runView(upTo('ExecutionStarted'), 'run1', { liveRuns: none });
    assert.equal(before?.steps[0]?.interruption, undefined);
    assert.match(before?.steps[0]?.outcome?.message ?? '', /outcome is unknown/);
  });
});

describe('the audit log', () => {
  it('says of a command what ran, where, why, who triggered and approved it, and how it went', () => {
    const [entry, ...others] = auditEntries(dated(...resolvedRun()));
    assert.deepEqual(others, []);
    assert.deepEqual(entry, {
      time: '2026-11-22T12:00:05.000Z',
      runId: 'run1',
      incidentId: 'inc1',
      incidentTitle: 'checkout is down',
      stepId: 's1',
      action: 'rollback_deployment',
      command: step('s1').command,
      argv: step('s1').argv,
      context: 'prod',
      namespace: 'shop',
      risk: step('s1').risk,
      confidence: 0.85,
      decision: { outcome: 'ask', reason: 'The mode is approval' },
      triggeredBy: ada,
      approvedBy: ada,
      transport: 'kubectl',
      outcome: 'verified',
      message: '2 of 2 replicas ready; CrashLoopBackOff is gone',
      exitCode: 0,
      durationMs: 120,
      output: 'rolled back',
      verification: { verified: true, message: '2 of 2 replicas ready; CrashLoopBackOff is gone' },
      undo: { command: 'kubectl x', undone: false },
    });
  });

  it('names nobody as the approver of what ran by itself', () => {
    const one = step('s1');
    const [entry] = auditEntries(
      dated(
        started(),
        fresh('Planned', { steps: [one] }),
        executionStarted(one, true),
        executionFinished('s1'),
      ),
    );
    assert.equal(entry?.approvedBy, undefined);
    assert.deepEqual(entry?.decision, one.decision);
  });

  it('has an entry for each time a step ran', () => {
    const one = step('s1');
    const records = dated(
      started(),
      fresh('Planned', { steps: [one] }),
      executionStarted(one),
      executionFinished('s1', 1),
      fresh('StepReplaced', { step: step('s1', { argvHash: 'another' }), why: 'edited' }),
      executionStarted(one),
      executionFinished('s1', 0),
      executionStarted(one),
    );
    assert.deepEqual(
      auditEntries(records).map((entry) => entry.exitCode),
      [undefined, 0, 1],
    );
    assert.deepEqual(
      executionHistory(records).map((entry) => entry.exitCode),
      [0, 1],
    );
  });

  it('keeps a command whose plan was lost, and assumes nothing good of it', () => {
    const records = dated(started(), executionStarted(step('s1')), executionFinished('s1'));
    const [entry] = auditEntries(records);
    assert.equal(entry?.risk.riskLevel, 'high');
    assert.equal(entry?.confidence, 0);
    assert.equal(entry?.exitCode, 0);
    assert.deepEqual(entry?.argv, step('s1').argv);
  });

  it('shows a step that nobody has run yet with its decision', () => {
    const [entry] = auditEntries(dated(started(), fresh('Planned', { steps: [step('s1')] })));
    assert.equal(entry?.outcome, 'pending');
    assert.equal(entry?.transport, undefined);
    assert.equal(entry?.approvedBy, undefined);
  });
});

describe('what the circuit breaker counts', () => {
  const outcomes = (...records: NewRecord[]) =>
    historyOf(dated(started(), fresh('Planned', { steps: [step('s1')] }), ...records)).breakerEvents.map(
      (one) => one.outcome,
    );

  it('counts a verified step as a success, once', () => {
    assert.deepEqual(outcomes(...resolvedRun()), ['success']);
  });

  it('counts an error and a failed verification as failures', () => {
    assert.deepEqual(outcomes(executionFinished('s1', 1)), ['failure']);
    assert.deepEqual(outcomes(executionFinished('s1', -1, 'kubectl did not end within 60 s')), ['failure']);
    assert.deepEqual(outcomes(executionFinished('s1'), verificationFinished('s1', false)), ['failure']);
  });

  it('counts neither what a person broke off nor a dry run nor a reading command', () => {
    const reading = step('r', {
      verification: { type: 'none' },
      risk: { ...step('r').risk, mutates: false, riskLevel: 'low' },
    });
    assert.deepEqual(
      outcomes(
        brokenOff('s1'),
        fresh('DryRunFinished', { stepId: 's1', exitCode: 1, output: 'no' }),
        fresh('Planned', { steps: [reading] }),
        executionFinished('r', 0),
      ),
      [],
    );
  });

  it('counts a change that leaves nothing to verify by its exit code', () => {
    const change = step('c', { verification: { type: 'none' } });
    assert.deepEqual(outcomes(fresh('Planned', { steps: [change] }), executionFinished('c', 0)), ['success']);
  });

  it('knows a reset', () => {
    const was = { state: 'open', consecutiveFailures: 5 } as const;
    assert.deepEqual(outcomes(fresh('BreakerReset', { was }, { runId: null, incidentId: null })), ['reset']);
  });
});

describe('what ran by itself', () => {
  it('is listed with the object it changed', () => {
    const records = dated(
      started(),
      fresh('Planned', { steps: [step('s1'), step('s2')] }),
      executionStarted(step('s1'), true),
      executionStarted(step('s2'), false),
      executionStarted(step('lost'), true),
    );
    assert.deepEqual(historyOf(records).automaticActions, [
      { time: '2026-11-22T12:00:02.000Z', incidentId: 'inc1', target: checkout },
      { time: '2026-11-22T12:00:04.000Z', incidentId: 'inc1', target: checkout },
    ]);
  });

  it('leaves out what only reads: it takes nothing from the limit, and keeps no fix waiting', () => {
    const reading = step('s1', { risk: { ...step('s1').risk, mutates: false } });
    const records = dated(
      started(),
      fresh('Planned', { steps: [reading, step('s2')] }),
      executionStarted(reading, true),
      executionStarted(step('s2'), true),
    );
    assert.deepEqual(
      historyOf(records).automaticActions.map(({ time }) => time),
      ['2026-11-22T12:00:03.000Z'],
    );
  });

  it('is stopped until somebody resumes it', () => {
    const [stop, resume] = [fresh('AutomationStopped', {}), fresh('AutomationResumed', {})];
    assert.equal(historyOf([]).automationStopped, false);
    assert.equal(historyOf(dated(stop)).automationStopped, true);
    assert.equal(historyOf(dated(stop, resume, started())).automationStopped, false);
    assert.equal(historyOf(dated(stop, resume, stop)).automationStopped, true);
  });
});

describe('how an action turned out before', () => {
  it('is counted by action and finding', () => {
    const failing = [executionStarted(step('s1')), executionFinished('s1', 1)];
    const records = dated(...resolvedRun(), ...resolvedRun(), ...failing);
    assert.deepEqual(historyOf(records).trackRecord('rollback_deployment', 'CrashLoopBackOff'), {
      successes: 2,
      failures: 1,
    });
    assert.deepEqual(historyOf(records).trackRecord('rollback_deployment', 'ImagePullBackOff'), {
      successes: 0,
      failures: 0,
    });
    assert.deepEqual(historyOf(records).trackRecord('rollback_deployment', undefined), {
      successes: 0,
      failures: 0,
    });
    assert.deepEqual(historyOf(records).trackRecord('restart_deployment', 'CrashLoopBackOff'), {
      successes: 0,
      failures: 0,
    });
  });

  it('leaves out what was broken off, interrupted or an undo', () => {
    const one = step('s1');
    const undo = step('u', { undoes: 's1' });
    const records = dated(
      started(),
      fresh('Planned', { steps: [one] }),
      executionStarted(one),
      brokenOff('s1'),
      fresh('UndoPlanned', { step: undo }),
      executionStarted(undo),
      executionFinished('u'),
      verificationFinished('u', true),
      executionStarted(one),
    );
    assert.deepEqual(historyOf(records).trackRecord('rollback_deployment', 'CrashLoopBackOff'), {
      successes: 0,
      failures: 0,
    });
  });
});

describe('any part of any journal', () => {
  const stepIds = fc.constantFrom('s1', 's2', 'u');
  const steps = fc
    .record({ id: stepIds, mutates: fc.boolean(), none: fc.boolean(), undoes: fc.boolean() })
    .map((one) =>
      step(one.id, {
        risk: { ...step(one.id).risk, mutates: one.mutates },
        ...(one.none ? { verification: { type: 'none' } as const } : {}),
        ...(one.undoes ? { undoes: 's1' } : {}),
      }),
    );
  const record = fc
    .tuple(
      fc.oneof(
        fc.constant(started()),
        fc.array(steps, { maxLength: 3 }).map((planned) => fresh('Planned', { steps: planned })),
        steps.map((one) => fresh('StepReplaced', { step: one, why: 'decided anew' })),
        steps.map((one) => fresh('UndoPlanned', { step: one })),
        stepIds.map((stepId) => fresh('ApprovalRequested', { stepId })),
        stepIds.map((stepId) => fresh('Approved', { stepId, argvHash: 'h' }, { actor: ada })),
        stepIds.map((stepId) => fresh('StepSkipped', { stepId, reason: 'no' })),
        stepIds.map((stepId) => fresh('DryRunFinished', { stepId, exitCode: 0, output: '' })),
        fc.tuple(steps, fc.boolean()).map(([one, automatic]) => executionStarted(one, automatic)),
        fc.tuple(stepIds, fc.constantFrom(0, 1, -1)).map(([stepId, code]) => executionFinished(stepId, code)),
        stepIds.map((stepId) => fresh('VerificationStarted', { stepId })),
        fc.tuple(stepIds, fc.boolean()).map(([stepId, verified]) => verificationFinished(stepId, verified)),
        fc.constant(fresh('RunEnded', { status: 'unresolved', message: 'no' })),
        fc.constant(fresh('AutomationStopped', {}, { runId: null, incidentId: null })),
        fc.constant({ ...started(), type: 'SomethingNewer' } as unknown as NewRecord),
      ),
      fc.constantFrom('run1', 'run2'),
    )
    .map(([one, runId]) => (one.runId === null ? one : ({ ...one, runId } as NewRecord)));
  const journals = fc.array(record, { maxLength: 40 });

  it('can be read, and no executed command is missing from the audit log', () => {
    fc.assert(
      fc.property(
        journals,
        fc.nat({ max: 40 }),
        fc.constantFrom(undefined, none, alive),
        (all, length, liveRuns) => {
          const records = dated(...all).slice(0, length);
          const options = liveRuns === undefined ? {} : { liveRuns };
          runViews(records, options);
          const history = historyOf(records);
          history.trackRecord('rollback_deployment', 'CrashLoopBackOff');
          const automatic = records.filter((one) => one.type === 'ExecutionStarted' && one.data.automatic);
          // All but those that only read.
          assert(history.automaticActions.length <= automatic.length);
          const entries = auditEntries(records, options);
          const executed = records.filter((one) => one.type === 'ExecutionStarted');
          assert.equal(entries.filter((entry) => entry.transport !== undefined).length, executed.length);
          for (const one of executed) {
            assert(entries.some((entry) => entry.time === one.time && entry.stepId === one.data.stepId));
          }
          // Newest first.
          const times = entries.map((entry) => entry.time);
          assert.deepEqual(times, times.toSorted().reverse());
        },
      ),
      { numRuns: 300 },
    );
  });
});

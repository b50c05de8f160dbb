/** Breaker, cool-down, limits and stop, as a decision meets them: read from a journal, judged at moments that the test chooses. */
import assert from 'node:assert/strict';
import { assessCommand } from '../../../src/kubectl/assess.ts';
import { defaultBreakerSettings, defaultThresholds, type Decision } from '../../../src/domain/decision.ts';
import type { JournalRecord, RecordData, RecordType } from '../../../src/domain/record.ts';
import { historyOf } from '../../../src/journal/history.ts';
import { decide } from '../../../src/policy/decide.ts';
import type { RunPolicy } from '../../../src/remediation/run-policy.ts';
import { situationOf, type StepCircumstances } from '../../../src/remediation/situation.ts';

const start = Date.parse('2026-11-22T12:00:00Z');
const policy: RunPolicy = {
  mode: 'yolo',
  destructiveOperations: true,
  autoApproveLowRisk: true,
  allowedNamespaces: [],
  thresholds: defaultThresholds,
  maxActionsPerIncident: 3,
  cooldownSeconds: 600,
  breaker: defaultBreakerSettings,
  verification: { timeoutSeconds: 120, settleSeconds: 10 },
  automaticUndo: true,
  riskRules: [],
  coordination: true,
  transport: { choice: 'kubectl', mcp: {} },
  commandTimeoutSeconds: 60,
};
const cart = { kind: 'Deployment', namespace: 'shop', name: 'cart' };
const command = assessCommand('kubectl -n shop rollout restart deployment/cart');

/** A journal that is written on fake time. */
class Past {
  readonly records: JournalRecord[] = [];
  private runs = 0;

  add<T extends RecordType>(
    seconds: number,
    type: T,
    data: RecordData[T],
    runId: string | null = null,
  ): void {
    this.records.push({
      ...{ seq: this.records.length + 1, time: new Date(start + seconds * 1000).toISOString(), runId },
      ...{ incidentId: runId === null ? null : 'P1', actor: { type: 'system', name: 'oncall-agent' } },
      ...{ type, data, prev: '', hash: '' },
    } as unknown as JournalRecord);
  }

  /** An automatic step that begins, and ends where it is said how. */
  step(seconds: number, name: string, verified?: boolean): void {
    const runId = `r${++this.runs}`;
    const object = { kind: 'Deployment', metadata: { name, namespace: 'shop' } };
    this.add(
      seconds,
      'ExecutionStarted',
      {
        ...{ stepId: 's1', argv: ['kubectl'], context: 'prod', transport: 'kubectl', automatic: true },
        before: [object],
      } as RecordData['ExecutionStarted'],
      runId,
    );
    if (verified === undefined) return;
    this.add(
      seconds + 1,
      'ExecutionFinished',
      { stepId: 's1', exitCode: 0, durationMs: 1, output: '' },
      runId,
    );
    this.add(seconds + 2, 'VerificationFinished', { stepId: 's1', verified, message: '' }, runId);
  }

  at(seconds: number, more: Partial<StepCircumstances> = {}, settings: Partial<RunPolicy> = {}): Decision {
    const circumstances: StepCircumstances = {
      ...{ incidentId: 'P2', target: cart, confidence: 0.95, doubt: undefined, automaticInFlight: false },
      ...{ grounds: 'observed', objection: undefined, runId: 'now', context: 'prod' },
      ...more,
    };
    const now = new Date(start + seconds * 1000);
    return decide(
      command,
      situationOf({ ...policy, ...settings }, historyOf(this.records), circumstances, now),
    );
  }
}

describe('A step that could run by itself', () => {
  let past: Past;
  beforeEach(() => {
    past = new Past();
  });

  it('runs where nothing stands in its way', () => {
    assert.equal(past.at(0).outcome, 'execute');
  });

  it('asks until the cool-down of its object is over, to the second, and runs on other objects', () => {
    past.step(0, 'cart', true);
    assert.match(past.at(599).reason, /cooldownSeconds/);
    assert.equal(past.at(599).outcome, 'ask');
    assert.equal(past.at(600).outcome, 'execute');
    assert.equal(past.at(1, { target: { ...cart, name: 'web' } }).outcome, 'execute');
  });

  it('asks once the incident has had its share of actions, however long ago', () => {
    for (const seconds of [0, 1000, 2000]) past.step(seconds, `app-${seconds}`, true);
    assert.match(past.at(1e6, { incidentId: 'P1' }).reason, /maxActionsPerIncident \(3\)/);
    assert.equal(past.at(1e6, { incidentId: 'P2' }).outcome, 'execute');
    assert.equal(past.at(1e6, { incidentId: 'P1', isUndo: true }).outcome, 'execute');
  });

  it('asks after five failures in a row, tries one at a time after five minutes, and runs after two successes', () => {
    for (let step = 0; step < 5; step++) past.step(step * 10, `app-${step}`, false);
    // The last failure was seen at 42 s.
    assert.match(past.at(341).reason, /circuit breaker is open/);
    assert.equal(past.at(342).outcome, 'execute');
    assert.equal(past.at(342, { automaticInFlight: true }).outcome, 'ask');
    past.step(350, 'probe', true);
    past.step(360, 'probe-again', true);
    assert.equal(past.at(362, { automaticInFlight: true }).outcome, 'execute');
  });

  it('waits for the one that another window tries while the breaker is half open, but not for one that died', () => {
    for (let step = 0; step < 5; step++) past.step(step * 10, `app-${step}`, false);
    past.step(400, 'elsewhere');
    assert.equal(past.at(410).outcome, 'ask');
    assert.equal(past.at(400 + 250).outcome, 'execute');
  });

  it('asks from the moment a person stops automation, and runs again once they resume it', () => {
    past.add(10, 'AutomationStopped', {});
    assert.match(past.at(10).reason, /stopped by a person/);
    past.add(20, 'AutomationResumed', {});
    assert.equal(past.at(20).outcome, 'execute');
  });

  it('closes the breaker for a person who resets it', () => {
    for (let step = 0; step < 5; step++) past.step(step * 10, `app-${step}`, false);
    past.add(60, 'BreakerReset', { was: { state: 'open', consecutiveFailures: 5 } });
    assert.equal(past.at(60).outcome, 'execute');
  });

  it('asks where things are not as the plan found them, or nobody can tell who else is at it', () => {
    assert.deepEqual(past.at(0, { stale: 'It was changed.' }), { outcome: 'ask', reason: 'It was changed.' });
    const wouldBeRefused = 'The API server would refuse it.';
    assert.deepEqual(past.at(0, { wouldBeRefused }), { outcome: 'ask', reason: wouldBeRefused });
    assert.deepEqual(past.at(0, { lockTrouble: 'No right.' }), { outcome: 'ask', reason: 'No right.' });
    assert.equal(past.at(0, { steppedIn: true }).outcome, 'ask');
  });
});

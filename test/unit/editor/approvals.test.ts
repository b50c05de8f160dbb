/** Approving several steps at once: each of them is still asked about, and answered only as it was seen. */
import assert from 'node:assert/strict';
import { isOncallError } from '../../../src/domain/error.ts';
import type { JournalRecord } from '../../../src/domain/record.ts';
import type { ApprovalAnswer, StepView } from '../../../src/domain/run.ts';
import { Approvals } from '../../../src/editor/approvals.ts';
import { step } from './sample.ts';

const runId = 'run-1';
const named = (id: string, change: Partial<StepView> = {}): StepView => ({
  ...step,
  id,
  argvHash: `hash-${id}`,
  state: 'pending',
  ...change,
});
const seen = (...ids: string[]) => ids.map((stepId) => ({ stepId, argvHash: `hash-${stepId}` }));
const approved = (id: string): ApprovalAnswer => ({ type: 'approve', argvHash: `hash-${id}` });
const mismatch = (error: unknown) => isOncallError(error) && error.code === 'approval-mismatch';
const { signal } = new AbortController();

/** Approvals over a plan that a test may change, and a way to ask about its steps. */
function approvalsFor(...steps: StepView[]) {
  const plan = { steps, doubt: false };
  const approvals = new Approvals({
    stepOf: ({ step: asked }) => ({ ...asked, state: 'awaiting-approval' }),
    stepsOf: () => plan.steps,
    inDoubt: () => plan.doubt,
    askName: () => Promise.resolve(undefined),
  });
  const ask = (id: string) => {
    const asked = plan.steps.find((one) => one.id === id) ?? assert.fail();
    return approvals.ask({ runId, incidentId: 'Q1', step: asked }, signal);
  };
  /** Asks about a step and tells whether somebody has to answer. */
  const waits = (id: string) => {
    void ask(id);
    return approvals.of(runId)?.step.id === id;
  };
  return { plan, approvals, ask, waits };
}

describe('Steps approved together', () => {
  it('are answered one after another, as each is asked about', async () => {
    const { approvals, ask } = approvalsFor(named('s1'), named('s2'), named('s3'));
    const first = ask('s1');
    await approvals.answerTogether(runId, seen('s1', 's2', 's3'));
    assert.deepEqual(await first, approved('s1'));
    assert.deepEqual(approvals.aheadOf(runId), seen('s2', 's3'));
    assert.deepEqual(await ask('s2'), approved('s2'));
    assert.deepEqual(await ask('s3'), approved('s3'));
    assert.deepEqual(approvals.aheadOf(runId), []);
  });

  it('are exactly those that may be: another hash, another choice or another run is refused', async () => {
    const { approvals, ask } = approvalsFor(named('s1'), named('s2'), named('s3'));
    const answer = ask('s1');
    const wrong = [
      seen('s1', 's2'),
      seen('s2', 's1', 's3'),
      [...seen('s1', 's2'), { stepId: 's3', argvHash: 'other' }],
      [],
    ];
    for (const steps of wrong) await assert.rejects(approvals.answerTogether(runId, steps), mismatch);
    await assert.rejects(approvals.answerTogether('run-2', seen('s1', 's2', 's3')), mismatch);
    assert.deepEqual(approvals.aheadOf(runId), []);
    await approvals.answer(runId, 's1', { type: 'skip' });
    assert.deepEqual(await answer, { type: 'skip' });
  });

  it('never hold a forbidden one or one of high risk', async () => {
    const high = named('s2', { risk: { ...step.risk, riskLevel: 'high' } });
    const { approvals, waits } = approvalsFor(named('s1'), high);
    assert.ok(waits('s1'));
    await assert.rejects(approvals.answerTogether(runId, seen('s1', 's2')), mismatch);
    assert.ok(approvals.of(runId), 'it still waits');
  });

  it('are asked about once one of them was decided anew, although its command is the same', async () => {
    const { approvals, waits } = approvalsFor(named('s1'), named('s2'));
    assert.ok(waits('s1'));
    await approvals.answerTogether(runId, seen('s1', 's2'));
    const anew = (id: string) =>
      ({ type: 'StepReplaced', data: { step: named(id), why: 'decided anew' } }) as never;
    approvals.heard(runId, anew('s1'));
    assert.deepEqual(approvals.aheadOf(runId), seen('s2'));
    approvals.heard(runId, anew('s2'));
    assert.ok(waits('s2'));
  });

  it('are asked about again from the first one on that changed since it was seen', async () => {
    const changes: ((one: StepView) => StepView)[] = [
      (one) => ({ ...one, argvHash: 'edited' }),
      (one) => ({ ...one, risk: { ...one.risk, riskLevel: 'high' } }),
      (one) => ({ ...one, decision: { outcome: 'ask', reason: 'a rule forbids it', typeToConfirm: 'shop' } }),
    ];
    for (const change of changes) {
      const { plan, approvals, ask, waits } = approvalsFor(named('s1'), named('s2'), named('s3'));
      void ask('s1');
      await approvals.answerTogether(runId, seen('s1', 's2', 's3'));
      plan.steps = plan.steps.map((one) => (one.id === 's2' ? change(one) : one));
      assert.ok(waits('s2'));
      assert.deepEqual(approvals.aheadOf(runId), []);
    }
  });

  it('are asked about again where the run asks twice about one', async () => {
    const { approvals, ask, waits } = approvalsFor(named('s1'), named('s2'));
    void ask('s1');
    await approvals.answerTogether(runId, seen('s1', 's2'));
    assert.ok(waits('s1'), 'the lock was held, say');
    await approvals.answer(runId, 's1', approved('s1'));
    assert.ok(waits('s2'));
  });

  it('end with the first that fails, is refused or is left out', async () => {
    const ends = [
      { type: 'ExecutionFinished', data: { stepId: 's1', exitCode: 1 } },
      { type: 'VerificationFinished', data: { stepId: 's1', verified: false } },
      { type: 'StepRefused', data: { stepId: 's1' } },
      { type: 'StepSkipped', data: { stepId: 's1' } },
    ] as JournalRecord[];
    for (const record of ends) {
      const { approvals, ask, waits } = approvalsFor(named('s1'), named('s2'));
      void ask('s1');
      await approvals.answerTogether(runId, seen('s1', 's2'));
      approvals.heard(runId, { type: 'VerificationFinished', data: { verified: true } } as JournalRecord);
      assert.deepEqual(approvals.aheadOf(runId), seen('s2'), 'what went well changes nothing');
      approvals.heard(runId, record);
      assert.ok(waits('s2'), record.type);
    }
  });

  it('are forgotten with a stop, and where it is no longer sure that the run is in the right place', async () => {
    const { plan, approvals, ask, waits } = approvalsFor(named('s1'), named('s2'));
    void ask('s1');
    await approvals.answerTogether(runId, seen('s1', 's2'));
    plan.doubt = true;
    assert.ok(waits('s2'));
    approvals.stop(runId);
    assert.equal(approvals.of(runId), undefined);
  });
});

describe('The name of what a forbidden command is about', () => {
  const forbidden = named('s1', {
    decision: { outcome: 'ask', reason: 'forbidden', typeToConfirm: 'ledger' },
  });

  it('is compared here to the letter, whatever a page says of it', async () => {
    const { approvals, ask } = approvalsFor(forbidden);
    const answer = ask('s1');
    for (const typedName of ['', 'Ledger', 'ledger ', 'ledgers']) {
      await assert.rejects(
        approvals.answer(runId, 's1', { ...approved('s1'), typedName } as ApprovalAnswer),
        mismatch,
      );
    }
    await approvals.answer(runId, 's1', { ...approved('s1'), typedName: 'ledger' } as ApprovalAnswer);
    assert.deepEqual(await answer, { ...approved('s1'), typedName: 'ledger' });
  });
});

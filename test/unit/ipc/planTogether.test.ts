import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { StepView } from '../../../src/domain/run.ts';
import { aloneBecause, togetherOf } from '../../../src/ipc/planTogether.ts';
import { step } from '../editor/sample.ts';

const asked = { ...step, id: 's1', argvHash: 'h1' };
const pending = (id: string, change: Partial<StepView> = {}): StepView => ({
  ...step,
  id,
  argvHash: `h-${id}`,
  state: 'pending',
  ...change,
});
const high: Partial<StepView> = { risk: { ...step.risk, riskLevel: 'high' } };
const forbidden: Partial<StepView> = {
  risk: { ...step.risk, forbidden: true },
  decision: { outcome: 'ask', reason: 'never automatic', typeToConfirm: 'shop' },
};
const ids = (steps: readonly StepView[], of = 's1', doubt = false) =>
  togetherOf(steps, of, doubt).map(({ stepId }) => stepId);

describe('Approving steps together', () => {
  it('takes the step that is asked about and those after it, with the hashes that were seen', () => {
    assert.deepEqual(togetherOf([asked, pending('s2')], 's1', false), [
      { stepId: 's1', argvHash: 'h1' },
      { stepId: 's2', argvHash: 'h-s2' },
    ]);
  });

  it('is offered for two steps at least, and only while one is asked about', () => {
    assert.deepEqual(ids([asked]), []);
    assert.deepEqual(togetherOf([pending('s1'), pending('s2')], undefined, false), []);
  });

  it('ends before the first step that takes an approval of its own', () => {
    for (const alone of [high, forbidden]) {
      assert.deepEqual(ids([asked, pending('s2'), pending('s3', alone), pending('s4')]), ['s1', 's2']);
    }
    assert.deepEqual(ids([{ ...asked, ...high }, pending('s2'), pending('s3')]), []);
  });

  it('leaves out what the API server would refuse, and what takes typing a name', () => {
    const preview = {
      argvHash: 'h-s2',
      rehearsal: { state: 'refused', message: 'quota', next: 'Raise it.' },
      changes: [],
      reach: {
        pods: { replaced: 0, removed: 0, added: 0 },
        rollouts: [],
        services: [],
        budgets: [],
        autoscalers: [],
      },
      basis: [],
      gaps: [],
    } as const;
    assert.match(aloneBecause(pending('s2', { preview })) ?? '', /API server would refuse/);
    const typed = pending('s2', { decision: { outcome: 'ask', reason: 'Git', typeToConfirm: 'checkout' } });
    assert.match(aloneBecause(typed) ?? '', /typing a name/);
  });

  it('passes over what runs by itself and what is over, and is not offered where the place is in doubt', () => {
    const byItself = pending('s2', { decision: { outcome: 'execute', reason: 'reads' } });
    const skipped = pending('s3', { state: 'skipped' });
    assert.deepEqual(ids([asked, byItself, skipped, pending('s4')]), ['s1', 's4']);
    assert.deepEqual(ids([asked, pending('s2')], 's1', true), []);
  });

  it('never holds a step of high risk, a forbidden or a rejected one, whatever the plan', () => {
    const risks = fc.record({
      riskLevel: fc.constantFrom('low' as const, 'medium' as const, 'high' as const),
      forbidden: fc.boolean(),
      rejected: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(risks, { maxLength: 8 }), (all) => {
        const steps = all.map((risk, index) =>
          pending(`s${index}`, {
            risk: { ...step.risk, ...risk },
            ...(index === 0 ? { state: 'awaiting-approval' } : {}),
          }),
        );
        for (const { stepId } of togetherOf(steps, 's0', false)) {
          const { risk } = steps.find(({ id }) => id === stepId) ?? assert.fail();
          assert.ok(risk.riskLevel !== 'high' && !risk.forbidden && !risk.rejected);
        }
      }),
    );
  });
});

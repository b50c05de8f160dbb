/** What the status bar says while something executes. */
import assert from 'node:assert/strict';
import { executingFace, executingSteps } from '../../../src/editor/executingFace.ts';
import { step, view } from './sample.ts';

describe('While something executes, the status bar', () => {
  const executing = { ...view, steps: [{ ...step, state: 'executing' as const }] };

  it('is about the steps that are carried out, and no others', () => {
    assert.deepEqual(executingSteps([view]), []);
    const [first] = executingSteps([view, executing]);
    assert.equal(first?.runId, 'run-1');
    assert.equal(first.isVerifying, false);
    const verifying = { ...view, steps: [step, { ...step, state: 'verifying' as const }] };
    assert.equal(executingSteps([verifying])[0]?.isVerifying, true);
  });

  it('says what, where and for how long', () => {
    const [first] = executingSteps([executing]);
    assert.ok(first);
    const { text, tooltip, spoken } = executingFace(first, 0, 12);
    assert.equal(text, '$(sync~spin) Executing rollout undo deployment/checkout -n shop · practice · 12 s');
    assert.match(tooltip, /kubectl rollout undo deployment\/checkout -n shop/);
    assert.match(tooltip, /Checkout pods restart/);
    assert.equal(spoken, executingFace(first, 0, 13).spoken);
  });

  it('says how many more there are', () => {
    const [first] = executingSteps([executing]);
    assert.ok(first);
    assert.match(executingFace(first, 2, 1).text, / and 2 more$/);
  });

  it('makes no icon of a context', () => {
    const [first] = executingSteps([{ ...executing, context: '$(pass) prod' }]);
    assert.ok(first);
    assert.match(executingFace(first, 0, 1).text, /\\\$\(pass\) prod/);
  });
});

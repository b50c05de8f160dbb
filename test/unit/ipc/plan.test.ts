import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fromPlan, keptPlan } from '../../../src/ipc/plan.ts';

const takes = (message: unknown) => fromPlan.safeParse(message).success;

describe('What the plan panel may say', () => {
  const seen = { stepId: 's1', argvHash: 'h' };

  it('is an approval bound to run, step and command, perhaps with a name that was typed', () => {
    const approve = { type: 'approve', runId: 'r', ...seen };
    assert.ok(takes(approve));
    assert.ok(takes({ ...approve, typedName: 'ledger' }));
    assert.ok(!takes({ type: 'approve', runId: 'r', stepId: 's1' }));
    assert.ok(!takes({ ...approve, typedName: 7 }));
    assert.ok(!takes({ ...approve, command: 'kubectl delete ns shop' }));
  });

  it('is an approval of several steps, each bound to its command', () => {
    const together = { type: 'approveTogether', runId: 'r', steps: [seen, { ...seen, stepId: 's2' }] };
    assert.ok(takes(together));
    assert.ok(!takes({ ...together, steps: [seen] }));
    assert.ok(!takes({ ...together, steps: [seen, { stepId: 's2' }] }));
    assert.ok(!takes({ ...together, steps: Array.from({ length: 101 }, () => seen) }));
  });

  it('is nothing else', () => {
    fc.assert(
      fc.property(fc.anything(), (message) => {
        assert.ok(!takes(message));
      }),
    );
    assert.ok(!takes({ type: 'constructor' }));
    assert.ok(!takes({ type: 'execute', command: 'kubectl get pods' }));
  });

  it('keeps over a reload which run it showed, or nothing that is believed', () => {
    assert.deepEqual(keptPlan.safeParse({ runId: 'r', scroll: 3, open: {} }).data, { runId: 'r' });
    for (const wrong of [undefined, null, {}, { runId: 7 }, { runId: '' }]) {
      assert.equal(keptPlan.safeParse(wrong).success, false);
    }
  });
});

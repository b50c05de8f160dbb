/** The API server goes away while a step is verified: nothing is concluded from that, nothing is undone, nothing counts. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { nextSteps } from '../../src/webviews/plan/next.ts';
import type { PlanState } from '../../src/ipc/plan.ts';
import { checkInterrupted } from '../../src/remediation/engine.ts';
import { OutageRun, troubles } from '../support/outage-run.ts';

describe('The API server goes away while a step is verified', () => {
  let run: OutageRun;

  beforeEach(async () => {
    run = await OutageRun.open();
  });
  afterEach(() => run.close());

  /** Comes back after the time limit of the verification would be over. */
  const backLate = async (back: () => void) => {
    await delay(2500);
    back();
  };
  const lessPatience = () => {
    run.policy = { ...run.policy, verification: { ...run.policy.verification, patienceSeconds: 1 } };
  };
  const check = (runId: string, verification = run.policy.verification) =>
    checkInterrupted({
      ...{ journal: run.journal, cluster: run.cluster, runId, stepId: 's1', user: 'ada' },
      ...{ live: new Set<string>(), commandTimeoutSeconds: 10, now: () => new Date() },
      verification,
      signal: new AbortController().signal,
    });

  for (const how of ['refused', 'signed out'] as const)
    it(`and the right fix stays, verified once it answers again (${how})`, async () => {
      run.whenVerifying = () => {
        run.cluster.goAway(troubles[how]);
        void backLate(() => (run.cluster.away = undefined));
      };
      const result = await run.run();
      assert.equal(result.status, 'resolved', JSON.stringify(result.executionResults));
      assert.equal((await run.commands()).length, 1);
      assert(await run.isFixed());
    });

  it('without a word, and the right fix stays, verified once it answers again', async () => {
    run.whenVerifying = () => {
      run.cluster.hangs = true;
      void backLate(() => (run.cluster.hangs = false));
    };
    const result = await run.run();
    assert.equal(result.status, 'resolved', JSON.stringify(result.executionResults));
    assert.equal((await run.commands()).length, 1);
    assert(await run.isFixed());
  });

  it('and a fix that truly does not help is undone once that was seen', async () => {
    run.deed = 'wrong fix';
    run.whenVerifying = () => {
      run.cluster.goAway(troubles.refused);
      void backLate(() => (run.cluster.away = undefined));
    };
    const result = await run.run();
    assert.equal(result.status, 'undone', JSON.stringify(result.executionResults));
    assert.equal((await run.commands()).length, 2);
  });

  for (const [how, error] of Object.entries(troubles))
    it(`for good: nothing is undone, nothing counts, and it is said that it could not be seen (${how})`, async () => {
      lessPatience();
      run.whenVerifying = () => {
        run.cluster.goAway(error);
      };
      const result = await run.run();
      assert.equal(result.status, 'unresolved');
      assert.equal((await run.commands()).length, 1);
      assert(await run.isFixed());
      const { phase, steps } = await run.view();
      assert.equal(phase, 'not seen');
      assert.equal(steps[0]?.state, 'not-seen');
      assert.match(steps[0]?.outcome?.message ?? '', /could(?: not)? be read since \d\d:\d\d UTC/);
      const history = await run.journal.history();
      assert.deepEqual(history.breakerEvents, []);
      assert.deepEqual([...history.judgedSteps()], []);
      assert.equal(result.executionResults.actionsFailed, 0);
    });

  it('for a part of what would tell: pods can be read, what the finding rests on cannot', async () => {
    lessPatience();
    run.deed = 'wrong fix';
    run.whenVerifying = () => {
      const get = run.cluster.get.bind(run.cluster);
      run.cluster.get = (ref) =>
        ref.kind === 'Endpoints' ? Promise.reject(troubles['without a right']) : get(ref);
    };
    const result = await run.run();
    assert.equal(result.executionResults.results[0]?.state, 'not-seen');
    assert.equal((await run.commands()).length, 1);
  });

  it('and what is advised first is a look at the cluster, never that it did not help', async () => {
    lessPatience();
    run.whenVerifying = () => {
      run.cluster.goAway(troubles.refused);
    };
    const { runId } = await run.run();
    const next = nextSteps({ run: await run.view(), live: false, incidentIsOpen: true } as PlanState);
    assert.equal(next[0]?.button?.action.type, 'checkInterrupted');
    assert(!next.some(({ text }) => /did not help/.test(text)), JSON.stringify(next));

    run.cluster.away = undefined;
    const found = await check(runId);
    assert.equal(found.result, 'took-effect', found.message);
    assert.match((await run.view()).steps[0]?.outcome?.message ?? '', /checked by ada: it took effect/);
  });

  it('again while somebody checks: that is not taken for a step that did not help either', async () => {
    lessPatience();
    run.whenVerifying = () => {
      run.cluster.goAway(troubles.refused);
    };
    const { runId } = await run.run();
    const found = await check(runId);
    assert.equal(found.result, 'unknown', found.message);
  });

  it('and who checks right after it is told that it may take a while yet, not that it did not help', async () => {
    lessPatience();
    run.deed = 'wrong fix';
    run.whenVerifying = () => {
      run.cluster.goAway(troubles.refused);
    };
    const { runId } = await run.run();
    run.cluster.away = undefined;
    const found = await check(runId, { timeoutSeconds: 60, settleSeconds: 0.05 });
    assert.equal(found.result, 'unknown', found.message);
    assert.match(found.message, /^So far: .* Check again then$/);
    const next = nextSteps({ run: await run.view(), live: false, incidentIsOpen: true } as PlanState);
    assert.equal(next[0]?.button?.action.type, 'checkInterrupted');
    assert(!next.some(({ text }) => /did not help|Take back/.test(text)), JSON.stringify(next));
    // Once there was time enough, it is said.
    const later = await check(runId, { timeoutSeconds: 0, settleSeconds: 0.05 });
    assert.equal(later.result, 'no-effect', later.message);
  });
});

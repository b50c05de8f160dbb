/** A command ended with an error: what it did is looked at before anything is advised, and only what changed can be taken back. */
import assert from 'node:assert/strict';
import type { PlanState } from '../../src/ipc/plan.ts';
import { executed } from '../../src/editor/reportStep.ts';
import { foldRuns } from '../../src/journal/run-fold.ts';
import { noteText } from '../../src/pagerduty/note.ts';
import { groupOf } from '../../src/journal/audit-statistics.ts';
import { RunStop } from '../../src/domain/run-stop.ts';
import { checkInterrupted } from '../../src/remediation/engine.ts';
import { nextSteps } from '../../src/webviews/plan/next.ts';
import { OutageRun, troubles } from '../support/outage-run.ts';

describe('A command that ended with an error', () => {
  let run: OutageRun;

  beforeEach(async () => {
    run = await OutageRun.open();
    run.exitCode = 1;
  });
  afterEach(() => run.close());

  const broken = 'error: read tcp 10.0.0.1:4711->10.0.0.2:6443: read: connection reset by peer';
  const forbidden =
    'Error from server (Forbidden): services "payments" is forbidden: User "ada" cannot patch resource "services"';
  const advice = async () =>
    nextSteps({ run: await run.view(), live: false, incidentIsOpen: true } as PlanState);
  const events = async () => (await run.journal.history()).breakerEvents.map(({ outcome }) => outcome);

  for (const stderr of [broken, 'error: unexpected EOF', ''])
    it(`and took effect all the same is verified (${stderr || 'killed'})`, async () => {
      run.stderr = stderr;
      const result = await run.run();
      assert.equal(result.status, 'resolved', JSON.stringify(result.executionResults));
      assert.deepEqual(await events(), ['success']);
    });

  it('and took effect, and did not help, is taken back', async () => {
    run.stderr = broken;
    run.deed = 'wrong fix';
    run.laterExitCode = 0;
    assert.equal((await run.run()).status, 'undone');
  });

  it('and did not take effect is said to be so, with nothing to take back', async () => {
    run.stderr = broken;
    run.deed = 'nothing';
    const result = await run.run();
    assert.equal(result.status, 'unresolved');
    const [step] = (await run.view()).steps;
    assert.equal(step?.state, 'failed');
    assert.match(
      step?.outcome?.message ?? '',
      /^It did not take effect: Service shop\/payments is as it was/,
    );
    assert.equal(step?.outcome?.noUndo, 'nothing-changed');
    assert(!(await advice()).some(({ button }) => button?.action.type === 'undo'));
    await assert.rejects(run.undo('s1'), { code: 'undo-refused' });
    const [attempt] = [...foldRuns(await run.records()).values()].flatMap((one) =>
      one.attempts.map((of) => ({ run: one, of })),
    );
    assert(attempt !== undefined);
    assert.match(executed(attempt.run, attempt.of).join('\n'), /Way back: none needed: it changed nothing/);
    assert.doesNotMatch(noteText(await run.view(), 'n1'), /Way back/);
    assert.equal((await run.commands()).length, 1);
  });

  it('and cannot be looked at says first that it may have taken effect, and advises a look before anything else', async () => {
    run.stderr = broken;
    run.policy = { ...run.policy, verification: { ...run.policy.verification, patienceSeconds: 1 } };
    run.whenDone = () => {
      run.cluster.goAway(troubles.refused);
    };
    const result = await run.run();
    assert.equal(result.executionResults.results[0]?.state, 'not-seen');
    assert.match(result.executionResults.results[0]?.message ?? '', /^It may have taken effect: /);
    const [first, ...rest] = await advice();
    assert.equal(first?.button?.action.type, 'checkInterrupted');
    assert(!rest.some(({ text }) => /did not help|Take back/.test(text)), JSON.stringify(rest));
    assert.deepEqual(await events(), []);
    assert.equal((await run.commands()).length, 1);
  });

  it('is looked at once the cluster answers again', async () => {
    run.stderr = broken;
    run.whenDone = () => {
      run.cluster.goAway(troubles.refused);
      setTimeout(() => (run.cluster.away = undefined), 1000);
    };
    const result = await run.run();
    assert.equal(result.status, 'resolved', JSON.stringify(result.executionResults));
  });

  it('because it was forbidden changed nothing, and offers nothing to take back', async () => {
    run.stderr = forbidden;
    run.deed = 'nothing';
    await run.run();
    const [step] = (await run.view()).steps;
    assert.equal(step?.state, 'failed');
    assert.equal(step?.outcome?.noUndo, 'nothing-changed');
    assert(!(await advice()).some(({ text }) => /Take back|did not help/.test(text)));
  });

  for (const by of ['window', 'caller'] as const)
    it(`that nobody saw end (${by}), and that is found not to have changed anything, is not said to need taking back`, async () => {
      const controller = new AbortController();
      run.deed = 'nothing';
      run.exitCode = 0;
      run.whenDone = () => {
        controller.abort(by === 'window' ? new RunStop('window') : undefined);
      };
      const { runId } = await run.run({ signal: controller.signal });
      assert.equal((await run.view()).phase, 'interrupted');
      const found = await checkInterrupted({
        ...{ journal: run.journal, cluster: run.cluster, runId, stepId: 's1', user: 'ada' },
        ...{ live: new Set<string>(), commandTimeoutSeconds: 0 },
        ...{ verification: { timeoutSeconds: 1, settleSeconds: 0 }, now: () => new Date() },
        signal: new AbortController().signal,
      });
      assert.equal(found.result, 'no-effect', found.message);
      const { steps } = await run.view();
      assert.equal(steps[0]?.outcome?.noUndo, 'not-seen');
      assert(!(await advice()).some(({ button }) => button?.action.type === 'undo'));
      await assert.rejects(run.undo('s1'), { code: 'undo-refused' });
    });

  it('or was interrupted, or could not be seen, is drawn neither as a success nor as a failure', () => {
    assert.equal(groupOf('interrupted'), 'undecided');
    assert.equal(groupOf('not-seen'), 'undecided');
  });
});

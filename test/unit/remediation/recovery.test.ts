import assert from 'node:assert/strict';
import { OncallError } from '../../../src/domain/error.ts';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';
import type { Step } from '../../../src/domain/plan.ts';
import type { JournalRecord, NewRecord } from '../../../src/domain/record.ts';
import { runView } from '../../../src/journal/runs.ts';
import { checkInterruption, type InterruptionFinding } from '../../../src/remediation/recovery.ts';
import { wishOf } from '../../../src/remediation/spec-hash.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeCluster } from '../../support/fake-cluster.ts';
import { checkout, dated, executionFinished, fresh, started, step } from '../journal/records.ts';
import { deployment, pod, replicaSet } from './objects.ts';

/** A rollback that no finding justified, so that only its condition is looked at. */
function rollback(changes: Partial<Step> = {}): Step {
  const { finding, ...one } = step('s1', changes);
  assert.ok(finding);
  return one;
}

const begun = (one: Step, before: readonly KubeObject[]): NewRecord[] => [
  started(),
  fresh('TargetResolved', { target: { ...checkout, context: 'prod' }, reason: 'label deployment' }),
  fresh('Planned', { steps: [one] }),
  fresh('ExecutionStarted', {
    stepId: one.id,
    argv: one.argv,
    context: 'prod',
    transport: 'kubectl',
    automatic: true,
    before,
    wishes: before.map(wishOf),
  }),
];

const minute = 60_000;

/** A look at `cluster`, by a clock that passes by itself as far as it has to. */
async function look(
  cluster: FakeCluster,
  records: readonly JournalRecord[],
  sinceStart = 5 * minute,
): Promise<InterruptionFinding> {
  const run = runView(records, 'run1', { liveRuns: new Set() });
  assert.ok(run);
  const startedAt = records.find(({ type }) => type === 'ExecutionStarted')?.time ?? '';
  const clock = new FakeClock();
  const found = checkInterruption({
    ...{ cluster, run, records, stepId: 's1', commandTimeoutSeconds: 60, clock },
    verification: { timeoutSeconds: 120, settleSeconds: 10 },
    now: () => new Date(Date.parse(startedAt) + sinceStart),
    signal: new AbortController().signal,
  });
  await clock.pass(60);
  return found;
}

describe('a step that was interrupted', () => {
  const before = deployment(2, {}, {}, { image: 'shop/checkout:3' });

  it('took effect where its object was changed and its condition holds', async () => {
    const found = await look(new FakeCluster(deployment(2)), dated(...begun(rollback(), [before])));
    assert.equal(found.result, 'took-effect');
    assert.match(found.message, /2 of 2 replicas/);
  });

  it('did not take effect where its object is as it was', async () => {
    const found = await look(new FakeCluster(before), dated(...begun(rollback(), [before])));
    assert.deepEqual(found, {
      result: 'no-effect',
      message: 'Deployment shop/checkout is as it was before',
    });
  });

  it('may still take effect while the command may be at work', async () => {
    const found = await look(new FakeCluster(before), dated(...begun(rollback(), [before])), minute / 2);
    assert.equal(found.result, 'unknown');
    assert.match(found.message, /at work until 2026-11-22T12:01:03\.000Z. Check again then/);
  });

  it('cannot be told where somebody changed the object and the condition does not hold', async () => {
    const half = deployment(2, { readyReplicas: 1 });
    const found = await look(new FakeCluster(half), dated(...begun(rollback(), [before])));
    assert.equal(found.result, 'unknown');
    assert.match(found.message, /was changed, by the command or by somebody else, and: .*1 of 2/);
  });

  it('did not end what it was to end where the command succeeded and its condition does not hold', async () => {
    const half = deployment(2, { readyReplicas: 1 });
    const records = dated(...begun(rollback(), [before]), executionFinished('s1'));
    const found = await look(new FakeCluster(half), records);
    assert.equal(found.result, 'no-effect');
    assert.match(found.message, /The command had succeeded, but: .*1 of 2/);
    const holds = await look(new FakeCluster(deployment(2)), records);
    assert.equal(holds.result, 'took-effect');
  });

  it('took effect where the pod is gone that it deletes, and did not where the same pod is there', async () => {
    const target = { kind: 'Pod', namespace: 'shop', name: 'checkout-abc-a' };
    const restart = rollback({ action: 'restart_pod', verification: { type: 'pod-replaced', target } });
    const records = dated(...begun(restart, [pod('a')]));
    const replaced = new FakeCluster(replicaSet(1), pod('b'));
    assert.equal((await look(replaced, records)).result, 'took-effect');
    assert.equal((await look(new FakeCluster(replicaSet(1), pod('a')), records)).result, 'no-effect');
  });

  it('took effect where what it makes exists', async () => {
    const target = { kind: 'Job', namespace: 'shop', name: 'report-by-hand' };
    const make = rollback({ action: 'run_cron_job', verification: { type: 'job-complete', target } });
    const cron = { kind: 'CronJob', metadata: { name: 'report', namespace: 'shop', uid: 'c1' } };
    const records = dated(...begun(make, [cron]));
    const job = {
      kind: 'Job',
      metadata: { name: 'report-by-hand', namespace: 'shop', uid: 'j1' },
      status: { conditions: [{ type: 'Complete', status: 'True' }] },
    };
    assert.equal((await look(new FakeCluster(cron, job), records)).result, 'took-effect');
    const none = await look(new FakeCluster(cron), records);
    assert.deepEqual(none, { result: 'no-effect', message: 'Job shop/report-by-hand does not exist' });
  });

  it('cannot be told where the command leaves no trace in what its object asks for', async () => {
    const label = rollback({
      action: 'custom_command',
      parameters: { argv: ['kubectl', 'label'], target: checkout },
      risk: { ...step('s1').risk, commandType: 'label' },
    });
    const found = await look(new FakeCluster(before), dated(...begun(label, [before])));
    assert.equal(found.result, 'unknown');
    const unread = await look(new FakeCluster(before), dated(...begun(rollback(), [])));
    assert.notEqual(unread.result, 'no-effect');
  });

  it('cannot be told while the cluster cannot be read', async () => {
    const cluster = new FakeCluster(before);
    cluster.unreachable = new OncallError('cluster-unreachable', 'No way to prod', 'Look at the VPN.');
    const found = await look(cluster, dated(...begun(rollback(), [before])));
    assert.equal(found.result, 'unknown');
    assert.match(found.message, /No way to prod/);
  });

  it('is the only one that is looked for: any other is refused', async () => {
    const records = dated(...begun(rollback(), [before]), executionFinished('s1', 1));
    await assert.rejects(look(new FakeCluster(before), records), { code: 'run-unknown' });
  });
});

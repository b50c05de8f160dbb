import assert from 'node:assert/strict';
import { OncallError } from '../../../src/domain/error.ts';
import type { Verification } from '../../../src/domain/plan.ts';
import { wishOf } from '../../../src/remediation/spec-hash.ts';
import {
  verify,
  type VerificationRequest,
  type VerificationResult,
} from '../../../src/remediation/verify.ts';
import { FakeClock, idle } from '../../support/fake-clock.ts';
import { FakeCluster } from '../../support/fake-cluster.ts';
import { deployment, pod, replicaSet, service, slice } from './objects.ts';

const checkout = { kind: 'Deployment', namespace: 'shop', name: 'checkout' };
const payments = { kind: 'Service', namespace: 'shop', name: 'payments' };
const rollout: Verification = { type: 'rollout', target: checkout };
const crashing = { name: 'CrashLoopBackOff', target: checkout } as const;

/** What the clock on the wall says all the time. */
const observedAt = '2026-11-22T03:12:00.000Z';

/** A verification under way. */
class Trial {
  readonly clock = new FakeClock();
  readonly progress: string[] = [];
  readonly controller = new AbortController();
  present = false;
  looks = 0;
  private ended: VerificationResult | undefined;
  error: unknown;
  readonly cluster: FakeCluster;

  constructor(cluster: FakeCluster) {
    this.cluster = cluster;
  }

  /** Begins to verify and goes on until it waits for something. */
  async begin(verification: Verification, more: Partial<VerificationRequest> = {}): Promise<this> {
    verify({
      cluster: this.cluster,
      verification,
      before: [],
      timeoutSeconds: 120,
      settleSeconds: 10,
      signal: this.controller.signal,
      onProgress: (message) => this.progress.push(message),
      findingPresent: async () => {
        this.looks++;
        return this.present;
      },
      clock: this.clock,
      now: () => new Date(observedAt),
      ...more,
    }).then(
      (result) => (this.ended = result),
      (error: unknown) => (this.error = error),
    );
    await idle();
    return this;
  }

  /** How it ended, or undefined while it goes on. */
  result(): VerificationResult | undefined {
    return this.ended;
  }

  async put(...objects: Parameters<FakeCluster['put']>): Promise<void> {
    this.cluster.put(...objects);
    await idle();
  }
}

describe('verifying a step', () => {
  it('waits until the rollout is complete and the finding is gone, and says how far it is', async () => {
    const trial = new Trial(new FakeCluster(deployment(3, { updatedReplicas: 1 })));
    trial.present = true;
    await trial.begin(rollout, { finding: crashing });
    await trial.put(deployment(3, { readyReplicas: 2 }));
    await trial.put(deployment(3));
    trial.present = false;
    await trial.put(pod('a'), pod('b'), pod('c'));
    await trial.clock.pass(10);
    assert.deepEqual(trial.result(), {
      outcome: 'gone',
      message:
        '3 of 3 replicas updated, ready and available; CrashLoopBackOff is gone and stayed gone for 10 s',
    });
    assert.deepEqual(trial.progress, [
      '1 of 3 replicas updated',
      '2 of 3 replicas ready',
      'CrashLoopBackOff is still there on Deployment shop/checkout',
      '3 of 3 replicas updated, ready and available; watching for 10 s whether it stays so',
    ]);
    assert.equal(trial.cluster.watches, 0, 'every watch is ended');
  });

  it('is not over before the settle window is', async () => {
    const trial = await new Trial(new FakeCluster(deployment(1), pod('a'))).begin(rollout, {
      finding: crashing,
    });
    await trial.clock.pass(9.9);
    assert.equal(trial.result(), undefined);
    await trial.clock.pass(0.1);
    assert.equal(trial.result()?.outcome, 'gone');
  });

  it('reacts to a change at once, without waiting for a timer', async () => {
    const trial = await new Trial(new FakeCluster(deployment(1, { readyReplicas: 0 }))).begin(rollout);
    await trial.put(deployment(1));
    assert.match(trial.progress.at(-1) ?? '', /watching for 10 s/);
    assert.equal(trial.clock.now(), 0);
  });

  it('begins anew after a relapse inside the settle window', async () => {
    const trial = await new Trial(new FakeCluster(deployment(1), pod('a'))).begin(rollout, {
      finding: crashing,
    });
    await trial.clock.pass(9);
    await trial.put(deployment(1, { readyReplicas: 0 }));
    await trial.clock.pass(5);
    await trial.put(deployment(1));
    await trial.clock.pass(9);
    assert.equal(trial.result(), undefined);
    await trial.clock.pass(1);
    assert.equal(trial.result()?.outcome, 'gone');
  });

  it('takes a restart of a container for a relapse, even if the pod is ready again', async () => {
    const trial = await new Trial(new FakeCluster(deployment(1), pod('a'))).begin(rollout);
    await trial.clock.pass(9);
    await trial.put(pod('a', { restarts: 1 }));
    assert(trial.progress.includes('a container of pod checkout-abc-a restarted'));
    await trial.clock.pass(5);
    assert.equal(trial.result(), undefined);
    await trial.clock.pass(5);
    assert.equal(trial.result()?.outcome, 'gone');
  });

  it('takes a finding that came back for a relapse', async () => {
    const trial = await new Trial(new FakeCluster(deployment(1), pod('a'))).begin(rollout, {
      finding: crashing,
    });
    trial.present = true;
    await trial.clock.pass(130);
    assert.deepEqual(trial.result(), {
      outcome: 'still-there',
      observedAt,
      message: 'Not verified within 120 s: CrashLoopBackOff is still there on Deployment shop/checkout',
    });
  });

  it('fails at the end of its time and says which condition was not met', async () => {
    const trial = await new Trial(new FakeCluster(deployment(3, { readyReplicas: 2 }))).begin(rollout);
    await trial.clock.pass(119.9);
    assert.equal(trial.result(), undefined);
    await trial.clock.pass(0.1);
    assert.deepEqual(trial.result(), {
      outcome: 'still-there',
      observedAt,
      message: 'Not verified within 120 s: 2 of 3 replicas ready',
    });
    assert.equal(trial.cluster.watches, 0);
  });

  it('shows what was last seen when it fails: the pods, what stands in their way, and the last warnings', async () => {
    const waiting = pod('a', { ready: false, restarts: 3 });
    waiting.status.containerStatuses[0].state = { waiting: { reason: 'CrashLoopBackOff' } };
    const warning = {
      kind: 'Event',
      metadata: { name: 'e1', namespace: 'shop' },
      type: 'Warning',
      reason: 'BackOff',
      message: 'Back-off restarting\u001b[31m with password=hunter2hunter2',
      count: 7,
      involvedObject: { kind: 'Pod', name: 'checkout-abc-a' },
    };
    const progressing = {
      type: 'Progressing',
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: 'ReplicaSet "checkout-abc" has timed out progressing.',
    };
    const cluster = new FakeCluster(
      deployment(2, { readyReplicas: 1, conditions: [progressing] }),
      waiting,
      pod('b'),
      warning,
    );
    const trial = await new Trial(cluster).begin(rollout);
    await trial.clock.pass(120);
    const result = trial.result();
    assert.equal(result?.outcome, 'still-there');
    const { evidence = [], message } = result;
    assert.equal(message, 'Not verified within 120 s: 1 of 2 replicas ready');
    assert.deepEqual(evidence.slice(0, 2), [
      'Deployment checkout: Progressing is False, ProgressDeadlineExceeded: ReplicaSet "checkout-abc" has timed out progressing.',
      'Pod checkout-abc-a: Running, container app waiting (CrashLoopBackOff), 3 restarts',
    ]);
    assert.match(
      evidence[2] ?? '',
      /^Pod checkout-abc-a: BackOff: Back-off restarting with password=\[redacted:\w{4}\] \(7 times\)$/,
    );
    assert.equal(evidence.length, 3);
  });

  it('says so when somebody else changed the object since the step, whatever came of it', async () => {
    const left = [wishOf(deployment(1))];
    const changed = deployment(1, {}, {}, { image: 'shop/checkout:3' });
    const bad = await new Trial(new FakeCluster({ ...changed, status: {} })).begin(rollout, { left });
    await bad.clock.pass(120);
    assert.match(
      bad.result()?.message ?? '',
      /^Not verified .*\. Somebody else, or an autoscaler, has changed Deployment shop\/checkout since the step$/,
    );
    const good = await new Trial(new FakeCluster(changed, pod('a'))).begin(rollout, { left });
    await good.clock.pass(10);
    assert.equal(good.result()?.outcome, 'gone');
    assert.match(good.result()?.message ?? '', /Somebody else/);
    const own = await new Trial(new FakeCluster(deployment(1), pod('a'))).begin(rollout, { left });
    await own.clock.pass(10);
    assert.doesNotMatch(own.result()?.message ?? '', /Somebody else/);
  });

  it('lets a settle window end that began in time, but not begin anew afterwards', async () => {
    const good = await new Trial(new FakeCluster(deployment(1, { readyReplicas: 0 }))).begin(rollout);
    const bad = await new Trial(new FakeCluster(deployment(1, { readyReplicas: 0 }))).begin(rollout);
    for (const trial of [good, bad]) {
      await trial.clock.pass(115);
      await trial.put(deployment(1));
      await trial.clock.pass(7);
      assert.equal(trial.result(), undefined);
    }
    await good.clock.pass(3);
    assert.equal(good.result()?.outcome, 'gone');
    await bad.put(deployment(1, { readyReplicas: 0 }));
    assert.deepEqual(bad.result(), {
      outcome: 'still-there',
      observedAt,
      message: 'Not verified within 120 s: 0 of 1 replica ready',
    });
  });

  it('looks again at a finding that rests on more than what is watched', async () => {
    const trial = new Trial(new FakeCluster(deployment(1), pod('a')));
    trial.present = true;
    await trial.begin(rollout, { finding: crashing });
    trial.present = false;
    await trial.clock.pass(5 + 10);
    assert.equal(trial.result()?.outcome, 'gone');
  });

  it('never takes a finding that cannot be seen for one that is gone', async () => {
    const trial = new Trial(new FakeCluster(deployment(1), pod('a')));
    await trial.begin(rollout, {
      finding: crashing,
      findingPresent: () =>
        Promise.reject(new OncallError('cluster-forbidden', 'Pods cannot be read', 'Ask.')),
    });
    await trial.clock.pass(130);
    assert.deepEqual(trial.result(), {
      outcome: 'not-seen',
      message:
        'Not all that would tell could be read since 03:12 UTC: Pods cannot be read. Ask. Whether the step helped is not known',
    });
  });

  it('ends even if the look at the finding hangs, and does not say that it is still there', async () => {
    const trial = new Trial(new FakeCluster(deployment(1), pod('a')));
    await trial.begin(rollout, { finding: crashing, findingPresent: () => new Promise(() => undefined) });
    await trial.clock.pass(135);
    assert.equal(trial.result(), undefined, 'the time of an outage does not count');
    await trial.clock.pass(600);
    assert.equal(trial.result()?.outcome, 'not-seen');
    assert.equal(trial.cluster.watches, 0);
  });

  it('survives a cluster that is out of reach for a moment', async () => {
    const trial = await new Trial(new FakeCluster(deployment(1, { readyReplicas: 0 }))).begin(rollout);
    trial.cluster.breakWatches('Deployment', new OncallError('cluster-unreachable', 'Gone', 'Wait.'));
    await idle();
    trial.cluster.put(deployment(1));
    await trial.clock.pass(2 + 10);
    assert.equal(trial.result()?.outcome, 'gone');
  });

  it('begins late on a cluster that is out of reach at first', async () => {
    const cluster = new FakeCluster(deployment(1), pod('a'));
    cluster.unreachable = new OncallError('cluster-unreachable', 'Gone', 'Wait.');
    const trial = await new Trial(cluster).begin(rollout);
    assert.equal(trial.cluster.watches, 0);
    await trial.clock.pass(2 + 10);
    assert.equal(trial.result()?.outcome, 'gone');
  });

  it('reads again and again where it may read but not watch', async () => {
    const cluster = new FakeCluster(deployment(1, { readyReplicas: 0 }));
    cluster.refusals.set(
      'Deployment',
      new OncallError('cluster-forbidden', 'Deployments cannot be watched', 'Ask for it.'),
    );
    const trial = await new Trial(cluster).begin(rollout);
    await trial.put(deployment(1));
    await trial.clock.pass(5 + 10);
    assert.equal(trial.result()?.outcome, 'gone');
  });

  it('says what it may not read, and that nothing is known', async () => {
    const cluster = new FakeCluster(deployment(1));
    cluster.away = new OncallError('cluster-forbidden', 'Deployments cannot be read', 'Ask for it.');
    const trial = await new Trial(cluster).begin(rollout);
    await trial.clock.pass(120);
    assert.equal(trial.result()?.outcome, 'not-seen');
    assert.match(trial.result()?.message ?? '', /since 03:12 UTC: Deployments cannot be read\. Ask for it/);
  });

  it('does not judge where nothing can tell', async () => {
    const trial = await new Trial(new FakeCluster()).begin({
      type: 'pod-replaced',
      target: { kind: 'Pod', namespace: 'shop', name: 'checkout-1' },
    });
    assert.deepEqual(trial.result(), {
      outcome: 'not-seen',
      message: 'It could not be verified: it is not known which pod checkout-1 was',
    });
  });

  it('stops when it is cancelled', async () => {
    const trial = await new Trial(new FakeCluster(deployment(1, { readyReplicas: 0 }))).begin(rollout);
    trial.controller.abort();
    await idle();
    assert.equal((trial.error as OncallError).code, 'cancelled');
    assert.match((trial.error as OncallError).message, /^Cancelled/);
    assert.equal(trial.cluster.watches, 0);
  });

  it('sees a Service find its endpoints', async () => {
    const trial = new Trial(new FakeCluster(service({ app: 'payments' }), slice()));
    trial.present = true;
    await trial.begin(
      { type: 'endpoints', target: payments },
      { finding: { name: 'NoEndpoints', target: payments } },
    );
    trial.present = false;
    await trial.put(slice(true));
    await trial.clock.pass(10);
    assert.deepEqual(trial.result(), {
      outcome: 'gone',
      message: '1 ready endpoint; NoEndpoints is gone and stayed gone for 10 s',
    });
  });

  it('sees it on a cluster without EndpointSlices, too', async () => {
    const cluster = new FakeCluster(service({ app: 'payments' }));
    cluster.unknownKinds.add('EndpointSlice');
    const trial = await new Trial(cluster).begin({ type: 'endpoints', target: payments });
    const subsets = [{ addresses: [{ ip: '10.0.0.1' }] }];
    await trial.put({ kind: 'Endpoints', metadata: { name: 'payments', namespace: 'shop' }, subsets });
    await trial.clock.pass(10);
    assert.equal(trial.result()?.outcome, 'gone');
  });

  it('sees a pod being replaced', async () => {
    const old = pod('old');
    const trial = await new Trial(new FakeCluster(old, replicaSet(1))).begin(
      { type: 'pod-replaced', target: { kind: 'Pod', namespace: 'shop', name: old.metadata.name } },
      { before: [old] },
    );
    trial.cluster.remove({ kind: 'Pod', namespace: 'shop', name: old.metadata.name });
    await trial.put(pod('new', { ready: false }));
    await trial.put(pod('new'));
    await trial.clock.pass(10);
    assert.equal(trial.result()?.outcome, 'gone');
    assert(trial.progress.includes('waiting for checkout-abc-old to be gone'));
  });

  it('sees a Deployment scaled', async () => {
    const trial = await new Trial(new FakeCluster(deployment(3, { replicas: 0, readyReplicas: 0 }))).begin({
      type: 'replicas',
      target: checkout,
      replicas: 3,
    });
    await trial.put(deployment(3));
    await trial.clock.pass(10);
    assert.equal(trial.result()?.outcome, 'gone');
  });

  it('has nothing to watch for after a reading command', async () => {
    const trial = await new Trial(new FakeCluster()).begin({ type: 'none' });
    assert.equal(trial.result()?.outcome, 'gone');
  });
});

/** The lock of an incident while a step goes on: kept, lost, and told in words. On fake time. */
import assert from 'node:assert/strict';
import { OncallError } from '../../../src/domain/error.ts';
import type { Step } from '../../../src/domain/plan.ts';
import { holderWords, leaseSeconds, RemediationLock } from '../../../src/remediation/remediation-lock.ts';
import type { OwnHolders } from '../../../src/remediation/own-holders.ts';
import type { RunPolicy } from '../../../src/remediation/run-policy.ts';
import type { RunContext } from '../../../src/remediation/step-runner.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeCluster } from '../../support/fake-cluster.ts';

const changing = { risk: { mutates: true } } as Step;
const reading = { risk: { mutates: false } } as Step;
const forbidden = new OncallError(
  'cluster-forbidden',
  'The user of context "prod" may not create leases.coordination.k8s.io in namespace shop',
  'Ask for a role.',
);
const nobody = (): OwnHolders => ({ live: new Set(), ended: new Set() });
const unreachable = new OncallError('cluster-unreachable', 'The API server is gone', 'Wait.');

/** A cluster that counts how often a lock is renewed, and fails where a test wants it to. */
class LockCluster extends FakeCluster {
  renewals = 0;
  failure: OncallError | undefined;

  override async acquireLock(namespace: string, name: string, holder: string) {
    if (this.failure !== undefined) throw this.failure;
    return super.acquireLock(namespace, name, holder);
  }

  override async releaseLock(namespace: string, name: string, holder: string) {
    if (this.failure !== undefined) throw this.failure;
    return super.releaseLock(namespace, name, holder);
  }

  override async renewLock(namespace: string, name: string, holder: string) {
    if (this.failure !== undefined) throw this.failure;
    this.renewals++;
    return super.renewLock(namespace, name, holder);
  }

  /** Whether somebody new could have it. */
  async isFree(): Promise<boolean> {
    const { acquired } = await super.acquireLock('shop', 'oncall-p1', 'tester');
    if (acquired) await super.releaseLock('shop', 'oncall-p1', 'tester');
    return acquired;
  }
}

describe('The lock of an incident', () => {
  let cluster: LockCluster;
  let clock: FakeClock;
  let coordination: boolean;

  beforeEach(() => {
    cluster = new LockCluster();
    clock = new FakeClock();
    coordination = true;
  });

  const lockOf = (runId: string): RemediationLock =>
    new RemediationLock({
      ...{ cluster, clock, runId, incidentId: 'P1', user: 'ada' },
      policy: () => ({ coordination }) as RunPolicy,
      now: () => new Date('2026-11-22T12:03:30Z'),
    } as unknown as RunContext);

  it('is renewed for as long as the step goes on, well before it would expire', async () => {
    const lock = lockOf('r1');
    assert.deepEqual(await lock.acquire('shop', changing), { state: 'acquired' });
    await clock.pass(leaseSeconds * 5);
    assert(cluster.renewals >= 10, String(cluster.renewals));
    assert.equal(lock.lost, undefined);
    assert.equal(await cluster.isFree(), false);
  });

  it('is free again once the step has ended, and no longer renewed', async () => {
    const lock = lockOf('r1');
    await lock.acquire('shop', changing);
    await lock.release();
    assert.equal(await cluster.isFree(), true);
    await clock.pass(leaseSeconds * 5);
    assert.equal(cluster.renewals, 0);
  });

  it('keeps out a second run, and tells who has it and for how long', async () => {
    await lockOf('r1').acquire('shop', changing);
    const second = await lockOf('r2').acquire('shop', changing);
    assert.equal(second.state, 'held');
    assert.match(
      'by' in second ? second.by : '',
      /^another window of ada on .* \(for 3 minutes, since 12:00 UTC\)$/,
    );
  });

  it('keeps out the same run in another window, too', async () => {
    await lockOf('r1').acquire('shop', changing);
    assert.equal((await lockOf('r1').acquire('shop', changing)).state, 'held');
  });

  describe('that could not be given back because the cluster was away', () => {
    const own = nobody();
    const lockIn = (runId: string, lockHolders: OwnHolders): RemediationLock =>
      new RemediationLock({
        ...{ cluster, clock, runId, incidentId: 'P1', user: 'ada', lockHolders },
        signal: new AbortController().signal,
        policy: () => ({ coordination }) as RunPolicy,
        now: () => new Date('2026-11-22T12:03:30Z'),
      } as unknown as RunContext);

    /** A run whose step has ended; its Lease is there still. */
    async function leaves(): Promise<void> {
      const lock = lockIn('r1', own);
      await lock.acquire('shop', changing);
      cluster.failure = unreachable;
      await assert.rejects(lock.release(), unreachable);
    }

    it('does not keep the next run of the same window out, once it answers', async () => {
      await leaves();
      cluster.failure = undefined;
      assert.deepEqual(await lockIn('r2', own).acquire('shop', changing), { state: 'acquired' });
    });

    it('keeps every other window out, of the same person on the same machine too', async () => {
      await leaves();
      cluster.failure = undefined;
      assert.equal((await lockIn('r2', nobody()).acquire('shop', changing)).state, 'held');
    });

    it('does not keep it out either where the connection broke before the answer that it was taken', async () => {
      const acquire = cluster.acquireLock.bind(cluster);
      cluster.acquireLock = async (...asked) => {
        await acquire(...asked);
        throw unreachable;
      };
      await assert.rejects(lockIn('r1', own).acquire('shop', changing), unreachable);
      cluster.acquireLock = acquire;
      assert.deepEqual(await lockIn('r2', own).acquire('shop', changing), { state: 'acquired' });
    });

    it('is given back as soon as the cluster answers', async () => {
      await leaves();
      await clock.pass(20);
      cluster.failure = undefined;
      await clock.pass(5);
      assert.equal(await cluster.isFree(), true);
    });

    it('is not given back any more by a step that has ended once another one has it', async () => {
      await leaves();
      cluster.failure = undefined;
      assert.equal((await lockIn('r2', own).acquire('shop', changing)).state, 'acquired');
      await clock.pass(leaseSeconds * 2);
      assert.equal(await cluster.isFree(), false);
    });

    it('is the next step’s where that is of the same run, and stays so', async () => {
      const lock = lockIn('r1', own);
      await lock.acquire('shop', changing);
      cluster.failure = unreachable;
      await assert.rejects(lock.release(), unreachable);
      cluster.failure = undefined;
      assert.equal((await lock.acquire('shop', changing)).state, 'acquired');
      await clock.pass(leaseSeconds * 2);
      assert.equal(await cluster.isFree(), false);
    });

    it('is not taken from a step of the same window that goes on, and says which one that is', async () => {
      await lockIn('r1', own).acquire('shop', changing);
      const second = await lockIn('r2', own).acquire('shop', changing);
      assert.equal(second.state, 'held');
      assert.match('by' in second ? second.by : '', /^another run in this window, r1, \(for 3 minutes/);
    });
  });

  it('tells when it is free at the latest', () => {
    const now = new Date('2026-11-22T12:00:30Z');
    assert.equal(
      holderWords(
        { holder: 'bob@b1/r1/x', since: '2026-11-22T12:00:00Z', until: '2026-11-22T12:01:10Z' },
        now,
      ),
      'bob on b1 (for 30 seconds, since 12:00 UTC, free at 12:01:10 UTC unless renewed)',
    );
  });

  it('is not asked for where nothing is changed, or where locks are off', async () => {
    assert.deepEqual(await lockOf('r1').acquire('shop', reading), { state: 'none' });
    coordination = false;
    assert.deepEqual(await lockOf('r1').acquire('shop', changing), { state: 'none' });
    assert.equal(await cluster.isFree(), true);
  });

  it('is lost when somebody took it over, and says who', async () => {
    const lock = lockOf('r1');
    await lock.acquire('shop', changing);
    cluster.takeOver('shop', 'oncall-p1', 'bob@laptop/r9');
    await clock.pass(leaseSeconds);
    assert.match(lock.lost ?? '', /lost.*: bob on laptop \(for .*\) took it over\.$/);
    await lock.release();
    assert.equal(await cluster.isFree(), false, 'the lock of somebody else stays');
  });

  it('is not lost while the cluster is out of reach for a moment', async () => {
    const lock = lockOf('r1');
    await lock.acquire('shop', changing);
    cluster.failure = unreachable;
    await clock.pass(leaseSeconds - 1);
    assert.equal(lock.lost, undefined);
    cluster.failure = undefined;
    await clock.pass(leaseSeconds * 3);
    assert.equal(lock.lost, undefined);
  });

  it('is lost once it could not be renewed for as long as it lives, and taking it again makes up for it', async () => {
    const lock = lockOf('r1');
    await lock.acquire('shop', changing);
    cluster.failure = unreachable;
    await clock.pass(leaseSeconds * 2);
    assert.match(lock.lost ?? '', /could not be renewed: The API server is gone/);
    cluster.failure = undefined;
    cluster.takeOver('shop', 'oncall-p1', undefined);
    assert.equal((await lock.acquire('shop', changing)).state, 'acquired');
    assert.equal(lock.lost, undefined);
  });

  it('names the right that is missing', async () => {
    cluster.failure = forbidden;
    const answer = await lockOf('r1').acquire('shop', changing);
    assert.equal(answer.state, 'forbidden');
    assert.match(
      'missing' in answer ? answer.missing : '',
      /create leases\.coordination\.k8s\.io in namespace shop/,
    );
  });

  it('shows a holder that is not one of ours as plain text', () => {
    const now = new Date('2026-11-22T12:00:30Z');
    const since = '2026-11-22T12:00:29Z';
    assert.equal(
      holderWords({ holder: 'a\u202eb', since }, now),
      'a\\u{202e}b (for 1 second, since 12:00 UTC)',
    );
    assert.equal(holderWords({ holder: 'x', since: 'long ago' }, now), 'x');
  });
});

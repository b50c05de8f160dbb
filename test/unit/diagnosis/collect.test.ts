import assert from 'node:assert/strict';
import { collect } from '../../../src/diagnosis/collect.ts';
import { findFindings } from '../../../src/diagnosis/findings/findings.ts';
import { isOncallError, OncallError } from '../../../src/domain/error.ts';
import { fakeCluster } from '../cluster/fake-cluster.ts';
import { crashing, deployment, pod, revision, running } from '../cluster/shop.ts';
import { target } from './investigate.ts';

const { signal } = new AbortController();

describe('collecting evidence', () => {
  it('gives up on what takes too long, says so, and keeps the rest', async () => {
    const cluster = fakeCluster(
      deployment(),
      revision(1, { replicas: 1 }),
      pod('checkout-hash1-a', 1, crashing()),
    );
    cluster.logs = (_, within) =>
      new Promise((_resolve, reject) => {
        within?.addEventListener('abort', () =>
          reject(new OncallError('cancelled', 'The request was cancelled', '')),
        );
      });
    const snapshot = await collect(cluster, target(), { signal, budgetMs: 30 });
    assert.ok(
      snapshot.gaps.every(({ what, reason }) => /log/i.test(what) && reason === 'no answer within 0.03 s'),
    );
    assert.ok(snapshot.gaps.length > 0);
    assert.deepEqual(
      findFindings(snapshot).findings.map(({ name }) => name),
      ['CrashLoopBackOff'],
    );
  });

  it('stops at once when it is cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    const cluster = fakeCluster(deployment());
    cluster.get = () => Promise.reject(new Error('aborted'));
    await assert.rejects(collect(cluster, target(), { signal: controller.signal }), (error) => {
      return isOncallError(error) && error.code === 'cancelled';
    });
  });

  it('does not call it a gap when nobody may read anything', async () => {
    const cluster = fakeCluster();
    cluster.get = () => Promise.reject(new OncallError('cluster-unauthorized', 'Not accepted', 'Sign in.'));
    await assert.rejects(collect(cluster, target(), { signal }), /Not accepted/);
  });

  it('asks as many questions of a large cluster as of a small one', async () => {
    const questions = async (pods: number): Promise<number> => {
      const cluster = fakeCluster(
        deployment({ replicas: pods }),
        revision(1, { replicas: pods }),
        ...Array.from({ length: pods }, (_, index) =>
          pod(`checkout-hash1-${index}`, 1, running, { ready: true }),
        ),
      );
      await collect(cluster, target(), { signal });
      return cluster.asked.length;
    };
    assert.equal(await questions(300), await questions(10));
  });

  it('reads the logs of failing containers before others, and what ended before what runs', async () => {
    const cluster = fakeCluster(
      deployment(),
      revision(1, { replicas: 2 }),
      pod('checkout-hash1-ok', 1, running, { ready: true }),
      pod('checkout-hash1-bad', 1, crashing()),
    );
    cluster.logTexts['checkout-hash1-bad/app/previous'] = 'panic: api_key=abc123';
    const { logs } = await collect(cluster, target(), { signal });
    assert.equal(logs[0]?.pod, 'checkout-hash1-bad');
    assert.equal(logs[0]?.previous, true);
    assert.match(logs[0]?.text ?? '', /panic: api_key=\[redacted:/);
  });

  it('hides credentials of the pod spec, told by the name of the variable', async () => {
    const container = {
      env: [
        { name: 'DB_PASSWORD', value: 'correct horse' },
        { name: 'LOG_LEVEL', value: 'debug' },
      ],
      args: ['--token=abc123'],
    };
    const cluster = fakeCluster(deployment(), revision(1, { replicas: 1, container }));
    const text = JSON.stringify(await collect(cluster, target(), { signal }));
    assert.doesNotMatch(text, /correct horse|abc123/);
    assert.match(text, /debug/);
  });
});

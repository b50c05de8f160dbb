import assert from 'node:assert/strict';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { fakeCluster, type FakeCluster } from '../../cluster/fake-cluster.ts';
import { ago, deployment, event, pod, revision, service } from '../../cluster/shop.ts';
import { investigate, names, only } from '../investigate.ts';

type Fields = Record<string, unknown>;

const probed = (probe: string, port: number | string, more: Fields = {}): Fields => ({
  ports: [{ name: 'http', containerPort: 8080 }],
  [`${probe}Probe`]: { httpGet: { path: '/healthz', port }, periodSeconds: 2 },
  ...more,
});
const unready = (seconds: number): Fields => ({
  state: { running: { startedAt: ago(seconds) } },
  started: true,
});
const killed = (exitCode: number, reason = 'Error'): Fields => ({
  restartCount: 3,
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: { terminated: { exitCode, reason, finishedAt: ago(10) } },
});
const says = (probe: string, name = 'checkout-hash2-a'): KubeObject => {
  const failed = event('Pod', name, 'Unhealthy', `${probe} probe failed: connection refused`);
  const about = { ...failed['involvedObject'], fieldPath: 'spec.containers{app}' };
  return { ...failed, lastTimestamp: ago(1), involvedObject: about };
};

/** Revision 2 runs `now` in the state `status`; revision 1 ran `before`. */
const shop = (
  now: Fields,
  status: Fields,
  before: Fields | undefined,
  ...more: KubeObject[]
): FakeCluster => {
  const readyReplicas = status['ready'] === true ? 1 : 0;
  return fakeCluster(
    deployment({ replicas: 1, readyReplicas }),
    ...(before === undefined ? [] : [revision(1, { createdAgo: 86_400, container: before })]),
    revision(2, { replicas: 1, createdAgo: 900, container: now }),
    pod('checkout-hash2-a', 2, status, { container: now, createdAgo: 60 }),
    ...more,
  );
};

describe('for containers that fail a probe, the built-in diagnosis', () => {
  for (const [probe, status, word] of [
    ['readiness', unready(2), 'Readiness'],
    ['liveness', killed(137), 'Liveness'],
    ['startup', killed(143), 'Startup'],
  ] as const) {
    it(`goes back to the revision that differs in nothing but the ${probe} probe`, async () => {
      const cluster = shop(probed(probe, 8081), status, probed(probe, 8080), says(word));
      const result = await investigate(cluster);
      assert.deepEqual(names(result), ['Unhealthy']);
      assert.match(result.rootCause, new RegExp(`fails its ${probe} probe.*port 8081.*does not declare`));
      assert.equal(only(result).action, 'rollback_deployment');
    });

    it(`lets the ${probe} probe ask the port that is served, where other things were changed too`, async () => {
      const before = probed(probe, 8080, { image: 'shop/checkout:0' });
      const result = await investigate(shop(probed(probe, 8081), status, before, says(word)));
      const proposal = only(result);
      assert.equal(proposal.action, 'fix_probe');
      assert.deepEqual(proposal.parameters, {
        namespace: 'shop',
        deployment: 'checkout',
        container: 'app',
        probe,
        handler: 'httpGet',
        port: 8080,
      });
    });
  }

  it('takes the only port that the container declares where no revision is kept', async () => {
    const proposal = only(await investigate(shop(probed('readiness', 'admin'), unready(600), undefined)));
    assert.ok('port' in proposal.parameters && proposal.parameters.port === 8080);
  });

  it('takes the port that its Service leads to where it declares several', async () => {
    const ports = [
      { name: 'http', containerPort: 8080 },
      { name: 'metrics', containerPort: 9100 },
    ];
    const cluster = shop(probed('readiness', 8081, { ports }), unready(600), undefined);
    const result = await investigate(cluster);
    assert.deepEqual(result.proposals, []);
    const front = service({ app: 'checkout' });
    front['spec'].ports = [{ port: 80, targetPort: 'http' }];
    cluster.objects.push(front);
    const proposal = only(await investigate(cluster));
    assert.ok('port' in proposal.parameters && proposal.parameters.port === 8080);
  });

  it('leaves a probe alone that asks a declared port: the application does not answer', async () => {
    const cluster = shop(probed('readiness', 8080), unready(600), undefined, says('Readiness'));
    const result = await investigate(cluster);
    assert.deepEqual(names(result), ['Unhealthy']);
    assert.deepEqual(result.proposals, []);
    assert.match(result.hypotheses[0]?.statement ?? '', /as if it were ill/);
  });

  it('leaves a probe alone that has always asked a port nobody declared', async () => {
    const before = probed('readiness', 9100, { image: 'shop/checkout:0' });
    const result = await investigate(shop(probed('readiness', 9100), unready(600), before));
    assert.deepEqual(names(result), ['Unhealthy']);
    assert.deepEqual(result.proposals, []);
  });

  it('gives an application time to start', async () => {
    for (const more of [[], [says('Readiness')]]) {
      const starting = shop(probed('readiness', 8080), unready(20), undefined, ...more);
      assert.deepEqual(names(await investigate(starting)), []);
    }
    assert.deepEqual(names(await investigate(shop(probed('readiness', 8080), unready(300), undefined))), [
      'Unhealthy',
    ]);
  });

  it('does not blame a probe for a container that fails by itself or for lack of memory', async () => {
    const liveness = probed('liveness', 8080);
    const crash = await investigate(shop(liveness, killed(1), undefined, says('Liveness')));
    assert.deepEqual(names(crash), ['CrashLoopBackOff']);
    const memory = await investigate(shop(liveness, killed(137, 'OOMKilled'), undefined, says('Liveness')));
    assert.deepEqual(names(memory), ['OOMKilled']);
    const unsaid = await investigate(shop(liveness, killed(137), undefined));
    assert.deepEqual(names(unsaid), ['CrashLoopBackOff']);
  });

  it('forgets a kill that the container has got over', async () => {
    const over = {
      restartCount: 1,
      ready: true,
      state: { running: { startedAt: ago(5000) } },
      lastState: { terminated: { exitCode: 137, reason: 'Error', finishedAt: ago(5001) } },
    };
    const old = { ...says('Liveness'), lastTimestamp: ago(5001) };
    assert.deepEqual(names(await investigate(shop(probed('liveness', 8080), over, undefined, old))), []);
  });

  it('puts a release that does not answer behind the rollout that it holds up, and a wrong probe before it', async () => {
    const stuck = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }];
    const hold = (now: Fields, before: Fields): FakeCluster => {
      const cluster = shop(now, unready(600), before, says('Readiness'));
      cluster.objects[0] = deployment({ replicas: 1, readyReplicas: 0, conditions: stuck });
      return cluster;
    };
    const release = hold(
      probed('readiness', 8080, { env: [{ name: 'PORT', value: '9' }] }),
      probed('readiness', 8080),
    );
    assert.deepEqual(names(await investigate(release)), ['RolloutStuck', 'Unhealthy']);
    const probe = hold(probed('readiness', 8081), probed('readiness', 8080));
    assert.deepEqual(names(await investigate(probe)), ['Unhealthy', 'RolloutStuck']);
  });
});

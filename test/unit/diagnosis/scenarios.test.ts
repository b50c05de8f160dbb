import assert from 'node:assert/strict';
import type { ActionProposal } from '../../../src/domain/action.ts';
import { fakeCluster } from '../cluster/fake-cluster.ts';
import {
  ago,
  crashing,
  deployment,
  endpoints,
  event,
  pod,
  revision,
  running,
  service,
  unpulled,
  type RevisionOptions,
} from '../cluster/shop.ts';
import { investigate, names, only, target, type Investigated } from './investigate.ts';

const env = (value: string): Record<string, unknown> => ({ env: [{ name: 'DATABASE_URL', value }] });

describe('the built-in diagnosis', () => {
  describe('of a crash loop after a rollout', () => {
    const broken = (good: RevisionOptions = {}): ReturnType<typeof fakeCluster> =>
      fakeCluster(
        deployment({ readyReplicas: 0 }),
        revision(1, { createdAgo: 86_400, container: env('postgres://app:hunter2@db/shop'), ...good }),
        revision(2, { replicas: 2, createdAgo: 900, container: env('') }),
        pod('checkout-hash2-aaaaa', 2, crashing()),
        pod('checkout-hash2-bbbbb', 2, crashing()),
        event('Pod', 'checkout-hash2-aaaaa', 'BackOff', 'Back-off restarting failed container'),
      );

    it('goes back to the revision before, and says what changed since', async () => {
      const cluster = broken();
      cluster.logTexts['checkout-hash2-aaaaa/app/previous'] = 'FATAL: DATABASE_URL is empty';
      const result = await investigate(cluster);
      assert.deepEqual(names(result), ['CrashLoopBackOff']);
      assert.match(result.findings[0]?.summary ?? '', /2 of 2 pods of checkout.*exits with code 1/);
      const proposal = only(result);
      assert.equal(proposal.action, 'rollback_deployment');
      assert.deepEqual(proposal.parameters, { namespace: 'shop', deployment: 'checkout', revision: 1 });
      assert.match(proposal.rationale, /env DATABASE_URL changed/);
      assert.ok(proposal.claimedConfidence >= 0.85 && proposal.claimedConfidence <= 0.95);
      assert.match(result.rootCause, /exits with code 1/);
      const summaries = result.evidence.map(({ summary }) => summary).join('\n');
      assert.match(summaries, /DATABASE_URL is empty/);
      assert.match(summaries, /Back-off restarting/);
    });

    it('shows what whoever rolled it out said about it', async () => {
      const cluster = broken();
      const release = revision(3, { replicas: 2, createdAgo: 60, container: env('x') });
      const annotations = { ...release.metadata.annotations, 'kubernetes.io/change-cause': 'release 3' };
      cluster.objects.push({ ...release, metadata: { ...release.metadata, annotations } });
      const { evidence } = await investigate(cluster);
      assert.ok(
        evidence.some(({ summary }) => /^revision 3.*\(release 3\); env DATABASE_URL changed/.test(summary)),
      );
    });

    it('shows no password on the way', async () => {
      assert.doesNotMatch(JSON.stringify(await investigate(broken())), /hunter2/);
    });

    it('does not go back to a revision that runs nothing different', async () => {
      const cluster = broken({ container: env('') });
      const result = await investigate(cluster);
      assert.deepEqual(result.proposals, []);
      assert.match(result.hypotheses[0]?.statement ?? '', /No older revision differs/);
    });

    it('goes further back past a mere restart', async () => {
      const cluster = broken();
      cluster.objects.push(revision(3, { replicas: 2, createdAgo: 600, container: env('') }));
      cluster.objects.push(pod('checkout-hash3-ccccc', 3, crashing()));
      assert.deepEqual(only(await investigate(cluster)).parameters, {
        namespace: 'shop',
        deployment: 'checkout',
        revision: 1,
      });
    });

    it('claims little when the pods ran well for days before', async () => {
      const cluster = broken();
      cluster.objects = cluster.objects.map((object) =>
        object.kind === 'Pod'
          ? { ...object, metadata: { ...object.metadata, creationTimestamp: ago(5 * 86_400) } }
          : object,
      );
      const result = await investigate(cluster);
      assert.ok(only(result).claimedConfidence < 0.7);
      assert.match(result.hypotheses[0]?.statement ?? '', /ran well for long/);
    });

    it('sees the loop also in the moment in which the container runs', async () => {
      const cluster = broken();
      cluster.objects = cluster.objects.filter(({ kind }) => kind !== 'Pod');
      const moment = {
        restartCount: 3,
        state: { running: { startedAt: ago(2) } },
        lastState: crashing()['lastState'],
      };
      cluster.objects.push(pod('checkout-hash2-aaaaa', 2, moment, { ready: true }));
      assert.deepEqual(names(await investigate(cluster)), ['CrashLoopBackOff']);
      const calm = { ...moment, restartCount: 1, state: { running: { startedAt: ago(300) } } };
      cluster.objects = cluster.objects.filter(({ kind }) => kind !== 'Pod');
      cluster.objects.push(pod('checkout-hash2-aaaaa', 2, calm, { ready: true }));
      assert.deepEqual(names(await investigate(cluster)), []);
    });
  });

  describe('of an image that cannot be pulled', () => {
    const image = (tag: string): Record<string, unknown> => ({ image: `shop/checkout:${tag}` });

    it('goes back to the revision with another image, which still runs', async () => {
      const result = await investigate(
        fakeCluster(
          deployment({
            conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }],
          }),
          revision(1, { replicas: 1, available: 1, container: image('1') }),
          revision(2, { replicas: 1, createdAgo: 600, container: image('2') }),
          pod('checkout-hash1-aaaaa', 1, running, { ready: true, container: image('1') }),
          pod('checkout-hash2-bbbbb', 2, unpulled, { container: image('2') }),
        ),
      );
      assert.deepEqual(names(result), ['ImagePullBackOff', 'RolloutStuck']);
      const proposal = only(result);
      assert.equal(proposal.action, 'rollback_deployment');
      assert.equal(proposal.claimedConfidence, 0.95);
      assert.match(proposal.rationale, /image of app changed from "shop\/checkout:1" to "shop\/checkout:2"/);
    });

    it('sets the image that another pod runs when no revision is kept', async () => {
      const result = await investigate(
        fakeCluster(
          deployment(),
          revision(2, { replicas: 2, container: image('2') }),
          pod('checkout-hash2-aaaaa', 2, running, { ready: true, container: image('1') }),
          pod('checkout-hash2-bbbbb', 2, unpulled, { container: image('2') }),
        ),
      );
      const proposal = only(result);
      assert.equal(proposal.action, 'set_image');
      assert.deepEqual(proposal.parameters, {
        namespace: 'shop',
        deployment: 'checkout',
        container: 'app',
        image: 'shop/checkout:1',
      });
    });

    it('proposes nothing when no good image is known', async () => {
      const result = await investigate(
        fakeCluster(
          deployment(),
          revision(1, { replicas: 2, container: image('2') }),
          pod('checkout-hash1-aaaaa', 1, unpulled, { container: image('2') }),
        ),
      );
      assert.deepEqual(names(result), ['ImagePullBackOff']);
      assert.deepEqual(result.proposals, []);
      assert.ok(result.hypotheses.length > 0);
    });
  });

  describe('of a container that is killed for memory', () => {
    const limit = (memory: string): Record<string, unknown> => ({ resources: { limits: { memory } } });
    const killed = (
      memory: string,
      ...more: Parameters<typeof fakeCluster>
    ): ReturnType<typeof fakeCluster> =>
      fakeCluster(
        deployment({ readyReplicas: 0 }),
        revision(1, { replicas: 1, container: limit(memory) }),
        pod('checkout-hash1-aaaaa', 1, crashing(137, 'OOMKilled'), { container: limit(memory) }),
        ...more,
      );
    const memory = (result: Investigated): unknown => {
      const proposal = only(result);
      assert.equal(proposal.action, 'increase_memory_limit');
      assert.ok('memory' in proposal.parameters);
      return proposal.parameters.memory;
    };

    it('doubles the limit, and does not call it a mere crash', async () => {
      const result = await investigate(killed('128Mi'));
      assert.deepEqual(names(result), ['OOMKilled']);
      assert.match(result.findings[0]?.summary ?? '', /limit of 128Mi/);
      assert.equal(memory(result), '256Mi');
    });

    it('goes back up to what an older revision had', async () => {
      const cluster = killed('64Mi');
      cluster.objects.push(
        revision(2, { replicas: 1, container: limit('64Mi') }),
        revision(1, { container: limit('1Gi') }),
      );
      cluster.objects = cluster.objects.filter((object, index) => object.kind !== 'ReplicaSet' || index > 2);
      cluster.objects.push(
        pod('checkout-hash2-bbbbb', 2, crashing(137, 'OOMKilled'), { container: limit('64Mi') }),
      );
      assert.equal(memory(await investigate(cluster)), '1Gi');
    });

    it('stays within what the node has', async () => {
      const node = (size: string): Parameters<typeof fakeCluster>[0] => ({
        kind: 'Node',
        metadata: { name: 'node-1' },
        status: { allocatable: { memory: size } },
      });
      assert.equal(memory(await investigate(killed('4Gi', node('8Gi')))), '6553Mi');
      const full = await investigate(killed('7Gi', node('8Gi')));
      assert.deepEqual(full.proposals, []);
      assert.match(full.hypotheses[0]?.statement ?? '', /larger node/);
    });

    it('forgets a kill that the container has got over long ago', async () => {
      const cluster = fakeCluster(
        deployment(),
        revision(1, { replicas: 1 }),
        pod(
          'checkout-hash1-aaaaa',
          1,
          {
            restartCount: 1,
            state: { running: { startedAt: ago(86_000) } },
            lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: ago(86_400) } },
          },
          { ready: true },
        ),
      );
      assert.deepEqual(names(await investigate(cluster)), []);
    });
  });

  describe('of a rollout that is stuck', () => {
    const stuck = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' };

    it('goes back to the revision that still serves', async () => {
      const result = await investigate(
        fakeCluster(
          deployment({ readyReplicas: 1, conditions: [stuck] }),
          revision(4, {
            replicas: 1,
            available: 1,
            container: { readinessProbe: { httpGet: { port: 80 } } },
          }),
          revision(5, {
            replicas: 1,
            createdAgo: 900,
            container: { readinessProbe: { httpGet: { port: 81 } } },
          }),
          pod('checkout-hash4-aaaaa', 4, running, { ready: true }),
          pod('checkout-hash5-bbbbb', 5, running),
        ),
      );
      assert.deepEqual(names(result), ['RolloutStuck']);
      const proposal = only(result);
      assert.deepEqual(proposal.parameters, { namespace: 'shop', deployment: 'checkout', revision: 4 });
      assert.match(proposal.rationale, /readinessProbe of app changed/);
    });

    it('is explained by the crash of its new pods, which alone is remedied', async () => {
      const result = await investigate(
        fakeCluster(
          deployment({ readyReplicas: 1, conditions: [stuck] }),
          revision(1, { replicas: 1, available: 1, container: env('a') }),
          revision(2, { replicas: 1, createdAgo: 900, container: env('b') }),
          pod('checkout-hash1-aaaaa', 1, running, { ready: true }),
          pod('checkout-hash2-bbbbb', 2, crashing()),
        ),
      );
      assert.deepEqual(names(result), ['CrashLoopBackOff', 'RolloutStuck']);
      assert.match(result.rootCause, /exits with code 1/);
      only(result);
    });
  });

  describe('of a Service without endpoints', () => {
    const astray = (...more: Parameters<typeof fakeCluster>): ReturnType<typeof fakeCluster> =>
      fakeCluster(
        service({ app: 'chekout' }),
        endpoints(0),
        deployment(),
        revision(1, { replicas: 1 }),
        pod('checkout-hash1-aaaaa', 1, running, { ready: true }),
        ...more,
      );
    const selector = (proposal: ActionProposal): unknown => {
      assert.equal(proposal.action, 'fix_service_selector');
      return 'selector' in proposal.parameters && proposal.parameters.selector;
    };

    for (const kind of ['Service', 'Deployment']) {
      it(`gives it the labels of the workload of its name, asked about the ${kind}`, async () => {
        const result = await investigate(astray(), target(kind));
        assert.deepEqual(names(result), ['NoEndpoints']);
        assert.equal(result.findings[0]?.target.kind, 'Service');
        const proposal = only(result);
        assert.deepEqual(selector(proposal), { app: 'checkout' });
        assert.ok(proposal.claimedConfidence >= 0.85);
      });
    }

    it('takes the selector back that was last applied', async () => {
      const applied = JSON.stringify({ spec: { selector: { app: 'web' } } });
      const result = await investigate(
        fakeCluster(
          service(
            { app: 'oops' },
            { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': applied } },
          ),
          endpoints(0),
          deployment({ name: 'web' }),
          deployment({ name: 'api' }),
        ),
        target('Service'),
      );
      assert.deepEqual(selector(only(result)), { app: 'web' });
    });

    it('does not guess between two workloads', async () => {
      const cluster = fakeCluster(
        service({ app: 'oops', tier: 'web' }),
        endpoints(0),
        deployment({ name: 'one', labels: { app: 'one', tier: 'web' } }),
        deployment({ name: 'two', labels: { app: 'two', tier: 'web' } }),
      );
      const result = await investigate(cluster, target('Service'));
      assert.deepEqual(names(result), ['NoEndpoints']);
      assert.deepEqual(result.proposals, []);
      assert.match(result.hypotheses[0]?.statement ?? '', /one, two/);
    });

    it('never makes a selector that fits another workload too', async () => {
      const cluster = fakeCluster(
        service({ tier: 'wbe' }),
        endpoints(0),
        deployment({ labels: { app: 'checkout', tier: 'web' } }),
        deployment({ name: 'cart', labels: { app: 'cart', tier: 'web' } }),
      );
      assert.deepEqual(selector(only(await investigate(cluster, target('Service')))), { app: 'checkout' });
    });

    it('sees the crash of a StatefulSet behind it, which no Deployment explains', async () => {
      const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 's-db', controller: true };
      const crashed = pod('db-0', 1, crashing(), { labels: { app: 'checkout' } });
      const result = await investigate(
        fakeCluster(
          service({ app: 'checkout' }),
          endpoints(0, 1),
          {
            kind: 'StatefulSet',
            metadata: { namespace: 'shop', name: 'db', uid: 's-db' },
            spec: { replicas: 1, selector: { matchLabels: { app: 'checkout' } } },
          },
          { ...crashed, metadata: { ...crashed.metadata, ownerReferences: [owner] } },
        ),
        target('Service'),
      );
      assert.deepEqual(names(result), ['CrashLoopBackOff', 'NoEndpoints']);
      assert.deepEqual(result.findings[0]?.target, { kind: 'StatefulSet', namespace: 'shop', name: 'db' });
      assert.deepEqual(result.proposals, []);
      assert.ok(result.hypotheses.length > 0);
    });

    it('remedies the pods instead when the selector is right and they crash', async () => {
      const result = await investigate(
        fakeCluster(
          service({ app: 'checkout' }),
          endpoints(0, 1),
          deployment({ readyReplicas: 0 }),
          revision(1, { container: env('a') }),
          revision(2, { replicas: 1, createdAgo: 900, container: env('b') }),
          pod('checkout-hash2-aaaaa', 2, crashing()),
        ),
        target('Service'),
      );
      assert.deepEqual(names(result), ['CrashLoopBackOff', 'NoEndpoints']);
      assert.equal(only(result).action, 'rollback_deployment');
    });
  });
});

import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { resolveTarget } from '../../../src/cluster/target.ts';
import type { TargetHint } from '../../../src/domain/incident.ts';
import { fakeCluster, type FakeCluster } from './fake-cluster.ts';
import { deployment, pod, revision, running, service } from './shop.ts';

let cluster: FakeCluster;

async function resolve(...hints: Partial<TargetHint>[]): Promise<string> {
  const result = await resolveTarget(
    cluster,
    hints.map((hint) => ({ source: 'label', trust: 'labelled', ...hint })),
    AbortSignal.timeout(50_000),
  );
  if (result.target === undefined) {
    return `none of ${result.candidates.map(({ target: { kind, name } }) => `${kind}/${name}`).join(',')}: ${result.reason}`;
  }
  assert.equal(result.target.context, 'test');
  assert.ok(result.reason.length > 0);
  return `${result.target.kind} ${result.target.namespace}/${result.target.name}`;
}

describe('the target of an alert', () => {
  beforeEach(() => {
    cluster = fakeCluster(
      deployment(),
      revision(1, { replicas: 1 }),
      pod('checkout-hash1-abcde', 1, running),
      service({ app: 'checkout' }),
      service({ app: 'cart' }, { name: 'cart' }),
      deployment({ name: 'api-gateway' }),
      {
        kind: 'StatefulSet',
        metadata: { namespace: 'shop', name: 'db', uid: 's-db' },
        spec: { replicas: 1, selector: { matchLabels: { app: 'db' } } },
        status: { readyReplicas: 1 },
      },
    );
  });

  const shop = { namespace: 'shop' };

  it('is the object that a label names, if it exists', async () => {
    assert.equal(
      await resolve({ ...shop, kind: 'Deployment', name: 'checkout' }),
      'Deployment shop/checkout',
    );
    assert.match(await resolve({ ...shop, kind: 'Deployment', name: 'nope' }), /^none of :.*nope/);
  });

  it('is the Deployment that a pod belongs to', async () => {
    assert.equal(
      await resolve({ ...shop, kind: 'Pod', name: 'checkout-hash1-abcde' }),
      'Deployment shop/checkout',
    );
  });

  it('is the workload that a pod belonged to before it was rolled away', async () => {
    for (const [name, target] of [
      ['checkout-7d9c5b4f6-x2kqp', 'Deployment shop/checkout'],
      ['api-gateway-7d9c5b4f6-x2kqp', 'Deployment shop/api-gateway'],
      ['db-0', 'StatefulSet shop/db'],
    ]) {
      assert.equal(await resolve({ ...shop, kind: 'Pod', name }), target);
      assert.equal(await resolve({ ...shop, name }), target);
    }
  });

  it('stays a Service where a Service is named', async () => {
    assert.equal(await resolve({ ...shop, kind: 'Service', name: 'checkout' }), 'Service shop/checkout');
  });

  it('is a workload rather than a Service where only a name is given', async () => {
    assert.equal(await resolve({ ...shop, name: 'checkout' }), 'Deployment shop/checkout');
    assert.equal(await resolve({ ...shop, name: 'cart' }), 'Service shop/cart');
  });

  it('is looked for in all namespaces when none is named', async () => {
    assert.equal(await resolve({ kind: 'Deployment', name: 'checkout' }), 'Deployment shop/checkout');
    assert.ok(cluster.asked.includes('list Deployment metadata.name=checkout'));
  });

  it('takes the namespace from another hint', async () => {
    await resolve({ namespace: 'shop' }, { kind: 'Deployment', name: 'checkout' });
    assert.ok(cluster.asked.every((question) => question.startsWith('get ')));
  });

  it('is not guessed between several', async () => {
    const answer = await resolve(
      { ...shop, kind: 'Deployment', name: 'checkout' },
      { ...shop, kind: 'Deployment', name: 'api-gateway' },
    );
    assert.match(answer, /^none of Deployment\/checkout,Deployment\/api-gateway: .*several/);
    cluster.objects.push({ ...deployment(), metadata: { namespace: 'staging', name: 'checkout' } });
    assert.match(await resolve({ name: 'checkout' }), /^none of Deployment\/checkout,Deployment\/checkout/);
  });

  it('counts what the caller names before labels, labels before the title, the title before a likeness', async () => {
    const title = {
      ...shop,
      kind: 'Deployment',
      name: 'api-gateway',
      source: 'title',
      trust: 'written',
    } as const;
    const likeness = { name: 'cart', source: 'PagerDuty service', trust: 'alike' } as const;
    const label = { ...shop, kind: 'Pod', name: 'checkout-hash1-abcde' };
    const given = {
      ...shop,
      kind: 'Service',
      name: 'cart',
      source: 'target of the alert',
      trust: 'given',
    } as const;
    assert.equal(await resolve(likeness, title, label, given), 'Service shop/cart');
    assert.equal(await resolve(likeness, title, label), 'Deployment shop/checkout');
    assert.equal(await resolve(likeness, title), 'Deployment shop/api-gateway');
    assert.equal(await resolve(likeness), 'Service shop/cart');
  });

  it('is the workload that two Services of an alert both lead to, and none where they lead apart', async () => {
    cluster.objects.push(service({ app: 'checkout' }, { name: 'checkout-metrics' }));
    const two = (name: string) => [
      { ...shop, kind: 'Service', name: 'checkout' },
      { ...shop, kind: 'Service', name },
    ];
    assert.equal(await resolve(...two('checkout-metrics')), 'Deployment shop/checkout');
    assert.match(await resolve(...two('cart')), /^none of Service\/checkout,Service\/cart/);
  });

  it('is the workload that two autoscalers of an alert both scale', async () => {
    const autoscaler = (name: string) => ({
      kind: 'HorizontalPodAutoscaler',
      metadata: { namespace: 'shop', name },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' } },
    });
    cluster.objects.push(autoscaler('by-cpu'), autoscaler('by-queue'));
    const hint = (name: string) => ({ ...shop, kind: 'HorizontalPodAutoscaler', name });
    assert.equal(await resolve(hint('by-cpu')), 'HorizontalPodAutoscaler shop/by-cpu');
    assert.equal(await resolve(hint('by-cpu'), hint('by-queue')), 'Deployment shop/checkout');
  });

  it('is the pod itself where nothing that is remedied owns it', async () => {
    const owned = (name: string, apiVersion: string, kind: string) => ({
      kind: 'Pod',
      metadata: {
        ...{ namespace: 'shop', name },
        ownerReferences: [{ apiVersion, kind, name: 'owner', uid: 'o', controller: true }],
      },
    });
    cluster.objects.push(owned('static-node-1', 'v1', 'Node'), owned('foreign-1', 'example.com/v1', 'Job'));
    assert.equal(await resolve({ ...shop, kind: 'Pod', name: 'static-node-1' }), 'Pod shop/static-node-1');
    assert.equal(await resolve({ ...shop, kind: 'Pod', name: 'foreign-1' }), 'Pod shop/foreign-1');
  });

  it('lives in no namespace where it is a Node', async () => {
    cluster.objects.push({ kind: 'Node', metadata: { name: 'worker-1' } });
    const hints: TargetHint[] = [
      { ...shop, kind: 'Node', name: 'worker-1', source: 'label node', trust: 'labelled' },
    ];
    const { target } = await resolveTarget(cluster, hints, AbortSignal.timeout(50_000));
    assert.deepEqual(target, { context: 'test', kind: 'Node', namespace: '', name: 'worker-1' });
  });

  it('is sure where only a kind is out of reach that nobody named', async () => {
    for (const kind of ['Ingress', 'HorizontalPodAutoscaler', 'PersistentVolumeClaim', 'Job', 'CronJob']) {
      cluster.denied.add(kind);
    }
    const title = {
      ...shop,
      kind: 'Deployment',
      name: 'checkout',
      source: 'title',
      trust: 'written',
    } as const;
    assert.equal(await resolve({ ...shop, name: 'some-app-label' }, title), 'Deployment shop/checkout');
  });

  it('asks for nothing twice', async () => {
    const pods = ['aaaaa', 'bbbbb', 'ccccc'].map((end) => {
      cluster.objects.push(pod(`checkout-hash1-${end}`, 1, running));
      return { ...shop, kind: 'Pod', name: `checkout-hash1-${end}` };
    });
    assert.equal(await resolve(...pods), 'Deployment shop/checkout');
    assert.equal(new Set(cluster.asked).size, cluster.asked.length, cluster.asked.join());
  });

  it('is not replaced by a lesser hint where we may not look', async () => {
    cluster.denied.add('StatefulSet');
    const answer = await resolve(
      { ...shop, kind: 'StatefulSet', name: 'db' },
      { ...shop, kind: 'Deployment', name: 'checkout', source: 'title', trust: 'written' },
    );
    assert.match(answer, /^none of : .*may not get StatefulSet/);
  });

  it('never sends a name that Kubernetes would not allow', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          name: fc.oneof(fc.string(), fc.constantFrom('..', 'a/b', 'a%2Fb', 'checkout-1', 'A', 'a,b=c')),
          namespace: fc.option(fc.string(), { nil: undefined }),
          kind: fc.option(fc.constantFrom('Pod', 'Deployment', '../x', 'Secret', 'Namespace'), {
            nil: undefined,
          }),
        }),
        async ({ name, namespace, kind }) => {
          cluster.asked.length = 0;
          await resolve({
            name,
            ...(namespace === undefined ? {} : { namespace }),
            ...(kind === undefined ? {} : { kind }),
          });
          for (const question of cluster.asked) {
            assert.match(
              question,
              /^(get \w+ [a-z0-9-]+\/[a-z0-9.-]+|list \w+ metadata\.name=[a-z0-9.-]+|list (Deploy|Stateful|Daemon)\w+)$/,
            );
            assert.doesNotMatch(question, /Secret|Namespace/);
          }
        },
      ),
    );
  });
});

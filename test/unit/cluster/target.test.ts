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
    hints.map((hint) => ({ source: 'label', ...hint })),
    AbortSignal.timeout(5000),
  );
  if (result.target === undefined) {
    return `none of ${result.candidates.map(({ kind, name }) => `${kind}/${name}`).join(',')}: ${result.reason}`;
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
        spec: { selector: { matchLabels: { app: 'db' } } },
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
    const title = { ...shop, kind: 'Deployment', name: 'api-gateway', source: 'title' };
    const likeness = { name: 'cart', source: 'PagerDuty service' };
    const label = { ...shop, kind: 'Pod', name: 'checkout-hash1-abcde' };
    const given = { ...shop, kind: 'Service', name: 'cart', source: 'target of the alert' };
    assert.equal(await resolve(likeness, title, label, given), 'Service shop/cart');
    assert.equal(await resolve(likeness, title, label), 'Deployment shop/checkout');
    assert.equal(await resolve(likeness, title), 'Deployment shop/api-gateway');
    assert.equal(await resolve(likeness), 'Service shop/cart');
  });

  it('is not replaced by a lesser hint where we may not look', async () => {
    cluster.denied.add('StatefulSet');
    const answer = await resolve(
      { ...shop, kind: 'StatefulSet', name: 'db' },
      { ...shop, kind: 'Deployment', name: 'checkout', source: 'title' },
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
            assert.match(question, /^(get \w+ [a-z0-9-]+\/[a-z0-9.-]+|list \w+ metadata\.name=[a-z0-9.-]+)$/);
            assert.doesNotMatch(question, /Secret|Namespace/);
          }
        },
      ),
    );
  });
});

import assert from 'node:assert/strict';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { findingPresent } from '../../../../src/diagnosis/finding-present.ts';
import { fakeCluster, type FakeCluster } from '../../cluster/fake-cluster.ts';
import { deployment, endpoints, namespace, pod, revision, running, service } from '../../cluster/shop.ts';
import { investigate, names, only, target } from '../investigate.ts';

const ingressClass = (name: string): KubeObject => ({ kind: 'IngressClass', metadata: { name } });
const about = target('Ingress', 'front');

function ingress(spec: object = {}, annotations = {}, port: object = { number: 80 }): KubeObject {
  return {
    kind: 'Ingress',
    metadata: { namespace, name: 'front', annotations },
    spec: {
      ingressClassName: 'nginx',
      rules: [{ http: { paths: [{ path: '/', backend: { service: { name: 'checkout', port } } }] } }],
      ...spec,
    },
  };
}

function shop(front: KubeObject, ...more: KubeObject[]): FakeCluster {
  return fakeCluster(
    front,
    deployment(),
    revision(1, { replicas: 1, available: 1 }),
    pod('checkout-hash1-a', 1, running, { ready: true }),
    service({ app: 'checkout' }),
    endpoints(1),
    ...more,
  );
}

describe('an Ingress whose class does not exist', () => {
  const broken = (...classes: string[]): FakeCluster =>
    shop(ingress({ ingressClassName: 'ngnix' }), ...classes.map(ingressClass));

  it('gets the one class that is a letter away', async () => {
    const result = await investigate(broken('nginx', 'internal'), about);
    assert.deepEqual(names(result), ['IngressClassNotFound']);
    assert.deepEqual(result.findings[0]?.target, { kind: 'Ingress', namespace: 'shop', name: 'front' });
    const proposal = only(result);
    assert.deepEqual(
      [proposal.action, proposal.parameters],
      ['fix_ingress_class', { namespace: 'shop', ingress: 'front', ingressClass: 'nginx' }],
    );
    assert.ok(proposal.claimedConfidence >= 0.9);
  });

  it('is found from the Service and from the workload behind it', async () => {
    for (const kind of ['Service', 'Deployment']) {
      assert.deepEqual(
        names(await investigate(broken('nginx'), target(kind))),
        ['IngressClassNotFound'],
        kind,
      );
    }
  });

  it('gets the class that was last applied, however it is written', async () => {
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({
        spec: { ingressClassName: 'edge' },
      }),
    };
    const cluster = shop(
      ingress({ ingressClassName: 'ngnix' }, annotations),
      ...['nginx', 'edge'].map(ingressClass),
    );
    assert.equal(
      (only(await investigate(cluster, about)).parameters as { ingressClass: string }).ingressClass,
      'edge',
    );
  });

  it('gets none where no class, two classes or only quite other ones exist', async () => {
    for (const classes of [[], ['nginx', 'nganix'], ['traefik']]) {
      const result = await investigate(broken(...classes), about);
      assert.deepEqual(names(result), ['IngressClassNotFound']);
      assert.deepEqual(result.proposals, []);
      assert.equal(result.hypotheses.length, 1);
    }
  });

  it('is not said where classes may not be read', async () => {
    const cluster = broken('nginx');
    cluster.denied.add('IngressClass');
    const result = await investigate(cluster, about);
    assert.deepEqual(names(result), []);
    assert.ok(result.snapshot.gaps.some(({ what }) => /IngressClass/.test(what)));
  });

  it('is not said of one without a class, nor of the older annotation', async () => {
    const annotated = ingress({ ingressClassName: undefined }, { 'kubernetes.io/ingress.class': 'gone' });
    assert.deepEqual(names(await investigate(shop(annotated), about)), []);
  });

  it('is gone once the class exists', async () => {
    const cluster = broken();
    const finding = (await investigate(cluster, about)).findings[0];
    assert.ok(finding);
    const { signal } = new AbortController();
    assert.equal(await findingPresent(cluster, finding, signal), true);
    cluster.objects.push(ingressClass('ngnix'));
    assert.equal(await findingPresent(cluster, finding, signal), false);
  });
});

describe('an Ingress that leads nowhere', () => {
  const good = ingressClass('nginx');

  it('is told of where its Service does not exist', async () => {
    const cluster = shop(ingress(), good);
    cluster.objects = cluster.objects.filter(({ kind }) => kind !== 'Service');
    const result = await investigate(cluster, about);
    assert.deepEqual(names(result), ['IngressBackendNotFound']);
    assert.match(result.rootCause, /Service checkout does not exist/);
    assert.deepEqual(result.proposals, []);
  });

  it('is told of where the Service has no such port, with those that it has', async () => {
    for (const port of [{ number: 8080 }, { name: 'web' }]) {
      const result = await investigate(shop(ingress({}, {}, port), good), about);
      assert.deepEqual(names(result), ['IngressBackendNotFound']);
      assert.match(result.hypotheses[0]?.statement ?? '', /Service checkout has 80/);
    }
  });

  it('is told of where its certificate does not exist; of the Secret no more than its name is read', async () => {
    const tls = { tls: [{ hosts: ['a.example.com'], secretName: 'cert' }] };
    const cluster = shop(ingress(tls), good);
    assert.deepEqual(names(await investigate(cluster, about)), ['IngressSecretNotFound']);
    assert.ok(!cluster.asked.some((asked) => /^(get|list) Secret/.test(asked)), cluster.asked.join('\n'));
    cluster.objects.push({ kind: 'Secret', metadata: { namespace, name: 'cert' } });
    assert.deepEqual(names(await investigate(cluster, about)), []);
  });

  it('can be judged again by people who may read no Secret', async () => {
    const cluster = shop(ingress({ ingressClassName: 'gone', tls: [{ secretName: 'cert' }] }));
    cluster.denied.add('Secret');
    const result = await investigate(cluster, about);
    assert.deepEqual(names(result), ['IngressClassNotFound']);
    assert.ok(result.snapshot.gaps.some(({ what }) => /Secret/.test(what)));
    const [finding] = result.findings;
    assert.ok(finding);
    assert.equal(await findingPresent(cluster, finding, new AbortController().signal), true);
  });

  it('is none with a class, a Service and its port', async () => {
    assert.deepEqual(names(await investigate(shop(ingress(), good), about)), []);
  });
});

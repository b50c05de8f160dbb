import assert from 'node:assert/strict';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { fakeCluster, type FakeCluster } from '../../cluster/fake-cluster.ts';
import { deployment, event, pod, revision, running } from '../../cluster/shop.ts';
import { investigate, names, only } from '../investigate.ts';

const waiting = (message: string): Record<string, unknown> => ({
  state: { waiting: { reason: 'CreateContainerConfigError', message } },
});
const from = (kind: 'configMapRef' | 'secretRef', name: string): Record<string, unknown> => ({
  envFrom: [{ [kind]: { name } }],
});
const held = (kind: string, name: string, data = {}): KubeObject => ({
  kind,
  metadata: { namespace: 'shop', name },
  data,
});

describe('for pods that wait for their configuration, the built-in diagnosis', () => {
  const lost = (...more: KubeObject[]): FakeCluster =>
    fakeCluster(
      deployment({ readyReplicas: 1 }),
      revision(1, { replicas: 1, available: 1, container: from('secretRef', 'db') }),
      revision(2, { replicas: 1, createdAgo: 900, container: from('secretRef', 'db-new') }),
      pod('checkout-hash1-a', 1, running, { ready: true, container: from('secretRef', 'db') }),
      pod('checkout-hash2-b', 2, waiting('secret "db-new" not found'), {
        container: from('secretRef', 'db-new'),
      }),
      ...more,
    );

  it('goes back to the revision whose Secret is there', async () => {
    const result = await investigate(lost(held('Secret', 'db', { url: 'c2VjcmV0LXZhbHVl' })));
    assert.deepEqual(names(result), ['CreateContainerConfigError']);
    assert.match(result.rootCause, /need Secret db-new, which does not exist/);
    const proposal = only(result);
    assert.deepEqual(proposal.parameters, { namespace: 'shop', deployment: 'checkout', revision: 1 });
    assert.equal(proposal.claimedConfidence, 0.95);
  });

  it('asks for nothing of a Secret but whether it is there', async () => {
    const cluster = lost(held('Secret', 'db', { url: 'c2VjcmV0LXZhbHVl' }));
    const result = await investigate(cluster);
    const asked = cluster.asked.filter((one) => one.includes('Secret'));
    assert.deepEqual(asked.sort(), ['get metadata of Secret shop/db', 'get metadata of Secret shop/db-new']);
    assert.doesNotMatch(JSON.stringify(result), /c2VjcmV0LXZhbHVl/);
  });

  it('does not go back to a revision whose Secret is gone as well, and makes none up', async () => {
    const result = await investigate(lost());
    assert.deepEqual(result.proposals, []);
    assert.match(result.hypotheses[0]?.statement ?? '', /nothing is made up/);
  });

  it('is less sure where it may not look, and says so', async () => {
    const cluster = lost(held('Secret', 'db'));
    cluster.denied.add('Secret');
    const result = await investigate(cluster);
    assert.ok(only(result).claimedConfidence < 0.8);
    assert.ok(result.snapshot.gaps.some(({ what }) => /Secret shop\/db exists/.test(what)));
  });

  it('tells a key that is missing from an object that is', async () => {
    const key = (name: string): Record<string, unknown> => ({
      env: [{ name: 'URL', valueFrom: { configMapKeyRef: { name, key: 'url' } } }],
    });
    const result = await investigate(
      fakeCluster(
        deployment({ readyReplicas: 0 }),
        revision(1, { replicas: 0, container: key('shop') }),
        revision(2, { replicas: 1, container: { ...key('shop'), image: 'shop/checkout:2' } }),
        pod('checkout-hash2-b', 2, waiting("couldn't find key url in ConfigMap shop/shop"), {
          container: key('shop'),
        }),
        held('ConfigMap', 'shop'),
      ),
    );
    assert.match(result.rootCause, /key url of ConfigMap shop/);
    assert.deepEqual(result.proposals, []);
  });

  it('sees a volume that cannot be mounted, by what the kubelet says', async () => {
    const volume = (name: string) => ({ volumes: [{ name: 'v', configMap: { name } }] });
    const creating = { state: { waiting: { reason: 'ContainerCreating' } } };
    const stuck = pod('checkout-hash2-b', 2, creating, { createdAgo: 60 });
    const cluster = fakeCluster(
      deployment({ readyReplicas: 1 }),
      revision(1, { replicas: 1, available: 1, template: volume('shop') }),
      revision(2, { replicas: 1, createdAgo: 900, template: volume('shop-new') }),
      pod('checkout-hash1-a', 1, running, { ready: true }),
      { ...stuck, spec: { ...stuck['spec'], ...volume('shop-new') } },
      held('ConfigMap', 'shop'),
    );
    assert.deepEqual(names(await investigate(cluster)), [], 'a pod that is being made is not in trouble');
    cluster.objects.push(
      event(
        'Pod',
        'checkout-hash2-b',
        'FailedMount',
        'MountVolume.SetUp failed for volume "v" : configmap "shop-new" not found',
      ),
    );
    const result = await investigate(cluster);
    assert.deepEqual(names(result), ['FailedMount']);
    assert.match(result.findings[0]?.summary ?? '', /ConfigMap shop-new does not exist/);
    assert.equal(only(result).action, 'rollback_deployment');
  });
});

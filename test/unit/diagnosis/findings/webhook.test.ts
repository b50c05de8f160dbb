import assert from 'node:assert/strict';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { fakeCluster, type FakeCluster } from '../../cluster/fake-cluster.ts';
import { deployment, endpoints } from '../../cluster/shop.ts';
import { investigate, names } from '../investigate.ts';

const message =
  'Internal error occurred: failed calling webhook "pods.policy.example.com": Post "https://policy.security.svc:443/validate?timeout=10s": dial tcp 10.0.0.9:443: connect: connection refused';

function configuration(webhook: object = {}): KubeObject {
  return {
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'policy' },
    webhooks: [
      {
        name: 'pods.policy.example.com',
        failurePolicy: 'Fail',
        clientConfig: { service: { namespace: 'security', name: 'policy' } },
        ...webhook,
      },
    ],
  };
}

function shop(ready: number, webhook: object = {}, said = message): FakeCluster {
  const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: said }];
  const behind = endpoints(ready, 0, 'policy');
  return fakeCluster(deployment({ replicas: 2, readyReplicas: 0, conditions }), configuration(webhook), {
    ...behind,
    metadata: { namespace: 'security', name: 'policy' },
  });
}

describe('pods that an admission webhook keeps from being made', () => {
  it('are told of with the webhook and the Service behind it, before anything that follows; nobody goes around it', async () => {
    const result = await investigate(shop(0));
    assert.deepEqual(names(result), ['WebhookUnavailable', 'FailedCreate']);
    assert.match(result.rootCause, /pods\.policy\.example\.com.*Service security\/policy/);
    assert.deepEqual(result.proposals, []);
  });

  for (const [why, cluster] of [
    ['the Service has endpoints', shop(1)],
    ['its failure policy is Ignore', shop(0, { failurePolicy: 'Ignore' })],
    ['it is called by URL', shop(0, { clientConfig: { url: 'https://example.com' } })],
    ['another one is meant', shop(0, { name: 'other.example.com' })],
  ] as const) {
    it(`are not put down to a webhook where ${why}`, async () => {
      assert.ok(!names(await investigate(cluster)).includes('WebhookUnavailable'));
    });
  }

  it('cost no look at webhooks where something else is the matter', async () => {
    const cluster = shop(0, {}, 'pods "a" is forbidden: exceeded quota: team');
    assert.ok(!names(await investigate(cluster)).includes('WebhookUnavailable'));
    assert.ok(!cluster.asked.some((asked) => asked.includes('WebhookConfiguration')));
  });
});

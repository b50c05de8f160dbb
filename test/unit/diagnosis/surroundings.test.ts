import assert from 'node:assert/strict';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';
import { findingPresent } from '../../../src/diagnosis/finding-present.ts';
import { fakeCluster, type FakeCluster } from '../cluster/fake-cluster.ts';
import {
  crashing,
  deployment,
  endpoints,
  namespace,
  pod,
  revision,
  running,
  service,
} from '../cluster/shop.ts';
import { investigate, names, target } from './investigate.ts';

/** Everything of one namespace that has nothing to do with `checkout`. */
function strangers(count: number): KubeObject[] {
  return Array.from({ length: count }, (_, index) => `other-${index}`).flatMap((name): KubeObject[] => [
    {
      kind: 'HorizontalPodAutoscaler',
      metadata: { namespace, name },
      spec: { scaleTargetRef: { kind: 'Deployment', name }, maxReplicas: 1 },
      status: { conditions: [{ type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric' }] },
    },
    { kind: 'PersistentVolumeClaim', metadata: { namespace, name }, spec: {}, status: { phase: 'Lost' } },
    {
      kind: 'Ingress',
      metadata: { namespace, name },
      spec: { ingressClassName: 'gone', rules: [{ http: { paths: [{ backend: { service: { name } } }] } }] },
    },
  ]);
}

function healthy(...more: KubeObject[]): FakeCluster {
  return fakeCluster(
    deployment({ replicas: 1 }),
    revision(1, { replicas: 1, available: 1 }),
    pod('checkout-hash1-a', 1, running, { ready: true }),
    service({ app: 'checkout' }),
    endpoints(1),
    ...more,
  );
}

function policy(name: string, spec: object): KubeObject {
  return { kind: 'NetworkPolicy', metadata: { namespace, name }, spec: { podSelector: {}, ...spec } };
}

describe('what stands around a workload', () => {
  it('is not told of where it belongs to another workload', async () => {
    const result = await investigate(healthy(...strangers(3)));
    assert.deepEqual([names(result), result.hypotheses], [[], []]);
  });

  it('costs as many questions in a full namespace as in an empty one', async () => {
    const questions = async (count: number): Promise<number> => {
      const cluster = healthy(...strangers(count));
      await investigate(cluster);
      return cluster.asked.length;
    };
    assert.equal(await questions(50), await questions(0));
  });

  it('is a gap where it may not be read, and keeps nothing else from being found', async () => {
    const cluster = healthy();
    cluster.objects = cluster.objects.filter(({ kind }) => kind !== 'Pod');
    cluster.objects.push(pod('checkout-hash1-a', 1, crashing()));
    for (const kind of ['HorizontalPodAutoscaler', 'Ingress', 'NetworkPolicy']) {
      cluster.denied.add(kind);
    }
    const result = await investigate(cluster);
    assert.deepEqual(names(result), ['CrashLoopBackOff']);
    assert.deepEqual(
      result.snapshot.gaps.map(({ what }) => what).sort(),
      ['HorizontalPodAutoscalers', 'Ingresses', 'NetworkPolicies'].map((kind) => `${kind} in namespace shop`),
    );
    const [finding] = result.findings;
    assert.ok(finding);
    assert.equal(await findingPresent(cluster, finding, new AbortController().signal), true);
  });

  it('is not asked about again to judge what has nothing to do with it', async () => {
    const cluster = healthy();
    const { signal } = new AbortController();
    cluster.asked.length = 0;
    const finding = {
      name: 'RolloutStuck',
      target: { kind: 'Deployment', namespace, name: 'checkout' },
    } as const;
    assert.equal(await findingPresent(cluster, finding, signal), false);
    assert.ok(
      !cluster.asked.some((asked) => /Autoscaler|Ingress|Role|Policy|Node|Job/.test(asked)),
      cluster.asked.join('\n'),
    );
  });
});

describe('NetworkPolicies', () => {
  const said = async (...policies: KubeObject[]): Promise<string[]> =>
    (await investigate(healthy(...policies))).hypotheses.map(({ statement }) => statement);

  it('that let nothing in are suspected, and no more, where nothing else is wrong', async () => {
    const result = await investigate(healthy(policy('deny', { policyTypes: ['Ingress'] })));
    assert.deepEqual([names(result), result.proposals], [[], []]);
    assert.match(result.hypotheses[0]?.statement ?? '', /let nothing reach the pods of checkout: deny/);
    assert.ok((result.hypotheses[0]?.evidence.length ?? 0) > 0);
  });

  it('are not where one of them lets something in, selects other pods, or is about what goes out', async () => {
    const deny = policy('deny', { policyTypes: ['Ingress'] });
    assert.deepEqual(await said(deny, policy('allow', { ingress: [{}] })), []);
    assert.deepEqual(await said(policy('deny', { podSelector: { matchLabels: { app: 'other' } } })), []);
    assert.deepEqual(await said(policy('deny', { policyTypes: ['Egress'] })), []);
  });
});

describe('an object that runs no pods', () => {
  it('leads to nothing where it belongs to several workloads or to none', async () => {
    const claim: KubeObject = {
      kind: 'PersistentVolumeClaim',
      metadata: { namespace, name: 'data' },
      spec: {},
      status: { phase: 'Bound' },
    };
    const mounting = (name: string, app: string): KubeObject => {
      const one = pod(name, 1, crashing(), { app });
      return {
        ...one,
        spec: { ...one['spec'], volumes: [{ persistentVolumeClaim: { claimName: 'data' } }] },
      };
    };
    const result = await investigate(
      fakeCluster(claim, mounting('a', 'checkout'), mounting('b', 'payments')),
      target('PersistentVolumeClaim', 'data'),
    );
    assert.equal(result.snapshot.workload, undefined);
    assert.deepEqual(names(result), []);
  });

  it('leads through the ReplicaSets of a rollout to their Deployment', async () => {
    const claim: KubeObject = {
      kind: 'PersistentVolumeClaim',
      metadata: { namespace, name: 'data' },
      status: { phase: 'Bound' },
    };
    const pods = [1, 2].map((number) => {
      const one = pod(`checkout-hash${number}-a`, number, crashing());
      return {
        ...one,
        spec: { ...one['spec'], volumes: [{ persistentVolumeClaim: { claimName: 'data' } }] },
      };
    });
    const cluster = fakeCluster(
      claim,
      deployment(),
      revision(1, { replicas: 1 }),
      revision(2, { replicas: 1 }),
      ...pods,
    );
    const result = await investigate(cluster, target('PersistentVolumeClaim', 'data'));
    assert.equal(result.snapshot.workload?.kind, 'Deployment');
    assert.equal(names(result)[0], 'CrashLoopBackOff');
  });

  it('is told as it is where it is of a kind that leads nowhere', async () => {
    const node: KubeObject = { kind: 'Node', metadata: { namespace, name: 'node-1' }, status: {} };
    assert.match(
      (await investigate(fakeCluster(node), target('Node', 'node-1'))).summary,
      /Nothing wrong was found/,
    );
  });
});

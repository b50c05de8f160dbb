import assert from 'node:assert/strict';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { findingPresent } from '../../../../src/diagnosis/finding-present.ts';
import { fakeCluster, type FakeCluster } from '../../cluster/fake-cluster.ts';
import { crashing, deployment, namespace, pod, revision, running } from '../../cluster/shop.ts';
import { investigate, names, only, target } from '../investigate.ts';

const about = target('HorizontalPodAutoscaler', 'checkout');
const ref = { kind: 'HorizontalPodAutoscaler', namespace: 'shop', name: 'checkout' };

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
}

interface Given {
  readonly conditions: readonly Condition[];
  readonly maximum?: number;
  readonly current?: number;
  /** Percent of the requested CPU; 80 is aimed at. */
  readonly used?: number;
}

/** The same autoscaler as the two versions of the API show it. */
const versions: Readonly<Record<string, (given: Given) => KubeObject>> = {
  'autoscaling/v2': ({ conditions, maximum = 2, current = 2, used }) => ({
    kind: 'HorizontalPodAutoscaler',
    metadata: { namespace, name: 'checkout' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' },
      minReplicas: 2,
      maxReplicas: maximum,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
        },
      ],
    },
    status: {
      currentReplicas: current,
      desiredReplicas: current,
      conditions,
      currentMetrics:
        used === undefined
          ? null
          : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: used } } }],
    },
  }),
  'autoscaling/v1': ({ conditions, maximum = 2, current = 2, used }) => ({
    kind: 'HorizontalPodAutoscaler',
    metadata: {
      namespace,
      name: 'checkout',
      annotations: { 'autoscaling.alpha.kubernetes.io/conditions': JSON.stringify(conditions) },
    },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' },
      minReplicas: 2,
      maxReplicas: maximum,
      targetCPUUtilizationPercentage: 80,
    },
    status: {
      currentReplicas: current,
      desiredReplicas: current,
      ...(used === undefined ? {} : { currentCPUUtilizationPercentage: used }),
    },
  }),
};

const maxed: Condition = { type: 'ScalingLimited', status: 'True', reason: 'TooManyReplicas' };
const blind = (reason: string): Condition => ({ type: 'ScalingActive', status: 'False', reason });
const resources = (requests?: object, limits?: object): object => ({
  resources: { ...(requests && { requests }), ...(limits && { limits }) },
});

function shop(
  autoscaler: KubeObject,
  container: object = resources({ cpu: '100m' }),
  ...more: KubeObject[]
): FakeCluster {
  const workload = deployment();
  return fakeCluster(
    autoscaler,
    {
      ...workload,
      spec: {
        ...workload['spec'],
        template: { ...workload['spec'].template, spec: { containers: [{ name: 'app', ...container }] } },
      },
    },
    revision(1, { container: resources({ cpu: '250m' }) as Record<string, unknown> }),
    revision(2, { replicas: 2, available: 2, container: container as Record<string, unknown> }),
    pod('checkout-hash2-a', 2, running, { ready: true }),
    pod('checkout-hash2-b', 2, running, { ready: true }),
    ...more,
  );
}

function node(cpu: string): KubeObject {
  return {
    kind: 'Node',
    metadata: { name: 'node-1' },
    spec: {},
    status: { allocatable: { cpu, memory: '8Gi' }, conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

for (const [version, autoscaler] of Object.entries(versions)) {
  describe(`an autoscaler that does not know what its pods use, in ${version}`, () => {
    const given = autoscaler({ conditions: [blind('FailedGetResourceMetric')] });

    for (const kind of ['HorizontalPodAutoscaler', 'Deployment']) {
      it(`gets the request back that an older revision had, asked about the ${kind}`, async () => {
        const result = await investigate(shop(given, resources()), target(kind));
        assert.deepEqual(names(result), ['FailedGetResourceMetric']);
        assert.deepEqual(result.findings[0]?.target, ref);
        const proposal = only(result);
        assert.equal(proposal.action, 'set_resource_requests');
        assert.deepEqual(proposal.parameters, {
          namespace: 'shop',
          deployment: 'checkout',
          container: 'app',
          cpu: '250m',
        });
        assert.match(result.rootCause, /container app requests no cpu/);
      });
    }

    it('gets no request that nobody ever made', async () => {
      const cluster = shop(given, resources());
      cluster.objects = cluster.objects.filter(({ metadata }) => metadata.name !== 'checkout-hash1');
      const result = await investigate(cluster, about);
      assert.deepEqual(result.proposals, []);
      assert.match(result.hypotheses[0]?.statement ?? '', /No older revision says/);
    });

    it('is told that the metrics do not come where its pods request enough', async () => {
      for (const container of [resources({ cpu: '100m' }), resources(undefined, { cpu: '1' })]) {
        const result = await investigate(shop(given, container), about);
        assert.deepEqual(result.proposals, []);
        assert.match(result.hypotheses[0]?.statement ?? '', /metrics-server/);
      }
    });

    it('is a consequence where its pods crash', async () => {
      const cluster = shop(given, resources());
      cluster.objects = cluster.objects.filter(({ kind }) => kind !== 'Pod');
      cluster.objects.push(pod('checkout-hash2-a', 2, crashing()));
      assert.equal(names(await investigate(cluster, about))[0], 'CrashLoopBackOff');
    });

    it('is told of by another name where another metric is missing', async () => {
      const other = autoscaler({ conditions: [blind('FailedGetExternalMetric')] });
      const result = await investigate(shop(other), about);
      assert.deepEqual([names(result), result.proposals], [['FailedGetMetric'], []]);
    });

    it('is no trouble where scaling is off because nothing is to run', async () => {
      assert.deepEqual(
        names(await investigate(shop(autoscaler({ conditions: [blind('ScalingDisabled')] })), about)),
        [],
      );
    });
  });

  describe(`an autoscaler at its maximum, in ${version}`, () => {
    const full = (used: number | undefined, current = 2): KubeObject =>
      autoscaler({ conditions: [maxed], maximum: current, current, ...(used === undefined ? {} : { used }) });

    it('gets as much room as the load needs and a quarter more', async () => {
      const result = await investigate(shop(full(160), undefined, node('4')), about);
      assert.deepEqual(names(result), ['TooManyReplicas']);
      const proposal = only(result);
      assert.deepEqual(
        [proposal.action, proposal.parameters],
        ['raise_hpa_maximum', { namespace: 'shop', autoscaler: 'checkout', maxReplicas: 5 }],
      );
      assert.ok(proposal.claimedConfidence >= 0.9);
    });

    it('is found from the workload too', async () => {
      const result = await investigate(shop(full(160), undefined, node('4')));
      assert.deepEqual(names(result), ['TooManyReplicas']);
    });

    it('gets no more than twice what runs and a quarter, and claims less, whatever a metric says', async () => {
      const proposal = only(await investigate(shop(full(100_000, 4), undefined, node('64')), about));
      assert.deepEqual(proposal.parameters, { namespace: 'shop', autoscaler: 'checkout', maxReplicas: 10 });
      assert.ok(proposal.claimedConfidence < 0.8);
    });

    it('gets none where nodes have no room for what is needed', async () => {
      const result = await investigate(shop(full(160), resources({ cpu: '2' }), node('3')), about);
      assert.deepEqual([names(result), result.proposals], [['TooManyReplicas'], []]);
      assert.match(result.hypotheses[0]?.statement ?? '', /room for 1 beside the 2/);
    });

    it('gets no more than the quota has room for', async () => {
      const quota: KubeObject = {
        kind: 'ResourceQuota',
        metadata: { namespace, name: 'team' },
        status: { hard: { pods: '4' }, used: { pods: '2' } },
      };
      const proposal = only(await investigate(shop(full(160), undefined, node('4'), quota), about));
      assert.deepEqual(proposal.parameters, { namespace: 'shop', autoscaler: 'checkout', maxReplicas: 4 });
    });

    it('claims less where nobody can see what room there is', async () => {
      const cluster = shop(full(160));
      cluster.denied.add('Node');
      assert.ok(only(await investigate(cluster, about)).claimedConfidence < 0.85);
    });

    it('gets none where its metrics are not known, or do not say so', async () => {
      for (const used of [undefined, 70]) {
        assert.deepEqual((await investigate(shop(full(used), undefined, node('4')), about)).proposals, []);
      }
    });

    it('gets none while pods are not ready: those carry the load of the others', async () => {
      const cluster = shop(full(160), undefined, node('4'), pod('checkout-hash2-c', 2, running));
      const result = await investigate(cluster, about);
      assert.deepEqual(
        result.proposals.filter(({ action }) => action === 'raise_hpa_maximum'),
        [],
      );
    });

    it('is no finding while it may scale on', async () => {
      const calm = autoscaler({
        conditions: [{ type: 'ScalingLimited', status: 'False', reason: 'DesiredWithinRange' }],
        used: 80,
      });
      assert.deepEqual(names(await investigate(shop(calm), about)), []);
    });

    it('is gone once its status says so', async () => {
      const cluster = shop(full(160), undefined, node('4'));
      const finding = (await investigate(cluster, about)).findings[0];
      assert.ok(finding);
      const { signal } = new AbortController();
      assert.equal(await findingPresent(cluster, finding, signal), true);
      cluster.objects = cluster.objects.map((object) =>
        object.kind === 'HorizontalPodAutoscaler'
          ? autoscaler({ conditions: [], maximum: 5, current: 4 })
          : object,
      );
      assert.equal(await findingPresent(cluster, finding, signal), false);
    });
  });
}

describe('an autoscaler that scales nothing', () => {
  it('is told of, and nothing is proposed', async () => {
    const autoscaler = versions['autoscaling/v2']?.({ conditions: [] });
    assert.ok(autoscaler);
    const result = await investigate(fakeCluster(autoscaler), about);
    assert.deepEqual([names(result), result.proposals], [['FailedGetScale'], []]);
    assert.match(result.rootCause, /Deployment checkout, which does not exist/);
  });

  it('is not said of a kind that is not read here', async () => {
    const autoscaler = versions['autoscaling/v2']?.({ conditions: [] });
    assert.ok(autoscaler);
    const scaleTargetRef = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'checkout' };
    const custom = { ...autoscaler, spec: { ...autoscaler['spec'], scaleTargetRef } };
    assert.deepEqual(names(await investigate(fakeCluster(custom), about)), []);
  });
});

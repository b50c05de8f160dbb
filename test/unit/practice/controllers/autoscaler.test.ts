import assert from 'node:assert/strict';
import { resourceAutoscalers } from '../../../../src/practice/api-groups.ts';
import type { ResourceAutoscaler } from '../../../../src/practice/api-groups.ts';
import { wallClock } from '../../../../src/practice/clock.ts';
import { conditionOf } from '../../../../src/practice/conditions.ts';
import { startControllers } from '../../../../src/practice/controllers/controllers.ts';
import { startNodeSimulator } from '../../../../src/practice/node/simulator.ts';
import type { NodeSimulator } from '../../../../src/practice/node/simulator.ts';
import { deployments, events, namespaces } from '../../../../src/practice/objects.ts';
import { eventually, startTestCluster } from '../waiting.ts';
import type { TestCluster } from '../waiting.ts';

describe('a HorizontalPodAutoscaler', function () {
  this.timeout(30_000);
  const abort = new AbortController();
  const reports: string[] = [];
  let cluster: TestCluster;
  let simulator: NodeSimulator;

  before(async () => {
    cluster = await startTestCluster();
    const { client } = cluster;
    const clock = wallClock(50);
    const report = (error: unknown, key: string): void => {
      if (!abort.signal.aborted) reports.push(`${key}: ${String(error)}`);
    };
    startControllers({ client, clock, signal: abort.signal, report });
    simulator = await startNodeSimulator({ client, clock, nodes: [{ name: 'n1' }], report });
  });
  after(async () => {
    abort.abort();
    await simulator.close();
    await cluster.close();
    assert.deepEqual(reports, []);
  });

  /** A Deployment with a load in a namespace of its own. */
  async function deploy(namespace: string, replicas: number, load: number, requests: Record<string, string>) {
    const { client } = cluster;
    await client.create(namespaces, { metadata: { name: namespace } });
    await client.create(deployments, {
      metadata: { name: 'web', namespace },
      spec: {
        replicas,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            containers: [
              {
                name: 'app',
                image: 'docker.io/library/shop-cart:1.9.0',
                env: [{ name: 'LOAD_MILLICORES', value: String(load) }],
                resources: { requests },
              },
            ],
          },
        },
      },
    });
  }

  async function scale(namespace: string, minReplicas: number, maxReplicas: number, target = 'web') {
    await cluster.client.create(resourceAutoscalers, {
      metadata: { name: 'web', namespace },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target },
        minReplicas,
        maxReplicas,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
          },
        ],
      },
    });
  }

  async function until(
    namespace: string,
    condition: (status: NonNullable<ResourceAutoscaler['status']>) => boolean,
  ): Promise<NonNullable<ResourceAutoscaler['status']>> {
    const [found] = await eventually(
      cluster.client,
      resourceAutoscalers,
      { namespace },
      ([one]) => one?.status !== undefined && condition(one.status),
    );
    assert.ok(found?.status);
    return found.status;
  }

  const reasonOf = (status: NonNullable<ResourceAutoscaler['status']>, type: string): string | undefined =>
    conditionOf(status.conditions, type)?.reason;

  const told = async (namespace: string, ...messages: string[]): Promise<void> => {
    await eventually(cluster.client, events, { namespace }, (all) =>
      messages.every((message) =>
        all.some(
          (event) =>
            `${event.type} ${event.reason}: ${event.message}` === message &&
            event.source.component === 'horizontal-pod-autoscaler',
        ),
      ),
    );
  };

  it('makes as many replicas as the load needs, and says that it found its metric', async () => {
    await deploy('busy', 2, 160, { cpu: '50m' });
    await scale('busy', 2, 6);
    const status = await until(
      'busy',
      ({ currentReplicas, currentMetrics }) =>
        currentReplicas === 4 && currentMetrics?.[0]?.resource.current.averageUtilization === 80,
    );
    assert.deepEqual(
      status.conditions?.map(({ type, status: value, reason }) => [type, value, reason]),
      [
        ['AbleToScale', 'True', 'ReadyForNewScale'],
        ['ScalingActive', 'True', 'ValidMetricFound'],
        ['ScalingLimited', 'False', 'DesiredWithinRange'],
      ],
    );
    assert.deepEqual(status.currentMetrics, [
      {
        type: 'Resource',
        resource: { name: 'cpu', current: { averageUtilization: 80, averageValue: '40m' } },
      },
    ]);
    assert.equal((await cluster.client.get(deployments, 'busy', 'web'))?.spec.replicas, 4);
    await told(
      'busy',
      'Normal SuccessfulRescale: New size: 4; reason: cpu resource utilization (percentage of request) above target',
    );
  });

  it('stops at its maximum, says so, and brings back what is above it', async () => {
    await deploy('capped', 4, 160, { cpu: '50m' });
    await scale('capped', 2, 2);
    const status = await until(
      'capped',
      (now) => reasonOf(now, 'ScalingLimited') === 'TooManyReplicas' && now.currentReplicas === 2,
    );
    assert.equal(status.desiredReplicas, 2);
    await told(
      'capped',
      'Normal SuccessfulRescale: New size: 2; reason: Current number of replicas above Spec.MaxReplicas',
    );
  });

  it('computes nothing where the pods request no CPU', async () => {
    await deploy('blind', 2, 80, { memory: '32Mi' });
    await scale('blind', 2, 6);
    const why = 'failed to get cpu utilization: missing request for cpu';
    const status = await until(
      'blind',
      ({ conditions }) =>
        conditionOf(conditions, 'ScalingActive')?.message ===
        `the HPA was unable to compute the replica count: ${why}`,
    );
    assert.equal(reasonOf(status, 'ScalingActive'), 'FailedGetResourceMetric');
    assert.deepEqual([status.currentReplicas, status.desiredReplicas], [2, 0]);
    await told(
      'blind',
      `Warning FailedGetResourceMetric: ${why}`,
      `Warning FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: ${why}`,
    );
  });

  it('leaves alone what is scaled to zero, and reports what is not there', async () => {
    await deploy('idle', 0, 80, { cpu: '50m' });
    await scale('idle', 2, 6);
    const idle = await until('idle', (now) => reasonOf(now, 'ScalingActive') === 'ScalingDisabled');
    assert.deepEqual([idle.currentReplicas, idle.desiredReplicas], [0, 0]);
    await cluster.client.create(namespaces, { metadata: { name: 'lost' } });
    await scale('lost', 2, 6, 'nothing');
    const lost = await until('lost', (now) => reasonOf(now, 'AbleToScale') === 'FailedGetScale');
    assert.equal(conditionOf(lost.conditions, 'AbleToScale')?.status, 'False');
    await told('lost', 'Warning FailedGetScale: deployments/scale.apps "nothing" not found');
  });
});

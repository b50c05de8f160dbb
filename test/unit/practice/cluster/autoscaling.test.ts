import assert from 'node:assert/strict';
import { Rig, take } from './ask.ts';
import type { Body } from './ask.ts';

const place = (version: string): string =>
  `/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers`;
const conditions = 'autoscaling.alpha.kubernetes.io/conditions';
const tables = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const cpu = (averageUtilization: number): Body => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
});
const old = (spec: Body = {}): Body => ({
  apiVersion: 'autoscaling/v1',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web', annotations: { owner: 'shop' } },
  spec: { scaleTargetRef: target, maxReplicas: 6, ...spec },
});

describe('autoscalers at both of their versions', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.stop());

  it('are the same objects: what is written at one is read at the other', async () => {
    await rig.create(place('v1'), old({ targetCPUUtilizationPercentage: 75 }));
    const modern = (await rig.ask(`${place('v2')}/web`)).body;
    assert.equal(modern.apiVersion, 'autoscaling/v2');
    assert.deepEqual(modern.spec, {
      scaleTargetRef: target,
      minReplicas: 1,
      maxReplicas: 6,
      metrics: [cpu(75)],
    });
    assert.deepEqual(modern.metadata.annotations, { owner: 'shop' });
    await rig.patch('merge', `${place('v1')}/web`, { spec: { maxReplicas: 9 } });
    await rig.patch('merge', `${place('v2')}/web`, { spec: { metrics: [cpu(60)] } });
    const { body } = await rig.ask(`${place('v1')}/web`);
    assert.deepEqual(body.spec, {
      scaleTargetRef: target,
      minReplicas: 1,
      maxReplicas: 9,
      targetCPUUtilizationPercentage: 60,
    });
    const { items, apiVersion } = (await rig.ask(place('v1'))).body;
    assert.deepEqual([apiVersion, items[0].spec], ['autoscaling/v1', body.spec]);
    const [event] = await take(rig.watch(`${place('v1')}?watch=true&resourceVersion=1`), 1);
    assert.equal(event.object.spec.targetCPUUtilizationPercentage, 75);
    const applied = await rig.apply(`${place('v1')}/web?fieldManager=tests`, old({ minReplicas: 2 }));
    assert.equal(applied.body.spec.minReplicas, 2);
    assert.equal((await rig.ask(`${place('v2')}/web`)).body.spec.minReplicas, 2);
  });

  it('show at the old version in annotations what it has no field for, and lose none of it there', async () => {
    const memory = {
      type: 'Resource',
      resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '64Mi' } },
    };
    const behavior = { scaleDown: { stabilizationWindowSeconds: 60 } };
    await rig.create(place('v2'), {
      ...old({ metrics: [memory, cpu(75)], behavior }),
      apiVersion: 'autoscaling/v2',
    });
    const status = {
      currentReplicas: 2,
      desiredReplicas: 4,
      conditions: [{ type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound', message: 'fine' }],
      currentMetrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', current: { averageUtilization: 76, averageValue: '38m' } },
        },
      ],
    };
    await rig.patch('merge', `${place('v2')}/web/status`, { status });
    const { metadata, status: shown } = (await rig.ask(`${place('v1')}/web`)).body;
    assert.deepEqual(shown, { currentReplicas: 2, desiredReplicas: 4, currentCPUUtilizationPercentage: 76 });
    assert.deepEqual(JSON.parse(metadata.annotations[conditions]), status.conditions);
    assert.deepEqual(JSON.parse(metadata.annotations['autoscaling.alpha.kubernetes.io/current-metrics']), [
      {
        type: 'Resource',
        resource: { name: 'cpu', currentAverageUtilization: 76, currentAverageValue: '38m' },
      },
    ]);
    assert.deepEqual(JSON.parse(metadata.annotations['autoscaling.alpha.kubernetes.io/metrics']), [
      { type: 'Resource', resource: { name: 'memory', targetAverageValue: '64Mi' } },
    ]);
    await rig.patch('merge', `${place('v1')}/web`, { spec: { maxReplicas: 7 } });
    const after = (await rig.ask(`${place('v2')}/web`)).body;
    assert.deepEqual(after.spec, {
      scaleTargetRef: target,
      minReplicas: 1,
      maxReplicas: 7,
      metrics: [memory, cpu(75)],
      behavior,
    });
    assert.deepEqual(after.status, status);
    assert.deepEqual(after.metadata.annotations, { owner: 'shop' });
  });

  it('aim at 80 % of the requested CPU where they do not say, and have bounds that make sense', async () => {
    await rig.create(place('v1'), old());
    assert.deepEqual((await rig.ask(`${place('v2')}/web`)).body.spec.metrics, [cpu(80)]);
    const cases: [Body, RegExp][] = [
      [
        { minReplicas: 7 },
        /spec\.maxReplicas: Invalid value: 6: must be greater than or equal to `minReplicas`/,
      ],
      [{ maxReplicas: 0 }, /spec\.maxReplicas: Invalid value: 0: must be greater than 0/],
      [{ minReplicas: 0 }, /spec\.minReplicas: Invalid value: 0: must be greater than or equal to 1/],
    ];
    for (const [spec, message] of cases) {
      const reply = await rig.patch('merge', `${place('v1')}/web`, { spec });
      assert.equal(reply.code, 422);
      assert.match(reply.body.message, message);
    }
  });

  it('are listed with what they measure and what they aim at', async () => {
    await rig.create(place('v1'), old({ targetCPUUtilizationPercentage: 75 }));
    const row = async (): Promise<Body> =>
      (await rig.ask(place('v2'), { headers: tables })).body.rows[0].cells;
    assert.deepEqual((await row()).slice(0, 6), ['web', 'Deployment/web', 'cpu: <unknown>/75%', '1', 6, 0]);
    const current = { averageUtilization: 76, averageValue: '38m' };
    await rig.patch('merge', `${place('v2')}/web/status`, {
      status: {
        currentReplicas: 2,
        currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current } }],
      },
    });
    assert.deepEqual((await row()).slice(2, 6), ['cpu: 76%/75%', '1', 6, 2]);
  });

  it('prefer the newer version', async () => {
    const { versions, preferredVersion } = (await rig.ask('/apis/autoscaling')).body;
    assert.deepEqual(
      versions.map((one: Body) => one.version),
      ['v2', 'v1'],
    );
    assert.equal(preferredVersion.version, 'v2');
  });
});

describe('metrics on the practice cluster', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.stop());

  it('are of its nodes and pods, and cannot be written', async () => {
    await rig.create('/api/v1/nodes', { metadata: { name: 'n1' } });
    const { items, kind } = (await rig.ask('/apis/metrics.k8s.io/v1beta1/nodes')).body;
    assert.deepEqual([kind, items[0].metadata.name], ['NodeMetricsList', 'n1']);
    assert.deepEqual((await rig.ask('/apis/metrics.k8s.io/v1beta1/namespaces/default/pods')).body.items, []);
    const body = { metadata: { name: 'p' } };
    assert.equal((await rig.create('/apis/metrics.k8s.io/v1beta1/namespaces/default/pods', body)).code, 405);
    const { resources } = (await rig.ask('/apis/metrics.k8s.io/v1beta1')).body;
    assert.deepEqual(
      resources.map((one: Body) => [one.name, one.verbs]),
      [
        ['nodes', ['get', 'list']],
        ['pods', ['get', 'list']],
      ],
    );
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { scalingConditions, scalingOf } from '../../../src/diagnosis/autoscaling.ts';
import { missingRequests } from '../../../src/diagnosis/missing-requests.ts';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';

function autoscaler(fields: object, annotations: Record<string, string> = {}): KubeObject {
  return {
    kind: 'HorizontalPodAutoscaler',
    metadata: { namespace: 'shop', name: 'web', annotations },
    ...fields,
  };
}

const prefix = 'autoscaling.alpha.kubernetes.io';

describe('what an autoscaler aims at', () => {
  it('is read the same of both versions, whatever the metric', () => {
    const v2 = autoscaler({
      spec: {
        maxReplicas: 4,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '200Mi' } },
          },
          {
            type: 'ContainerResource',
            containerResource: {
              name: 'cpu',
              container: 'app',
              target: { type: 'Utilization', averageUtilization: 50 },
            },
          },
          { type: 'External', external: { metric: { name: 'queue' } } },
        ],
      },
      status: {
        currentReplicas: 2,
        desiredReplicas: 3,
        currentMetrics: [
          { type: 'Resource', resource: { name: 'memory', current: { averageValue: '100Mi' } } },
          {
            type: 'ContainerResource',
            containerResource: { name: 'cpu', container: 'app', current: { averageUtilization: 75 } },
          },
        ],
      },
    });
    const v1 = autoscaler(
      { spec: { maxReplicas: 4 }, status: { currentReplicas: 2, desiredReplicas: 3 } },
      {
        [`${prefix}/metrics`]: JSON.stringify([
          { type: 'Resource', resource: { name: 'memory', targetAverageValue: '200Mi' } },
          {
            type: 'ContainerResource',
            containerResource: { name: 'cpu', container: 'app', targetAverageUtilization: 50 },
          },
          { type: 'External', external: { metricName: 'queue' } },
        ]),
        [`${prefix}/current-metrics`]: JSON.stringify([
          { type: 'Resource', resource: { name: 'memory', currentAverageValue: '100Mi' } },
          {
            type: 'ContainerResource',
            containerResource: { name: 'cpu', container: 'app', currentAverageUtilization: 75 },
          },
        ]),
      },
    );
    assert.deepEqual(scalingOf(v1), scalingOf(v2));
    assert.deepEqual(scalingOf(v2).metrics, [
      { type: 'Resource', resource: 'memory', ratio: 0.5 },
      { type: 'ContainerResource', resource: 'cpu', container: 'app', utilization: 50, ratio: 1.5 },
      { type: 'External' },
    ]);
  });

  it('is read of whatever stands in the annotations', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const annotations = Object.fromEntries(
          ['conditions', 'metrics', 'current-metrics'].map((name) => [`${prefix}/${name}`, text]),
        );
        const one = autoscaler({ spec: {}, status: {} }, annotations);
        assert.ok(Array.isArray(scalingConditions(one)));
        assert.ok(Array.isArray(scalingOf(one).metrics));
      }),
    );
  });
});

describe('the requests that an autoscaler misses', () => {
  const workload = (...containers: object[]): KubeObject => ({
    kind: 'Deployment',
    metadata: { namespace: 'shop', name: 'web' },
    spec: { template: { spec: { containers } } },
  });
  const aims = autoscaler({ spec: { targetCPUUtilizationPercentage: 80, maxReplicas: 2 } });
  const named = (...containers: object[]): string[] =>
    missingRequests(aims, workload(...containers), []).map(({ container }) => container);

  it('are those of every container without one, and none of one with a limit', () => {
    assert.deepEqual(
      named(
        { name: 'app', resources: { requests: { memory: '1Gi' } } },
        { name: 'proxy', resources: { limits: { cpu: '1' } } },
        { name: 'agent', resources: { requests: { cpu: '10m' } } },
        { name: 'nothing', resources: { requests: { cpu: '0' } } },
      ),
      ['app', 'nothing'],
    );
  });

  it('are only those of the container that it aims at', () => {
    const one = autoscaler({
      spec: {
        metrics: [
          {
            type: 'ContainerResource',
            containerResource: { name: 'cpu', container: 'app', target: { averageUtilization: 50 } },
          },
        ],
      },
    });
    const missing = missingRequests(one, workload({ name: 'app' }, { name: 'proxy' }), []);
    assert.deepEqual(missing, [{ container: 'app', resource: 'cpu', former: undefined }]);
  });

  it('are none where it aims at an amount and not at a share', () => {
    const one = autoscaler({
      spec: { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageValue: '100m' } } }] },
    });
    assert.deepEqual(missingRequests(one, workload({ name: 'app' }), []), []);
  });
});

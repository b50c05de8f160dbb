import assert from 'node:assert/strict';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import type { Impact } from '../../../../src/remediation/preview/impact.ts';
import { newPodOf } from '../../../../src/remediation/preview/new-pods.ts';

const ref = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const template = (image: string) => ({
  metadata: { labels: { app: 'web' }, annotations: { team: 'shop' } },
  spec: { containers: [{ name: 'app', image }] },
});
const deployment = (image: string): KubeObject => ({
  ...{ kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } },
  spec: { replicas: 1, template: template(image) },
});
const cronJob = (image: string): KubeObject => ({
  ...{ kind: 'CronJob', metadata: { name: 'web', namespace: 'shop' } },
  spec: { jobTemplate: { spec: { template: template(image) } } },
});
const pod = (ready: boolean): KubeObject => ({
  ...{ kind: 'Pod', metadata: { name: 'web-1', namespace: 'shop' } },
  status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});

const nothing: Impact = {
  ...{ pods: [], going: 0, replaced: 0, readyLeft: 0 },
  ...{ added: 0, notMade: 0, evicted: false },
};
const rollout = (maxUnavailable: number, ready = true): Impact => ({
  ...{ ...nothing, pods: [pod(ready)], going: 1, replaced: 1 },
  rollout: { ref, strategy: 'RollingUpdate', maxUnavailable, maxSurge: 1 },
});
const changed = { ref, before: deployment('web:1'), after: deployment('web:2') };

describe('The pod that comes of a change', () => {
  it('is made of the template as it would be, under one name', () => {
    assert.deepEqual(newPodOf(changed, rollout(0)), {
      of: 'Deployment shop/web',
      pod: {
        ...{ apiVersion: 'v1', kind: 'Pod' },
        metadata: {
          ...{ name: 'oncall-rehearsal', namespace: 'shop' },
          ...{ labels: { app: 'web' }, annotations: { team: 'shop' } },
        },
        spec: { containers: [{ name: 'app', image: 'web:2' }] },
      },
      onTop: true,
    });
  });

  it('comes on top of what there is only where nothing may go before it', () => {
    assert.equal(newPodOf(changed, rollout(1))?.onTop, false);
    assert.equal(newPodOf(changed, rollout(0, false))?.onTop, false);
    assert.equal(newPodOf(changed, { ...nothing, added: 2 })?.onTop, true);
    const scheduled = { ...changed, ref: { ...ref, kind: 'CronJob' } };
    const next = newPodOf({ ...scheduled, before: cronJob('web:1'), after: cronJob('web:2') }, nothing);
    assert.deepEqual([next?.onTop, next?.pod['spec']], [false, template('web:2').spec]);
  });

  it('is none where no pod is made', () => {
    assert.equal(newPodOf(changed, nothing), undefined, 'a paused rollout');
    assert.equal(newPodOf({ ...changed, after: undefined }, nothing), undefined, 'a deletion');
    assert.equal(newPodOf(changed, { ...rollout(0), replaced: 0 }), undefined, 'no replicas');
    const same = { ref: { ...ref, kind: 'CronJob' }, before: cronJob('web:1'), after: cronJob('web:1') };
    assert.equal(newPodOf(same, nothing), undefined, 'a label of a CronJob');
    const service: KubeObject = { kind: 'Service', metadata: { name: 'web' }, spec: { selector: {} } };
    assert.equal(newPodOf({ ...changed, before: service, after: service }, nothing), undefined);
  });
});

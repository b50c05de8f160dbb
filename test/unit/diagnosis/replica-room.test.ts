import assert from 'node:assert/strict';
import { roomOfQuotas, roomOnNodes } from '../../../src/diagnosis/replica-room.ts';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';

const spec = {
  containers: [
    { name: 'app', resources: { requests: { cpu: '250m', memory: '1Gi' }, limits: { memory: '2Gi' } } },
  ],
};
const node: KubeObject = { kind: 'Node', metadata: { name: 'a' } };
const gi = 2 ** 30;

const quota = (hard: object, used: object, scope: object = {}): KubeObject => ({
  kind: 'ResourceQuota',
  metadata: { namespace: 'shop', name: 'team' },
  spec: { hard, ...scope },
  status: { hard, used },
});

describe('room for more pods', () => {
  it('is what the counted nodes leave, each for itself', () => {
    const free = (cpu: number, memory: number) => ({ node, free: { cpu, memory } });
    assert.equal(roomOnNodes([free(1, 8 * gi), free(0.3, 8 * gi), { node, free: undefined }], spec), 5);
    assert.equal(roomOnNodes([free(8, 1.5 * gi), free(-1, 8 * gi)], spec), 1);
  });

  it('is not known where no node was counted', () => {
    assert.equal(roomOnNodes([{ node, free: undefined }], spec), undefined);
  });

  it('is what the tightest quota leaves', () => {
    assert.equal(
      roomOfQuotas([quota({ pods: '10', 'requests.cpu': '1' }, { pods: '4', 'requests.cpu': '250m' })], spec),
      3,
    );
    assert.equal(roomOfQuotas([quota({ 'limits.memory': '4Gi' }, { 'limits.memory': '4Gi' })], spec), 0);
    assert.equal(roomOfQuotas([quota({ pods: '2' }, { pods: '5' })], spec), 0);
  });

  it('is not limited by quotas of other things or of other pods', () => {
    assert.equal(roomOfQuotas([quota({ services: '1' }, { services: '1' })], spec), undefined);
    assert.equal(roomOfQuotas([quota({ pods: '0' }, {}, { scopes: ['BestEffort'] })], spec), undefined);
    assert.equal(roomOfQuotas([], spec), undefined);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readRefusal } from '../../../src/diagnosis/refusals.ts';

describe('why the API server refuses a pod', () => {
  it('is a quota, with what one more pod takes', () => {
    const message =
      'pods "web-1" is forbidden: exceeded quota: team, requested: limits.memory=1Gi,pods=1,requests.cpu=500m, used: limits.memory=2Gi,pods=3,requests.cpu=2, limited: limits.memory=2Gi,pods=3,requests.cpu=2';
    assert.deepEqual(readRefusal(message), {
      kind: 'quota-exceeded',
      quota: 'team',
      requested: { 'limits.memory': 2 ** 30, pods: 1, 'requests.cpu': 0.5 },
    });
  });

  it('is a quota that wants limits, with the containers where the server names them', () => {
    const since124 =
      'pods "web-1" is forbidden: failed quota: cpu-budget: must specify limits.cpu for: app,proxy; limits.memory for: app';
    assert.deepEqual(readRefusal(since124), {
      kind: 'must-specify',
      quota: 'cpu-budget',
      missing: [
        { resource: 'limits.cpu', containers: ['app', 'proxy'] },
        { resource: 'limits.memory', containers: ['app'] },
      ],
    });
    const before =
      'pods "web-1" is forbidden: failed quota: cpu-budget: must specify limits.cpu,limits.memory';
    assert.deepEqual(readRefusal(before), {
      kind: 'must-specify',
      quota: 'cpu-budget',
      missing: [
        { resource: 'limits.cpu', containers: [] },
        { resource: 'limits.memory', containers: [] },
      ],
    });
  });

  it('is a LimitRange, a ServiceAccount, the pod security, or something else', () => {
    const words: [string, string][] = [
      ['pods "a" is forbidden: maximum cpu usage per Container is 1, but limit is 2', 'limit-range'],
      [
        'pods "a" is forbidden: error looking up service account shop/web: serviceaccount "web" not found',
        'service-account',
      ],
      ['pods "a" is forbidden: violates PodSecurity "restricted:latest": privileged', 'pod-security'],
      ['admission webhook "x" denied the request: exceeded its quota of patience', 'other'],
      ['', 'other'],
    ];
    for (const [message, kind] of words) assert.equal(readRefusal(message).kind, kind, message);
  });

  it('is read without a failure whatever is said', () => {
    fc.assert(fc.property(fc.string(), (text) => readRefusal(`exceeded quota: ${text}`).kind.length > 0));
    fc.assert(
      fc.property(
        fc.string(),
        (text) => readRefusal(`failed quota: q: must specify ${text}`).kind.length > 0,
      ),
    );
  });
});

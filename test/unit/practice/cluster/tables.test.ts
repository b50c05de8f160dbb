import assert from 'node:assert/strict';
import type { V1ContainerState, V1Pod } from '@kubernetes/client-node';
import fc from 'fast-check';
import { quantity } from '../../../../src/practice/quantity.ts';
import { humanDuration } from '../../../../src/practice/cluster/tables/age.ts';
import { podLine } from '../../../../src/practice/cluster/tables/pod-status.ts';

const now = new Date('2026-01-01T12:00:00Z');

describe('ages', () => {
  it('are written as kubectl writes them', () => {
    const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
    const expected: [number, string][] = [
      [0, '0s'],
      [-500, '0s'],
      [-5 * second, '<invalid>'],
      [119 * second, '119s'],
      [2 * minute, '2m'],
      [2 * minute + 5 * second, '2m5s'],
      [10 * minute + 5 * second, '10m'],
      [179 * minute, '179m'],
      [3 * hour + 4 * minute, '3h4m'],
      [47 * hour, '47h'],
      [2 * day + 3 * hour, '2d3h'],
      [8 * day + 3 * hour, '8d'],
      [800 * day, '2y70d'],
    ];
    for (const [milliseconds, text] of expected) assert.equal(humanDuration(milliseconds), text);
  });
});

describe('quantities', () => {
  it('are compared in base units', () => {
    assert.equal(quantity('128Mi'), 128 * 1024 * 1024);
    assert.equal(quantity('500m'), 0.5);
    assert.equal(quantity('1e3'), 1000);
    for (const wrong of ['', 'Mi', '1Xi', '1 Gi', '1constructor']) assert.equal(quantity(wrong), undefined);
  });

  it('grow with their suffix', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (n) => {
        assert.ok((quantity(`${n}Ki`) ?? 0) < (quantity(`${n}Mi`) ?? 0));
      }),
    );
  });
});

describe("a pod's line", () => {
  const podWith = (
    state: V1ContainerState,
    more: Partial<V1Pod['status']> = {},
    restartCount = 0,
  ): V1Pod => ({
    spec: { containers: [{ name: 'app' }] },
    status: {
      phase: 'Running',
      containerStatuses: [
        { name: 'app', image: '', imageID: '', ready: state.running !== undefined, restartCount, state },
      ],
      ...more,
    },
  });
  const status = (pod: V1Pod): string => podLine(pod, now).status;

  it('says what the container says', () => {
    assert.equal(status(podWith({ running: {} })), 'Running');
    assert.equal(status(podWith({ waiting: { reason: 'CrashLoopBackOff' } })), 'CrashLoopBackOff');
    assert.equal(status(podWith({ terminated: { exitCode: 137, reason: 'OOMKilled' } })), 'OOMKilled');
    assert.equal(status(podWith({ terminated: { exitCode: 3 } })), 'ExitCode:3');
    assert.equal(status(podWith({ terminated: { exitCode: 0, signal: 9 } })), 'Signal:9');
    assert.equal(status({ spec: { containers: [] }, status: { phase: 'Pending' } }), 'Pending');
  });

  it('says which init container it waits for', () => {
    const init = (state: V1ContainerState): V1Pod => ({
      spec: { containers: [{ name: 'app' }], initContainers: [{ name: 'one' }, { name: 'two' }] },
      status: {
        phase: 'Pending',
        initContainerStatuses: [
          {
            name: 'one',
            image: '',
            imageID: '',
            ready: true,
            restartCount: 0,
            state: { terminated: { exitCode: 0 } },
          },
          { name: 'two', image: '', imageID: '', ready: false, restartCount: 0, state },
        ],
      },
    });
    assert.equal(status(init({ running: {} })), 'Init:1/2');
    assert.equal(status(init({ waiting: { reason: 'CrashLoopBackOff' } })), 'Init:CrashLoopBackOff');
    assert.equal(status(init({ terminated: { exitCode: 1, reason: 'Error' } })), 'Init:Error');
  });

  it('says that it is terminating', () => {
    const pod = podWith({ running: {} });
    assert.equal(status({ ...pod, metadata: { deletionTimestamp: now } }), 'Terminating');
  });

  it('counts restarts and says when the last one was', () => {
    const lastState = { terminated: { exitCode: 1, finishedAt: new Date('2026-01-01T11:59:00Z') } };
    const pod = podWith({ running: {} }, {}, 4);
    const [first] = pod.status?.containerStatuses ?? [];
    assert.ok(first);
    first.lastState = lastState;
    assert.deepEqual(podLine(pod, now), { ready: '1/1', status: 'Running', restarts: '4 (60s ago)' });
  });
});

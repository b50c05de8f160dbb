import assert from 'node:assert/strict';
import { replicaCount, withinBounds } from '../../../../src/practice/controllers/replica-count.ts';
import type { Count, Measured } from '../../../../src/practice/controllers/replica-count.ts';
import type { PodMetrics } from '../../../../src/practice/node/metrics.ts';
import type { Pod } from '../../../../src/practice/objects.ts';

const now = Date.parse('2030-01-01T12:00:00Z');
const at = (secondsAgo: number): string => new Date(now - secondsAgo * 1000).toISOString();

interface Likeness {
  readonly uses?: string;
  readonly requests?: string;
  readonly ready?: boolean;
  /** Seconds ago. */
  readonly started?: number;
  readonly changed?: number;
  readonly phase?: 'Pending' | 'Running' | 'Failed';
  readonly deleted?: boolean;
}

function measure(likenesses: readonly Likeness[], more: Partial<Measured> = {}): Count {
  const all = likenesses.map((likeness, index): Pod => {
    const { requests = '50m', ready = true, started = 600, changed = 590, phase = 'Running' } = likeness;
    return {
      metadata: { name: `p${String(index)}`, ...(likeness.deleted && { deletionTimestamp: at(1) }) },
      spec: {
        containers: [
          {
            name: 'app',
            image: 'a:1',
            ...(requests !== '' && { resources: { requests: { cpu: requests } } }),
          },
        ],
      },
      status: {
        phase,
        startTime: at(started),
        conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: at(changed) }],
      },
    };
  });
  const metrics = likenesses.flatMap(({ uses }, index): PodMetrics[] =>
    uses === undefined
      ? []
      : [
          {
            metadata: { name: `p${String(index)}` },
            timestamp: at(0),
            window: '10s',
            containers: [{ name: 'app', usage: { cpu: uses, memory: '24Mi' } }],
          },
        ],
  );
  const current = more.current ?? all.length;
  return replicaCount({ resource: 'cpu', target: 80, current, pods: all, metrics, now, speed: 1, ...more });
}

describe('the replica count that usage asks for', () => {
  it('grows and shrinks with what pods use of their requests, and stays near the target', () => {
    assert.deepEqual(measure([{ uses: '80m' }, { uses: '80m' }]), {
      replicas: 4,
      utilization: 160,
      average: 0.08,
    });
    assert.equal(measure([{ uses: '10m' }, { uses: '10m' }, { uses: '10m' }]).replicas, 1);
    assert.equal(measure([{ uses: '43m' }, { uses: '43m' }]).replicas, 2);
    assert.equal(measure([{ uses: '37m' }, { uses: '37m' }]).replicas, 2);
  });

  it('is asked of pods that have been Ready for a whole measurement', () => {
    const young = { uses: '0m', started: 20, changed: 4 };
    assert.throws(() => measure([young]), /^Error: did not receive metrics for any ready pods$/);
    assert.equal(measure([{ uses: '100m', started: 20, changed: 11 }]).replicas, 3);
    assert.equal(measure([young, { uses: '85m' }]).replicas, 2, 'the young one is thought idle');
    assert.equal(measure([{ ...young, uses: '85m' }], { speed: 20 }).replicas, 3, 'time is faster');
    assert.throws(() => measure([{ uses: '9m', phase: 'Pending' }]), /did not receive metrics/);
  });

  it('leaves out pods on their way out, and counts an old one that lost its readiness', () => {
    assert.equal(
      measure([{ uses: '40m' }, { uses: '400m', deleted: true }, { uses: '400m', phase: 'Failed' }], {
        current: 1,
      }).replicas,
      1,
    );
    assert.equal(measure([{ uses: '80m', ready: false, changed: 300 }]).replicas, 2);
    assert.throws(() => measure([{ uses: '80m', ready: false, changed: 590 }]), /did not receive/);
  });

  it('takes a pod without metrics for whatever holds the change back', () => {
    assert.equal(measure([{ uses: '80m' }, {}]).replicas, 2, 'idle, where there would be more');
    assert.equal(
      measure([{ uses: '10m' }, { uses: '10m' }, {}]).replicas,
      2,
      'busy, where there would be less',
    );
    assert.equal(measure([{ uses: '120m' }, { uses: '120m' }, {}]).replicas, 6);
  });

  it('cannot be told without metrics, without pods and without requests', () => {
    assert.throws(
      () => measure([{}]),
      /^Error: unable to get metrics for resource cpu: no metrics returned from resource metrics API$/,
    );
    assert.throws(() => measure([{ uses: '1m' }], { pods: [] }), /^Error: no pods returned by selector/);
    assert.throws(
      () => measure([{ uses: '1m' }, { uses: '1m', requests: '' }]),
      /^Error: missing request for cpu$/,
    );
    assert.throws(
      () => measure([{ uses: '1m', requests: '0' }]),
      /^Error: no metrics returned matched known pods$/,
    );
  });

  it('is kept within the bounds, and within a doubling at once', () => {
    const bounded = (wanted: number, current: number, maximum = 20): [number, string] => {
      const { replicas, reason } = withinBounds(wanted, current, 2, maximum);
      return [replicas, reason];
    };
    assert.deepEqual(bounded(1, 2), [2, 'TooFewReplicas']);
    assert.deepEqual(bounded(3, 2), [3, 'DesiredWithinRange']);
    assert.deepEqual(bounded(12, 5), [10, 'ScaleUpLimit']);
    assert.deepEqual(bounded(4, 1), [4, 'DesiredWithinRange']);
    assert.deepEqual(bounded(12, 5, 8), [8, 'TooManyReplicas']);
  });
});

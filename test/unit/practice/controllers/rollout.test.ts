import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as rollout from '../../../../src/practice/controllers/rollout.ts';
import type { Deployment, ReplicaSet } from '../../../../src/practice/objects.ts';

function deployment(
  replicas: number,
  maxSurge: number | string,
  maxUnavailable: number | string,
): Deployment {
  return {
    metadata: { name: 'cart' },
    spec: {
      replicas,
      selector: {},
      template: { spec: { containers: [] } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
    },
  };
}

function replicaSet(name: string, replicas: number, available: number, created = 0): ReplicaSet {
  return {
    metadata: { name, creationTimestamp: new Date(created * 1000).toISOString() },
    spec: { replicas, selector: {}, template: { spec: { containers: [] } } },
    status: { replicas, availableReplicas: available },
  };
}

const sizes = (resizes: readonly rollout.Resize[]): Record<string, number> =>
  Object.fromEntries(resizes.map(({ set, replicas }) => [set.metadata.name, replicas]));

describe('a rolling update', () => {
  it('reads percentages like Kubernetes: surge rounds up, unavailable rounds down', () => {
    assert.deepEqual(rollout.fences(deployment(5, '25%', '25%')), { surge: 2, unavailable: 1 });
    assert.deepEqual(rollout.fences(deployment(1, '25%', '25%')), { surge: 1, unavailable: 0 });
    assert.deepEqual(rollout.fences(deployment(3, 0, 0)), { surge: 0, unavailable: 1 });
  });

  it('stops half way when the new pods never get ready', () => {
    const stuck = deployment(4, 0, 2);
    const [old, young] = [replicaSet('old', 4, 4), replicaSet('new', 0, 0, 1)];
    assert.deepEqual(sizes(rollout.nextResizes(stuck, young, [old])), { old: 2 });
    const halved = replicaSet('old', 2, 2);
    assert.deepEqual(sizes(rollout.nextResizes(stuck, young, [halved])), { new: 2 });
    assert.deepEqual(rollout.nextResizes(stuck, replicaSet('new', 2, 0, 1), [halved]), []);
  });

  it('parts with unhealthy old pods before healthy ones', () => {
    const resizes = rollout.nextResizes(deployment(4, 1, 1), replicaSet('new', 1, 1, 2), [
      replicaSet('healthy', 2, 2, 1),
      replicaSet('broken', 2, 0, 0),
    ]);
    assert.deepEqual(sizes(resizes), { broken: 0 });
  });

  it('never has more pods than surge allows nor takes healthy ones below the minimum, and always arrives', () => {
    const shape = fc.record({
      replicas: fc.integer({ min: 1, max: 12 }),
      surge: fc.integer({ min: 0, max: 4 }),
      unavailable: fc.integer({ min: 0, max: 4 }),
    });
    fc.assert(
      fc.property(shape, ({ replicas, surge, unavailable }) => {
        const wish = deployment(replicas, surge, unavailable);
        const fences = rollout.fences(wish);
        let [old, young] = [replicaSet('old', replicas, replicas), replicaSet('new', 0, 0, 1)];
        for (let step = 0; step < 100; step += 1) {
          const resizes = rollout.nextResizes(wish, young, [old]);
          if (resizes.length === 0) break;
          const next = sizes(resizes);
          const [oldSize, youngSize] = [
            next['old'] ?? rollout.desiredOf(old),
            next['new'] ?? rollout.desiredOf(young),
          ];
          assert.ok(oldSize + youngSize <= replicas + fences.surge);
          const stillAvailable = Math.min(oldSize, old.status?.availableReplicas ?? 0);
          assert.ok(stillAvailable + (young.status?.availableReplicas ?? 0) >= replicas - fences.unavailable);
          old = replicaSet('old', oldSize, oldSize);
          young = replicaSet('new', youngSize, youngSize, 1);
        }
        assert.equal(rollout.desiredOf(old), 0);
        assert.equal(rollout.desiredOf(young), replicas);
      }),
    );
  });
});

describe('scaling', () => {
  it('shares the change among the ReplicaSets of a rollout under way', () => {
    const wish = deployment(10, 0, 2);
    const noted = (set: ReplicaSet): ReplicaSet => {
      set.metadata.annotations = { [rollout.maximumAnnotation]: '5', [rollout.desiredAnnotation]: '5' };
      return set;
    };
    const [old, young] = [noted(replicaSet('old', 3, 3)), noted(replicaSet('new', 2, 0, 1))];
    assert.ok(rollout.isScaling(wish, [old, young]));
    assert.deepEqual(sizes(rollout.scaledSizes(wish, young, [old])), { old: 6, new: 4 });
  });

  it('sizes the only active ReplicaSet to the wish', () => {
    assert.deepEqual(sizes(rollout.scaledSizes(deployment(0, 1, 1), replicaSet('new', 3, 3), [])), {
      new: 0,
    });
  });
});

describe('pod templates', () => {
  it('are the same whatever the order of fields, empty fields and the hash label', () => {
    const a = { metadata: { labels: { app: 'cart' } }, spec: { containers: [{ name: 'app', image: 'x' }] } };
    const b = {
      spec: { containers: [{ image: 'x', resources: {}, name: 'app' }] },
      metadata: { creationTimestamp: null, labels: { [rollout.hashLabel]: 'abc', app: 'cart' } },
    };
    assert.ok(rollout.sameTemplate(a, b));
    assert.equal(rollout.templateHash(a), rollout.templateHash(b));
    const other = { ...a, spec: { containers: [{ name: 'app', image: 'y' }] } };
    assert.ok(!rollout.sameTemplate(a, other));
    assert.notEqual(rollout.templateHash(a), rollout.templateHash(a, 1));
  });
});

describe('the history', () => {
  it('drops the oldest revisions beyond its limit, but none that still has pods', () => {
    const wish = { ...deployment(1, 1, 1) };
    wish.spec.revisionHistoryLimit = 1;
    const revisions = [1, 2, 3].map((revision) => {
      const set = replicaSet(`r${String(revision)}`, revision === 1 ? 1 : 0, 0);
      set.metadata.annotations = { [rollout.revisionAnnotation]: String(revision) };
      return set;
    });
    assert.deepEqual(
      rollout.expired(wish, revisions).map(({ metadata }) => metadata.name),
      ['r2'],
    );
  });
});

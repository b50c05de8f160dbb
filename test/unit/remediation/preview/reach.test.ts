import assert from 'node:assert/strict';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { reachWords } from '../../../../src/domain/preview.ts';
import { parseCommand } from '../../../../src/kubectl/grammar.ts';
import type { Touched } from '../../../../src/remediation/preview/impact.ts';
import { reachOf } from '../../../../src/remediation/preview/reach.ts';
import { Surroundings } from '../../../../src/remediation/preview/surroundings.ts';
import { OncallError } from '../../../../src/domain/error.ts';
import { FakeCluster } from '../../../support/fake-cluster.ts';

const labels = { app: 'web' };
const pod = (name: string, ready = true, more: object = {}): KubeObject => ({
  kind: 'Pod',
  metadata: { name, namespace: 'shop', labels },
  spec: { containers: [{ name: 'app', image: 'web:1' }] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  ...more,
});
const deployment = (replicas: number, image: string, strategy: object = {}): KubeObject => ({
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    ...{ replicas, strategy, selector: { matchLabels: labels } },
    template: { metadata: { labels }, spec: { containers: [{ name: 'app', image }] } },
  },
});
const service: KubeObject = {
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { selector: labels },
};
const slice = (ready: number): KubeObject => ({
  kind: 'EndpointSlice',
  metadata: { name: 'web-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
  endpoints: Array.from({ length: ready }, (_, index) => ({ addresses: [`10.0.0.${index}`] })),
});

async function reach(text: string, touched: Touched, ...around: KubeObject[]) {
  const parsed = parseCommand(text.split(' '));
  assert(parsed.ok, text);
  const { signal } = new AbortController();
  const surroundings = new Surroundings(new FakeCluster(...around), () => Promise.resolve(undefined), signal);
  return reachOf([touched], parsed.command, surroundings);
}

const ref = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const image = 'kubectl set image deployment/web app=web:2';
const three = [pod('a'), pod('b'), pod('c')];

describe('How far a step reaches', () => {
  it('counts the pods that a rollout replaces, and what the Service loses by its strategy', async () => {
    const all = { type: 'Recreate' };
    const byOne = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } };
    const none = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } };
    for (const [strategy, lost] of [
      [all, 3],
      [byOne, 1],
      [none, undefined],
    ] as const) {
      const touched = {
        ref,
        before: deployment(3, 'web:1', strategy),
        after: deployment(3, 'web:2', strategy),
      };
      const { pods, services } = await reach(image, touched, ...three, service, slice(3));
      assert.equal(pods.replaced, 3);
      assert.equal(services[0]?.lost, lost, strategy.type);
    }
  });

  it('does not count as lost what is not ready anyway', async () => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } };
    const touched = {
      ref,
      before: deployment(3, 'web:1', strategy),
      after: deployment(3, 'web:2', strategy),
    };
    const pods = [pod('a'), pod('b'), pod('c', false)];
    assert.deepEqual((await reach(image, touched, ...pods, service, slice(2))).services, []);
  });

  it('replaces nothing while the rollout is paused', async () => {
    const paused = (one: KubeObject): KubeObject => ({ ...one, spec: { ...one['spec'], paused: true } });
    const touched = { ref, before: paused(deployment(3, 'web:1')), after: paused(deployment(3, 'web:2')) };
    assert.match(reachWords(await reach(image, touched, ...three)).join(), /^No pod restarts or goes away$/);
  });

  it('of scaling down takes the pods first that are not ready', async () => {
    const touched = { ref, before: deployment(3, 'web:1'), after: deployment(2, 'web:1') };
    const pods = [pod('a'), pod('b'), pod('c', false)];
    const found = await reach(
      'kubectl scale deployment/web --replicas=2',
      touched,
      ...pods,
      service,
      slice(2),
    );
    assert.equal(found.pods.removed, 1);
    assert.deepEqual(found.services, []);
  });

  it('of scaling counts the pods that are there, and says which of those that are missing will not be made', async () => {
    for (const [was, wished, pods, words] of [
      // A quota let only three of six be made.
      [6, 3, 3, 'No pod restarts or goes away; 3 that are missing now will not be made'],
      [6, 2, 3, '1 pod goes away; 3 that are missing now will not be made'],
      [6, 5, 3, 'No pod restarts or goes away; one that is missing now will not be made'],
      [6, 8, 3, '5 pods are added'],
      [3, 4, 5, 'No pod restarts or goes away'],
      [3, 0, 0, 'No pod restarts or goes away; 3 that are missing now will not be made'],
      [3, 0, 3, '3 pods go away'],
      [0, 3, 0, '3 pods are added'],
    ] as const) {
      const touched = { ref, before: deployment(was, 'web:1'), after: deployment(wished, 'web:1') };
      const there = Array.from({ length: pods }, (_, index) => pod(`web-${index}`));
      const found = await reach(`kubectl scale deployment/web --replicas=${wished}`, touched, ...there);
      assert.equal(reachWords(found)[0], words, `${was} to ${wished} with ${pods}`);
    }
  });

  it('of a rollout replaces the pods that are there, and of a deletion ends them', async () => {
    const rolled = { ref, before: deployment(6, 'web:1'), after: deployment(6, 'web:2') };
    assert.equal(reachWords(await reach(image, rolled, ...three))[0], '3 pods are replaced or restarted');
    const deleted = { ref, before: deployment(6, 'web:1'), after: undefined };
    assert.equal(
      reachWords(await reach('kubectl delete deployment web', deleted, ...three))[0],
      '3 pods go away; 3 that are missing now will not be made',
    );
  });

  it('does not take pods that it could not read for missing ones', async () => {
    const forbidden = new OncallError('cluster-forbidden', 'You may not list pods', 'Ask for a role.');
    const list = (kind: string) => (kind === 'Pod' ? Promise.reject(forbidden) : Promise.resolve([]));
    const { signal } = new AbortController();
    const surroundings = new Surroundings({ list }, () => Promise.resolve(undefined), signal);
    const parsed = parseCommand(['kubectl', 'scale', 'deployment/web', '--replicas=3']);
    assert(parsed.ok);
    const touched = { ref, before: deployment(6, 'web:1'), after: deployment(3, 'web:1') };
    const found = await reachOf([touched], parsed.command, surroundings);
    assert.equal(found.pods.notMade, undefined);
    assert.match(reachWords(found)[0] ?? '', /^How many pods go is not known/);
    assert.match(surroundings.gaps.join(), /Pod could not be read/);
  });

  it('tells a pod that is made anew from one that is gone for good', async () => {
    const ownerReferences = [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'r', controller: true },
    ];
    const owned = { ...pod('a'), metadata: { name: 'a', namespace: 'shop', labels, ownerReferences } };
    const gone = (before: KubeObject) => ({
      ref: { kind: 'Pod', namespace: 'shop', name: 'a' },
      before,
      after: undefined,
    });
    const command = 'kubectl delete pod a';
    assert.deepEqual((await reach(command, gone(owned))).pods, { replaced: 1, removed: 0, added: 0 });
    assert.deepEqual((await reach(command, gone(pod('a')))).pods, { replaced: 0, removed: 1, added: 0 });
  });

  it('names a pod that a new label takes out of its Service', async () => {
    const before = pod('a');
    const after = { ...before, metadata: { ...before.metadata, labels: { app: 'aside' } } };
    const touched = { ref: { kind: 'Pod', namespace: 'shop', name: 'a' }, before, after };
    const found = await reach(
      'kubectl label pod a app=aside --overwrite',
      touched,
      ...three,
      service,
      slice(3),
    );
    assert.match(reachWords(found).join('\n'), /loses 1 of 3 ready endpoints \(33 %\) for good/);
  });

  it('says what could not be read, and goes on without it', async () => {
    const forbidden = new OncallError('cluster-forbidden', 'You may not list services', 'Ask for a role.');
    const list = () => Promise.reject(forbidden);
    const { signal } = new AbortController();
    const surroundings = new Surroundings({ list }, () => Promise.resolve(undefined), signal);
    assert.deepEqual(await surroundings.list('Service', { namespace: 'shop' }), []);
    assert.match(surroundings.gaps.join(), /Service could not be read: You may not list services/);
  });
});

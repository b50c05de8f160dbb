/** What people are told about how far a command reaches is about pods that are there, whoever asked for how many. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { KubeObject } from '../../src/domain/kubernetes.ts';
import { reachWords } from '../../src/domain/preview.ts';
import { parseCommand } from '../../src/kubectl/grammar.ts';
import { reachOf } from '../../src/remediation/preview/reach.ts';
import { Surroundings } from '../../src/remediation/preview/surroundings.ts';
import { FakeCluster } from '../support/fake-cluster.ts';

const namespace = 'shop';
const labels = { app: 'web' };
const uid = 'own';

interface Owner {
  readonly kind: string;
  readonly uid: string;
}

const controlledBy = ({ kind, uid: ownerUid }: Owner) => ({
  ownerReferences: [{ apiVersion: 'apps/v1', kind, name: 'web', uid: ownerUid, controller: true }],
});
const pod = (name: string, owner?: Owner, status: object = {}, more: object = {}): KubeObject => ({
  kind: 'Pod',
  metadata: { name, namespace, labels, ...(owner === undefined ? {} : controlledBy(owner)), ...more },
  spec: { nodeName: 'n1' },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], ...status },
});
const podsOf = (count: number, owner?: Owner, prefix = 'web'): KubeObject[] =>
  Array.from({ length: count }, (_, index) => pod(`${prefix}-${index}`, owner));
const workload = (kind: string, replicas: number, there: number, image = 'web:1'): KubeObject => ({
  ...{ apiVersion: 'apps/v1', kind, metadata: { name: 'web', namespace, uid } },
  spec: {
    ...{ replicas, selector: { matchLabels: labels } },
    template: { metadata: { labels }, spec: { containers: [{ name: 'app', image }] } },
  },
  status: { replicas: there, readyReplicas: there },
});
const replicaSet = (owner: Owner, setUid: string): KubeObject => ({
  kind: 'ReplicaSet',
  metadata: { name: setUid, namespace, uid: setUid, labels, ...controlledBy(owner) },
});

/** The first sentence: what becomes of pods. */
async function told(
  command: string,
  before: KubeObject,
  after: KubeObject | undefined,
  ...around: KubeObject[]
): Promise<string> {
  const parsed = parseCommand(command.split(' '));
  assert(parsed.ok, command);
  const { signal } = new AbortController();
  const cluster = new FakeCluster(...around);
  // All pods here are on one node, and a cluster in memory knows no pods by their node.
  const list: FakeCluster['list'] = (kind, { fieldSelector: _node, ...selection }) =>
    cluster.list(kind, selection);
  const surroundings = new Surroundings({ list }, () => Promise.resolve(undefined), signal);
  const { name } = before.metadata;
  const ref = before.kind === 'Node' ? { kind: 'Node', name } : { kind: before.kind, namespace, name };
  return reachWords(await reachOf([{ ref, before, after }], parsed.command, surroundings))[0] ?? '';
}

const scale = (kind: string, was: number, wished: number, there: number, pods: KubeObject[]) =>
  told(
    `kubectl scale ${kind.toLowerCase()}/web --replicas=${wished}`,
    workload(kind, was, there),
    workload(kind, wished, there),
    ...pods,
  );

const none = 'No pod restarts or goes away';
const kinds = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'];

describe('What a step is said to do to pods', () => {
  for (const kind of kinds)
    it(`is nothing that cannot be: no pod of a ${kind} goes that is not there`, () =>
      fc.assert(
        fc.asyncProperty(fc.nat(9), fc.nat(9), fc.nat(9), async (was, wished, there) => {
          const words = await scale(kind, was, wished, there, podsOf(there));
          const numberIn = (shape: RegExp): number =>
            Number((shape.exec(words)?.[1] ?? '0').replace('one', '1'));
          const goes = numberIn(/(\d+) pods? go/);
          const notMade = numberIn(/(\d+|one) that (?:is|are) missing now will not be made/);
          const added = numberIn(/(\d+) pods? (?:is|are) added/);
          assert(goes <= there, words);
          if (wished < was) {
            // Each pod that was asked for and is no more was either there or will not be made.
            assert.equal(goes, Math.max(0, there - wished), words);
            assert.equal(notMade, Math.max(0, was - Math.max(there, wished)), words);
            assert.equal(added, 0, words);
          } else assert.deepEqual([goes, notMade], [0, 0], words);
        }),
      ));

  it('does not count a pod that ends or has ended, whatever ended it', async () => {
    const ended = [
      pod('ending', undefined, {}, { deletionTimestamp: '2026-12-01T03:00:00Z' }),
      pod('evicted', undefined, { phase: 'Failed', reason: 'Evicted' }),
      pod('done', undefined, { phase: 'Succeeded' }),
    ];
    const words = `${none}; 3 that are missing now will not be made`;
    assert.equal(await scale('Deployment', 6, 3, 3, [...podsOf(3), ...ended]), words);
    const node: KubeObject = { kind: 'Node', metadata: { name: 'n1' }, spec: {} };
    assert.equal(await told('kubectl drain n1', node, node, ...ended), none);
    assert.equal(await told('kubectl drain n1', node, node, ...podsOf(2), ...ended), '2 pods go away');
  });

  it('counts a pod that is there and not ready, which goes like any other', async () => {
    const pending = pod('pending', undefined, { phase: 'Pending', conditions: [] });
    assert.equal(await scale('Deployment', 4, 3, 4, [...podsOf(3), pending]), '1 pod goes away');
  });

  it('does not count pods of other workloads whose labels fit as well', async () => {
    const [own, others] = [{ kind: 'ReplicaSet', uid: 'set-1' }, [] as KubeObject[]];
    others.push(
      replicaSet({ kind: 'Deployment', uid }, 'set-1'),
      replicaSet({ kind: 'Deployment', uid: 'canary' }, 'set-2'),
      ...podsOf(2, { kind: 'ReplicaSet', uid: 'set-2' }, 'canary'),
      ...podsOf(2, { kind: 'StatefulSet', uid: 'store' }, 'store'),
      ...podsOf(1, { kind: 'DaemonSet', uid: 'agent' }, 'agent'),
    );
    assert.equal(
      await scale('Deployment', 6, 3, 3, [...podsOf(3, own), ...others]),
      `${none}; 3 that are missing now will not be made`,
    );
    assert.equal(
      await told(
        'kubectl rollout restart deployment/web',
        workload('Deployment', 6, 3),
        workload('Deployment', 6, 3, 'web:2'),
        ...podsOf(3, own),
        ...others,
      ),
      '3 pods are replaced or restarted',
    );
    assert.equal(
      await scale('StatefulSet', 3, 2, 3, [...podsOf(3, { kind: 'StatefulSet', uid }), ...others]),
      '1 pod goes away',
    );
  });

  it('counts pods of a ReplicaSet that it could not read, rather than to hide them', async () => {
    const unknown = podsOf(3, { kind: 'ReplicaSet', uid: 'unread' });
    assert.equal(await scale('Deployment', 3, 0, 3, unknown), '3 pods go away');
  });

  it('is by the count of the controller where there are more pods than are read', async () => {
    const many = podsOf(1000);
    assert.equal(await scale('Deployment', 1000, 600, 1000, many), '400 pods go away');
    assert.equal(
      await scale('Deployment', 1000, 600, 700, many.slice(0, 700)),
      '100 pods go away; 300 that are missing now will not be made',
    );
    const big = workload('Deployment', 1000, 1000);
    assert.equal(await told('kubectl delete deployment web', big, undefined, ...many), '1000 pods go away');
    const restarted = workload('Deployment', 1000, 1000, 'web:2');
    assert.equal(
      await told('kubectl rollout restart deployment/web', big, restarted, ...many),
      '1000 pods are replaced or restarted',
    );
  });

  it('tells of a deletion what goes, what is made anew and what nobody makes any more', async () => {
    const remove = (before: KubeObject, flags = ''): Promise<string> =>
      told(`kubectl delete ${before.kind.toLowerCase()} web${flags}`, before, undefined, ...podsOf(3));
    const missing = '3 that are missing now will not be made';
    for (const kind of kinds)
      assert.equal(await remove(workload(kind, 6, 3)), `3 pods go away; ${missing}`, kind);
    const set = workload('ReplicaSet', 6, 3);
    const metadata = { ...set.metadata, ...controlledBy({ kind: 'Deployment', uid: 'd' }) };
    assert.equal(await remove({ ...set, metadata }), '3 pods are replaced or restarted');
    assert.equal(await remove(workload('Deployment', 6, 3), ' --cascade=orphan'), none);
    assert.equal(await remove(workload('StatefulSet', 6, 3), ' --cascade=orphan'), `${none}; ${missing}`);
  });

  it('is nothing for a Service, whose pods stay, where pods may not be read', async () => {
    const service: KubeObject = {
      kind: 'Service',
      metadata: { name: 'web', namespace },
      spec: { selector: labels },
    };
    const cluster = new FakeCluster(service);
    cluster.unknownKinds.add('Pod');
    const surroundings = new Surroundings(
      cluster,
      () => Promise.resolve(undefined),
      new AbortController().signal,
    );
    const parsed = parseCommand(['kubectl', 'patch', 'service', 'web', '-p', '{"spec":{"selector":null}}']);
    assert(parsed.ok);
    const touched = { ref: { kind: 'Service', namespace, name: 'web' }, before: service, after: service };
    assert.equal(reachWords(await reachOf([touched], parsed.command, surroundings))[0], none);
  });
});

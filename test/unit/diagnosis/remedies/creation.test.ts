import assert from 'node:assert/strict';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { fakeCluster, type FakeCluster } from '../../cluster/fake-cluster.ts';
import { cannotCreate, quota } from '../../cluster/machines.ts';
import { deployment, event, revision, type RevisionOptions } from '../../cluster/shop.ts';
import { investigate, names, only, target } from '../investigate.ts';

const exceeded =
  'pods "checkout-hash1-x" is forbidden: exceeded quota: team, requested: pods=1, used: pods=3, limited: pods=3';
const mustSpecify = (what: string): string =>
  `pods "checkout-hash1-x" is forbidden: failed quota: budget: must specify ${what}`;

/** A Deployment of which `there` of 6 pods exist. */
const refused = (message: string, there: number, container: object, ...more: KubeObject[]): FakeCluster => {
  const owner = deployment({ replicas: 6, readyReplicas: there, conditions: [cannotCreate(message)] });
  Object.assign(owner['status'], { replicas: there });
  owner['spec'].template.spec = { containers: [{ name: 'app', ...container }] };
  return fakeCluster(
    owner,
    revision(1, { replicas: 6, available: there, container: { ...container } }),
    ...more,
  );
};

describe('for pods that cannot be made, the built-in diagnosis', () => {
  it('asks for as many as the quota lets in', async () => {
    const result = await investigate(refused(exceeded, 3, {}, quota('team', { pods: '3' }, { pods: '3' })));
    assert.deepEqual(names(result), ['FailedCreate']);
    assert.match(result.findings[0]?.summary ?? '', /3 of 6 exist/);
    const proposal = only(result);
    assert.deepEqual(proposal.parameters, { namespace: 'shop', deployment: 'checkout', replicas: 3 });
    assert.ok(proposal.claimedConfidence >= 0.8);
  });

  it('counts what the quota has left by now, by all that one pod takes', async () => {
    const message =
      'pods "a" is forbidden: exceeded quota: team, requested: limits.memory=1Gi,pods=1, used: limits.memory=3Gi,pods=3, limited: limits.memory=3Gi,pods=3';
    const now = quota('team', { pods: '10', 'limits.memory': '5Gi' }, { pods: '3', 'limits.memory': '3Gi' });
    const proposal = only(await investigate(refused(message, 3, {}, now)));
    assert.ok('replicas' in proposal.parameters && proposal.parameters.replicas === 5);
  });

  it('proposes no fewer than one, and nothing where all are there already', async () => {
    const full = quota('team', { pods: '3' }, { pods: '3' });
    assert.deepEqual((await investigate(refused(exceeded, 0, {}, full))).proposals, []);
    assert.deepEqual((await investigate(refused(exceeded, 6, {}, full))).proposals, []);
  });

  it('goes back to the revision that took less, where nothing else was changed', async () => {
    const cluster = refused(exceeded, 3, {}, quota('team', { pods: '3' }, { pods: '3' }));
    const newer: RevisionOptions = { replicas: 1, container: { resources: { requests: { memory: '9Gi' } } } };
    cluster.objects.push(revision(2, newer));
    assert.equal(only(await investigate(cluster)).action, 'rollback_deployment');
  });

  describe('where the quota wants limits', () => {
    const budget = quota(
      'budget',
      { 'limits.cpu': '4', 'limits.memory': '4Gi' },
      { 'limits.cpu': '0', 'limits.memory': '0' },
    );
    const container = { resources: { requests: { cpu: '10m' } } };

    for (const [version, what] of [
      ['since 1.24', 'limits.cpu for: app'],
      ['before 1.24', 'limits.cpu'],
    ] as const) {
      it(`gives the container one that every replica has room for (${version})`, async () => {
        const proposal = only(await investigate(refused(mustSpecify(what), 0, container, budget)));
        assert.equal(proposal.action, 'increase_cpu_limits');
        // 4 cores for 6 replicas and one more during the rollout.
        assert.deepEqual(proposal.parameters, {
          namespace: 'shop',
          deployment: 'checkout',
          container: 'app',
          cpu: '571m',
        });
        assert.ok(proposal.claimedConfidence >= 0.8);
      });
    }

    it('gives it what other containers of the namespace have', async () => {
      const sibling = deployment({ name: 'cart' });
      sibling['spec'].template.spec = { containers: [{ name: 'c', resources: { limits: { cpu: '300m' } } }] };
      const cluster = refused(mustSpecify('limits.cpu for: app'), 0, container, budget, sibling);
      const proposal = only(await investigate(cluster));
      assert.ok('cpu' in proposal.parameters && proposal.parameters.cpu === '300m');
    });

    it('gives it both limits at once where both are asked for', async () => {
      const message = mustSpecify('limits.cpu for: app; limits.memory for: app');
      const proposal = only(await investigate(refused(message, 0, container, budget)));
      assert.equal(proposal.action, 'set_resource_limits');
      assert.ok('memory' in proposal.parameters && proposal.parameters.memory === '512Mi');
    });

    it('makes no limit up where the quota may not be seen, or leaves too little', async () => {
      const denied = refused(mustSpecify('limits.cpu for: app'), 0, container, budget);
      denied.denied.add('ResourceQuota');
      assert.deepEqual((await investigate(denied)).proposals, []);
      const spent = quota('budget', { 'limits.cpu': '4' }, { 'limits.cpu': '4' });
      const nothingLeft = refused(mustSpecify('limits.cpu for: app'), 0, container, spent);
      assert.deepEqual((await investigate(nothingLeft)).proposals, []);
    });

    it('does not go back to a revision that would be refused as well', async () => {
      const cluster = refused(mustSpecify('limits.cpu for: app'), 0, container, budget);
      cluster.objects.push(
        revision(2, { replicas: 1, container: { resources: { requests: { cpu: '20m' } } } }),
      );
      assert.equal(only(await investigate(cluster)).action, 'increase_cpu_limits');
    });
  });

  it('goes back where a revision runs as an account that does not exist', async () => {
    const message =
      'pods "a" is forbidden: error looking up service account shop/new: serviceaccount "new" not found';
    const cluster = refused(message, 3, {});
    cluster.objects.push(revision(2, { replicas: 1, template: { serviceAccountName: 'new' } }));
    const result = await investigate(cluster);
    assert.equal(only(result).action, 'rollback_deployment');
    assert.match(result.rootCause, /ServiceAccount new/);
  });

  it('says what the API server says where it does not know better', async () => {
    const result = await investigate(refused('pods "a" is forbidden: the moon is full', 3, {}));
    assert.deepEqual(result.proposals, []);
    assert.match(result.hypotheses[0]?.statement ?? '', /the moon is full/);
  });

  it('learns it of a StatefulSet from its events, while pods are missing', async () => {
    const set = (replicas: number): KubeObject => ({
      kind: 'StatefulSet',
      metadata: { namespace: 'shop', name: 'db', uid: 's-db' },
      spec: { replicas: 2, selector: { matchLabels: { app: 'db' } } },
      status: { replicas },
    });
    const failed = event('StatefulSet', 'db', 'FailedCreate', `create Pod db-1 failed error: ${exceeded}`);
    const about = target('StatefulSet', 'db');
    const result = await investigate(fakeCluster(set(1), failed), about);
    assert.deepEqual(names(result), ['FailedCreate']);
    assert.deepEqual(result.proposals, []);
    assert.match(result.rootCause, /Quota team/);
    assert.deepEqual(names(await investigate(fakeCluster(set(2), failed), about)), []);
  });

  it('reads quotas only where pods cannot be made', async () => {
    const cluster = fakeCluster(deployment(), revision(1, { replicas: 2, available: 2 }));
    await investigate(cluster);
    assert.ok(cluster.asked.every((one) => !/ResourceQuota|LimitRange|Node|Secret|ConfigMap/.test(one)));
  });
});

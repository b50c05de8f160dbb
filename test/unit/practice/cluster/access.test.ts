import assert from 'node:assert/strict';
import { Rig, deployment, pod } from './ask.ts';
import type { Body, Reply } from './ask.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const reviews = '/apis/authorization.k8s.io/v1';
const watcher = 'system:serviceaccount:shop:watcher';

describe('access', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
    await rig.create('/api/v1/namespaces', { metadata: { name: 'shop' } });
  });
  afterEach(() => rig.stop());

  const role = (kind: string, name: string, ...rules: Body[]): Promise<Reply> =>
    rig.create(kind === 'Role' ? `${rbac}/namespaces/shop/roles` : `${rbac}/clusterroles`, {
      metadata: { name },
      rules,
    });
  const rule = (resources: string[], verbs: string[], more: Body = {}): Body => ({
    apiGroups: [''],
    resources,
    verbs,
    ...more,
  });
  const bind = (kind: string, name: string, ...subjects: Body[]): Promise<Reply> =>
    rig.create(`${rbac}/namespaces/shop/rolebindings`, {
      metadata: { name: `${name}-binding` },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
      subjects:
        subjects.length > 0 ? subjects : [{ kind: 'ServiceAccount', name: 'watcher', namespace: 'shop' }],
    });
  const may = async (
    verb: string,
    resource: string,
    more: { namespace?: string; name?: string; group?: string; subresource?: string } = {},
    user = watcher,
  ): Promise<Body> => {
    const resourceAttributes = { verb, resource, namespace: 'shop', ...more };
    const groups = ['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated'];
    const spec = { user, groups, resourceAttributes };
    return (await rig.create(`${reviews}/subjectaccessreviews`, { spec })).body.status;
  };
  const as = (user: string, path: string, method = 'GET', body?: Body): Promise<Reply> =>
    rig.ask(path, { method, body, headers: { 'Impersonate-User': user } });

  it('is what a Role gives, in its namespace, and says which binding gave it', async () => {
    await role('Role', 'watcher', rule(['pods'], ['get', 'list']));
    await bind('Role', 'watcher');
    assert.deepEqual(await may('list', 'pods'), {
      allowed: true,
      reason:
        'RBAC: allowed by RoleBinding "watcher-binding/shop" of Role "watcher" to ServiceAccount "watcher/shop"',
    });
    assert.deepEqual(await may('list', 'pods', { namespace: 'default' }), { allowed: false });
    assert.deepEqual(await may('delete', 'pods'), { allowed: false });
    assert.deepEqual(await may('list', 'pod'), { allowed: false });
    assert.deepEqual(await may('list', 'pods', { group: 'metrics.k8s.io' }), { allowed: false });
    assert.deepEqual(await may('get', 'pods', { subresource: 'log' }), { allowed: false });
    assert.deepEqual(await may('list', 'pods', {}, 'system:serviceaccount:shop:other'), { allowed: false });
  });

  it('may be for single objects, for subresources, for everything, and for groups', async () => {
    await role(
      'Role',
      'some',
      rule(['configmaps'], ['get'], { resourceNames: ['one'] }),
      rule(['pods/log', '*/status'], ['*']),
    );
    await bind('Role', 'some', { kind: 'Group', name: 'system:serviceaccounts:shop' });
    assert.equal((await may('get', 'configmaps', { name: 'one' })).allowed, true);
    assert.equal((await may('get', 'configmaps', { name: 'two' })).allowed, false);
    assert.equal((await may('list', 'configmaps')).allowed, false);
    assert.equal((await may('get', 'pods', { subresource: 'log' })).allowed, true);
    assert.equal((await may('patch', 'pods', { subresource: 'status' })).allowed, true);
    assert.equal((await may('patch', 'pods')).allowed, false);
    await role('Role', 'all', rule(['*'], ['*'], { apiGroups: ['*'] }));
    await bind('Role', 'all');
    assert.equal((await may('delete', 'deployments', { group: 'apps' })).allowed, true);
  });

  it('is that of a ClusterRole, in one namespace or in all', async () => {
    await role('ClusterRole', 'nodes', rule(['nodes', 'pods'], ['list']));
    await bind('ClusterRole', 'nodes');
    assert.equal((await may('list', 'pods')).allowed, true);
    assert.equal((await may('list', 'nodes', { namespace: '' })).allowed, false);
    await rig.create(`${rbac}/clusterrolebindings`, {
      metadata: { name: 'everywhere' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'nodes' },
      subjects: [{ kind: 'User', name: watcher }],
    });
    assert.deepEqual(await may('list', 'nodes', { namespace: '' }), {
      allowed: true,
      reason: `RBAC: allowed by ClusterRoleBinding "everywhere" of ClusterRole "nodes" to User "${watcher}"`,
    });
    assert.equal((await may('list', 'pods', { namespace: 'default' })).allowed, true);
  });

  it('names a role that is bound and not there', async () => {
    await bind('Role', 'gone');
    assert.deepEqual(await may('list', 'pods'), {
      allowed: false,
      reason: 'RBAC: role.rbac.authorization.k8s.io "gone" not found',
    });
  });

  it('is answered for whoever is impersonated, and everything is allowed to the one user', async () => {
    await role('Role', 'watcher', rule(['pods'], ['list']));
    await bind('Role', 'watcher');
    const ask = (resource: string): Body => ({
      spec: { resourceAttributes: { verb: 'list', resource, namespace: 'shop' } },
    });
    const path = `${reviews}/selfsubjectaccessreviews`;
    assert.equal((await as(watcher, path, 'POST', ask('pods'))).body.status.allowed, true);
    assert.equal((await as(watcher, path, 'POST', ask('secrets'))).body.status.allowed, false);
    assert.equal((await rig.create(path, ask('secrets'))).body.status.allowed, true);
    const rules = await as(watcher, `${reviews}/selfsubjectrulesreviews`, 'POST', {
      spec: { namespace: 'shop' },
    });
    assert.deepEqual(rules.body.status.resourceRules.at(-1), rule(['pods'], ['list']));
    const who = await as(watcher, '/apis/authentication.k8s.io/v1/selfsubjectreviews', 'POST', {});
    assert.deepEqual(who.body.status.userInfo.groups, [
      'system:serviceaccounts',
      'system:serviceaccounts:shop',
      'system:authenticated',
    ]);
  });

  it('is asked within a namespace only about that namespace', async () => {
    const path = `${reviews}/namespaces/shop/localsubjectaccessreviews`;
    const spec = (namespace: string): Body => ({
      spec: { user: 'somebody', resourceAttributes: { verb: 'list', resource: 'pods', namespace } },
    });
    assert.deepEqual((await rig.create(path, spec('shop'))).body.status, { allowed: false });
    assert.equal((await rig.create(path, spec('default'))).code, 400);
    assert.equal((await rig.create(`${reviews}/subjectaccessreviews`, { spec: {} })).code, 400);
  });

  it('refuses what an impersonated user may not do, in the words of the API server', async () => {
    await role('Role', 'watcher', rule(['pods'], ['list', 'watch']));
    await bind('Role', 'watcher');
    const user = `User "${watcher}" cannot`;
    const pods = '/api/v1/namespaces/shop/pods';
    await rig.create(pods, pod('p'));
    assert.equal((await as(watcher, pods)).body.items.length, 1);
    const cases: [string, string, Body, string][] = [
      [
        `${pods}/p`,
        'GET',
        undefined,
        `pods "p" is forbidden: ${user} get resource "pods" in API group "" in the namespace "shop"`,
      ],
      [
        '/api/v1/nodes',
        'GET',
        undefined,
        `nodes is forbidden: ${user} list resource "nodes" in API group "" at the cluster scope`,
      ],
      [
        '/apis/apps/v1/namespaces/shop/deployments',
        'POST',
        deployment('d'),
        `deployments.apps is forbidden: ${user} create resource "deployments" in API group "apps" in the namespace "shop"`,
      ],
      [
        `${pods}/p/log`,
        'GET',
        undefined,
        `pods "p" is forbidden: ${user} get resource "pods/log" in API group "" in the namespace "shop"`,
      ],
      [
        pods,
        'DELETE',
        undefined,
        `pods is forbidden: ${user} deletecollection resource "pods" in API group "" in the namespace "shop"`,
      ],
    ];
    for (const [path, method, body, message] of cases) {
      const reply = await as(watcher, path, method, body);
      assert.deepEqual([reply.code, reply.body.reason, reply.body.message], [403, 'Forbidden', message]);
    }
  });

  it('is asked in protobuf too, as kubectl asks', async () => {
    await role('Role', 'watcher', rule(['pods'], ['list']));
    await bind('Role', 'watcher');
    const field = (number: number, content: string | Buffer): Buffer =>
      Buffer.concat([Buffer.from([(number << 3) | 2, Buffer.byteLength(content)]), Buffer.from(content)]);
    const review = (resource: string): Buffer => {
      const attributes = Buffer.concat([
        field(1, 'shop'),
        field(2, 'list'),
        field(3, ''),
        field(5, resource),
      ]);
      const type = Buffer.concat([field(1, 'authorization.k8s.io/v1'), field(2, 'SelfSubjectAccessReview')]);
      return Buffer.concat([Buffer.from('k8s\0'), field(1, type), field(2, field(2, field(1, attributes)))]);
    };
    const ask = async (resource: string): Promise<boolean> => {
      const body = review(resource);
      const reply = await rig.ask(`${reviews}/selfsubjectaccessreviews`, {
        method: 'POST',
        body,
        headers: {
          'Content-Type': 'application/vnd.kubernetes.protobuf',
          'Impersonate-User': watcher,
        },
      });
      return reply.body.status.allowed as boolean;
    };
    assert.equal(await ask('pods'), true);
    assert.equal(await ask('pod'), false);
  });
});

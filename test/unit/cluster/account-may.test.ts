/** What a ServiceAccount may do, asked of an API server that goes by Roles and bindings. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { connectCluster } from '../../../src/cluster/connect.ts';
import { roleBindings, roles } from '../../../src/practice/api-groups.ts';
import { KubeClient } from '../../../src/practice/client.ts';
import { startPracticeCluster } from '../../../src/practice/cluster/start.ts';
import { namespaces } from '../../../src/practice/objects.ts';

describe('The API server, asked what a ServiceAccount may do', () => {
  let directory: string;
  let close: () => Promise<void>;
  let cluster: Cluster;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'oncall-account-'));
    const practice = await startPracticeCluster({ directory });
    const client = new KubeClient({
      server: practice.url,
      ca: practice.caCertificate,
      token: practice.token,
    });
    close = async () => {
      client.close();
      await practice.close();
    };
    await client.create(namespaces, { metadata: { name: 'shop' } });
    const metadata = { name: 'reader', namespace: 'shop' };
    const rules = [{ apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] }];
    await client.create(roles, { metadata, rules });
    await client.create(roleBindings, {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', name: 'checkout', namespace: 'shop' }],
    });
    cluster = await connectCluster({ kubeconfig: practice.kubeconfig });
  });
  after(async () => {
    await close();
    await rm(directory, { recursive: true, force: true });
  });

  const may = (name: string, verb: string, resource: string, group = ''): Promise<boolean | undefined> =>
    cluster.accountMay?.({ namespace: 'shop', name }, { verb, group, resource }) ??
    assert.fail('cannot be asked');

  it('says yes to what a binding gives it, subresources too, and no to all else', async () => {
    assert.equal(await may('checkout', 'list', 'pods'), true);
    assert.equal(await may('checkout', 'get', 'pods/log'), true);
    assert.equal(await may('checkout', 'delete', 'pods'), false);
    assert.equal(await may('checkout', 'list', 'pods', 'metrics.k8s.io'), false);
    assert.equal(await may('checkout', 'list', 'pod'), false);
    assert.equal(await may('cart', 'list', 'pods'), false);
  });
});

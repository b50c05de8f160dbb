import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { connectCluster } from '../../../src/cluster/connect.ts';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { isSubdomainName, lockName } from '../../../src/cluster/names.ts';
import { refuse, send, startApiServer, type ApiServer } from './api-server.ts';

interface StoredLease {
  metadata: { name: string; uid?: string; resourceVersion?: string };
  spec: Record<string, unknown>;
}

let api: ApiServer;
let lease: StoredLease | undefined;
let version: number;
/** Called once between a read and the write that follows. */
let meanwhile: (() => void) | undefined;
let cluster: Cluster;

describe('the remediation lock', () => {
  beforeEach(async () => {
    lease = undefined;
    version = 0;
    meanwhile = undefined;
    api = await startApiServer(({ method, path, body }, response) => {
      assert.ok(path.startsWith('/apis/coordination.k8s.io/v1/namespaces/shop/leases'));
      if (method !== 'GET') {
        meanwhile?.();
        meanwhile = undefined;
      }
      const sent = body as StoredLease;
      const store = (): void => {
        lease = { ...sent, metadata: { ...sent.metadata, uid: 'u1', resourceVersion: String(++version) } };
        send(response, 200, lease);
      };
      if (method === 'POST') return lease === undefined ? store() : refuse(response, 409, 'already exists');
      if (lease === undefined) return refuse(response, 404, 'not found');
      if (method === 'GET') return send(response, 200, lease);
      const known =
        method === 'PUT'
          ? sent.metadata.resourceVersion
          : (body as { preconditions: { resourceVersion: string } }).preconditions.resourceVersion;
      if (known !== lease.metadata.resourceVersion)
        return refuse(response, 409, 'the object has been modified');
      if (method === 'PUT') return store();
      lease = undefined;
      send(response, 200, {});
    });
    cluster = await connectCluster({ kubeconfig: api.kubeconfig(), timeoutMs: 50_000 });
  });
  afterEach(() => api.stop());

  const take = (holder: string, seconds = 60): ReturnType<Cluster['acquireLock']> =>
    cluster.acquireLock('shop', 'oncall-p1', holder, seconds);

  it('is taken by one, and tells everybody else who has it', async () => {
    assert.deepEqual(await take('ann'), { acquired: true });
    const second = await take('bob');
    assert.ok(!second.acquired);
    assert.equal(second.by.holder, 'ann');
    assert.ok(!Number.isNaN(Date.parse(second.by.since)));
  });

  it('is renewed by its holder and keeps the time it was taken', async () => {
    await take('ann');
    const since = lease?.spec['acquireTime'];
    assert.deepEqual(await take('ann'), { acquired: true });
    assert.equal(lease?.spec['acquireTime'], since);
    assert.match(String(lease?.spec['renewTime']), /\.\d{6}Z$/);
  });

  it('is taken over when it has expired', async () => {
    await take('ann', 0);
    assert.deepEqual(await take('bob'), { acquired: true });
    assert.equal(lease?.spec['holderIdentity'], 'bob');
    assert.equal(lease?.spec['leaseTransitions'], 1);
  });

  it('goes to one of two who take it at the same moment', async () => {
    const both = await Promise.all([take('ann'), take('bob')]);
    assert.equal(both.filter(({ acquired }) => acquired).length, 1);
  });

  it('is not torn from somebody who takes an expired one over a moment earlier', async () => {
    await take('ann', 0);
    meanwhile = () => {
      assert.ok(lease);
      const time = new Date().toISOString().replace('Z', '000Z');
      lease = {
        metadata: { ...lease.metadata, resourceVersion: String(++version) },
        spec: { holderIdentity: 'carol', leaseDurationSeconds: 60, acquireTime: time, renewTime: time },
      };
    };
    const result = await take('bob');
    assert.ok(!result.acquired);
    assert.equal(result.by.holder, 'carol');
  });

  it('is held on to by its holder, and by nobody else', async () => {
    await take('ann', 0);
    assert.deepEqual(await cluster.renewLock('shop', 'oncall-p1', 'ann', 60), { renewed: true });
    assert.equal(lease?.spec['leaseTransitions'], 0);
    const other = await cluster.renewLock('shop', 'oncall-p1', 'bob', 60);
    assert.equal(!other.renewed && other.by?.holder, 'ann');
    assert.ok(!(await take('bob')).acquired);
  });

  it('is not made anew by a holder who has lost it', async () => {
    await take('ann');
    lease = undefined;
    assert.deepEqual(await cluster.renewLock('shop', 'oncall-p1', 'ann', 60), { renewed: false });
    assert.equal(lease, undefined);
  });

  it('goes to who takes it over between the look and the renewal', async () => {
    await take('ann', 0);
    meanwhile = () => {
      assert.ok(lease);
      lease = {
        metadata: { ...lease.metadata, resourceVersion: String(++version) },
        spec: { ...lease.spec, holderIdentity: 'carol' },
      };
    };
    const result = await cluster.renewLock('shop', 'oncall-p1', 'ann', 60);
    assert.equal(!result.renewed && result.by?.holder, 'carol');
  });

  it('is released by its holder only', async () => {
    await take('ann');
    await cluster.releaseLock('shop', 'oncall-p1', 'bob');
    assert.ok(lease);
    await cluster.releaseLock('shop', 'oncall-p1', 'ann');
    assert.equal(lease, undefined);
    await cluster.releaseLock('shop', 'oncall-p1', 'ann');
  });

  it('has a name that Kubernetes accepts, whatever the incident is called', () => {
    assert.equal(lockName('Q1ZVBMSHWXO3NY'), 'oncall-q1zvbmshwxo3ny');
    fc.assert(fc.property(fc.string({ maxLength: 400 }), (id) => isSubdomainName(lockName(id))));
  });
});

/** The remediation lock on a real API server: between two agents, between two holders, and without the right to have one. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { connectCluster } from '../../src/cluster/connect.ts';
import { startKubernetes, whyNoKubernetes, type Kubernetes } from '../support/kubernetes/kubernetes.ts';
import { stageOn } from '../support/kubernetes/stage.ts';
import { waitFor } from '../support/processes.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { tryTwice } from '../support/two-agents.ts';

const tries = 50;
const patience = 15 * 60_000;
const lease = { kind: 'Lease', namespace: 'default', name: 'oncall-p1' };

describe('On a real Kubernetes, the lock of an incident', function () {
  this.timeout(patience);
  let kubernetes: Kubernetes;
  let cluster: Cluster;
  let scratch: Scratch;

  before(async function () {
    if (whyNoKubernetes() !== undefined) this.skip();
    scratch = await scratchFolder('lock');
    kubernetes = await startKubernetes();
    cluster = await connectCluster({ kubeconfig: kubernetes.kubeconfig });
  });
  after(async () => {
    await kubernetes?.close();
    await scratch?.remove();
  });

  const take = (holder: string, seconds: number) =>
    cluster.acquireLock(lease.namespace, lease.name, holder, seconds);
  const spec = async (): Promise<Record<string, unknown>> => (await cluster.get(lease))?.['spec'] ?? {};

  it('is taken by one, renewed by the same one, taken over once it has expired, and given back', async () => {
    assert.deepEqual(await take('ada@one/r1', 60), { acquired: true });
    const second = await take('bob@two/r2', 60);
    assert.equal(!second.acquired && second.by.holder, 'ada@one/r1');
    const { acquireTime, renewTime } = await spec();
    assert.deepEqual(await cluster.renewLock(lease.namespace, lease.name, 'ada@one/r1', 1), {
      renewed: true,
    });
    const renewed = await spec();
    assert.equal(renewed['acquireTime'], acquireTime);
    assert(String(renewed['renewTime']) >= String(renewTime));
    await waitFor(
      'the lock has expired and is taken over',
      async () => (await take('bob@two/r2', 60)).acquired || undefined,
      { timeoutMs: 60_000 },
    );
    assert.equal((await spec())['leaseTransitions'], 1);
    const lost = await cluster.renewLock(lease.namespace, lease.name, 'ada@one/r1', 60);
    assert.equal(!lost.renewed && lost.by?.holder, 'bob@two/r2');
    await cluster.releaseLock(lease.namespace, lease.name, 'ada@one/r1');
    assert.equal((await spec())['holderIdentity'], 'bob@two/r2');
    await cluster.releaseLock(lease.namespace, lease.name, 'bob@two/r2');
    assert.equal(await cluster.get(lease), undefined);
  });

  it('goes to one of many who take it at the same moment', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, (_, index) => take(`u${index}@host/r`, 60)));
    const winner = all.findIndex(({ acquired }) => acquired);
    assert.equal(all.filter(({ acquired }) => acquired).length, 1);
    await cluster.releaseLock(lease.namespace, lease.name, `u${winner}@host/r`);
  });

  it('names the right that is missing to whoever may not have one', async function () {
    const { controlPlane } = kubernetes;
    if (controlPlane === undefined) this.skip();
    const config = JSON.parse(await readFile(kubernetes.kubeconfig, 'utf8'));
    config.users[0].user = { token: controlPlane.limitedToken };
    const kubeconfig = join(scratch.path, 'limited.json');
    await writeFile(kubeconfig, JSON.stringify(config), { mode: 0o600 });
    const limited = await connectCluster({ kubeconfig });
    await assert.rejects(
      limited.acquireLock('default', 'oncall-p1', 'eve@three/r3', 60),
      /may not get leases\.coordination\.k8s\.io in namespace default/,
    );
  });

  it(`lets two agents change the cluster once, in ${tries} of ${tries} tries`, async () => {
    const arena = {
      ...{ kubeconfig: kubernetes.kubeconfig, context: kubernetes.context },
      verification: { timeoutSeconds: 120, settleSeconds: 0 },
      stage: (signal: AbortSignal) => stageOn(kubernetes, signal),
    };
    const outcomes = await tryTwice(arena, 'service-down', tries, 2, patience);
    assert.equal(outcomes.length, tries);
    for (const { attempt, changes, kept, statuses, says } of outcomes) {
      const told = `try ${attempt}: ${changes.join()}: ${kept.join()}: ${statuses.join()}: ${says}`;
      assert.equal(changes.length, 1, told);
      assert.equal(kept.length, 1, told);
      assert.equal(statuses.filter((status) => status === 'resolved').length, 1, told);
    }
  });
});

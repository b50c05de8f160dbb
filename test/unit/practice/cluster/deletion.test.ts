import assert from 'node:assert/strict';
import { Rig, configMap, deployment, pod, type Body } from './ask.ts';

const core = '/api/v1/namespaces/default';
const apps = '/apis/apps/v1/namespaces/default';

describe('deletion', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.stop());

  const exists = async (path: string): Promise<boolean> => (await rig.ask(path)).code === 200;

  /** A ReplicaSet of a Deployment, and its pod on a node. */
  const family = async (): Promise<{ owner: Body; replicaSet: Body }> => {
    const owner = (await rig.create(`${apps}/deployments`, deployment('web'))).body;
    const ownedBy = ({ apiVersion, kind, metadata: { name, uid } }: Body): Body => ({
      ownerReferences: [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }],
    });
    const { spec } = deployment('web');
    const replicaSet = (
      await rig.create(`${apps}/replicasets`, {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'web-1', ...ownedBy(owner) },
        spec,
      })
    ).body;
    await rig.create(
      `${core}/pods`,
      pod('web-1-a', { metadata: ownedBy(replicaSet), spec: { nodeName: 'n1' } }),
    );
    return { owner, replicaSet };
  };

  it('says what was deleted', async () => {
    const { uid } = (await rig.create(`${core}/configmaps`, configMap('c'))).body.metadata;
    const { body } = await rig.remove(`${core}/configmaps/c`);
    assert.equal(body.status, 'Success');
    assert.deepEqual(body.details, { name: 'c', group: '', kind: 'configmaps', uid });
    assert.equal(await exists(`${core}/configmaps/c`), false);
  });

  it('lets a pod on a node go only when the node says so', async () => {
    await rig.create(`${core}/pods`, pod('p', { spec: { nodeName: 'n1' } }));
    const { body } = await rig.remove(`${core}/pods/p`);
    assert.equal(body.metadata.deletionGracePeriodSeconds, 30);
    assert.ok(Date.parse(body.metadata.deletionTimestamp) > Date.now());
    assert.equal(await exists(`${core}/pods/p`), true);
    const longer = await rig.remove(`${core}/pods/p`, { gracePeriodSeconds: 90 });
    assert.equal(longer.body.metadata.deletionGracePeriodSeconds, 30);
    await rig.remove(`${core}/pods/p?gracePeriodSeconds=0`);
    assert.equal(await exists(`${core}/pods/p`), false);
  });

  it('removes a pod at once that no node has', async () => {
    await rig.create(`${core}/pods`, pod('p'));
    await rig.remove(`${core}/pods/p`);
    assert.equal(await exists(`${core}/pods/p`), false);
  });

  it('heeds preconditions', async () => {
    const { uid } = (await rig.create(`${core}/pods`, pod('p'))).body.metadata;
    assert.equal((await rig.remove(`${core}/pods/p`, { preconditions: { uid: 'other' } })).code, 409);
    assert.equal((await rig.remove(`${core}/pods/p`, { preconditions: { uid } })).code, 200);
  });

  it('waits for finalizers', async () => {
    const body = configMap('c');
    body.metadata.finalizers = ['example.com/hold'];
    await rig.create(`${core}/configmaps`, body);
    const marked = (await rig.remove(`${core}/configmaps/c`)).body;
    assert.ok(marked.metadata.deletionTimestamp);
    await rig.patch('merge', `${core}/configmaps/c`, { metadata: { finalizers: null } });
    assert.equal(await exists(`${core}/configmaps/c`), false);
  });

  it('takes along in the background what the object owned', async () => {
    await family();
    await rig.remove(`${apps}/deployments/web`);
    assert.equal(await exists(`${apps}/deployments/web`), false);
    assert.equal(await exists(`${apps}/replicasets/web-1`), false);
    assert.ok((await rig.ask(`${core}/pods/web-1-a`)).body.metadata.deletionTimestamp);
  });

  it('leaves what the object owned where it is asked to', async () => {
    await family();
    await rig.remove(`${apps}/deployments/web`, { propagationPolicy: 'Orphan' });
    assert.equal(await exists(`${apps}/deployments/web`), false);
    assert.deepEqual((await rig.ask(`${apps}/replicasets/web-1`)).body.metadata.ownerReferences, []);
  });

  it('waits in the foreground for what the object owned', async () => {
    await family();
    await rig.remove(`${apps}/deployments/web`, { propagationPolicy: 'Foreground' });
    const waiting = (await rig.ask(`${apps}/deployments/web`)).body.metadata;
    assert.deepEqual(waiting.finalizers, ['foregroundDeletion']);
    await rig.remove(`${core}/pods/web-1-a?gracePeriodSeconds=0`);
    assert.equal(await exists(`${apps}/replicasets/web-1`), false);
    assert.equal(await exists(`${apps}/deployments/web`), false);
  });

  it('collects what is created for an owner that is gone', async () => {
    const { replicaSet } = await family();
    await rig.remove(`${apps}/deployments/web`);
    const { apiVersion, kind, metadata } = replicaSet;
    const ownerReferences = [{ apiVersion, kind, name: metadata.name, uid: metadata.uid }];
    await rig.create(`${core}/pods`, pod('late', { metadata: { ownerReferences } }));
    assert.equal(await exists(`${core}/pods/late`), false);
  });

  it('removes all of a kind that a selector names', async () => {
    for (const name of ['a', 'b', 'c']) {
      const body = configMap(name);
      body.metadata.labels = { keep: name === 'b' ? 'yes' : 'no' };
      await rig.create(`${core}/configmaps`, body);
    }
    await rig.remove(`${core}/configmaps?labelSelector=keep%3Dno`);
    const { items } = (await rig.ask(`${core}/configmaps`)).body;
    assert.deepEqual(
      items.map((one: Body) => one.metadata.name),
      ['b'],
    );
  });

  it('empties a namespace before it goes, and lets nothing new in', async () => {
    await rig.create('/api/v1/namespaces', { metadata: { name: 'shop' } });
    await rig.create('/api/v1/namespaces/shop/pods', pod('p', { spec: { nodeName: 'n1' } }));
    await rig.create('/api/v1/namespaces/shop/configmaps', configMap('c'));
    const { body } = await rig.remove('/api/v1/namespaces/shop');
    assert.equal(body.status.phase, 'Terminating');
    assert.equal(await exists('/api/v1/namespaces/shop/configmaps/c'), false);
    assert.equal((await rig.create('/api/v1/namespaces/shop/configmaps', configMap('d'))).code, 403);
    await rig.remove('/api/v1/namespaces/shop/pods/p?gracePeriodSeconds=0');
    assert.equal(await exists('/api/v1/namespaces/shop'), false);
  });

  it('refuses to delete the namespaces that a cluster needs', async () => {
    assert.equal((await rig.remove('/api/v1/namespaces/default')).code, 403);
  });

  it('evicts a pod, and does not in a dry run', async () => {
    await rig.create(`${core}/pods`, pod('p'));
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } };
    await rig.create(`${core}/pods/p/eviction`, { ...eviction, deleteOptions: { dryRun: ['All'] } });
    assert.equal(await exists(`${core}/pods/p`), true);
    assert.equal((await rig.create(`${core}/pods/p/eviction`, eviction)).code, 201);
    assert.equal(await exists(`${core}/pods/p`), false);
  });

  it('reads the protobuf in which kubectl sends an eviction, dry run included', async () => {
    await rig.create(`${core}/pods`, pod('p'));
    const evict = (raw: Buffer) =>
      rig.ask(`${core}/pods/p/eviction`, {
        method: 'POST',
        body: Buffer.concat([
          Buffer.from('k8s\0'),
          field(1, Buffer.concat([field(1, Buffer.from('policy/v1')), field(2, Buffer.from('Eviction'))])),
          field(2, raw),
        ]),
        headers: { 'Content-Type': 'application/vnd.kubernetes.protobuf' },
      });
    assert.equal((await evict(field(2, field(5, Buffer.from('All'))))).code, 201);
    assert.equal(await exists(`${core}/pods/p`), true);
    assert.equal((await evict(Buffer.from([0x12, 0x7f]))).code, 400);
    assert.equal((await evict(field(1, field(1, Buffer.from('p'))))).code, 201);
    assert.equal(await exists(`${core}/pods/p`), false);
  });
});

/** A protobuf field with a length below 128. */
function field(number: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), value]);
}

import assert from 'node:assert/strict';
import { Rig, type Body } from './ask.ts';

const core = '/api/v1/namespaces/default';

describe('kubectl get of storage and quotas', () => {
  let rig: Rig;
  before(async () => {
    rig = await Rig.start();
  });
  after(() => rig.stop());

  /** Its first row, as a column's name and what stands below it; without the age. */
  const shown = async (path: string): Promise<[string, string][]> => {
    const headers = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
    const { body } = await rig.ask(path, { headers });
    const columns = body.columnDefinitions as Body[];
    return columns
      .map((column, index): [string, string] => [column.name, body.rows[0].cells[index]])
      .filter(([name], index) => name !== 'Age' && columns[index].priority === 0);
  };

  it('shows a claim that waits for its volume', async () => {
    await rig.create(`${core}/persistentvolumeclaims`, {
      metadata: { name: 'data' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'fast-ssd',
        resources: { requests: { storage: '1Gi' } },
      },
    });
    assert.deepEqual(await shown(`${core}/persistentvolumeclaims`), [
      ['Name', 'data'],
      ['Status', 'Pending'],
      ['Volume', ''],
      ['Capacity', ''],
      ['Access Modes', ''],
      ['StorageClass', 'fast-ssd'],
      ['VolumeAttributesClass', '<unset>'],
    ]);
  });

  it('shows a volume and for whom it is kept', async () => {
    await rig.create('/api/v1/persistentvolumes', {
      metadata: { name: 'disk-1' },
      spec: {
        accessModes: ['ReadWriteOnce', 'ReadOnlyMany'],
        capacity: { storage: '2Gi' },
        persistentVolumeReclaimPolicy: 'Retain',
        storageClassName: 'fast-ssd',
        claimRef: { namespace: 'default', name: 'data' },
        hostPath: { path: '/tmp/disk-1' },
      },
    });
    assert.deepEqual((await shown('/api/v1/persistentvolumes')).slice(1, 7), [
      ['Capacity', '2Gi'],
      ['Access Modes', 'RWO,ROX'],
      ['Reclaim Policy', 'Retain'],
      ['Status', 'Pending'],
      ['Claim', 'default/data'],
      ['StorageClass', 'fast-ssd'],
    ]);
  });

  it('shows what is used of a quota, limits apart', async () => {
    const hard = { pods: '3', 'limits.cpu': '2' };
    const path = `${core}/resourcequotas`;
    await rig.create(path, { metadata: { name: 'compute' }, spec: { hard } });
    const used = { pods: '1', 'limits.cpu': '250m' };
    await rig.patch('merge', `${path}/compute/status`, { status: { hard, used } });
    assert.deepEqual(await shown(path), [
      ['Name', 'compute'],
      ['Request', 'pods: 1/3'],
      ['Limit', 'limits.cpu: 250m/2'],
    ]);
  });
});

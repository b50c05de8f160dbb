import assert from 'node:assert/strict';
import { ranked } from '../../../src/diagnosis/ranking.ts';
import type { FindingName } from '../../../src/domain/diagnosis.ts';
import { fakeCluster } from '../cluster/fake-cluster.ts';
import { deployment, endpoints, service } from '../cluster/shop.ts';
import { investigate } from './investigate.ts';

const workload = { kind: 'Deployment', namespace: 'shop', name: 'checkout' };
const found = (name: FindingName, target = workload) => ({ name, target });

describe('the order of findings', () => {
  const order = async (...names: FindingName[]): Promise<string[]> => {
    const { snapshot } = await investigate(
      fakeCluster(deployment(), service({ app: 'checkout' }), endpoints(0)),
    );
    const all = names.map((name) =>
      name === 'NoEndpoints' ? found(name, { ...workload, kind: 'Service' }) : found(name),
    );
    return ranked(all, snapshot).map(({ name }) => name);
  };

  const causes: FindingName[] = [
    'NodeNotReady',
    'OOMKilled',
    'ImagePullBackOff',
    'CreateContainerConfigError',
    'FailedMount',
    'FailedScheduling',
    'FailedCreate',
    'CrashLoopBackOff',
  ];
  for (const cause of causes) {
    it(`puts ${cause} before the rollout that it holds up and the Service that it leaves without endpoints`, async () => {
      assert.deepEqual(await order('RolloutStuck', 'NoEndpoints', cause), [
        cause,
        'RolloutStuck',
        'NoEndpoints',
      ]);
    });
  }

  it('puts a machine that is gone before what its pods look like', async () => {
    assert.deepEqual(await order('Unhealthy', 'NodeNotReady'), ['NodeNotReady', 'Unhealthy']);
  });

  it('keeps what explains nothing else in the order of cause before effect', async () => {
    assert.deepEqual(await order('OOMKilled', 'FailedScheduling'), ['OOMKilled', 'FailedScheduling']);
    assert.deepEqual(await order(), []);
  });
});

/** Whatever is read for somebody outside holds no credential. */
import assert from 'node:assert/strict';
import { redacting } from '../../../src/diagnosis/redacting.ts';
import { fakeCluster } from '../cluster/fake-cluster.ts';

const applied = {
  'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"user":"aGVsbG8tYXBwbGllZA=="}}',
};
const metadata = { namespace: 'shop', name: 'conf', annotations: applied, labels: { app: 'web' } };

describe('Reading for others', () => {
  for (const kind of ['Secret', 'ConfigMap']) {
    it(`tells of a ${kind} which keys it has, and none of its values`, async () => {
      const object = {
        kind,
        metadata,
        data: { user: 'aGVsbG8tdmFsdWU=', none: '' },
        binaryData: { store: 'aGVsbG8tYmluYXJ5' },
      };
      const cluster = redacting(fakeCluster(object));
      const [listed] = await cluster.list(kind, { namespace: 'shop' });
      for (const read of [await cluster.get({ kind, namespace: 'shop', name: 'conf' }), listed]) {
        assert.deepEqual(read, {
          kind,
          metadata: { namespace: 'shop', name: 'conf', labels: { app: 'web' } },
          keys: ['user', 'none', 'store'],
          emptyKeys: ['none'],
        });
      }
    });
  }

  it('hides credentials in objects and logs, and leaves the rest as it is', async () => {
    const fake = fakeCluster({
      kind: 'Pod',
      metadata: { namespace: 'shop', name: 'web' },
      spec: {
        containers: [
          {
            name: 'app',
            env: [
              { name: 'API_KEY', value: 'abc-123-def' },
              { name: 'MODE', value: 'fast' },
            ],
          },
        ],
      },
    });
    fake.logTexts['web/app'] = 'password=hunter2\nready';
    const cluster = redacting(fake);
    const pod = JSON.stringify(await cluster.get({ kind: 'Pod', namespace: 'shop', name: 'web' }));
    assert.doesNotMatch(pod, /abc-123-def/);
    assert.match(pod, /fast/);
    const log = await cluster.logs({ namespace: 'shop', pod: 'web', container: 'app', tailLines: 10 });
    assert.match(log, /^password=\[redacted:[0-9a-f]+\]\nready$/);
  });

  it('says that there is nothing where there is nothing', async () => {
    const cluster = redacting(fakeCluster());
    assert.equal(await cluster.get({ kind: 'Secret', namespace: 'shop', name: 'gone' }), undefined);
  });
});

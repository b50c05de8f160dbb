import assert from 'node:assert/strict';
import type { KubeClient } from '../../../../src/practice/client.ts';
import { checkVolumes, environmentOf } from '../../../../src/practice/node/environment.ts';
import type { Configuration, Container, EnvVar, Volume } from '../../../../src/practice/objects.ts';

type Source = 'configMapKeyRef' | 'secretKeyRef';

describe('what a pod takes from ConfigMaps and Secrets', () => {
  const held: Record<string, Configuration> = {
    'configmaps/shop/regions': { metadata: { name: 'regions' }, data: { REGION: 'eu-west', PORT: '8081' } },
    'secrets/shop/database': {
      metadata: { name: 'database' },
      data: { url: Buffer.from('postgres://db/shop').toString('base64') },
    },
  };
  const client = {
    get: (resource, namespace, name) =>
      Promise.resolve(held[`${resource.plural}/${namespace ?? ''}/${name}`] as never),
  } as Pick<KubeClient, 'get'>;
  const app: Container = { name: 'app', image: 'shop-orders:6.1.0' };
  const metadata = { name: 'orders-1', namespace: 'shop' };
  const environment = (container: Partial<Container>) =>
    environmentOf(client, { metadata, spec: { containers: [app] } }, { ...app, ...container });
  const mounting = (volume: Partial<Volume>) =>
    checkVolumes(client, { metadata, spec: { containers: [app], volumes: [{ name: 'data', ...volume }] } });
  const reading = (source: Source, name: string, key: string, optional?: boolean): { env: EnvVar[] } => ({
    env: [{ name: 'WANTED', valueFrom: { [source]: { name, key, optional } } }],
  });

  it('is read as text, from a Secret too', async () => {
    assert.deepEqual(await environment(reading('configMapKeyRef', 'regions', 'REGION')), {
      WANTED: 'eu-west',
    });
    assert.deepEqual(await environment(reading('secretKeyRef', 'database', 'url')), {
      WANTED: 'postgres://db/shop',
    });
    const prefixed = [
      { prefix: 'SHOP_', configMapRef: { name: 'regions' } },
      { secretRef: { name: 'database' } },
    ];
    assert.deepEqual(await environment({ envFrom: prefixed }), {
      SHOP_REGION: 'eu-west',
      SHOP_PORT: '8081',
      url: 'postgres://db/shop',
    });
  });

  it('gives way to a variable of the same name', async () => {
    const envFrom = [{ configMapRef: { name: 'regions' } }];
    assert.equal((await environment({ envFrom, env: [{ name: 'REGION', value: 'us' }] }))['REGION'], 'us');
  });

  const missing: readonly [string, Partial<Container>, string][] = [
    ['a ConfigMap', { envFrom: [{ configMapRef: { name: 'gone' } }] }, 'configmap "gone" not found'],
    ['a Secret', { envFrom: [{ secretRef: { name: 'gone' } }] }, 'secret "gone" not found'],
    ['the ConfigMap of a key', reading('configMapKeyRef', 'gone', 'REGION'), 'configmap "gone" not found'],
    ['the Secret of a key', reading('secretKeyRef', 'gone', 'url'), 'secret "gone" not found'],
    [
      'a key of a ConfigMap',
      reading('configMapKeyRef', 'regions', 'ZONE'),
      "couldn't find key ZONE in ConfigMap shop/regions",
    ],
    [
      'a key of a Secret',
      reading('secretKeyRef', 'database', 'password'),
      "couldn't find key password in Secret shop/database",
    ],
  ];
  for (const [what, container, message] of missing) {
    it(`keeps the container from starting where ${what} is missing, in the kubelet's words`, async () => {
      await assert.rejects(environment(container), { message });
    });
  }

  it('may be missing where it is optional', async () => {
    const absent = [
      { configMapRef: { name: 'gone', optional: true } },
      { secretRef: { name: 'gone', optional: true } },
    ];
    assert.deepEqual(await environment({ envFrom: absent }), {});
    assert.deepEqual(await environment(reading('secretKeyRef', 'gone', 'url', true)), {});
    assert.deepEqual(await environment(reading('configMapKeyRef', 'regions', 'ZONE', true)), {});
  });

  it('keeps the pod from starting where what it mounts is missing', async () => {
    const failed = (what: string) => ({
      message: `MountVolume.SetUp failed for volume "data" : ${what} not found`,
    });
    await assert.rejects(mounting({ configMap: { name: 'gone' } }), failed('configmap "gone"'));
    await assert.rejects(mounting({ secret: { secretName: 'gone' } }), failed('secret "gone"'));
    await mounting({ secret: { secretName: 'gone', optional: true } });
    await mounting({ configMap: { name: 'regions' } });
  });
});

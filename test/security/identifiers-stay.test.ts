/** Names stay to the letter, whatever they begin with, and ordinary lines stay whole; tokens go, whatever they begin with. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { hasFormOfToken, redact, redactTree } from '../../src/domain/redaction.ts';
import { redactObject } from '../../src/domain/redaction/object.ts';
import { redacting } from '../../src/diagnosis/redacting.ts';
import type { KubeObject } from '../../src/domain/kubernetes.ts';
import { FakeCluster } from '../support/fake-cluster.ts';
import { ordinaryLines } from '../support/ordinary-lines.ts';
import { chance, nameLike, shapes } from '../support/token-shapes.ts';

/** Where a log or an event names an object. */
const sentences: readonly ((name: string) => string)[] = [
  (name) => `Pod shop/${name} started`,
  (name) => `pods "${name}" not found`,
  (name) => `dial tcp: lookup ${name}.shop.svc.cluster.local: no such host`,
  (name) => `GET http://${name}:8080/healthz 503`,
  (name) => `{"level":"error","namespace":"${name}","msg":"not ready"}`,
  (name) => `kubectl -n ${name} rollout undo deployment/${name}`,
  (name) =>
    `Back-off restarting failed container app in pod ${name}_shop(7c9e6679-7425-40de-944b-e07fc1f90ae7)`,
  (name) => `image ghcr.io/shop/${name}:1.4.2 pulled`,
  (name) => `namespace=${name} container=${name} node=${name}`,
];

const objectNamed = (name: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name,
    namespace: name,
    uid: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
    resourceVersion: '948217365',
    labels: { app: name, 'pod-template-hash': '7d9c5b4f6' },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: 'r-1' }],
  },
  spec: {
    selector: {
      matchLabels: { app: name },
      matchExpressions: [{ key: 'app', operator: 'In', values: [name] }],
    },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        serviceAccountName: name,
        nodeName: name,
        nodeSelector: { pool: name },
        tolerations: [{ key: 'pool', value: name }],
        imagePullSecrets: [{ name }],
        containers: [
          {
            name,
            image: `registry.example/${name}/${name}:1.2.3@sha256:${'ab'.repeat(32)}`,
            ports: [{ name: name.slice(0, 15), containerPort: 8080 }],
            envFrom: [{ secretRef: { name } }, { configMapRef: { name } }],
            env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name, key: 'password' } } }],
            volumeMounts: [{ name, mountPath: `/etc/${name}` }],
          },
        ],
        volumes: [
          { name, secret: { secretName: name } },
          { name: `${name}-data`, persistentVolumeClaim: { claimName: name } },
        ],
      },
    },
  },
});

const anyShape = fc.constantFrom(...Object.values(shapes));
const anyName = fc
  .integer({ min: 12, max: 253 })
  .chain((longest) => anyShape.chain(({ like }) => nameLike(like, longest)));

describe('A name that begins like a token', () => {
  for (const [issuer, { like }] of Object.entries(shapes)) {
    it(`of ${issuer}, such as ${like}, stays in every text`, () => {
      fc.assert(
        fc.property(nameLike(like, 63), fc.constantFrom(...sentences), (name, say) => {
          assert.equal(redact(say(name)), say(name));
        }),
        { numRuns: 60 },
      );
    });
  }

  it('stays to the letter in every place where an object has a name', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const object = objectNamed(name);
        assert.deepEqual(redactObject(object), object);
        assert.deepEqual(redactTree(object), object);
      }),
      { numRuns: 200 },
    );
  });

  it('stays where it is as random as a token: an object is called so, and logs and events say so', async () => {
    const random = ['sk', '-', '0123456789abcdef0123456789abcdef'].join('');
    assert(hasFormOfToken(random));
    const object = objectNamed(random);
    assert.deepEqual(redactObject(object).metadata, object.metadata);
    const cluster = new FakeCluster(object, {
      kind: 'Event',
      metadata: { name: 'e1', namespace: random },
      message: `Error creating pods of "${random}-7d9c5b4f6"`,
    });
    cluster.logs = () => Promise.resolve(`lookup ${random}: no such host`);
    const read = redacting(cluster);
    await read.get({ kind: 'Deployment', namespace: random, name: random });
    const [event] = await read.list('Event', { namespace: random });
    assert.equal(event?.['message'], `Error creating pods of "${random}-7d9c5b4f6"`);
    const request = { namespace: random, pod: `${random}-1`, container: 'app', tailLines: 5 };
    assert.equal(await read.logs(request), `lookup ${random}: no such host`);
  });

  it('hides no password that is called like an object', () => {
    const names = new Set(['postgres', 'sk-production-eu-central-1']);
    for (const name of names) {
      const shown = redact(`password=${name} host=${name}`, { names });
      assert.match(shown, /^password=\[redacted:.{4}\] host=/);
      assert(shown.endsWith(`host=${name}`));
    }
  });
});

describe('A token of an issuer', () => {
  for (const [issuer, { token }] of Object.entries(shapes)) {
    it(`of ${issuer} goes, in a log and as part of an object`, () => {
      fc.assert(
        fc.property(token, (secret) => {
          assert(!redact(`using ${secret} for the request`).includes(secret), secret);
          assert(!redact(`{"header":"${secret}"}`).includes(secret), secret);
          const object = redactObject({
            kind: 'Pod',
            metadata: {
              name: 'app',
              namespace: 'shop',
              annotations: { name: secret, note: `with ${secret}` },
            },
            spec: {
              containers: [{ name: 'app', args: [secret], env: [{ name: 'UPSTREAM', value: secret }] }],
            },
          });
          assert(!JSON.stringify(object).includes(secret), secret);
        }),
        { numRuns: 60 },
      );
    });
  }

  it('goes where a name stands right beside it', () => {
    fc.assert(
      fc.property(
        anyName,
        anyShape.chain(({ token }) => token),
        (name, secret) => {
          assert(!redact(`${name} ${secret}`).includes(secret));
          assert(!redact(`${name}: ${secret}`, { names: new Set([name]) }).includes(secret));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('goes behind whatever announces it, though it is made of words', () => {
    const value = fc.oneof(anyName, chance('abcdefghijklmnopqrstuvwxyz0123456789', 12));
    const announced = fc.constantFrom(
      (secret: string) => `DB_PASSWORD=${secret}`,
      (secret: string) => `clientSecret: ${secret}`,
      (secret: string) => `{"api_key":"${secret}"}`,
      (secret: string) => `Authorization: Bearer ${secret}`,
      (secret: string) => `token: ${secret}`,
      (secret: string) => `SECRET_KEY=${secret}`,
      (secret: string) => `--db-password ${secret}`,
      (secret: string) => `postgres://app:${secret}@db/shop`,
    );
    fc.assert(
      fc.property(value, announced, (secret, write) => {
        assert(!redact(write(secret)).includes(secret), write(secret));
      }),
      { numRuns: 300 },
    );
  });
});

describe('An ordinary line', () => {
  it(`stays whole: none of ${ordinaryLines.length} is touched`, () => {
    assert(ordinaryLines.length >= 150);
    assert.deepEqual(
      ordinaryLines.flatMap((line) => (redact(line) === line ? [] : [`${line} became ${redact(line)}`])),
      [],
    );
  });

  it('stays whole behind what a collector puts before it, and as JSON', () => {
    for (const line of ordinaryLines.filter((one) => !one.includes('\n'))) {
      const collected = `2026-12-01T03:10:00.123456789Z stdout F ${line}`;
      assert.equal(redact(collected), collected);
      const json = JSON.stringify({ log: line, stream: 'stdout' });
      assert.equal(redact(json), json);
    }
  });

  it('stays whole as a field of an object', () => {
    const fields = {
      existingSecret: 'orders-db',
      passwordSecret: 'db-auth',
      imagePullSecrets: ['regcred'],
      maxTokens: 128_000,
      total_tokens: 1_234_567,
      routingKey: 'orders.created.v1',
      'checksum/secret': 'ab'.repeat(32),
      secretKeyRef: { name: 'db', key: 'password' },
    };
    assert.deepEqual(redactTree(fields), fields);
  });

  it('does not carry a credential out with it', () => {
    for (const line of [
      'tokenSecret: Zq8fJ2kLx9WvB3nT7yRc',
      'client_secret=changeme',
      'JWT_SECRET=super-secret-value',
      'PASSWORD_SECRET=letmein',
      'secretKey: super-secret',
      'existingSecret: Zq8fJ2kLx9WvB3nT7yRcPd5s',
      'routing_key=e93facc04764012d7bfb002500d5d1a6',
      'token=123456',
      '"password":81726354',
      'PASS: hunter2',
      'PASS=TestMe123',
      'DBPASS: correct horse',
      'cookie: sid=31d4d96e407aad42',
    ]) {
      assert.match(redact(line), /\[redacted:/, line);
    }
  });
});

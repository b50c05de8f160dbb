import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';
import { differingFields } from '../../../src/remediation/differing.ts';
import { asksFor, changedSince, specHash } from '../../../src/remediation/spec-hash.ts';

type Path = readonly (string | number)[];

const deployment: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'checkout', namespace: 'shop' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'checkout' } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
    template: {
      metadata: { labels: { app: 'checkout' } },
      spec: {
        containers: [
          {
            name: 'app',
            image: 'checkout:1',
            env: [{ name: 'PORT', value: '8080' }],
            resources: { limits: { cpu: '1', memory: '128Mi' } },
          },
        ],
        volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '1Gi' } }],
      },
    },
  },
};
const policy: KubeObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] },
};
const template: Path = ['spec', 'template'];
const podSpec: Path = [...template, 'spec'];
const container: Path = [...podSpec, 'containers', 0];

/** A copy with a value at a path; one that is undefined is as one that is not there. */
function put(object: KubeObject, path: Path, value: unknown): KubeObject {
  const copy = structuredClone(object);
  const holder = path
    .slice(0, -1)
    .reduce<Record<string | number, unknown>>((at, key) => (at[key] ??= {}) as typeof at, copy);
  const last = path.at(-1) ?? '';
  holder[last] = value;
  return copy;
}

/** As it was made before fingerprints had a version. */
function oldHash(object: KubeObject): string {
  const sorted = (_key: string, value: unknown): unknown =>
    value === null || typeof value !== 'object' || Array.isArray(value)
      ? value
      : Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  return createHash('sha256')
    .update(JSON.stringify({ spec: object['spec'] as unknown }, sorted))
    .digest('hex');
}

/** Where something empty means nothing. */
const meaningless: readonly (readonly [Path, unknown])[] = [
  [[...template, 'metadata', 'creationTimestamp'], null],
  [[...template, 'metadata', 'annotations'], {}],
  [[...template, 'metadata', 'annotations'], null],
  [[...template, 'status'], {}],
  [[...podSpec, 'nodeSelector'], {}],
  [[...podSpec, 'tolerations'], []],
  [[...podSpec, 'initContainers'], []],
  [[...podSpec, 'imagePullSecrets'], null],
  [[...podSpec, 'affinity'], null],
  [[...podSpec, 'securityContext'], null],
  [[...podSpec, 'hostNetwork'], false],
  [[...container, 'args'], []],
  [[...container, 'command'], null],
  [[...container, 'volumeMounts'], []],
  [[...container, 'livenessProbe'], null],
  [[...container, 'resources', 'requests'], {}],
  [['spec', 'selector', 'matchExpressions'], []],
  [['spec', 'paused'], false],
  [['spec', 'minReadySeconds'], null],
  [['status'], { replicas: 3 }],
  [['metadata', 'resourceVersion'], '9'],
];

/** Where it means something, and everything else that does. */
const meaningful: readonly (readonly [KubeObject, Path, unknown])[] = [
  ...(
    [
      [['spec', 'replicas'], 4],
      [['spec', 'replicas'], 0],
      [['spec', 'paused'], true],
      [['spec', 'selector'], {}],
      [['spec', 'strategy', 'rollingUpdate'], null],
      [[...template, 'metadata', 'labels', 'app'], 'other'],
      [[...template, 'metadata', 'labels', 'tier'], ''],
      [[...template, 'metadata', 'labels', 'tier'], null],
      [[...template, 'metadata', 'annotations'], { restartedAt: 'now' }],
      [[...podSpec, 'volumes', 0, 'emptyDir'], {}],
      [[...podSpec, 'volumes', 1], { name: 'more', emptyDir: {} }],
      [[...podSpec, 'volumes'], []],
      [[...podSpec, 'securityContext'], {}],
      [[...podSpec, 'affinity'], {}],
      [[...podSpec, 'hostNetwork'], true],
      [[...podSpec, 'automountServiceAccountToken'], false],
      [[...podSpec, 'nodeSelector'], { disk: '' }],
      [[...podSpec, 'tolerations'], [{}]],
      [[...podSpec, 'topologySpreadConstraints'], [{ labelSelector: {} }]],
      [[...container, 'securityContext'], {}],
      [[...container, 'image'], 'checkout:2'],
      [[...container, 'env'], []],
      [[...container, 'env', 0, 'value'], '8081'],
      [[...container, 'resources', 'limits', 'cpu'], '1001m'],
      [[...container, 'resources', 'limits', 'memory'], '128M'],
      [[...container, 'resources', 'limits'], {}],
    ] as const
  ).map(([path, value]) => [deployment, path, value] as const),
  [policy, ['spec', 'podSelector'], {}],
  [policy, ['spec', 'ingress'], [{}]],
  [policy, ['spec', 'ingress'], [{ from: [{ podSelector: {} }] }]],
  [policy, ['spec', 'egress'], [{}]],
  [policy, ['spec', 'policyTypes'], ['Egress']],
];

describe('The fingerprint of what an object asks for', () => {
  it('does not count what means nothing to the API server, wherever and however often it is written', () => {
    fc.assert(
      fc.property(fc.subarray([...meaningless]), (chosen) => {
        const noisy = chosen.reduce((object, [path, value]) => put(object, path, value), deployment);
        assert.equal(specHash(noisy), specHash(deployment));
        assert(asksFor(deployment, specHash(noisy)));
      }),
    );
  });

  it('counts every change that means something, under whatever means nothing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...meaningful),
        fc.subarray([...meaningless].filter(([path]) => path.length > 1)),
        ([object, path, value], chosen) => {
          const noisy = object === deployment ? chosen : [];
          const changed = put(
            noisy.reduce((one, [at, nothing]) => put(one, at, nothing), object),
            path,
            value,
          );
          assert.notEqual(specHash(changed), specHash(object), path.join('.'));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('tells apart any two values of a field', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant({}));
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [one, other] = [a, b].map((it) => put(deployment, ['spec', 'template', 'spec', 'answer'], it));
        assert(one !== undefined && other !== undefined);
        assert.equal(specHash(one) === specHash(other), JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  it('takes quantities for equal only where they are the same number', () => {
    const hashWith = (cpu: unknown): string =>
      specHash(put(deployment, [...container, 'resources', 'limits', 'cpu'], cpu));
    for (const [a, b, same] of [
      ['1000m', '1', true],
      ['0.5', '500m', true],
      ['128Mi', '134217728', true],
      ['1e3', '1k', true],
      [1, '1', true],
      ['+1', '1.0', true],
      ['1Ki', '1k', false],
      ['1E', '1e1', false],
      ['0.1', '0.100000000000000001', false],
      ['9007199254740993', '9007199254740992', false],
      ['-1', '1', false],
      ['1e999', '1', false],
      ['one', '1', false],
    ] as const)
      assert.equal(hashWith(a) === hashWith(b), same, `${a} and ${b}`);
  });

  it('knows no order of fields, but the order of lists', () => {
    const reversed = (value: unknown): unknown =>
      typeof value !== 'object' || value === null || Array.isArray(value)
        ? value
        : Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, one]) => [key, reversed(one)]),
          );
    assert.equal(specHash(reversed(deployment) as KubeObject), specHash(deployment));
    const args = (...words: string[]): string => specHash(put(deployment, [...container, 'args'], words));
    assert.notEqual(args('a', 'b'), args('b', 'a'));
  });

  it('takes the empty selector of a Service for none, and that of a workload for all', () => {
    const of = (kind: string, apiVersion: string, selector: unknown): string =>
      specHash({ kind, apiVersion, metadata: { name: 'web' }, spec: { a: 1, selector } });
    assert.equal(of('Service', 'v1', {}), of('Service', 'v1', undefined));
    assert.notEqual(of('ReplicaSet', 'apps/v1', {}), of('ReplicaSet', 'apps/v1', undefined));
  });

  it('counts a custom resource to the letter: only its controller knows what nothing means', () => {
    const custom: KubeObject = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'web' },
      spec: { rules: [1] },
    };
    for (const [key, value] of [
      ['args', []],
      ['labels', {}],
      ['parent', null],
    ] as const)
      assert.notEqual(specHash(put(custom, ['spec', key], value)), specHash(custom), key);
  });

  it('still compares a fingerprint of an old journal, by the rules of its time, so that no change hides', () => {
    const old = oldHash(deployment);
    assert(asksFor(deployment, old));
    assert(asksFor(put(deployment, [...template, 'metadata', 'creationTimestamp'], null), old));
    for (const [object, path, value] of meaningful.filter(([one]) => one === deployment))
      assert(!asksFor(put(object, path, value), old), path.join('.'));
    const ref = { kind: 'Deployment', namespace: 'shop', name: 'checkout' };
    assert.deepEqual(changedSince([{ ref, specHash: old }], [deployment]), undefined);
    assert.deepEqual(changedSince([{ ref, specHash: old }], [put(deployment, ['spec', 'replicas'], 1)]), ref);
  });
});

describe('In which field an object differs', () => {
  it('names paths and both values, some of them', () => {
    const changed = put(
      put(deployment, ['spec', 'replicas'], 6),
      [...container, 'env', 0, 'value'],
      undefined,
    );
    assert.equal(
      differingFields(deployment, changed),
      'spec.replicas is 6, was 3; spec.template.spec.containers[app].env[PORT].value is not set, was "8080"',
    );
    const all = ['a', 'b', 'c', 'd', 'e'].reduce((one, key) => put(one, ['spec', key], true), deployment);
    assert.match(differingFields(deployment, all), /; and 2 more fields$/);
  });

  it('shows no credential, and says so where nothing else differs', () => {
    const password = (value: string): KubeObject =>
      put(deployment, [...container, 'env', 1], { name: 'DB_PASSWORD', value });
    const words = differingFields(password('hunter2-abc'), password('correct-horse-9'));
    assert(!/hunter2|horse/.test(words), words);
    assert(!/hunter2/.test(differingFields(deployment, password('hunter2-abc'))));
  });
});

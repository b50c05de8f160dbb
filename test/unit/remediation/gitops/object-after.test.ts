import assert from 'node:assert/strict';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { splitWords } from '../../../../src/kubectl/words.ts';
import { objectAfter } from '../../../../src/remediation/gitops/object-after.ts';

const cart: KubeObject = {
  kind: 'Deployment',
  metadata: { name: 'cart', namespace: 'shop', uid: 'd1' },
  spec: {
    replicas: 2,
    template: {
      metadata: { labels: { app: 'cart' } },
      spec: {
        initContainers: [{ name: 'init', image: 'init:1' }],
        containers: [
          {
            name: 'app',
            image: 'cart:2',
            env: [
              { name: 'A', value: '1' },
              { name: 'B', value: '2' },
            ],
            resources: { limits: { memory: '128Mi', cpu: '1' } },
            readinessProbe: { httpGet: { path: '/ready', port: 1 } },
          },
          { name: 'proxy', image: 'proxy:1' },
        ],
      },
    },
  },
};
const revision = (number: number, image: string): KubeObject => ({
  kind: 'ReplicaSet',
  metadata: {
    name: `cart-${number}`,
    namespace: 'shop',
    annotations: { 'deployment.kubernetes.io/revision': String(number) },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'Deployment', name: 'cart', uid: 'd1', controller: true },
    ],
  },
  spec: {
    template: {
      metadata: { labels: { app: 'cart', 'pod-template-hash': `h${number}` } },
      spec: { containers: [{ name: 'app', image }] },
    },
  },
});
const after = (command: string, object = cart): KubeObject | undefined => {
  const split = splitWords(command);
  assert.ok(split.ok, command);
  return objectAfter(object, split.words, [
    revision(1, 'cart:1'),
    revision(2, 'cart:2'),
    revision(3, 'cart:3'),
  ]);
};
const container = (command: string, name = 'app') =>
  after(command)?.spec.template.spec.containers.find((one: { name: string }) => one.name === name);

describe('What a command would make of an object', () => {
  it('is known of scale, set image, env, resources and serviceaccount', () => {
    assert.equal(after('kubectl scale deployment/cart --replicas=5 -n shop')?.spec.replicas, 5);
    assert.equal(container('kubectl set image deployment/cart app=cart:9 -n shop').image, 'cart:9');
    assert.equal(container('kubectl set image deployment/cart app=cart:9 -n shop', 'proxy').image, 'proxy:1');
    assert.deepEqual(container('kubectl set env deployment/cart A=9 B- C=3 -c=app -n shop').env, [
      { name: 'A', value: '9' },
      { name: 'C', value: '3' },
    ]);
    assert.deepEqual(
      container('kubectl set resources deployment/cart -c=app --limits=memory=256Mi --requests=cpu=1 -n shop')
        .resources,
      { limits: { memory: '256Mi', cpu: '1' }, requests: { cpu: '1' } },
    );
    assert.equal(
      after('kubectl set serviceaccount deployment/cart robot -n shop')?.spec.template.spec
        .serviceAccountName,
      'robot',
    );
  });

  it('is the whole new selector of a Service', () => {
    const service: KubeObject = {
      kind: 'Service',
      metadata: { name: 'cart' },
      spec: { selector: { app: 'x', tier: 'y' } },
    };
    assert.deepEqual(after('kubectl set selector service/cart app=cart -n shop', service)?.spec.selector, {
      app: 'cart',
    });
  });

  it('is the template of the revision that a rollback goes to', () => {
    const back = after('kubectl rollout undo deployment/cart --to-revision=1 -n shop');
    assert.equal(back?.spec.template.spec.containers[0].image, 'cart:1');
    assert.deepEqual(back?.spec.template.metadata.labels, { app: 'cart' });
    assert.equal(back?.spec.replicas, 2);
    const previous = after('kubectl rollout undo deployment/cart -n shop');
    assert.equal(previous?.spec.template.spec.containers[0].image, 'cart:2');
    assert.equal(after('kubectl rollout undo deployment/cart --to-revision=9 -n shop'), undefined);
  });

  it('follows each kind of patch', () => {
    const probe = {
      spec: {
        template: { spec: { containers: [{ name: 'app', readinessProbe: { httpGet: { port: 80 } } }] } },
      },
    };
    const strategic = container(`kubectl patch deployment/cart -n shop -p '${JSON.stringify(probe)}'`);
    assert.deepEqual(strategic.readinessProbe, { httpGet: { path: '/ready', port: 80 } });
    assert.equal(strategic.image, 'cart:2');
    const merge = JSON.stringify({ spec: { replicas: null, paused: true } });
    const merged = after(`kubectl patch deployment/cart -n shop --type=merge -p '${merge}'`);
    assert.deepEqual([merged?.spec.replicas, merged?.spec.paused], [undefined, true]);
    const json = JSON.stringify([
      { op: 'replace', path: '/spec/template/spec/containers/1/image', value: 'proxy:2' },
      { op: 'remove', path: '/spec/template/spec/containers/0/env/0' },
      { op: 'add', path: '/spec/template/metadata/labels/a~1b', value: 'c' },
    ]);
    const patched = after(`kubectl patch deployment/cart -n shop --type=json -p '${json}'`);
    assert.equal(patched?.spec.template.spec.containers[1].image, 'proxy:2');
    assert.deepEqual(patched?.spec.template.spec.containers[0].env, [{ name: 'B', value: '2' }]);
    assert.equal(patched?.spec.template.metadata.labels['a/b'], 'c');
  });

  it('is not guessed', () => {
    for (const command of [
      'kubectl delete deployment/cart -n shop',
      'kubectl rollout pause deployment/cart -n shop',
      'kubectl set env deployment/cart --from=secret/cart -n shop',
      `kubectl patch deployment/cart -n shop --type=json -p '[{"op":"replace","path":"/spec/nowhere","value":1}]'`,
      `kubectl patch deployment/cart -n shop -p '{"spec":{"$patch":"replace"}}'`,
    ]) {
      assert.equal(after(command), undefined, command);
    }
  });

  it('leaves the object itself alone', () => {
    const before = structuredClone(cart);
    container('kubectl set image deployment/cart *=x:1 -n shop'.replace('*', 'app'));
    after('kubectl scale deployment/cart --replicas=5 -n shop');
    assert.deepEqual(cart, before);
  });
});

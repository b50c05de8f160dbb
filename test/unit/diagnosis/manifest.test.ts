import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { carryOver, manifestChange } from '../../../src/diagnosis/manifest.ts';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';

const withImage = (image: string, env: unknown[] = []): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'cart',
    namespace: 'shop',
    uid: 'd1',
    resourceVersion: '7',
    generation: 3,
    creationTimestamp: '2026-01-01T00:00:00Z',
    labels: { app: 'cart', 'kustomize.toolkit.fluxcd.io/name': 'shop' },
    annotations: { 'deployment.kubernetes.io/revision': '4', owner: 'shop' },
  },
  spec: {
    progressDeadlineSeconds: 600,
    replicas: 2,
    template: {
      metadata: { creationTimestamp: null, labels: { app: 'cart' } },
      spec: {
        containers: [
          {
            name: 'app',
            image,
            imagePullPolicy: 'IfNotPresent',
            resources: {},
            ...(env.length > 0 ? { env } : {}),
          },
          { name: 'sidecar', image: 'proxy:1' },
        ],
        dnsPolicy: 'ClusterFirst',
        restartPolicy: 'Always',
      },
    },
  },
  status: { replicas: 2 },
});
const changed = (diff: string | undefined): string[] =>
  (diff ?? '').split('\n').filter((line) => /^[-+](?![-+])/.test(line));

describe('The change of a manifest', () => {
  it('shows the field that changes and nothing that the server wrote', () => {
    const { diff, from } = manifestChange(withImage('cart:1'), withImage('cart:2')) ?? {};
    assert.equal(from, 'live');
    assert.deepEqual(changed(diff), ['-          image: cart:1', '+          image: cart:2']);
    assert.match(
      diff ?? '',
      /^--- Deployment shop\/cart \(as it is in the cluster\)\n\+\+\+ Deployment shop\/cart/,
    );
    assert.doesNotMatch(diff ?? '', /status|uid|dnsPolicy|imagePullPolicy|creationTimestamp/);
  });

  it('is made to what was applied last where the object tells, in its own words', () => {
    const live = withImage('cart:1');
    const applied = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'cart', namespace: 'shop' },
      spec: { template: { spec: { containers: [{ image: 'cart:1', name: 'app' }] } } },
    };
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(applied) };
    const metadata = { ...live.metadata, annotations };
    const { diff, from } = manifestChange({ ...live, metadata }, { ...withImage('cart:2'), metadata }) ?? {};
    assert.equal(from, 'last-applied');
    assert.deepEqual(changed(diff), ['-        - image: cart:1', '+        - image: cart:2']);
    assert.doesNotMatch(diff ?? '', /sidecar|replicas/);
  });

  it('hides credentials, and still shows that they differ', () => {
    const env = (value: string): unknown[] => [{ name: 'DB_PASSWORD', value }];
    const { diff } =
      manifestChange(withImage('cart:1', env('hunter2-old')), withImage('cart:1', env('hunter2-new'))) ?? {};
    assert.doesNotMatch(diff ?? '', /hunter2/);
    assert.match(changed(diff).join('\n'), /^-.*\[redacted:\w{4}\]"?\n\+.*\[redacted:\w{4}\]"?$/);
  });

  it('is none where the manifest stays as it is', () => {
    assert.equal(manifestChange(withImage('cart:1'), withImage('cart:1')), undefined);
  });

  it('takes out what is taken out, by name', () => {
    const live = withImage('cart:1', [
      { name: 'A', value: 'b' },
      { name: 'C', value: 'd' },
    ]);
    const { diff } = manifestChange(live, withImage('cart:1', [{ name: 'C', value: 'd' }])) ?? {};
    assert.deepEqual(changed(diff), ['-            - name: A', '-              value: b']);
  });

  it('carried over to the whole object is the whole change', () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean());
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('tree')),
        fc.uniqueArray(fc.record({ name: fc.constantFrom('x', 'y', 'z'), value: tie('tree') }), {
          selector: ({ name }) => name,
        }),
      ),
    }));
    fc.assert(
      fc.property(tree, tree, (from, to) => {
        assert.deepEqual(sorted(carryOver(from, from, to)), sorted(to));
      }),
    );
  });
});

/** Lists of named elements mean the same in any order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, field]) => [key, sorted(field)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

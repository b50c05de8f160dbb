import assert from 'node:assert/strict';
import { gitOpsMark } from '../../../src/diagnosis/gitops.ts';
import { takesBack } from '../../../src/domain/plan.ts';
import type { ObjectMeta } from '../../../src/domain/kubernetes.ts';

const mark = (metadata: Partial<ObjectMeta>): ReturnType<typeof gitOpsMark> =>
  gitOpsMark({ kind: 'Deployment', metadata: { name: 'cart', namespace: 'shop', ...metadata } });

describe('What is applied from elsewhere', () => {
  const cases: [tool: string, owner: string, metadata: Partial<ObjectMeta>][] = [
    [
      'Argo CD',
      'shop',
      { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/cart' } },
    ],
    ['Argo CD', 'shop', { labels: { 'argocd.argoproj.io/instance': 'shop' } }],
    [
      'Flux',
      'flux-system/shop',
      {
        labels: {
          'kustomize.toolkit.fluxcd.io/name': 'shop',
          'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
        },
      },
    ],
    ['Flux', 'shop', { labels: { 'helm.toolkit.fluxcd.io/name': 'shop' } }],
    [
      'Helm',
      'shop/cart',
      { annotations: { 'meta.helm.sh/release-name': 'cart', 'meta.helm.sh/release-namespace': 'shop' } },
    ],
    [
      'Helm',
      'cart',
      { labels: { 'app.kubernetes.io/managed-by': 'Helm', 'app.kubernetes.io/instance': 'cart' } },
    ],
  ];
  for (const [tool, owner, metadata] of cases) {
    it(`is told by ${JSON.stringify(metadata)}: ${tool}, ${owner}`, () => {
      const found = mark(metadata);
      assert.deepEqual([found?.tool, found?.owner], [tool, owner]);
      assert.equal(found && takesBack(found), tool !== 'Helm');
      assert.deepEqual(found?.object, { kind: 'Deployment', namespace: 'shop', name: 'cart' });
    });
  }

  it('belongs to who changes it back, where Helm rendered it for Argo CD', () => {
    const found = mark({
      labels: { 'app.kubernetes.io/managed-by': 'Helm', 'helm.sh/chart': 'cart-1.2.0' },
      annotations: {
        'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/cart',
        'config.kubernetes.io/origin':
          'path: apps/cart/deployment.yaml\nrepo: https://git.example/shop\nref: main\n',
      },
    });
    assert.equal(found?.tool, 'Argo CD');
    assert.deepEqual(found.source, {
      repository: 'https://git.example/shop',
      path: 'apps/cart/deployment.yaml',
      revision: 'main',
      chart: 'cart-1.2.0',
    });
  });

  it('is not what nobody marked, nor what a controller made', () => {
    assert.equal(mark({ labels: { app: 'cart', 'app.kubernetes.io/instance': 'cart' } }), undefined);
    assert.equal(
      mark({
        labels: { 'argocd.argoproj.io/instance': 'shop' },
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'x', uid: 'u', controller: true },
        ],
      }),
      undefined,
    );
  });
});

import assert from 'node:assert/strict';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { findingPresent } from '../../../../src/diagnosis/finding-present.ts';
import { fakeCluster, type FakeCluster } from '../../cluster/fake-cluster.ts';
import { deployment, namespace, pod, revision, running } from '../../cluster/shop.ts';
import { investigate, names, only, target } from '../investigate.ts';

interface Rule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly verbs: string[];
}

const misspelt: Rule = { apiGroups: [''], resources: ['services', 'pod'], verbs: ['get', 'list'] };

function role(...rules: Rule[]): KubeObject {
  return { kind: 'Role', metadata: { namespace, name: 'reader' }, rules };
}

function binding(subjects: object[], kind = 'Role'): KubeObject {
  return {
    kind: 'RoleBinding',
    metadata: { namespace, name: 'reader' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: 'reader' },
    subjects,
  };
}

const account = { kind: 'ServiceAccount', name: 'checkout', namespace };
const refused = (user = 'checkout', resource = 'pods', verb = 'list', group = ''): string =>
  `ERROR ${resource} is forbidden: User "system:serviceaccount:shop:${user}" cannot ${verb} resource "${resource}" in API group "${group}" in the namespace "shop"`;

/** A `checkout` whose pods run and are not ready. */
function shop(objects: KubeObject[], log = refused(), ready = false): FakeCluster {
  const workload = deployment({ replicas: 1, readyReplicas: 0 });
  const waiting = pod('checkout-hash1-a', 1, running, { ready });
  const cluster = fakeCluster(
    {
      ...workload,
      spec: {
        ...workload['spec'],
        template: { ...workload['spec'].template, spec: { serviceAccountName: 'checkout', containers: [] } },
      },
    },
    revision(1, { replicas: 1 }),
    { ...waiting, spec: { ...waiting['spec'], serviceAccountName: 'checkout' } },
    ...objects,
  );
  cluster.logTexts['checkout-hash1-a/app'] = log;
  return cluster;
}

describe('an application that may not do what its Role was meant to allow', () => {
  for (const [kind, name] of [
    ['Deployment', 'checkout'],
    ['Role', 'reader'],
    ['ServiceAccount', 'checkout'],
  ] as const) {
    it(`gets the one word put right, asked about the ${kind}`, async () => {
      const serviceAccount = { kind: 'ServiceAccount', metadata: { namespace, name: 'checkout' } };
      const cluster = shop([role(misspelt), binding([account]), serviceAccount]);
      const result = await investigate(cluster, target(kind, name));
      assert.equal(names(result)[0], 'Forbidden');
      assert.deepEqual(result.findings[0]?.target, { kind: 'Role', namespace: 'shop', name: 'reader' });
      const proposal = only(result);
      assert.deepEqual(
        [proposal.action, proposal.parameters],
        [
          'fix_role_resource',
          {
            namespace: 'shop',
            role: 'reader',
            rule: 0,
            resource: 1,
            group: '',
            from: 'pod',
            to: 'pods',
            deployment: 'checkout',
          },
        ],
      );
      assert.ok(proposal.claimedConfidence >= 0.9);
      assert.ok(
        proposal.evidence.some((id) => result.evidence.find((one) => one.id === id)?.source.type === 'logs'),
        'the log is cited',
      );
    });
  }

  it('gets nothing changed where no log says that it misses exactly that', async () => {
    const others = [
      'INFO ready',
      refused('other'),
      refused('checkout', 'secrets'),
      refused('checkout', 'pods', 'delete'),
      refused('checkout', 'pods', 'list', 'metrics.k8s.io'),
    ];
    for (const log of others) {
      const result = await investigate(shop([role(misspelt), binding([account])], log));
      assert.ok(names(result).includes('Forbidden'), log);
      assert.deepEqual(
        result.proposals.filter(({ action }) => action === 'fix_role_resource'),
        [],
        log,
      );
    }
  });

  it('gets nothing because a log asks for it', async () => {
    const right = { ...misspelt, resources: ['services'] };
    const result = await investigate(shop([role(right), binding([account])]));
    assert.ok(!names(result).includes('Forbidden'));
    assert.deepEqual(
      result.proposals.filter(({ action }) => action === 'fix_role_resource'),
      [],
    );
  });

  for (const [why, objects] of [
    ['the Role is bound to another account', [role(misspelt), binding([{ ...account, name: 'other' }])]],
    ['the account is of another namespace', [role(misspelt), binding([{ ...account, namespace: 'other' }])]],
    [
      'the Role is bound to a group of accounts',
      [role(misspelt), binding([{ kind: 'Group', name: 'system:serviceaccounts' }])],
    ],
    ['a ClusterRole is bound', [role(misspelt), binding([account], 'ClusterRole')]],
    [
      'the rule names the resource as well',
      [role({ ...misspelt, resources: ['pod', 'pods'] }), binding([account])],
    ],
    ['the word is a wildcard', [role({ ...misspelt, resources: ['*'] }), binding([account])]],
    [
      'the group is of somebody else',
      [role({ ...misspelt, apiGroups: ['example.com'] }), binding([account])],
    ],
    ['the rule is for several groups', [role({ ...misspelt, apiGroups: ['', 'apps'] }), binding([account])]],
  ] as const) {
    it(`is not said where ${why}`, async () => {
      assert.ok(!names(await investigate(shop([...objects]))).includes('Forbidden'));
    });
  }

  it('is not said while all is ready: nobody misses it', async () => {
    const cluster = shop([role(misspelt), binding([account])], refused(), true);
    assert.deepEqual(names(await investigate(cluster)), []);
    assert.ok(!cluster.asked.some((asked) => asked.includes('RoleBinding')), 'nor is it looked for');
  });

  it('is a gap where RoleBindings may not be read', async () => {
    const cluster = shop([role(misspelt), binding([account])]);
    cluster.denied.add('RoleBinding');
    const result = await investigate(cluster);
    assert.ok(!names(result).includes('Forbidden'));
    assert.ok(result.snapshot.gaps.some(({ what }) => /RoleBindings/.test(what)));
  });

  it('is gone once the Role names the resource', async () => {
    const cluster = shop([role(misspelt), binding([account])]);
    const finding = (await investigate(cluster)).findings[0];
    assert.ok(finding);
    const { signal } = new AbortController();
    assert.equal(await findingPresent(cluster, finding, signal), true);
    cluster.objects = cluster.objects.map((object) =>
      object.kind === 'Role' ? role({ ...misspelt, resources: ['services', 'pods'] }) : object,
    );
    assert.equal(await findingPresent(cluster, finding, signal), false);
  });
});

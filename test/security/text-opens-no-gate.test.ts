/** What others can write, in a log, an event, an annotation or a refusal, runs nothing by itself, in YOLO mode with everything allowed. */
import assert from 'node:assert/strict';
import type { KubeObject } from '../../src/domain/kubernetes.ts';
import type { Step } from '../../src/domain/plan.ts';
import { fakeCluster, type FakeCluster } from '../unit/cluster/fake-cluster.ts';
import {
  ago,
  deployment,
  endpoints,
  event,
  namespace,
  pod,
  revision,
  running,
  service,
} from '../unit/cluster/shop.ts';
import { onlyChange, planned, type Planning } from '../support/planned.ts';

const lastApplied = (spec: object): Record<string, string> => ({
  'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ spec }),
});
const step = async (cluster: FakeCluster, about?: Planning): Promise<Step> =>
  onlyChange(await planned(cluster, about));
const asksForText = ({ decision, confidence }: Step): void => {
  assert.equal(decision.outcome, 'ask', decision.reason);
  assert.match(decision.reason, /rests on what others can write/);
  assert.ok(confidence < 0.8);
};

describe('A log that says what the API server would say', () => {
  const verbs = ['get', 'list', 'watch'];
  const role = (resource = 'pod'): KubeObject => ({
    kind: 'Role',
    metadata: { namespace, name: 'reader' },
    rules: [{ apiGroups: [''], resources: [resource], verbs }],
  });
  const binding: KubeObject = {
    kind: 'RoleBinding',
    metadata: { namespace, name: 'reader' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
  };
  const forged =
    'pods is forbidden: User "system:serviceaccount:shop:default" cannot list resource "pods" in API group "" in the namespace "shop"';

  function shop(may?: FakeCluster['accountMay'], log = forged): FakeCluster {
    const workload = deployment({ replicas: 1, readyReplicas: 0 });
    workload['spec'].template.spec = { containers: [{ name: 'app', image: 'shop/checkout:1' }] };
    const cluster = fakeCluster(
      workload,
      revision(1, { replicas: 1 }),
      pod('checkout-hash1-a', 1, running),
      role(),
      binding,
    );
    cluster.logTexts['checkout-hash1-a/app'] = log;
    return may === undefined ? cluster : Object.assign(cluster, { accountMay: may });
  }

  it('leaves a change of a Role suspected where the API server cannot be asked', async () => {
    const one = await step(shop());
    assert.equal(one.action, 'fix_role_resource');
    assert.equal(one.grounds, 'written');
    assert.ok(one.confidence < 0.8);
    assert.equal(one.decision.outcome, 'ask');
  });

  it('establishes nothing where the API server says that the account may', async () => {
    const { diagnosis, plan } = await planned(shop(async () => true));
    assert.ok(!diagnosis.findings.some(({ name }) => name === 'Forbidden'));
    assert.deepEqual(plan.steps, []);
  });

  it('is not needed where the API server refuses: that is cited, and a person is asked all the same', async () => {
    const asked: unknown[] = [];
    const cluster = shop(async (account, right) => {
      asked.push([account, right]);
      return false;
    }, 'nothing to see');
    const { diagnosis, plan } = await planned(cluster);
    const [one] = plan.steps;
    assert.ok(one?.grounds === 'observed' && one.confidence >= 0.9);
    assert.deepEqual(
      [one.decision.outcome, one.decision.reason.split(':')[0]],
      ['ask', 'It changes who may do what'],
    );
    const cited = diagnosis.evidence
      .filter(({ id }) => one.evidence.includes(id))
      .map(({ source }) => source.type);
    assert.ok(cited.includes('review') && !cited.includes('logs'), cited.join());
    assert.deepEqual(asked[0], [
      { namespace: 'shop', name: 'default' },
      { verb: 'get', group: '', resource: 'pods' },
    ]);
  });
});

describe('An event that tells how many replicas there were', () => {
  const made = 3600;
  // Made anew in each test: their times are told from the moment in which it runs.
  const said = (message: string, secondsAgo: number): KubeObject => {
    const one = event('Deployment', 'checkout', 'ScalingReplicaSet', message, 'Normal');
    return {
      ...one,
      metadata: { ...one.metadata, name: `${message}`, creationTimestamp: ago(secondsAgo) },
      lastTimestamp: ago(secondsAgo),
      source: { component: 'deployment-controller' },
    };
  };
  const up = (): KubeObject => said('Scaled up replica set checkout-hash1 from 0 to 3', made - 1);
  const down = (): KubeObject => said('Scaled down replica set checkout-hash1 from 3 to 0', 100);
  const forged = (): KubeObject => said('Scaled down replica set checkout-hash1 from 900 to 0', 10);
  const shop = (...events: KubeObject[]): FakeCluster =>
    fakeCluster(deployment({ replicas: 0 }), revision(1, { createdAgo: made }), ...events);

  it('is believed where it was told when the ReplicaSet was made, and no other says otherwise', async () => {
    const one = await step(shop(up(), down()));
    assert.deepEqual(
      [one.decision.outcome, one.parameters],
      ['execute', { namespace: 'shop', deployment: 'checkout', replicas: 3 }],
    );
  });

  for (const [what, events] of [
    ['it stands alone', () => [down()]],
    ['another one says otherwise', () => [up(), down(), forged()]],
    ['it is forged, whatever its source says', () => [forged()]],
    [
      'the first one came long after the ReplicaSet was made',
      () => [said('Scaled up replica set checkout-hash1 from 0 to 3', 50), down()],
    ],
  ] as const) {
    it(`asks a person where ${what}`, async () => asksForText(await step(shop(...events()))));
  }
});

describe('An annotation of what was applied last', () => {
  it('runs no count of replicas', async () => {
    const one = deployment({ replicas: 0, annotations: lastApplied({ replicas: 900 }) });
    asksForText(await step(fakeCluster(one, revision(1))));
  });

  it('runs no selector that nothing else leads to, and adds nothing to one that names lead to', async () => {
    const shop = (name: string, applied: Record<string, string>): FakeCluster =>
      fakeCluster(
        deployment({ name: 'web', labels: { app: 'web' } }),
        deployment({ name: 'admin', labels: { app: 'admin' } }),
        service({ app: 'none' }, { name, annotations: lastApplied({ selector: applied }) }),
        endpoints(0, 0, name),
      );
    asksForText(await step(shop('web', { app: 'admin' }), { kind: 'Service', name: 'web' }));
    const agreed = await step(shop('web', { app: 'web' }), { kind: 'Service', name: 'web' });
    assert.deepEqual([agreed.decision.outcome, agreed.confidence], ['execute', 0.92]);
  });

  it('runs no class of an Ingress that nothing else leads to', async () => {
    const ingress = (applied: string): FakeCluster =>
      fakeCluster(
        {
          kind: 'Ingress',
          metadata: { namespace, name: 'front', annotations: lastApplied({ ingressClassName: applied }) },
          spec: { ingressClassName: 'ngnix-public', rules: [] },
        },
        { kind: 'IngressClass', metadata: { name: 'nginx-public' } },
        { kind: 'IngressClass', metadata: { name: 'internal' } },
      );
    const about = { kind: 'Ingress', name: 'front' };
    asksForText(await step(ingress('internal'), about));
    const near = await step(ingress('nginx-public'), about);
    assert.deepEqual([near.grounds, near.confidence], ['observed', 0.92]);
  });

  it('leads no Service to a port that nothing else leads to', async () => {
    const ports = [
      { name: 'http', containerPort: 8080 },
      { name: 'admin', containerPort: 9090 },
    ];
    const probe = { readinessProbe: { httpGet: { port: 9090 } } };
    const front = service(
      { app: 'checkout' },
      { annotations: lastApplied({ ports: [{ port: 80, targetPort: 9090 }] }) },
    );
    front['spec'].ports = [{ port: 80, targetPort: 7777 }];
    const cluster = fakeCluster(
      deployment({ replicas: 1 }),
      revision(1, { replicas: 1, container: { ports, ...probe } }),
      pod('checkout-hash1-a', 1, running, { ready: true, container: { ports, ...probe } }),
      front,
      endpoints(1),
    );
    asksForText(await step(cluster, { kind: 'Service' }));
  });
});

describe('A message that others can word', () => {
  const waiting = { state: { waiting: { reason: 'ContainerCreating' } } };
  const volume = { volumes: [{ name: 'settings', configMap: { name: 'settings' } }] };
  const mount = (): KubeObject[] => [
    deployment({ replicas: 1, readyReplicas: 0 }),
    revision(1, { createdAgo: 86_400 }),
    revision(2, { replicas: 1, createdAgo: 300, template: volume }),
    {
      ...pod('checkout-hash2-a', 2, waiting),
      spec: { nodeName: 'node-1', containers: [{ name: 'app' }], ...volume },
    },
    event(
      'Pod',
      'checkout-hash2-a',
      'FailedMount',
      'MountVolume.SetUp failed for volume "settings" : configmap "settings" not found',
    ),
  ];

  it('of a volume that cannot be mounted counts where the object is looked up and gone, and not else', async () => {
    const gone = await step(fakeCluster(...mount()));
    assert.deepEqual(
      [gone.action, gone.grounds, gone.decision.outcome],
      ['rollback_deployment', 'observed', 'execute'],
    );
    const settings: KubeObject = { kind: 'ConfigMap', metadata: { namespace, name: 'settings' } };
    for (const cluster of [fakeCluster(...mount(), settings), fakeCluster(...mount())]) {
      if (cluster.objects.length === mount().length) cluster.denied.add('ConfigMap');
      const { plan } = await planned(cluster);
      for (const one of plan.steps) assert.notEqual(one.decision.outcome, 'execute', one.command);
    }
  });

  const refusedBy = (message: string, ...quotas: KubeObject[]): FakeCluster => {
    const set = revision(1, { replicas: 6 });
    const failure = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message };
    return fakeCluster(
      deployment({ replicas: 6, readyReplicas: 2 }),
      { ...set, status: { ...set['status'], replicas: 2, conditions: [failure] } },
      pod('checkout-hash1-a', 1, running, { ready: true }),
      ...quotas,
    );
  };
  const exceeded = 'exceeded quota: team, requested: pods=1, used: pods=2, limited: pods=2';
  const quota = (hard: object): KubeObject => ({
    kind: 'ResourceQuota',
    metadata: { namespace, name: 'team' },
    spec: { hard },
    status: { hard, used: hard },
  });
  const scaled = { ...deployment({ replicas: 6 }) };
  scaled['status'].replicas = 2;

  it('of a refusal that names a quota counts where there is that quota, and not where a webhook says so', async () => {
    const real = refusedBy(`pods "checkout-hash1-" is forbidden: ${exceeded}`, quota({ pods: '2' }));
    real.objects[0] = scaled;
    const one = await step(real);
    assert.deepEqual([one.action, one.decision.outcome], ['scale_deployment', 'execute']);
    for (const [message, ...quotas] of [
      [`pods "checkout-hash1-" is forbidden: ${exceeded}`],
      [`pods "checkout-hash1-" is forbidden: ${exceeded}`, quota({ 'limits.cpu': '1' })],
      [`admission webhook "policy.example.com" denied the request: ${exceeded}`, quota({ pods: '2' })],
      [`ValidatingAdmissionPolicy 'p' with binding 'b' denied request: ${exceeded}`, quota({ pods: '2' })],
    ] as const) {
      const cluster = refusedBy(message, ...quotas);
      cluster.objects[0] = scaled;
      const { plan } = await planned(cluster);
      for (const { decision, command } of plan.steps) assert.notEqual(decision.outcome, 'execute', command);
    }
  });
});

/** A change by name touches only what a workload's own template holds: nothing that an admission webhook added is put right there. */
import assert from 'node:assert/strict';
import type { ActionCall } from '../../src/domain/action.ts';
import type { Analyst } from '../../src/diagnosis/analyst.ts';
import type { KubeObject } from '../../src/domain/kubernetes.ts';
import { obstacleOf } from '../../src/remediation/actions/catalogue.ts';
import { fakeCluster, type FakeCluster } from '../unit/cluster/fake-cluster.ts';
import { ago, crashing, deployment, event, pod, revision, running } from '../unit/cluster/shop.ts';
import { planned } from '../support/planned.ts';

const app = { name: 'app', image: 'shop/checkout:1', ports: [{ containerPort: 8080 }] };
const probed = { ...app, readinessProbe: { httpGet: { port: 8080 } } };
/** As Istio's webhook adds it. */
const sidecar = {
  name: 'istio-proxy',
  image: 'istio/proxyv2:1',
  ports: [{ name: 'http-envoy-prom', containerPort: 15090 }],
  readinessProbe: { httpGet: { path: '/healthz/ready', port: 15021 } },
  resources: { limits: { memory: '64Mi' } },
};

function withSidecar(own: Record<string, unknown>, added: object): FakeCluster {
  const workload = deployment({ replicas: 1, readyReplicas: 0 });
  workload['spec'].template.spec = { containers: [app] };
  const one = pod('checkout-hash1-a', 1, own);
  one['spec'].containers = [app, sidecar];
  one['status'].containerStatuses.push({ name: sidecar.name, ready: false, restartCount: 0, ...added });
  const failed = event(
    'Pod',
    'checkout-hash1-a',
    'Unhealthy',
    'Readiness probe failed: Get "http://10.0.0.1:15021/healthz/ready": dial tcp 10.0.0.1:15021: connect: connection refused',
  );
  const about = { ...failed['involvedObject'], fieldPath: 'spec.containers{istio-proxy}' };
  return fakeCluster(workload, revision(1, { replicas: 1, container: app }), one, {
    ...failed,
    involvedObject: about,
  });
}

describe('A container that is not in the template', () => {
  for (const [what, own, added] of [
    ['is unready and asks a port that it does not declare', { ...running, ready: true }, running],
    [
      'is unready while the program beside it happens to run between two crashes',
      { ...crashing(), state: { running: { startedAt: ago(3) } } },
      running,
    ],
    ['is killed for lack of memory', { ...running, ready: true }, crashing(137, 'OOMKilled')],
    ['cannot be pulled', { ...running, ready: true }, { state: { waiting: { reason: 'ImagePullBackOff' } } }],
  ] as const) {
    it(`that ${what} is told about, and no command is made for it`, async () => {
      const { plan, diagnosis } = await planned(withSidecar(own, added));
      assert.ok(diagnosis.findings.length > 0);
      for (const { command } of plan.steps) assert.doesNotMatch(command, /istio-proxy/);
    });
  }

  it('is named as such', async () => {
    const { diagnosis } = await planned(withSidecar({ ...running, ready: true }, running));
    assert.match(
      diagnosis.hypotheses.map(({ statement }) => statement).join(),
      /istio-proxy is not in the template/,
    );
  });

  const place = { namespace: 'shop', deployment: 'checkout', container: 'istio-proxy' };
  const port = { probe: 'readiness', handler: 'httpGet', port: 15090 } as const;
  const calls: readonly ActionCall[] = [
    { action: 'fix_probe', parameters: { ...place, ...port } },
    { action: 'set_image', parameters: { ...place, image: 'istio/proxyv2:2' } },
    { action: 'increase_memory_limit', parameters: { ...place, memory: '1Gi' } },
    { action: 'increase_cpu_limits', parameters: { ...place, cpu: '1' } },
    { action: 'set_resource_limits', parameters: { ...place, cpu: '1' } },
    { action: 'set_resource_requests', parameters: { ...place, cpu: '1' } },
  ];
  const patch = (spec: object, type = 'strategic'): ActionCall => ({
    action: 'custom_command',
    parameters: {
      argv: [
        ...['kubectl', 'patch', 'deployment/checkout', `--type=${type}`, '-p'],
        ...[JSON.stringify({ spec: { template: { spec } } }), '-n', 'shop'],
      ],
      target: { kind: 'Service', namespace: 'shop', name: 'checkout' },
    },
  });

  for (const call of [
    ...calls,
    patch({ containers: [{ name: 'istio-proxy', readinessProbe: null }] }),
    patch({ containers: [app, sidecar] }, 'merge'),
    patch({ initContainers: [{ name: 'app', image: 'x' }] }),
  ]) {
    it(`is not written into the template by ${call.action}, whoever proposes it`, async () => {
      const claude: Analyst = {
        engine: 'claude',
        analyse: () =>
          Promise.resolve({
            ...{ summary: '', rootCause: '', hypotheses: [] },
            proposals: [{ ...call, rationale: '', claimedConfidence: 1, evidence: ['e1'] }],
          }),
      };
      const { plan } = await planned(withSidecar({ ...running, ready: true }, running), { claude });
      const [step] = plan.steps;
      assert.equal(step?.decision.outcome, 'refuse', step?.decision.reason);
      assert.match(step.decision.reason, /template|init container/);
    });
  }

  it('is what the template holds that may be changed', async () => {
    const workload = deployment();
    workload['spec'].template.spec = { containers: [probed] };
    for (const call of calls) {
      const own = { ...call, parameters: { ...call.parameters, container: 'app' } } as ActionCall;
      assert.equal(obstacleOf(own, [workload]), undefined, call.action);
    }
    const bare: KubeObject = deployment();
    bare['spec'].template.spec = { containers: [app], initContainers: [{ ...probed, name: 'init' }] };
    for (const container of ['app', 'init']) {
      const call: ActionCall = { action: 'fix_probe', parameters: { ...place, ...port, container } };
      assert.match(obstacleOf(call, [bare]) ?? '', /has no readiness probe|is an init container/);
    }
  });

  it('and so is a port that the Service does not have', () => {
    const front: KubeObject = {
      kind: 'Service',
      metadata: { namespace: 'shop', name: 'checkout' },
      spec: { ports: [{ port: 80, targetPort: 1 }] },
    };
    const lead = (number: number): string | undefined =>
      obstacleOf(
        {
          action: 'fix_service_port',
          parameters: { namespace: 'shop', service: 'checkout', ports: [{ port: number, targetPort: 8080 }] },
        },
        [front],
      );
    assert.equal(lead(80), undefined);
    assert.match(lead(443) ?? '', /has no port 443/);
  });
});

describe('A probe of a port that its container does not declare', () => {
  const turned = (
    message: string | undefined,
    changes: object = { image: 'shop/checkout:2' },
  ): FakeCluster => {
    const now = { ...app, ...changes, readinessProbe: { httpGet: { port: 8081 } } };
    const one = pod(
      'checkout-hash2-a',
      2,
      { state: { running: { startedAt: ago(900) } } },
      { container: now },
    );
    const failed = event('Pod', 'checkout-hash2-a', 'Unhealthy', message ?? '');
    const workload = deployment({ replicas: 1, readyReplicas: 0 });
    workload['spec'].template.spec = { containers: [now] };
    return fakeCluster(
      workload,
      revision(1, { createdAgo: 86_400, container: probed }),
      revision(2, { replicas: 1, createdAgo: 900, container: now }),
      one,
      ...(message === undefined
        ? []
        : [
            { ...failed, involvedObject: { ...failed['involvedObject'], fieldPath: 'spec.containers{app}' } },
          ]),
    );
  };
  const refused = (at: number): string =>
    `Readiness probe failed: Get "http://10.0.0.1:${at}/": dial tcp 10.0.0.1:${at}: connect: connection refused`;

  it('is put right where the kubelet was refused there, and never by itself: the kubelet says so in an event', async () => {
    const { plan } = await planned(turned(refused(8081)));
    const [step] = plan.steps;
    assert.deepEqual([step?.action, step?.decision.outcome], ['fix_probe', 'ask']);
  });

  it('is only suspected where nobody was seen to find it closed', async () => {
    const [step] = (await planned(turned(undefined))).plan.steps;
    assert.deepEqual([step?.action, step?.confidence, step?.decision.outcome], ['fix_probe', 0.75, 'ask']);
  });

  for (const message of [
    'Readiness probe failed: HTTP probe failed with statuscode: 503',
    'Readiness probe failed: HTTP probe failed with statuscode: 500: dial tcp 10.0.0.1:8081: connect: connection refused',
    `${refused(5432)}`,
    'Readiness probe failed: Get "http://10.0.0.1:8081/": context deadline exceeded',
  ]) {
    it(`is not mistaken where something answers: ${message}`, async () => {
      const { plan } = await planned(turned(message));
      assert.ok(plan.steps.every(({ action }) => action !== 'fix_probe'));
    });
  }

  it('goes back with the revision that changed nothing but the probe', async () => {
    const [step] = (await planned(turned(refused(8081), {}))).plan.steps;
    assert.deepEqual([step?.action, step?.decision.outcome], ['rollback_deployment', 'execute']);
  });
});

/** Whatever an action changes, its undo gives the object back: with the real kubectl, on the practice cluster's API. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { connectCluster } from '../../../src/cluster/connect.ts';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import type { ActionCall } from '../../../src/domain/action.ts';
import type { KubeObject as Live } from '../../../src/domain/kubernetes.ts';
import { autoscalers, ingresses } from '../../../src/practice/api-groups.ts';
import { KubeClient } from '../../../src/practice/client.ts';
import { startPracticeCluster, type PracticeCluster } from '../../../src/practice/cluster/start.ts';
import {
  deployments,
  namespaces,
  services,
  type KubeObject,
  type Resource,
} from '../../../src/practice/objects.ts';
import { commandOf, touchesOf } from '../../../src/remediation/actions/catalogue.ts';
import { undoFor } from '../../../src/remediation/planning.ts';
import { run } from '../../support/processes.ts';
import { scratchFolder, type Scratch } from '../../support/scratch.ts';
import { ensureKubectl } from '../../support/vscode/install.ts';

const runs = 20;
const namespace = 'shop';
const image = fc.constantFrom('shop-cart:1', 'shop-cart:2', 'docker.io/library/shop-cart:1.9.0');
// As an API server spells amounts.
const memory = fc.constantFrom('64Mi', '128Mi', '512Mi', '256M');
const cpu = fc.constantFrom('100m', '250m', '1');
const port = fc.constantFrom(80, 8080, 'http');
const labels = fc.dictionary(fc.constantFrom('app', 'tier', 'zone'), fc.constantFrom('a', 'b', 'web'), {
  minKeys: 1,
  maxKeys: 3,
  noNullPrototype: true,
});
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const amounts = fc.record({ cpu, memory }, { requiredKeys: [], noNullPrototype: true });

/** Below every limit, or else the API server does not take them. */
const requests = fc.record(
  { cpu: fc.constant('50m'), memory: fc.constant('32Mi') },
  { requiredKeys: [], noNullPrototype: true },
);

/** A container as somebody may have written it. */
const container = fc.record({
  image,
  resources: some(fc.record({ limits: amounts, requests }, { requiredKeys: [] })),
  readinessProbe: some(
    fc.oneof(
      fc.record({ httpGet: fc.record({ path: fc.constant('/ready'), port }) }),
      fc.record({ tcpSocket: fc.record({ port }) }),
    ),
  ),
});
/** What there is before. */
const shop = fc.record({
  container,
  replicas: fc.nat({ max: 3 }),
  nodeSelector: some(labels),
  selector: labels,
  targetPort: port,
  maxReplicas: fc.integer({ min: 3, max: 9 }),
  ingressClassName: some(fc.constantFrom('nginx', 'traefik')),
});

type Shop = typeof shop extends fc.Arbitrary<infer T> ? T : never;

const of = { namespace, deployment: 'web' };
const box = { ...of, container: 'app' };
const atLeastOne = amounts.filter((one) => Object.keys(one).length > 0);
const action: fc.Arbitrary<ActionCall> = fc.oneof(
  fc
    .nat({ max: 5 })
    .map((replicas): ActionCall => ({ action: 'scale_deployment', parameters: { ...of, replicas } })),
  memory.map((amount): ActionCall => ({
    action: 'increase_memory_limit',
    parameters: { ...box, memory: amount },
  })),
  cpu.map((amount): ActionCall => ({ action: 'increase_cpu_limits', parameters: { ...box, cpu: amount } })),
  atLeastOne.map((some): ActionCall => ({ action: 'set_resource_limits', parameters: { ...box, ...some } })),
  atLeastOne.map((some): ActionCall => ({
    action: 'set_resource_requests',
    parameters: { ...box, ...some },
  })),
  image.map((one): ActionCall => ({ action: 'set_image', parameters: { ...box, image: one } })),
  labels.map((selector): ActionCall => ({ action: 'fix_node_selector', parameters: { ...of, selector } })),
  fc
    .tuple(fc.constantFrom('httpGet' as const, 'tcpSocket' as const), fc.constantFrom(80, 9090))
    .map(([handler, to]): ActionCall => ({
      action: 'fix_probe',
      parameters: { ...box, probe: 'readiness', handler, port: to },
    })),
  labels.map((selector): ActionCall => ({
    action: 'fix_service_selector',
    parameters: { namespace, service: 'web', selector },
  })),
  port.map((targetPort): ActionCall => ({
    action: 'fix_service_port',
    parameters: { namespace, service: 'web', ports: [{ port: 80, targetPort }] },
  })),
  fc.integer({ min: 3, max: 12 }).map((maxReplicas): ActionCall => ({
    action: 'raise_hpa_maximum',
    parameters: { namespace, autoscaler: 'web', maxReplicas },
  })),
  fc.constantFrom('nginx', 'haproxy').map((ingressClass): ActionCall => ({
    action: 'fix_ingress_class',
    parameters: { namespace, ingress: 'web', ingressClass },
  })),
);

describe('An action that is taken back', function () {
  this.timeout(300_000);
  let scratch: Scratch;
  let practice: PracticeCluster;
  let client: KubeClient;
  let cluster: Cluster;
  let kubectl: string;

  before(async () => {
    scratch = await scratchFolder('undone');
    practice = await startPracticeCluster({ directory: scratch.path });
    client = new KubeClient({ server: practice.url, ca: practice.caCertificate, token: practice.token });
    cluster = await connectCluster({ kubeconfig: practice.kubeconfig });
    kubectl = await ensureKubectl();
    await client.create(namespaces, { metadata: { name: namespace } });
  });
  after(async () => {
    client?.close();
    await practice?.close();
    await scratch?.remove();
  });

  const put = (resource: Resource<KubeObject>, spec: object) =>
    client.create(resource, { metadata: { name: 'web', namespace }, spec } as KubeObject);

  async function build(wish: Shop): Promise<void> {
    const kinds = [deployments, services, autoscalers, ingresses] as readonly Resource<KubeObject>[];
    for (const resource of kinds) await client.delete(resource, namespace, 'web');
    const matchLabels = { app: 'web' };
    const { container: wished, nodeSelector, ingressClassName } = wish;
    await put(deployments as Resource<KubeObject>, {
      replicas: wish.replicas,
      selector: { matchLabels },
      template: {
        metadata: { labels: matchLabels },
        spec: { containers: [{ name: 'app', ...wished }], ...(nodeSelector && { nodeSelector }) },
      },
    });
    await put(services as Resource<KubeObject>, {
      selector: wish.selector,
      ports: [
        { name: 'web', port: 80, targetPort: wish.targetPort },
        { name: 'other', port: 81, targetPort: 81 },
      ],
    });
    await put(autoscalers as Resource<KubeObject>, {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      ...{ minReplicas: 1, maxReplicas: wish.maxReplicas, targetCPUUtilizationPercentage: 80 },
    });
    const service = { name: 'web', port: { number: 80 } };
    await put(ingresses as Resource<KubeObject>, {
      ...(ingressClassName && { ingressClassName }),
      rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service } }] } }],
    });
  }

  const read = async (call: ActionCall) =>
    (await Promise.all(touchesOf(call).map((ref) => cluster.get(ref)))).filter((one) => one !== undefined);
  const succeeds = async (argv: readonly string[]): Promise<boolean> => {
    const pinned = ['--kubeconfig', practice.kubeconfig, ...argv.slice(1)];
    return (await run(kubectl, pinned, { timeoutMs: 60_000 })).code === 0;
  };

  it('leaves the object as it was, whatever it was', async () => {
    const takenBack = new Set<string>();
    await fc.assert(
      fc.asyncProperty(shop, action, async (wish, call) => {
        await build(wish);
        const before = await read(call);
        const undo = undoFor(call, before);
        // What the API server refuses has nothing to take back.
        fc.pre(await succeeds(commandOf(call)));
        const changed = wishes(await read(call));
        if (undo === undefined) {
          assert.deepEqual(changed, wishes(before), 'a change without a way back');
          return;
        }
        assert(await succeeds(undo.argv), undo.command);
        assert.deepEqual(wishes(await read(call)), wishes(before), undo.command);
        takenBack.add(call.action);
      }),
      { numRuns: runs, maxSkipsPerRun: 50 },
    );
    assert(takenBack.size > 3, [...takenBack].join());
  });
});

/** What objects ask for; an empty part asks for nothing. */
function wishes(objects: readonly Live[]): unknown {
  return objects.map((one) => withoutEmpty(one['spec']));
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, withoutEmpty(one)] as const);
  return Object.fromEntries(
    entries.filter(([, one]) => typeof one !== 'object' || one === null || Object.keys(one).length > 0),
  );
}

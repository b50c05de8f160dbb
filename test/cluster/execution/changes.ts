/** Objects as anybody may have them, and calls of the actions that change their fields. */
import fc from 'fast-check';
import { parseActionCall, type ActionCall } from '../../../src/domain/action.ts';

const shop = 'shop';
const app = 'checkout';
const place = { namespace: shop, deployment: app };
const container = { ...place, container: 'app' };

const memory = fc.constantFrom('64Mi', '128Mi', '200M', '1Gi');
const cpu = fc.constantFrom('100m', '0.5', '1', '1500m');
const port = fc.integer({ min: 1, max: 65_535 });
const replicas = fc.integer({ min: 0, max: 3 });
const image = fc.constantFrom('shop-checkout:1.4.2', 'shop-checkout:1.4.3', 'registry.local/shop/checkout:2');
const labels = fc.dictionary(fc.constantFrom('app', 'tier', 'release'), fc.constantFrom('a', 'b', 'c'), {
  maxKeys: 3,
});
const some = labels.filter((one) => Object.keys(one).length > 0);

/** What a Deployment, its Service and its autoscaler say before. */
export const worlds = fc
  .record({
    replicas,
    image,
    limits: fc.option(fc.record({ cpu: fc.constant('2'), memory: fc.constant('2Gi') }, { requiredKeys: [] })),
    requests: fc.option(
      fc.record({ cpu: fc.constant('50m'), memory: fc.constant('32Mi') }, { requiredKeys: [] }),
    ),
    nodeSelector: fc.option(some),
    probe: port,
    selector: some,
    targetPort: fc.oneof(port, fc.constant('http')),
    maximum: fc.integer({ min: 3, max: 9 }),
  })
  .map((world) => ({ world, objects: objectsOf(world) }));

interface World {
  readonly replicas: number;
  readonly image: string;
  readonly limits: object | null;
  readonly requests: object | null;
  readonly nodeSelector: object | null;
  readonly probe: number;
  readonly selector: object;
  readonly targetPort: number | string;
  readonly maximum: number;
}

function objectsOf(world: World): readonly object[] {
  const metadata = { name: app, namespace: shop };
  const resources = {
    ...(world.limits === null ? {} : { limits: world.limits }),
    ...(world.requests === null ? {} : { requests: world.requests }),
  };
  const spec = {
    containers: [
      {
        name: 'app',
        image: world.image,
        resources,
        readinessProbe: { httpGet: { path: '/healthz', port: world.probe } },
      },
      { name: 'sidecar', image: 'proxy:1', resources: { limits: { memory: '32Mi' } } },
    ],
    ...(world.nodeSelector === null ? {} : { nodeSelector: world.nodeSelector }),
  };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: world.replicas,
        selector: { matchLabels: { app } },
        template: { metadata: { labels: { app } }, spec },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        selector: world.selector,
        ports: [
          { name: 'web', port: 80, targetPort: world.targetPort },
          { name: 'admin', port: 90, targetPort: 9090 },
        ],
      },
    },
    {
      apiVersion: 'autoscaling/v1',
      kind: 'HorizontalPodAutoscaler',
      // Of nothing: it must not scale while the fields are compared.
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'elsewhere' },
        minReplicas: 1,
        maxReplicas: world.maximum,
      },
    },
  ];
}

const amounts = fc
  .record({ cpu, memory }, { requiredKeys: [] })
  .filter((one) => one.cpu !== undefined || one.memory !== undefined);

/** One call of each action whose deed is a change of fields. Rollbacks and drains have tests of their own. */
export const calls = fc
  .tuple(
    replicas.map((count) => ({ action: 'scale_deployment', parameters: { ...place, replicas: count } })),
    memory.map((amount) => ({
      action: 'increase_memory_limit',
      parameters: { ...container, memory: amount },
    })),
    cpu.map((amount) => ({ action: 'increase_cpu_limits', parameters: { ...container, cpu: amount } })),
    amounts.map((list) => ({ action: 'set_resource_limits', parameters: { ...container, ...list } })),
    fc
      .record({ cpu: fc.constantFrom('10m', '20m'), memory: fc.constantFrom('8Mi', '16Mi') })
      .map((list) => ({ action: 'set_resource_requests', parameters: { ...container, ...list } })),
    image.map((name) => ({ action: 'set_image', parameters: { ...container, image: name } })),
    port.map((number) => ({
      action: 'fix_probe',
      parameters: { ...container, probe: 'readiness', handler: 'httpGet', port: number },
    })),
    some.map((selector) => ({ action: 'fix_node_selector', parameters: { ...place, selector } })),
    some.map((selector) => ({
      action: 'fix_service_selector',
      parameters: { namespace: shop, service: app, selector },
    })),
    port.map((targetPort) => ({
      action: 'fix_service_port',
      parameters: { namespace: shop, service: app, ports: [{ port: 80, targetPort }] },
    })),
    fc.integer({ min: 1, max: 20 }).map((maxReplicas) => ({
      action: 'raise_hpa_maximum',
      parameters: { namespace: shop, autoscaler: app, maxReplicas },
    })),
  )
  .map((list): ActionCall[] => list.map(parseActionCall));

/** How each action is proved on a real cluster: what stands there, the call, and what it changes. */
import type { ActionCall, ActionName } from '../../../src/domain/action.ts';
import {
  autoscalers,
  ingressClasses,
  ingresses,
  jobs,
  quotas,
  roles,
} from '../../../src/practice/api-groups.ts';
import type { KubeClient } from '../../../src/practice/client.ts';
import {
  configMaps,
  deployments,
  nodes,
  pods,
  secrets,
  services,
  type Deployment,
  type KubeObject,
  type Pod,
  type Resource,
  type Service,
} from '../../../src/practice/objects.ts';
import { manifest, type Manifest } from '../../../src/practice/scenarios/scenario.ts';
import { workload, type Workload } from '../../../src/practice/scenarios/workload.ts';
import type { Right } from '../../../src/remediation/rights.ts';

/** A namespace with a Deployment of the same name, and a Service in front of it. */
export interface Place {
  readonly client: KubeClient;
  readonly name: string;
  /** The version of CronJobs that the API server has. */
  readonly cronJobVersion: string;
}

export interface Proof {
  /** What of the workload is not as usual: one replica that is ready. */
  readonly workload?: Partial<Workload>;
  /** What stands beside it. */
  readonly beside?: (place: Place) => readonly Manifest[];
  /** What is done to it once it is there. */
  readonly prepare?: (place: Place) => Promise<unknown>;
  readonly call: (place: Place) => ActionCall | Promise<ActionCall>;
  /** What the action changes, as it is now; nothing for one that only reads. */
  readonly seen?: (place: Place) => Promise<unknown>;
  /** What is seen afterwards; where it cannot be told beforehand, something else than before. */
  readonly after?: unknown;
  /** Whether there is a way back, to exactly what was seen before. */
  readonly undone?: true;
  /** What the output of one that reads says. */
  readonly output?: RegExp;
  /** What the table does not grant, with the reason there. */
  readonly further?: readonly Right[];
  /** What kubectl says of the first right that is missing: of a user who may only read, or not even that. */
  readonly missing: RegExp;
  readonly mayNotRead?: true;
}

const limitRanges: Resource<KubeObject & { spec: object }> = {
  ...{ apiVersion: 'v1', kind: 'LimitRange', plural: 'limitranges', namespaced: true },
};
const cronJobsOf = (apiVersion: string): Resource<KubeObject & { spec: object }> => ({
  ...{ apiVersion, kind: 'CronJob', plural: 'cronjobs', namespaced: true },
});
const image = 'docker.io/library/shop-checkout:1.4.2';
const otherImage = 'docker.io/library/shop-cart:1.9.0';
const container = 'app';

/** An object that is there. */
async function there<T extends KubeObject>(
  resource: Resource<T>,
  { client, name }: Place,
  called = name,
): Promise<T> {
  const object = await client.get(resource, name, called);
  if (object === undefined) throw new Error(`${resource.kind} ${called} is not there`);
  return object;
}

const deployment = (place: Place): Promise<Deployment> => there(deployments, place);
const service = (place: Place): Promise<Service> => there(services, place);
const podSpec = async (place: Place): Promise<Deployment['spec']['template']['spec']> =>
  (await deployment(place)).spec.template.spec;
const app = async (place: Place) => (await podSpec(place)).containers[0];

async function podOf({ client, name }: Place): Promise<Pod> {
  const all = await client.list(pods, { namespace: name, labelSelector: `app=${name}` });
  const pod = all.find(({ metadata }) => metadata.deletionTimestamp === undefined);
  if (pod === undefined) throw new Error(`There is no pod in ${name}`);
  return pod;
}

const at = ({ name }: Place) => ({ namespace: name, deployment: name });
const cannot = (verb: string, resource: string): RegExp =>
  new RegExp(`cannot ${verb} resource "${resource}"`);
const patchingDeployments = cannot('patch', 'deployments');

const reader = (name: string): Manifest =>
  manifest(roles, {
    metadata: { name: 'reader', namespace: name },
    rules: [{ apiGroups: [''], resources: ['endpoint'], verbs: ['get'] }],
  });

export const proofs = {
  restart_pod: {
    call: async (place) => ({
      action: 'restart_pod',
      parameters: { namespace: place.name, pod: (await podOf(place)).metadata.name ?? '' },
    }),
    seen: async (place) => (await podOf(place)).metadata.uid,
    missing: cannot('delete', 'pods'),
  },
  scale_deployment: {
    call: (place) => ({ action: 'scale_deployment', parameters: { ...at(place), replicas: 2 } }),
    seen: async (place) => (await deployment(place)).spec.replicas,
    after: 2,
    undone: true,
    missing: cannot('patch', 'deployments/scale'),
  },
  increase_memory_limit: {
    call: (place) => ({
      action: 'increase_memory_limit',
      parameters: { ...at(place), container, memory: '256Mi' },
    }),
    seen: async (place) => (await app(place))?.resources?.limits,
    after: { memory: '256Mi' },
    undone: true,
    missing: patchingDeployments,
  },
  increase_cpu_limits: {
    call: (place) => ({
      action: 'increase_cpu_limits',
      parameters: { ...at(place), container, cpu: '500m' },
    }),
    seen: async (place) => (await app(place))?.resources?.limits,
    after: { cpu: '500m', memory: '128Mi' },
    undone: true,
    missing: patchingDeployments,
  },
  set_resource_limits: {
    call: (place) => ({
      action: 'set_resource_limits',
      parameters: { ...at(place), container, cpu: '250m', memory: '192Mi' },
    }),
    seen: async (place) => (await app(place))?.resources?.limits,
    after: { cpu: '250m', memory: '192Mi' },
    undone: true,
    missing: patchingDeployments,
  },
  set_resource_requests: {
    call: (place) => ({
      action: 'set_resource_requests',
      parameters: { ...at(place), container, cpu: '20m', memory: '40Mi' },
    }),
    seen: async (place) => (await app(place))?.resources?.requests,
    after: { cpu: '20m', memory: '40Mi' },
    undone: true,
    missing: patchingDeployments,
  },
  fix_probe: {
    workload: {
      container: { readinessProbe: { httpGet: { path: '/healthz', port: 9999 }, periodSeconds: 1 } },
    },
    call: (place) => ({
      action: 'fix_probe',
      parameters: { ...at(place), container, probe: 'readiness', handler: 'httpGet', port: 8080 },
    }),
    seen: async (place) => (await app(place))?.readinessProbe?.httpGet?.port,
    after: 8080,
    undone: true,
    missing: patchingDeployments,
  },
  fix_node_selector: {
    workload: { pod: { nodeSelector: { pool: 'none' } } },
    call: (place) => ({ action: 'fix_node_selector', parameters: { ...at(place), selector: {} } }),
    seen: async (place) => (await podSpec(place)).nodeSelector,
    undone: true,
    missing: patchingDeployments,
  },
  drain_node: {
    call: async (place) => ({
      action: 'drain_node',
      parameters: {
        ...at(place),
        node: (await podOf(place)).spec.nodeName ?? '',
        selector: { app: place.name },
      },
    }),
    seen: async ({ client }) =>
      (await client.list(nodes)).filter(({ spec }) => spec?.unschedulable === true).length,
    after: 1,
    undone: true,
    missing: cannot('create', 'pods/eviction'),
  },
  rollback_deployment: {
    prepare: ({ client, name }) =>
      client.patch(
        deployments,
        name,
        name,
        { spec: { template: { spec: { containers: [{ name: container, image: otherImage }] } } } },
        { type: 'strategic' },
      ),
    call: (place) => ({ action: 'rollback_deployment', parameters: { ...at(place), revision: 1 } }),
    seen: async (place) => (await app(place))?.image,
    after: image,
    undone: true,
    missing: patchingDeployments,
  },
  restart_deployment: {
    call: (place) => ({ action: 'restart_deployment', parameters: at(place) }),
    seen: async (place) => (await podOf(place)).metadata.uid,
    missing: patchingDeployments,
  },
  set_image: {
    call: (place) => ({
      action: 'set_image',
      parameters: { ...at(place), container, image: otherImage },
    }),
    seen: async (place) => (await app(place))?.image,
    after: otherImage,
    undone: true,
    missing: patchingDeployments,
  },
  fix_service_selector: {
    prepare: ({ client, name }) =>
      client.patch(services, name, name, { spec: { selector: { app: 'gone' } } }),
    call: ({ name }) => ({
      action: 'fix_service_selector',
      parameters: { namespace: name, service: name, selector: { app: name } },
    }),
    seen: async (place) => (await service(place)).spec.selector,
    undone: true,
    missing: cannot('patch', 'services'),
  },
  fix_service_port: {
    prepare: ({ client, name }) =>
      client.patch(
        services,
        name,
        name,
        { spec: { ports: [{ port: 80, targetPort: 9090 }] } },
        { type: 'strategic' },
      ),
    call: ({ name }) => ({
      action: 'fix_service_port',
      parameters: { namespace: name, service: name, ports: [{ port: 80, targetPort: 8080 }] },
    }),
    seen: async (place) => (await service(place)).spec.ports?.map(({ targetPort }) => targetPort),
    after: [8080],
    undone: true,
    missing: cannot('patch', 'services'),
  },
  raise_hpa_maximum: {
    workload: { environment: { LOAD_MILLICORES: '14' } },
    beside: ({ name }) => [
      manifest(autoscalers, {
        metadata: { name, namespace: name },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
          minReplicas: 1,
          maxReplicas: 1,
          targetCPUUtilizationPercentage: 80,
        },
      }),
    ],
    call: ({ name }) => ({
      action: 'raise_hpa_maximum',
      parameters: { namespace: name, autoscaler: name, maxReplicas: 4 },
    }),
    seen: async (place) => (await there(autoscalers, place)).spec.maxReplicas,
    after: 4,
    undone: true,
    missing: cannot('patch', 'horizontalpodautoscalers'),
  },
  fix_ingress_class: {
    beside: ({ name }) => [
      manifest(ingressClasses, { metadata: { name: 'nginx' }, spec: { controller: 'k8s.io/ingress-nginx' } }),
      manifest(ingresses, {
        metadata: { name, namespace: name },
        spec: {
          ingressClassName: 'ngnix',
          rules: [
            {
              host: 'shop.example',
              http: {
                paths: [
                  { path: '/', pathType: 'Prefix', backend: { service: { name, port: { number: 80 } } } },
                ],
              },
            },
          ],
        },
      }),
    ],
    call: ({ name }) => ({
      action: 'fix_ingress_class',
      parameters: { namespace: name, ingress: name, ingressClass: 'nginx' },
    }),
    seen: async (place) => (await there(ingresses, place)).spec.ingressClassName,
    after: 'nginx',
    undone: true,
    missing: cannot('patch', 'ingresses'),
  },
  fix_role_resource: {
    beside: ({ name }) => [reader(name)],
    call: ({ name }) => ({
      action: 'fix_role_resource',
      parameters: {
        ...{ namespace: name, role: 'reader', rule: 0, resource: 0 },
        ...{ group: '', from: 'endpoint', to: 'endpoints' },
      },
    }),
    seen: async (place) => (await there(roles, place, 'reader')).rules[0]?.resources,
    after: ['endpoints'],
    undone: true,
    // To put the wrong word back is to grant a resource that there is not: nobody holds it but who may grant everything.
    further: [{ group: '', resource: 'endpoint', verbs: ['get'] }],
    missing: cannot('patch', 'roles'),
  },
  run_cron_job: {
    beside: ({ name, cronJobVersion }) => [
      manifest(cronJobsOf(cronJobVersion), {
        metadata: { name: 'export', namespace: name },
        spec: {
          schedule: '0 3 * * *',
          suspend: true,
          jobTemplate: {
            spec: {
              template: {
                spec: {
                  restartPolicy: 'Never',
                  containers: [{ name: container, image, args: ['export', '--format=csv'] }],
                },
              },
            },
          },
        },
      }),
    ],
    call: ({ name }) => ({
      action: 'run_cron_job',
      parameters: { namespace: name, cronjob: 'export', job: 'export-again' },
    }),
    seen: async ({ client, name }) => (await client.list(jobs, { namespace: name })).length,
    after: 1,
    missing: cannot('create', 'jobs'),
  },
  check_configmaps_secrets: {
    beside: ({ name }) => [
      manifest(configMaps, { metadata: { name: 'settings', namespace: name }, data: { level: 'info' } }),
      manifest(secrets, {
        metadata: { name: 'db', namespace: name },
        data: { password: Buffer.from('tops3cret').toString('base64') },
      }),
    ],
    call: (place) => ({
      action: 'check_configmaps_secrets',
      parameters: { ...at(place), configMaps: ['settings', 'gone'], secrets: ['db', 'gone-too'] },
    }),
    output: /^(?!.*(gone|dG9wczNjcmV0|tops3cret)).*configmap\/settings.*secret\/db\s+Opaque\s+1/s,
    missing: cannot('get', 'secrets'),
  },
  check_dependencies: {
    call: (place) => ({
      action: 'check_dependencies',
      parameters: { ...at(place), services: [place.name, 'gone'] },
    }),
    output:
      /^(?!.*gone).*service\/check-dependencies.*endpoints\/check-dependencies\s+\d+\.\d+\.\d+\.\d+:8080/s,
    missing: cannot('get', '(services|endpoints)'),
    mayNotRead: true,
  },
  check_resource_quotas: {
    beside: ({ name }) => [
      manifest(quotas, { metadata: { name: 'team', namespace: name }, spec: { hard: { pods: '10' } } }),
      manifest(limitRanges, {
        metadata: { name: 'sizes', namespace: name },
        spec: { limits: [{ type: 'Container', default: { memory: '128Mi' } }] },
      }),
    ],
    call: (place) => ({ action: 'check_resource_quotas', parameters: at(place) }),
    output: /Name:\s+team.*pods\s+\d+\s+10/s,
    missing: cannot('list', '(resourcequotas|limitranges)'),
    mayNotRead: true,
  },
  verify_service_config: {
    call: ({ name }) => ({
      action: 'verify_service_config',
      parameters: { namespace: name, service: name },
    }),
    output:
      /Service\s+verify-service-config\s+map\[app:verify-service-config\]\s+80\s+8080.*Endpoints\s+verify-service-config.*\d+\.\d+\.\d+\.\d+\s.*8080/s,
    missing: cannot('get', '(services|endpoints)'),
    mayNotRead: true,
  },
  custom_command: {
    // The table cannot know the command.
    further: [{ group: 'apps', resource: 'deployments', verbs: ['get', 'patch'] }],
    call: (place) => ({
      action: 'custom_command',
      parameters: {
        argv: ['kubectl', 'annotate', `deployment/${place.name}`, 'oncall/note=seen', '-n', place.name],
        target: { kind: 'Deployment', namespace: place.name, name: place.name },
      },
    }),
    seen: async (place) => (await deployment(place)).metadata.annotations?.['oncall/note'],
    after: 'seen',
    missing: patchingDeployments,
  },
} as const satisfies Record<ActionName, Proof>;

/** Makes the namespace's objects. */
export async function build(proof: Proof, place: Place): Promise<void> {
  const { client, name } = place;
  const made = [
    ...workload({ name, image, replicas: 1, ...proof.workload }, name),
    ...(proof.beside?.(place) ?? []),
  ];
  for (const { resource, object } of made) await client.create(resource, object);
}

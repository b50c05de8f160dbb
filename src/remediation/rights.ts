/**
 * The rights that the product needs in a cluster, by what needs them. The manifests in `media/rbac` are made of this table.
 * Sources: https://kubernetes.io/docs/reference/access-authn-authz/rbac/ and the requests that kubectl and the product send.
 */
import type { ActionName } from '../domain/action.ts';

/** One rule of a role: verbs on one resource (`deployments/scale` for a subresource) of one API group, empty for the core group. */
export interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
}

/** The roles, by the name of their manifest. */
export const roleNames = ['read-only', 'secret-presence', 'remediator', 'node-operator'] as const;
export type RoleName = (typeof roleNames)[number];

export type Rights = Readonly<Partial<Record<RoleName, readonly Right[]>>>;

/** `on('apps', 'deployments', 'get patch')`. */
function on(group: string, resource: string, verbs: string): Right {
  return { group, resource, verbs: verbs.split(' ') };
}

const networking = 'networking.k8s.io';
const rbac = 'rbac.authorization.k8s.io';
const watched = 'get list watch';

/** What finding the target, the diagnosis and the verification read, by what it is read for. */
export const readingRights: Readonly<Record<string, readonly Right[]>> = {
  'the workload, its revisions and its pods': [
    on('apps', 'deployments', watched),
    on('apps', 'statefulsets', watched),
    on('apps', 'daemonsets', watched),
    on('apps', 'replicasets', watched),
    on('apps', 'controllerrevisions', 'list'),
    on('', 'replicationcontrollers', 'get'),
    on('', 'pods', watched),
    on('batch', 'jobs', watched),
    on('batch', 'cronjobs', watched),
  ],
  'what the programs and the cluster say': [on('', 'pods/log', 'get'), on('', 'events', 'list')],
  'the way to the pods': [
    on('', 'services', watched),
    on('', 'endpoints', watched),
    on('discovery.k8s.io', 'endpointslices', 'list watch'),
    on(networking, 'ingresses', watched),
    on(networking, 'ingressclasses', 'get list'),
    on(networking, 'networkpolicies', 'list'),
  ],
  'what scales the pods, and what bounds how many may be away': [
    on('autoscaling', 'horizontalpodautoscalers', watched),
    on('policy', 'poddisruptionbudgets', 'get list'),
  ],
  'what the pods may use, and where they fit': [
    on('', 'resourcequotas', 'get list'),
    on('', 'limitranges', 'get list'),
    on('', 'nodes', watched),
  ],
  'whether the configuration is there: of a ConfigMap nothing but its metadata is asked for, of a list the names of its keys are shown':
    [on('', 'configmaps', 'get list')],
  'the volumes': [
    on('', 'persistentvolumeclaims', watched),
    on('', 'persistentvolumes', 'get list'),
    on('storage.k8s.io', 'storageclasses', 'get list'),
  ],
  'what the programs may do': [on(rbac, 'roles', watched), on(rbac, 'rolebindings', 'list')],
  'what the API server refuses a program, asked of the API server itself: it answers, and keeps nothing': [
    on('authorization.k8s.io', 'subjectaccessreviews', 'create'),
  ],
  'what other machines change by themselves at this moment, for the brake': [
    on('coordination.k8s.io', 'leases', 'list'),
  ],
  'webhooks that keep pods from being made': [
    on('admissionregistration.k8s.io', 'mutatingwebhookconfigurations', 'list'),
    on('admissionregistration.k8s.io', 'validatingwebhookconfigurations', 'list'),
  ],
  'kubectl top, in runbooks and proposals': [
    on('metrics.k8s.io', 'pods', 'get list'),
    on('metrics.k8s.io', 'nodes', 'get list'),
  ],
};

/** RBAC knows no metadata-only right: who may look whether a Secret exists may read it as well. */
export const secretPresence: Right = on('', 'secrets', 'get');

/** The lock of an incident is a Lease in the target's namespace, held while a step executes. */
export const lockRights: readonly Right[] = [on('coordination.k8s.io', 'leases', 'get create update delete')];

const patchDeployment: Rights = { remediator: [on('apps', 'deployments', 'get patch')] };
const patchService: Rights = { remediator: [on('', 'services', 'get patch')] };

/** What the command of each action needs, and the command that takes it back. The lock and the reading around it come on top. */
export const actionRights: Readonly<Record<ActionName, Rights>> = {
  // kubectl waits until the pod is gone.
  restart_pod: { remediator: [on('', 'pods', 'get list watch delete')] },
  scale_deployment: {
    remediator: [on('apps', 'deployments', 'get'), on('apps', 'deployments/scale', 'patch')],
  },
  increase_memory_limit: patchDeployment,
  increase_cpu_limits: patchDeployment,
  set_resource_limits: patchDeployment,
  set_resource_requests: patchDeployment,
  fix_probe: patchDeployment,
  fix_node_selector: patchDeployment,
  // Eviction is granted by namespace: a drain reaches the pods of those namespaces only.
  drain_node: {
    'node-operator': [on('', 'nodes', 'get patch'), on('', 'pods', 'list')],
    remediator: [on('', 'pods/eviction', 'create'), on('', 'pods', 'get')],
  },
  rollback_deployment: {
    remediator: [on('apps', 'deployments', 'get patch'), on('apps', 'replicasets', 'list')],
  },
  restart_deployment: patchDeployment,
  set_image: patchDeployment,
  fix_service_selector: patchService,
  fix_service_port: patchService,
  raise_hpa_maximum: { remediator: [on('autoscaling', 'horizontalpodautoscalers', 'get patch')] },
  fix_ingress_class: { remediator: [on(networking, 'ingresses', 'get patch')] },
  // The API server lets nobody grant what they may not do themselves: without "escalate" this widens no right beyond their own.
  // Taking it back grants a resource that there is not, which only somebody with "escalate" may.
  fix_role_resource: { remediator: [on(rbac, 'roles', 'get patch')] },
  run_cron_job: { remediator: [on('batch', 'cronjobs', 'get'), on('batch', 'jobs', 'create')] },
  check_configmaps_secrets: {
    'read-only': [on('', 'configmaps', 'get')],
    'secret-presence': [secretPresence],
  },
  check_dependencies: { 'read-only': [on('', 'services', 'get'), on('', 'endpoints', 'get')] },
  check_resource_quotas: {
    'read-only': [on('', 'resourcequotas', 'get list'), on('', 'limitranges', 'get list')],
  },
  verify_service_config: { 'read-only': [on('', 'services', 'get'), on('', 'endpoints', 'get')] },
  // Whatever the command needs.
  custom_command: {},
};

/** A rule of a role with what it is there for, in words: an action that needs fewer verbs is followed by its own. */
export interface RoleRule extends Right {
  readonly neededFor: readonly string[];
}

type Need = readonly [neededFor: string, right: Right];

/** All rules of a role, each resource once. */
export function rulesOf(role: RoleName): readonly RoleRule[] {
  const byResource = Map.groupBy(needsOf(role), ([, { group, resource }]) => `${group}/${resource}`);
  return [...byResource.values()].flatMap((needs): RoleRule[] => {
    const [first] = needs;
    if (first === undefined) return [];
    const verbs = [...new Set(needs.flatMap(([, right]) => right.verbs))];
    const neededFor = needs.map(([why, right]) =>
      right.verbs.length < verbs.length ? `${why} (${right.verbs.join(', ')})` : why,
    );
    return [{ ...first[1], verbs, neededFor }];
  });
}

function needsOf(role: RoleName): Need[] {
  const reading = role === 'read-only' ? Object.entries(readingRights) : [];
  const presence: Need[] =
    role === 'secret-presence'
      ? [['whether the Secrets that pods and Ingresses name exist', secretPresence]]
      : [];
  const lock =
    role === 'remediator' ? lockRights.map((right): Need => ['the lock of the incident', right]) : [];
  const actions = Object.entries(actionRights).flatMap(([action, rights]) =>
    (rights[role] ?? []).map((right): Need => [action, right]),
  );
  return [
    ...reading.flatMap(([why, rights]) => rights.map((right): Need => [why, right])),
    ...presence,
    ...lock,
    ...actions,
  ];
}

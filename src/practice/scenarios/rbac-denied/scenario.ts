/** 19: the application follows the pods of its namespace; its Role was rewritten and now names `pod`, which is no resource. */
import { clusterRoleBindings, roleBindings, roles, serviceAccounts } from '../../api-groups.ts';
import type { Role, RoleBinding } from '../../api-groups.ts';
import { isReady } from '../../conditions.ts';
import type { Resource } from '../../objects.ts';
import { manifest, patch } from '../scenario.ts';
import type { Manifest, Scenario } from '../scenario.ts';
import { isHealthy } from '../state.ts';
import type { State } from '../state.ts';
import { workload } from '../workload.ts';

const name = 'router';
const labels = { app: name, 'app.kubernetes.io/part-of': 'shop' };

const rulesFor = (resource: string): Role['rules'] => [
  { apiGroups: [''], resources: [resource], verbs: ['get', 'list', 'watch'] },
];

function permissions(namespace: string): Manifest[] {
  const metadata = { name, namespace, labels };
  return [
    manifest(serviceAccounts, { metadata }),
    manifest(roles, { metadata, rules: rulesFor('pods') }),
    manifest(roleBindings, {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    }),
  ];
}

/** How many bindings give the application's account something. */
function grants(state: State, resource: Resource<RoleBinding>): number {
  return state
    .all(resource)
    .filter(({ subjects = [] }) =>
      subjects.some(
        (one) => one.kind === 'ServiceAccount' && one.name === name && one.namespace === state.namespace,
      ),
    ).length;
}

/** Whether the application may list pods, and nobody gave it more than that. */
function isNarrow(state: State): boolean {
  const { rules = [] } = state.all(roles).find(({ metadata }) => metadata.name === name) ?? {};
  const words = rules.flatMap(({ apiGroups, resources, verbs }) => [...apiGroups, ...resources, ...verbs]);
  return (
    rules.some(({ resources, verbs }) => resources.includes('pods') && verbs.includes('list')) &&
    !words.includes('*') &&
    grants(state, roleBindings) === 1 &&
    grants(state, clusterRoleBindings) === 0
  );
}

export const scenario: Scenario = {
  number: 19,
  name: 'rbac-denied',
  title: 'router answers no requests: none of its pods is ready',
  difficulty: 'medium',
  teaches:
    'Finds a refusal of the API server in a log, and mends the Role without giving more than was asked for.',
  needs: ['simulated node'],
  namespace: 'shop',
  workload: name,
  reads: [clusterRoleBindings],
  healthy: (namespace) => [
    ...permissions(namespace),
    ...workload(
      {
        name,
        image: 'docker.io/library/shop-router:1.1.4',
        replicas: 2,
        environment: { READS: 'pods' },
        cause: 'release 31: router 1.1.4',
        pod: { serviceAccountName: name },
      },
      namespace,
    ),
  ],
  breakage: [patch(roles, name, { rules: rulesFor('pod') }, 'merge')],
  symptom: (state) => state.pods.length > 0 && !state.pods.some(isReady),
  alarm: ({ namespace }) => ({
    name: 'KubeDeploymentReplicasMismatch',
    severity: 'critical',
    summary: 'The deployment has fewer ready pods than it should have.',
    namespace,
    labels: { deployment: name },
  }),
  tool: 'alertmanager',
  rootCause: { target: { kind: 'Role', name }, findings: ['Forbidden'] },
  fixes: [
    {
      says: 'Name the resource in the Role as the API does: pods',
      command: /^kubectl patch role\/router\b.*\bpods\b/,
      // Who may do what is changed by nobody but a person.
      byAPerson: true,
      deeds: [patch(roles, name, { rules: rulesFor('pods') }, 'merge')],
    },
  ],
  wrong: [
    {
      says: 'Allow everything in the namespace',
      deeds: [patch(roles, name, { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }, 'merge')],
    },
  ],
  solved: (state) => isHealthy(state) && isNarrow(state),
  settleSeconds: 20,
  harm: (before, after) =>
    grants(after, clusterRoleBindings) > grants(before, clusterRoleBindings)
      ? ['The application was given rights in the whole cluster.']
      : [],
};

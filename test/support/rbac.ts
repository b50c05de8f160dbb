/** The roles in media/rbac, written from the table of rights by `node test/support/rbac.ts`, and what requests take of them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { roleNames, rulesOf, type RoleName, type RoleRule } from '../../src/remediation/rights.ts';
import { root } from './paths.ts';

interface Head {
  readonly kind: 'ClusterRole' | 'Role';
  /** Lines of comment. */
  readonly about: readonly string[];
}

const heads: Readonly<Record<RoleName, Head>> = {
  'read-only': {
    kind: 'ClusterRole',
    about: [
      'What Oncall Agent reads to find the cause of an incident and to see that it is over. It changes nothing, and holds no right to Secrets.',
      '  kubectl apply -f read-only.yaml',
      '  kubectl create clusterrolebinding oncall-read-only --clusterrole=oncall-read-only --group=oncall',
      'Bound in one namespace instead (kubectl create rolebinding … -n shop), what lives in no namespace stays unread, and a diagnosis says so.',
    ],
  },
  'secret-presence': {
    kind: 'ClusterRole',
    about: [
      'Optional: lets Oncall Agent see whether a Secret that pods or Ingresses name exists. Kubernetes has no right for that alone:',
      'whoever has this role may read the values too, although Oncall Agent asks for the metadata only. Without it a diagnosis says',
      'that it could not look, and goes by what the cluster reports.',
      '  kubectl apply -f secret-presence.yaml',
      '  kubectl create rolebinding oncall-secret-presence --clusterrole=oncall-secret-presence --group=oncall -n shop',
    ],
  },
  remediator: {
    kind: 'Role',
    about: [
      'What the actions of Oncall Agent change, in one namespace; beside read-only.yaml. Take out what you do not want done: without',
      'its right an action fails and says which one is missing. It holds no "escalate": fix_role_resource grants nobody more than its user has.',
      '  kubectl apply -f remediator.yaml -n shop',
      '  kubectl create rolebinding oncall-remediator --role=oncall-remediator --group=oncall -n shop',
    ],
  },
  'node-operator': {
    kind: 'ClusterRole',
    about: [
      'What drain_node needs beyond a namespace: to close a node for new pods, open it again, and see the pods on it. Pods are',
      'evicted by the right in remediator.yaml: only in the namespaces where that one is bound.',
      '  kubectl apply -f node-operator.yaml',
      '  kubectl create clusterrolebinding oncall-node-operator --clusterrole=oncall-node-operator --group=oncall',
    ],
  },
};

const quoted = (words: readonly string[]): string => `[${words.map((word) => `'${word}'`).join(', ')}]`;

/** Neighbours that differ in nothing but the resource are one rule. */
function together(rules: readonly RoleRule[]): { rule: RoleRule; resources: string[] }[] {
  const groups: { key: string; rule: RoleRule; resources: string[] }[] = [];
  for (const rule of rules) {
    const key = JSON.stringify([rule.group, rule.verbs, rule.neededFor]);
    const last = groups.at(-1);
    if (last?.key === key) last.resources.push(rule.resource);
    else groups.push({ key, rule, resources: [rule.resource] });
  }
  return groups;
}

/** The manifest of a role as YAML. */
export function manifest(role: RoleName): string {
  const { kind, about } = heads[role];
  const rules = together(rulesOf(role)).map(({ rule, resources }) =>
    [
      `  # ${rule.neededFor.join('; ')}`,
      `  - apiGroups: ${quoted([rule.group])}`,
      `    resources: ${quoted(resources)}`,
      `    verbs: ${quoted(rule.verbs)}`,
    ].join('\n'),
  );
  return [
    ...about.map((line) => `# ${line}`),
    `apiVersion: rbac.authorization.k8s.io/v1`,
    `kind: ${kind}`,
    'metadata:',
    `  name: oncall-${role}`,
    'rules:',
    ...rules,
    '',
  ].join('\n');
}

/** Where the manifest of a role is kept. */
export const manifestFile = (role: RoleName): string => join(root, 'media/rbac', `${role}.yaml`);

/**
 * The right that a request takes, as `patch apps/deployments`: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb .
 * Undefined for what everybody who is known may ask.
 */
export function rightOf(method: string, address: string): string | undefined {
  const [path = '', query = ''] = address.split('?');
  const [, core, grouped, rest = ''] =
    /^\/(?:api\/(v1)|apis\/([a-z0-9.-]+)\/v[a-z0-9]+)(?:\/(.+))?$/.exec(path) ?? [];
  if ((core ?? grouped) === undefined || rest === '') return undefined;
  const parts = rest.split('/');
  const [resource = '', name, subresource] =
    parts[0] === 'namespaces' && parts.length > 2 ? parts.slice(2) : parts;
  const reading = query.includes('watch=') ? 'watch' : name === undefined ? 'list' : 'get';
  const verb =
    { GET: reading, POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }[method] ?? method;
  return `${verb} ${grouped ?? ''}/${subresource === undefined ? resource : `${resource}/${subresource}`}`;
}

if (import.meta.main)
  await Promise.all(roleNames.map((role) => writeFile(manifestFile(role), manifest(role))));

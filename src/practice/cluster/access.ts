/** Who may do what: evaluated from Roles, ClusterRoles and their bindings, as the RBAC authorizer does. */
import { ApiFailure } from './failure.ts';
import type { KubeObject } from './object.ts';
import { resourceOf } from './resources.ts';
import type { Store } from './store.ts';

export interface User {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
}

/** A request as rules judge it. */
export type Attributes =
  | {
      readonly verb: string;
      readonly group: string;
      /** The plural; `*` for any. */
      readonly resource: string;
      readonly subresource?: string;
      readonly name?: string;
      /** Absent for what belongs to the whole cluster. */
      readonly namespace?: string;
    }
  | { readonly verb: string; readonly path: string };

export interface Access {
  readonly allowed: boolean;
  /** The authorizer's; empty where it has nothing to say. */
  readonly reason: string;
}

export interface Rule {
  verbs?: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

interface Subject {
  kind: string;
  name: string;
  namespace?: string;
}

type Binding = KubeObject & { roleRef: { kind: string; name: string }; subjects?: Subject[] };

const group = 'rbac.authorization.k8s.io';
/** Members may do everything, whatever the roles say. */
const masters = 'system:masters';
export const authenticated = 'system:authenticated';
const accountPrefix = 'system:serviceaccount:';

/** The rules that every cluster has for everybody who is known: to ask about oneself, and what the server serves. */
const basicRules: readonly Rule[] = [
  {
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
    verbs: ['create'],
  },
  { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
  {
    nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/openapi', '/openapi/*'],
    verbs: ['get'],
  },
  { nonResourceURLs: ['/readyz', '/version', '/version/'], verbs: ['get'] },
];

/** The groups of a service account, or of any other user that is known. */
export function groupsOf(username: string): string[] {
  const [namespace] = username.startsWith(accountPrefix)
    ? username.slice(accountPrefix.length).split(':')
    : [];
  const accounts =
    namespace === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  return [...accounts, authenticated];
}

export function accessOf(store: Store, user: User, attributes: Attributes): Access {
  if (user.groups.includes(masters)) return { allowed: true, reason: '' };
  const namespace = 'namespace' in attributes ? attributes.namespace : undefined;
  const { grants, failures } = grantsFor(store, user, namespace);
  const grant = grants.find(({ rules }) => rules.some((rule) => ruleAllows(rule, attributes)));
  if (grant) return { allowed: true, reason: grant.says && `RBAC: allowed by ${grant.says}` };
  if (failures.length === 0) return { allowed: false, reason: '' };
  const text = failures.length === 1 ? failures.join() : `[${failures.join(', ')}]`;
  return { allowed: false, reason: `RBAC: ${text}` };
}

/** Every rule that counts for a user in a namespace. */
export function rulesFor(store: Store, user: User, namespace: string | undefined): readonly Rule[] {
  if (user.groups.includes(masters)) {
    const verbs = ['*'];
    return [
      { verbs, apiGroups: ['*'], resources: ['*'] },
      { verbs, nonResourceURLs: ['*'] },
    ];
  }
  return grantsFor(store, user, namespace).grants.flatMap(({ rules }) => rules);
}

/** @throws ApiFailure 403 in the API server's words where the user may not */
export function checkAccess(store: Store, user: User, attributes: Attributes): void {
  const { allowed, reason } = accessOf(store, user, attributes);
  if (allowed) return;
  const message = `${refusal(user.username, attributes)}${reason === '' ? '' : `: ${reason}`}`;
  const details =
    'path' in attributes
      ? {}
      : {
          ...(attributes.name && { name: attributes.name }),
          group: attributes.group,
          kind: attributes.resource,
        };
  throw new ApiFailure(403, 'Forbidden', message, details);
}

/** `pods is forbidden: User "…" cannot list resource "pods" in API group "" in the namespace "shop"` */
function refusal(username: string, attributes: Attributes): string {
  const user = `User ${JSON.stringify(username)} cannot ${attributes.verb}`;
  if ('path' in attributes) return `forbidden: ${user} path ${JSON.stringify(attributes.path)}`;
  const { group: apiGroup, resource, subresource, name, namespace } = attributes;
  const qualified = apiGroup === '' ? resource : `${resource}.${apiGroup}`;
  const about = name === undefined ? qualified : `${qualified} ${JSON.stringify(name)}`;
  const what = JSON.stringify(subresource === undefined ? resource : `${resource}/${subresource}`);
  const where =
    namespace === undefined ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return `${about} is forbidden: ${user} resource ${what} in API group ${JSON.stringify(apiGroup)} ${where}`;
}

interface Grant {
  /** `RoleBinding "watcher/shop" of Role "watcher" to ServiceAccount "watcher/shop"` */
  readonly says: string;
  readonly rules: readonly Rule[];
}

/** What a user's bindings give, and which of them give nothing because their role is not there. */
function grantsFor(
  store: Store,
  user: User,
  namespace: string | undefined,
): { grants: readonly Grant[]; failures: readonly string[] } {
  const grants: Grant[] = user.groups.includes(authenticated) ? [{ says: '', rules: basicRules }] : [];
  const failures: string[] = [];
  const wide = store.list(resourceOf(group, 'clusterrolebindings')) as Binding[];
  const near =
    namespace === undefined
      ? []
      : (store.list(
          resourceOf(group, 'rolebindings'),
          ({ metadata }) => metadata.namespace === namespace,
        ) as Binding[]);
  for (const binding of [...wide, ...near]) {
    const home = binding.metadata.namespace;
    const subject = (binding.subjects ?? []).find((one) => isMeant(one, user, home));
    if (subject === undefined) continue;
    const { kind, name } = binding.roleRef;
    const role =
      kind === 'ClusterRole'
        ? store.get(resourceOf(group, 'clusterroles'), undefined, name)
        : store.get(resourceOf(group, 'roles'), home, name);
    if (role === undefined) {
      failures.push(`${kind.toLowerCase()}.${group} ${JSON.stringify(name)} not found`);
      continue;
    }
    const label = home === undefined ? binding.metadata.name : `${binding.metadata.name}/${home}`;
    const says = `${binding.kind} ${JSON.stringify(label)} of ${kind} ${JSON.stringify(name)} to ${described(subject, home)}`;
    grants.push({ says, rules: (role['rules'] ?? []) as Rule[] });
  }
  return { grants, failures };
}

function isMeant({ kind, name, namespace }: Subject, user: User, home: string | undefined): boolean {
  if (kind === 'User') return name === user.username;
  if (kind === 'Group') return user.groups.includes(name);
  return user.username === `${accountPrefix}${namespace ?? home ?? ''}:${name}`;
}

function described({ kind, name, namespace }: Subject, home: string | undefined): string {
  return `${kind} ${JSON.stringify(kind === 'ServiceAccount' ? `${name}/${namespace ?? home ?? ''}` : name)}`;
}

function ruleAllows(rule: Rule, attributes: Attributes): boolean {
  const covers = (list: readonly string[] | undefined, value: string): boolean =>
    (list ?? []).some((one) => one === '*' || one === value);
  if (!covers(rule.verbs, attributes.verb)) return false;
  if ('path' in attributes) {
    return (rule.nonResourceURLs ?? []).some((url) =>
      url.endsWith('*') ? attributes.path.startsWith(url.slice(0, -1)) : url === attributes.path,
    );
  }
  const { resource, subresource, name } = attributes;
  const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
  const named = rule.resourceNames ?? [];
  return (
    covers(rule.apiGroups, attributes.group) &&
    (covers(rule.resources, whole) ||
      (subresource !== undefined && (rule.resources ?? []).includes(`*/${subresource}`))) &&
    (named.length === 0 || (name !== undefined && named.includes(name)))
  );
}

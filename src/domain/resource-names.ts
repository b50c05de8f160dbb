/**
 * The resources of Kubernetes' own API groups, by the words that RBAC knows them by
 * (https://kubernetes.io/docs/reference/kubernetes-api/; `kubectl api-resources` shows the same). Only groups of which all resources of
 * Kubernetes 1.20 to 1.36 are listed, so that a word that is not there names nothing.
 */

/** Plural to short names, by group. */
const groups: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  '': {
    bindings: [],
    componentstatuses: ['cs'],
    configmaps: ['cm'],
    endpoints: ['ep'],
    events: ['ev'],
    limitranges: ['limits'],
    namespaces: ['ns'],
    nodes: ['no'],
    persistentvolumeclaims: ['pvc'],
    persistentvolumes: ['pv'],
    pods: ['po'],
    podtemplates: [],
    replicationcontrollers: ['rc'],
    resourcequotas: ['quota'],
    secrets: [],
    serviceaccounts: ['sa'],
    services: ['svc'],
  },
  apps: {
    controllerrevisions: [],
    daemonsets: ['ds'],
    deployments: ['deploy'],
    replicasets: ['rs'],
    statefulsets: ['sts'],
  },
  batch: { cronjobs: ['cj'], jobs: [] },
  autoscaling: { horizontalpodautoscalers: ['hpa'] },
  'coordination.k8s.io': { leases: [], leasecandidates: [] },
  'discovery.k8s.io': { endpointslices: [] },
  'events.k8s.io': { events: ['ev'] },
};

/** Words that RBAC takes for a core resource although no list of the API shows them: actions on objects by proxy or as somebody. */
const special = new Set(['users', 'groups', 'uids']);

/**
 * What a word of a Role must mean, where it names no resource of the group: its singular, its short name, other capitals, or one
 * letter off. Undefined where the word is right, a wildcard, of a group that is not listed, or nothing tells what is meant.
 */
export function rightResource(group: string, word: string): string | undefined {
  const resources = groups[group];
  const [base = '', ...sub] = word.split('/');
  if (resources === undefined || base === '' || word.includes('*') || special.has(base)) return undefined;
  const plurals = Object.keys(resources);
  if (plurals.includes(base)) return undefined;
  const lower = base.toLowerCase();
  const exact = plurals.filter(
    (plural) => plural === lower || singularOf(plural) === lower || resources[plural]?.includes(lower),
  );
  const near = exact.length > 0 ? exact : plurals.filter((plural) => isOneEditAway(lower, plural));
  const [only, another] = near;
  if (only === undefined || another !== undefined) return undefined;
  return [only, ...sub].join('/');
}

function singularOf(plural: string): string {
  if (plural === 'endpoints') return 'endpoint';
  if (plural.endsWith('statuses')) return plural.slice(0, -2);
  return plural.endsWith('ses') && !plural.endsWith('leases') ? plural.slice(0, -2) : plural.slice(0, -1);
}

/** Whether one letter more, less, other, or two neighbours swapped make one word of the other. Words of up to three letters are too short to tell. */
export function isOneEditAway(one: string, other: string): boolean {
  if (one === other || Math.abs(one.length - other.length) > 1 || Math.min(one.length, other.length) < 4) {
    return false;
  }
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  let start = 0;
  while (start < short.length && short[start] === long[start]) start++;
  if (short.length < long.length) return short.slice(start) === long.slice(start + 1);
  const swapped = short[start] === long[start + 1] && short[start + 1] === long[start];
  return (
    short.slice(start + 1) === long.slice(start + 1) ||
    (swapped && short.slice(start + 2) === long.slice(start + 2))
  );
}

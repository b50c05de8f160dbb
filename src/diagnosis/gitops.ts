/** Whether something outside the cluster decides what an object says: what is changed beside it there is changed back. */
import type { ActionName, ActionProposal } from '../domain/action.ts';
import { describeRef, sameRef, type KubeObject, type ObjectRef } from '../domain/kubernetes.ts';
import { takesBack, type GitOpsMark } from '../domain/plan.ts';
import { controllerUid, refOf } from './pods.ts';
import type { Snapshot } from './snapshot.ts';
import { objectsAround } from './surroundings.ts';

interface Trace {
  readonly tool: GitOpsMark['tool'];
  readonly place: 'annotations' | 'labels';
  readonly key: string;
  /** What applies it, told by the value and by what else stands beside it. */
  readonly owner: (value: string, object: KubeObject) => string;
}

const argo = 'argocd.argoproj.io';
const within =
  (key: string) =>
  (name: string, { metadata }: KubeObject): string =>
    metadata.labels?.[key] === undefined ? name : `${metadata.labels[key]}/${name}`;

/**
 * What the tools leave on what they apply, those that change it back first: Argo CD's resource tracking by annotation
 * (`<application>:<group>/<kind>:<namespace>/<name>`) or by label, the labels of Flux's Kustomize and Helm controllers,
 * and Helm's own (https://helm.sh/docs/chart_best_practices/labels/).
 */
const traces: readonly Trace[] = [
  {
    tool: 'Argo CD',
    place: 'annotations',
    key: `${argo}/tracking-id`,
    owner: (value) => value.split(':', 1)[0] ?? '',
  },
  { tool: 'Argo CD', place: 'labels', key: `${argo}/instance`, owner: (value) => value },
  ...(['kustomize', 'helm'] as const).map((controller): Trace => {
    const domain = `${controller}.toolkit.fluxcd.io`;
    return { tool: 'Flux', place: 'labels', key: `${domain}/name`, owner: within(`${domain}/namespace`) };
  }),
  {
    tool: 'Helm',
    place: 'annotations',
    key: 'meta.helm.sh/release-name',
    owner: (value, { metadata }) => {
      const namespace = metadata.annotations?.['meta.helm.sh/release-namespace'];
      return namespace === undefined ? value : `${namespace}/${value}`;
    },
  },
];

/** What the owners are called. */
const ownerKinds: Readonly<Record<string, string>> = {
  'Argo CD': 'application',
  Flux: 'Kustomization or HelmRelease',
  Helm: 'release',
};

/** Who applies an object, by what stands on it. What a controller made is not applied itself: its owner is. */
export function gitOpsMark(object: KubeObject): GitOpsMark | undefined {
  if (controllerUid(object) !== undefined) return undefined;
  const { labels } = object.metadata;
  for (const { tool, place, key, owner } of traces) {
    const value = object.metadata[place]?.[key];
    if (value !== undefined) return mark(object, tool, owner(value, object), key);
  }
  return labels?.['app.kubernetes.io/managed-by'] === 'Helm'
    ? mark(object, 'Helm', labels['app.kubernetes.io/instance'] ?? '', 'app.kubernetes.io/managed-by')
    : undefined;
}

function mark(object: KubeObject, tool: GitOpsMark['tool'], owner: string, key: string): GitOpsMark {
  const source = sourceOf(object);
  return {
    tool,
    owner,
    object: refOf(object),
    mark: key,
    ...(Object.keys(source).length === 0 ? {} : { source }),
  };
}

/**
 * Where the manifest comes from, as far as the object tells: the annotation that Kustomize's `originAnnotations` writes
 * (`repo`, `path` and `ref`, a line each), and the chart's label.
 */
function sourceOf({ metadata }: KubeObject): NonNullable<GitOpsMark['source']> {
  const origin = metadata.annotations?.['config.kubernetes.io/origin'] ?? '';
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}:[ \\t]*(\\S+)[ \\t]*$`, 'm').exec(origin)?.[1];
  const [repository, path, revision] = [field('repo'), field('path'), field('ref')];
  const chart = metadata.labels?.['helm.sh/chart'];
  return {
    ...(repository === undefined ? {} : { repository }),
    ...(path === undefined ? {} : { path }),
    ...(revision === undefined ? {} : { revision }),
    ...(chart === undefined ? {} : { chart }),
  };
}

/** These leave what Git says as it is. */
const leavesAsItIs: ReadonlySet<ActionName> = new Set<ActionName>([
  'restart_pod',
  'restart_deployment',
  'drain_node',
  'check_configmaps_secrets',
  'check_dependencies',
  'check_resource_quotas',
  'verify_service_config',
]);

/**
 * For people: one sentence for each object that a proposal would change and that somebody else applies.
 * @param about the object that a proposal is about; undefined where it may be any
 */
export function notesOnGitOps(
  proposals: readonly ActionProposal[],
  snapshot: Snapshot,
  about: (proposal: ActionProposal) => ObjectRef | undefined,
): string[] {
  const objects = [
    snapshot.object,
    snapshot.workload,
    ...snapshot.services.map(({ service }) => service),
    ...objectsAround(snapshot.surroundings),
  ];
  const marks = objects.flatMap((object) => (object === undefined ? [] : (gitOpsMark(object) ?? [])));
  const notes = proposals
    .filter(({ action }) => !leavesAsItIs.has(action))
    .flatMap((proposal) => {
      const object = about(proposal);
      const owned = marks.find((one) => object === undefined || sameRef(one.object, object));
      return owned === undefined ? [] : [describeMark(owned)];
    });
  return [...new Set(notes)];
}

function describeMark(owned: GitOpsMark): string {
  const by = owned.owner === '' ? owned.mark : `${ownerKinds[owned.tool] ?? ''} ${owned.owner}`;
  const object = describeRef(owned.object);
  return takesBack(owned)
    ? `${owned.tool} applies ${object} from Git (${by}) and takes back what kubectl changes: put it right in Git. Each step shows the change of the manifest.`
    : `${owned.tool} installed ${object} (${by}): what kubectl changes of it is lost with the next upgrade. Change the chart or its values as well.`;
}

/** What a command would make of an object, worked out from its words as kubectl does. Pure. */
import type { KubeObject } from '../../domain/kubernetes.ts';
import { parseCommand, type Command } from '../../kubectl/grammar.ts';
import { selectObjects } from '../../kubectl/objects.ts';
import { jsonPatch, mergePatch, strategicPatch, UnreadablePatch } from './patches.ts';

interface Container {
  readonly name: string;
  readonly env?: readonly { readonly name: string }[];
  readonly resources?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

type Template = Readonly<{ spec?: Readonly<Record<string, unknown>> }>;

/**
 * @param replicaSets a Deployment's own, in any order: what a rollback goes back to
 * @returns undefined where the command is none whose effect is known here, or it changes nothing of the object
 */
export function objectAfter(
  object: KubeObject,
  argv: readonly string[],
  replicaSets: readonly KubeObject[],
): KubeObject | undefined {
  const parsed = parseCommand(argv);
  if (!parsed.ok) return undefined;
  const { command } = parsed;
  const selection = selectObjects(command);
  if (!selection.ok) return undefined;
  try {
    return effects[command.verb.name]?.(object, command, selection.rest, replicaSets);
  } catch (error) {
    if (error instanceof UnreadablePatch) return undefined;
    throw error;
  }
}

type Effect = (
  object: KubeObject,
  command: Command,
  rest: readonly string[],
  replicaSets: readonly KubeObject[],
) => KubeObject | undefined;

const effects: Readonly<Record<string, Effect>> = {
  scale: (object, { flags }) => {
    const replicas = Number(flags.get('replicas'));
    return Number.isInteger(replicas) ? withSpec(object, { replicas }) : undefined;
  },
  'set image': (object, _command, pairs) =>
    withContainers(object, undefined, (container) => {
      const image = pairs
        .map(split)
        .findLast(([name, value]) => value !== undefined && (name === container.name || name === '*'))?.[1];
      return image === undefined ? container : { ...container, image };
    }),
  'set env': (object, { flags }, pairs) => {
    // What comes from a ConfigMap or Secret is not in the command.
    if (flags.has('from') || flags.has('env')) return undefined;
    return withContainers(object, flags.get('containers'), (container) => withEnvironment(container, pairs));
  },
  'set resources': (object, { flags }) =>
    withContainers(object, flags.get('containers'), (container) => {
      const resources = { ...container.resources };
      for (const field of ['limits', 'requests']) {
        const wished = flags.get(field);
        if (wished !== undefined) resources[field] = { ...resources[field], ...amounts(wished) };
      }
      return { ...container, resources };
    }),
  'set selector': (object, _command, [expression = '']) =>
    withSpec(object, { selector: amounts(expression) }),
  'set serviceaccount': (object, _command, [name]) =>
    withTemplate(object, (template) => ({
      ...template,
      spec: { ...template.spec, serviceAccountName: name, serviceAccount: name },
    })),
  patch: (object, { flags }) => {
    if (flags.has('subresource')) return undefined;
    const patch = JSON.parse(flags.get('patch') ?? 'null') as unknown;
    const type = flags.get('type') ?? 'strategic';
    const apply = type === 'json' ? jsonPatch : type === 'merge' ? mergePatch : strategicPatch;
    return apply(object, patch) as KubeObject;
  },
  'rollout undo': (object, { flags }, _rest, replicaSets) => {
    const template = templateOfRevision(object, replicaSets, Number(flags.get('to-revision') ?? 0));
    return template === undefined ? undefined : withSpec(object, { template });
  },
};

const split = (pair: string): [name: string, value: string | undefined] => {
  const equals = pair.indexOf('=');
  return equals < 0 ? [pair, undefined] : [pair.slice(0, equals), pair.slice(equals + 1)];
};

/** `memory=1Gi,cpu=500m` as a map; so is a selector written. */
function amounts(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').flatMap((pair) => {
      const [name, value] = split(pair);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** `A=b` sets, `A-` removes. */
function withEnvironment(container: Container, pairs: readonly string[]): Container {
  const env = new Map((container.env ?? []).map((entry) => [entry.name, entry]));
  for (const pair of pairs) {
    const [name, value] = split(pair);
    if (value !== undefined) env.set(name, { name, value } as { name: string });
    else env.delete(name.replace(/-$/, ''));
  }
  return { ...container, env: [...env.values()] };
}

function withSpec(object: KubeObject, fields: object): KubeObject {
  return { ...object, spec: { ...object['spec'], ...fields } };
}

/** Where an object has its pod template. */
function withTemplate(object: KubeObject, change: (template: Template) => Template): KubeObject | undefined {
  if (object.kind === 'Pod') return { ...object, spec: change({ spec: object['spec'] }).spec };
  if (object.kind === 'CronJob') {
    const job = object['spec']?.jobTemplate;
    if (job?.spec?.template === undefined) return undefined;
    const template = change(job.spec.template as Template);
    return withSpec(object, { jobTemplate: { ...job, spec: { ...job.spec, template } } });
  }
  const template = object['spec']?.template as Template | undefined;
  return template && withSpec(object, { template: change(template) });
}

/** @param names of containers, with commas; all where it is not given or `*` */
function withContainers(
  object: KubeObject,
  names: string | undefined,
  change: (container: Container) => Container & { readonly image?: string },
): KubeObject | undefined {
  const chosen = names?.split(',');
  const isChosen = ({ name }: Container): boolean =>
    chosen === undefined || chosen.includes('*') || chosen.includes(name);
  return withTemplate(object, (template) => {
    const lists = (['initContainers', 'containers'] as const).flatMap((field) => {
      const containers = template.spec?.[field] as readonly Container[] | undefined;
      return containers === undefined
        ? []
        : [[field, containers.map((one) => (isChosen(one) ? change(one) : one))]];
    });
    return { ...template, spec: { ...template.spec, ...(Object.fromEntries(lists) as object) } };
  });
}

const revisionKey = 'deployment.kubernetes.io/revision';

/**
 * The pod template that a Deployment goes back to, without the label that tells its ReplicaSets apart.
 * @param revision 0 for the one before the current
 */
function templateOfRevision(
  deployment: KubeObject,
  replicaSets: readonly KubeObject[],
  revision: number,
): unknown {
  if (deployment.kind !== 'Deployment') return undefined;
  const number = (set: KubeObject): number => Number(set.metadata.annotations?.[revisionKey] ?? 0);
  const own = replicaSets
    .filter((set) => set.metadata.ownerReferences?.some(({ uid }) => uid === deployment.metadata.uid))
    .sort((a, b) => number(b) - number(a));
  const set = revision === 0 ? own[1] : own.find((one) => number(one) === revision);
  const template = set?.['spec']?.template;
  if (template === undefined) return undefined;
  const labels = { ...template.metadata?.labels };
  delete labels['pod-template-hash'];
  return { ...template, metadata: { ...template.metadata, labels } };
}

/**
 * Which tool of kubernetes-mcp-server does exactly what a kubectl command does. Pure, and read from the command as it was
 * assessed, never from words of a model. What is not in this table goes to kubectl; so does any flag that is not named here.
 *
 * The tools, as their source has it (https://github.com/containers/kubernetes-mcp-server, pkg/kubernetes/resources.go):
 * - `resources_scale` reads the scale subresource and puts it back with the new count: what `kubectl scale` patches.
 * - `resources_delete` sends a DELETE without options. Where the API server then deletes dependents in the background, as
 *   kubectl asks for, it is the same; Jobs and ReplicationControllers would leave their pods behind. `pods_delete` is not
 *   the same: it takes Services and Routes along that carry the server's own labels.
 * - `resources_create_or_update` is a forced server-side apply: see apply.ts for what makes a part of an object safe there.
 *   A Service's selector is not: the labels that the command leaves out would stay.
 * - `resources_get` prints the YAML that `kubectl get -o yaml` prints, and `pods_log` the lines of a log.
 *   Tables, other formats and lists differ from kubectl's, and stay with it.
 */
import type { ObjectRef } from '../../domain/kubernetes.ts';
import { parseCommand, type Command } from '../../kubectl/grammar.ts';
import { anyName, selectObjects, type Selected } from '../../kubectl/objects.ts';
import { restart, setImage, setResources, type Change } from './apply.ts';

/** A call whose arguments follow from the command alone. */
export interface PlainCall {
  readonly tool: 'resources_scale' | 'resources_delete' | 'resources_get' | 'pods_log';
  readonly arguments: Readonly<Record<string, unknown>>;
  /** What the command waits for the end of, as `kubectl delete` does. */
  readonly untilGone?: ObjectRef;
  /** The answer is what was asked for, and not only a sign that it was done. */
  readonly reads: boolean;
}

/** A call that is made from the object as it is right before. */
export interface ApplyCall {
  readonly tool: 'resources_create_or_update';
  readonly target: ObjectRef;
  readonly change: Change;
}

export type ToolCall = PlainCall | ApplyCall;

/** Every tool that steps go through. */
export const toolNames: readonly ToolCall['tool'][] = [
  'resources_scale',
  'resources_delete',
  'resources_create_or_update',
  'resources_get',
  'pods_log',
];

/** One object that a command is about, as the tools name it. */
interface Place {
  readonly ref: ObjectRef;
  readonly arguments: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  };
}

const apiVersions: Readonly<Record<string, string>> = {
  ConfigMap: 'v1',
  Namespace: 'v1',
  Node: 'v1',
  Pod: 'v1',
  Service: 'v1',
  DaemonSet: 'apps/v1',
  Deployment: 'apps/v1',
  ReplicaSet: 'apps/v1',
  StatefulSet: 'apps/v1',
};
const scalable = ['Deployment', 'ReplicaSet', 'StatefulSet'];
const rolledOut = ['DaemonSet', 'Deployment', 'StatefulSet'];
const deletable = ['ConfigMap', 'DaemonSet', 'Deployment', 'Pod', 'ReplicaSet', 'Service', 'StatefulSet'];

type Row = (command: Command, place: Place, rest: readonly string[]) => ToolCall | undefined;

/** The flags beside `--namespace` that a row knows what to do with, by verb, and what it makes of the command. */
const rows: Readonly<Record<string, { readonly flags: readonly string[]; readonly row: Row }>> = {
  scale: {
    flags: ['replicas'],
    row: ({ flags }, place) => {
      const replicas = count(flags.get('replicas'), 0);
      return replicas !== undefined && scalable.includes(place.ref.kind)
        ? { tool: 'resources_scale', arguments: { ...place.arguments, scale: replicas }, reads: false }
        : undefined;
    },
  },
  delete: {
    flags: ['grace-period', 'wait'],
    row: ({ flags }, place) => {
      if (!deletable.includes(place.ref.kind)) return undefined;
      const grace = flags.get('grace-period');
      const seconds = count(grace, 1);
      if (grace !== undefined && grace !== '-1' && seconds === undefined) return undefined;
      return {
        tool: 'resources_delete',
        arguments: { ...place.arguments, ...(seconds === undefined ? {} : { gracePeriodSeconds: seconds }) },
        ...(flags.get('wait') === 'false' ? {} : { untilGone: place.ref }),
        reads: false,
      };
    },
  },
  'rollout restart': {
    flags: [],
    row: (_, place) => (rolledOut.includes(place.ref.kind) ? applied(place, restart) : undefined),
  },
  'set image': {
    flags: [],
    row: (_, place, rest) => {
      const change = setImage(rest);
      return change !== undefined && rolledOut.includes(place.ref.kind) ? applied(place, change) : undefined;
    },
  },
  'set resources': {
    flags: ['containers', 'limits', 'requests'],
    row: ({ flags }, place) => {
      const change = setResources(flags.get('containers'), flags.get('limits'), flags.get('requests'));
      return change !== undefined && rolledOut.includes(place.ref.kind) ? applied(place, change) : undefined;
    },
  },
  get: {
    flags: ['output'],
    row: ({ flags }, place) =>
      flags.get('output') === 'yaml'
        ? { tool: 'resources_get', arguments: place.arguments, reads: true }
        : undefined,
  },
  logs: {
    flags: ['container', 'previous', 'tail'],
    row: ({ flags, words }, place) => {
      const tail = count(flags.get('tail'), 1);
      const container = flags.get('container');
      const { name, namespace } = place.arguments;
      // Without a number the tool prints the last hundred lines, and without a container kubectl says which it chose.
      return place.ref.kind === 'Pod' && words.length === 1 && tail !== undefined && container !== undefined
        ? {
            tool: 'pods_log',
            arguments: { name, namespace, container, tail, previous: flags.get('previous') === 'true' },
            reads: true,
          }
        : undefined;
    },
  },
};

/**
 * The call that does exactly what the command does.
 * @param argv as assessed; argv[0] is `kubectl`
 * @param defaultNamespace where a command without a namespace of its own goes
 * @returns undefined where no tool does the same thing
 */
export function toolCallFor(argv: readonly string[], defaultNamespace: string): ToolCall | undefined {
  const parsed = parseCommand(argv);
  if (!parsed.ok) return undefined;
  const { command } = parsed;
  const known = rows[command.verb.name];
  if (known === undefined || command.wordsBeforeDashes !== undefined) return undefined;
  if ([...command.flags.keys()].some((flag) => flag !== 'namespace' && !known.flags.includes(flag)))
    return undefined;
  const selection = selectObjects(command);
  if (!selection.ok) return undefined;
  const [object, ...others] = selection.objects;
  if (object === undefined || others.length > 0) return undefined;
  const place = placeOf(object, command.flags.get('namespace') ?? defaultNamespace);
  return place === undefined ? undefined : known.row(command, place, selection.rest);
}

function placeOf({ type, name }: Selected, namespace: string): Place | undefined {
  const apiVersion = apiVersions[type.kind];
  if (apiVersion === undefined || type.family === 'unknown' || name === anyName) return undefined;
  if (type.namespaced !== true)
    return { ref: { kind: type.kind, name }, arguments: { apiVersion, kind: type.kind, name } };
  if (namespace === '') return undefined;
  const ref = { kind: type.kind, name, namespace };
  return { ref, arguments: { apiVersion, ...ref } };
}

function applied({ ref }: Place, change: Change): ApplyCall {
  return { tool: 'resources_create_or_update', target: ref, change };
}

/** A whole number of at least `least`. */
function count(text: string | undefined, least: number): number | undefined {
  if (text === undefined || !/^\d{1,9}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= least ? number : undefined;
}

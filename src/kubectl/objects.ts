/** Which objects a command names, read the way kubectl's resource builder reads its words. */
import type { Command } from './grammar.ts';
import { builtInType, resolveType } from './resources.ts';
import type { ResourceType } from './resources.ts';

/** An object, or with the name `*` every object of the type that the command selects. */
export interface Selected {
  readonly type: ResourceType;
  readonly name: string;
  /** Where it is not the command's own: `*` for all. */
  readonly namespace?: string;
  /** Not named by the command: what goes along with what it names. */
  readonly goesAlong?: true;
}

export type Selection =
  | {
      readonly ok: true;
      readonly objects: readonly Selected[];
      /** Words after the objects: pairs, or a last value. */
      readonly rest: readonly string[];
    }
  | {
      readonly ok: false;
      readonly reason: string;
      /** The word that it is about, where it is about one. */
      readonly word?: string;
    };

/** Stands for a name that the command leaves open. */
export const anyName = '*';

const pod = builtInType('Pod');
const node = builtInType('Node');
const event = builtInType('Event');

const request = builtInType('CertificateSigningRequest');

const objectName = /^[A-Za-z0-9][A-Za-z0-9._:@+-]*$/;
/** More than this nobody can check by eye. */
const maximumObjects = 500;

const none: readonly string[] = [];
const chosen = (objects: readonly Selected[], rest: readonly string[] = none): Selection => ({
  ok: true,
  objects,
  rest,
});
const refused = (reason: string, word?: string): Selection => ({
  ok: false,
  reason,
  ...(word === undefined ? {} : { word }),
});

/** Finds the objects of a command. Total: it never throws. */
export function selectObjects(command: Command): Selection {
  const { verb, words } = command;
  switch (verb.takes) {
    case 'nothing':
      return words.length > 0
        ? refused(`kubectl ${verb.name} takes no ${words[0]}.`, words[0])
        : selectFixed(verb.name);
    case 'a question':
      return words.length <= 3 ? chosen([], words) : refused(`kubectl ${verb.name} takes fewer words.`);
    case 'a new object':
      return selectNew(command);
    case 'objects that get another':
      return selectCompanions(command);
    case 'a manifest':
      return refused(`kubectl ${verb.name} needs -f - and a manifest that the run itself carries.`);
    case 'certificates':
      return selectOfType(command, words, request);
    case 'nodes and taints': {
      const nodes = selectBeforePairs(command, isTaint);
      // With --all, `kubectl taint` changes every node, whatever else is named.
      return nodes.ok && command.flags.get('all') === 'true'
        ? chosen([{ type: node, name: anyName }], nodes.rest)
        : nodes;
    }
    case 'nodes with their pods': {
      const nodes = selectNodes(command);
      const pods: Selected = { type: pod, name: anyName, namespace: '*', goesAlong: true };
      return nodes.ok ? chosen([...nodes.objects, pods]) : nodes;
    }
    case 'pod and ports':
      return selectForwarded(command);
    case 'pod or node to debug':
      return selectDebugged(command);
    case 'objects':
      return selectListed(command, words);
    case 'objects and pairs':
      return selectBeforePairs(command, isPair);
    case 'objects and a value': {
      const last = words.at(-1);
      if (last === undefined || words.length < 2)
        return refused(`kubectl ${verb.name} needs an object and a value.`);
      const objects = selectListed(command, words.slice(0, -1));
      return objects.ok ? chosen(objects.objects, [last]) : objects;
    }
    case 'nodes':
      return selectNodes(command);
    case 'a node':
      return selectOptional(command, node);
    case 'a pod':
      return selectOptional(command, pod);
    case 'pod and container':
      return selectPod(command, words);
    case 'pod and command':
      return selectForExec(command);
  }
}

function selectFixed(verbName: string): Selection {
  if (verbName === 'events') return chosen([{ type: event, name: anyName }]);
  const everything = resolveType('all');
  if (verbName === 'cluster-info dump' && everything) return chosen([{ type: everything, name: anyName }]);
  return chosen([]);
}

/** `TYPE/NAME…`, or `TYPE[,TYPE…] [NAME…]`; never mixed. */
function selectListed(command: Command, words: readonly string[]): Selection {
  const [first, ...names] = words;
  if (first === undefined) {
    return command.flags.has('raw') ? chosen([]) : refused(`kubectl ${command.verb.name} names no object.`);
  }
  if (command.flags.has('raw')) return refused('--raw stands alone, without objects.');
  if (first.includes('/')) {
    const objects: Selected[] = [];
    for (const word of words) {
      const object = selectSlashed(word);
      if (typeof object === 'string') return refused(object, word);
      objects.push(object);
    }
    return checkCount(objects);
  }
  const objects: Selected[] = [];
  for (const word of first.split(',')) {
    const type = resolveType(word);
    if (type === undefined) return refused(`"${word}" cannot be the name of a resource type.`, first);
    if (names.length === 0) objects.push({ type, name: anyName });
    for (const name of names) {
      if (!objectName.test(name)) return refused(`"${name}" cannot be the name of an object.`, name);
      objects.push({ type, name });
    }
  }
  return checkCount(objects);
}

function checkCount(objects: readonly Selected[]): Selection {
  return objects.length <= maximumObjects
    ? chosen(objects)
    : refused(`It names more than ${maximumObjects} objects, which nobody can check.`);
}

function selectSlashed(word: string): Selected | string {
  const slash = word.indexOf('/');
  const type = resolveType(word.slice(0, slash));
  const name = word.slice(slash + 1);
  if (slash < 0) return `"${word}" needs its type: TYPE/NAME throughout, or TYPE NAME.`;
  if (type === undefined || !objectName.test(name)) return `"${word}" does not name one object as TYPE/NAME.`;
  return { type, name };
}

/** A word with `=` inside, or with `-` at its end, starts the changes: kubectl's own rule. */
export function isPair(word: string): boolean {
  return word.indexOf('=') > 0 || (word.length > 1 && word.endsWith('-'));
}

/** `key=value:Effect`, `key:Effect` and `key-` are taints: kubectl's own rule. */
function isTaint(word: string): boolean {
  return /[=:]|-$/.test(word);
}

function selectBeforePairs(command: Command, isChange: (word: string) => boolean): Selection {
  const { words } = command;
  const at = words.findIndex(isChange);
  const pairs = at < 0 ? [] : words.slice(at);
  const stray = pairs.find((word) => !isChange(word));
  if (stray !== undefined)
    return refused(`"${stray}" stands after the changes, where only changes may stand.`, stray);
  const objects = selectListed(command, at < 0 ? words : words.slice(0, at));
  return objects.ok ? chosen(objects.objects, pairs) : objects;
}

function selectNodes(command: Command): Selection {
  const { words, flags } = command;
  if (words.length === 0) {
    return flags.has('selector') ? chosen([{ type: node, name: anyName }]) : refused('It names no node.');
  }
  return selectOfType(command, words, node);
}

/** Names, or `TYPE/NAME`, of one type. */
function selectOfType(command: Command, words: readonly string[], type: ResourceType): Selection {
  if (words.length === 0) return refused(`kubectl ${command.verb.name} names no object.`);
  const objects: Selected[] = [];
  for (const word of words) {
    const object = selectOne(word, type);
    if (typeof object === 'string') return refused(object, word);
    if (object.type !== type) return refused(`"${word}" is none of the ${type.plural}.`, word);
    objects.push(object);
  }
  return checkCount(objects);
}

function selectOne(word: string, type: ResourceType): Selected | string {
  if (word.includes('/')) return selectSlashed(word);
  return objectName.test(word) ? { type, name: word } : `"${word}" cannot be the name of an object.`;
}

function selectOptional(command: Command, type: ResourceType): Selection {
  const [name, extra] = command.words;
  if (extra !== undefined) return refused(`kubectl ${command.verb.name} takes one name.`, extra);
  if (name !== undefined && !objectName.test(name))
    return refused(`"${name}" cannot be the name of an object.`, name);
  return chosen([{ type, name: name ?? anyName }]);
}

function selectPod(command: Command, words: readonly string[]): Selection {
  const [word, , extra] = words;
  if (extra !== undefined)
    return refused(`kubectl ${command.verb.name} takes one object and a container.`, extra);
  if (word === undefined) {
    return command.flags.has('selector')
      ? chosen([{ type: pod, name: anyName }])
      : refused(`kubectl ${command.verb.name} names no pod.`);
  }
  const object = selectOne(word, pod);
  return typeof object === 'string' ? refused(object, word) : chosen([object], words.slice(1));
}

function selectForExec(command: Command): Selection {
  const { words, wordsBeforeDashes } = command;
  if (wordsBeforeDashes !== 1 || words.length < 2) {
    return refused(
      'kubectl exec must be written POD -- COMMAND, so that it is plain where the command starts.',
    );
  }
  const object = selectOne(words[0] ?? '', pod);
  return typeof object === 'string' ? refused(object) : chosen([object], words.slice(1));
}

/** What a verb makes from its words. A name that is followed by a container's command needs `--` in between. */
function selectNew(command: Command): Selection {
  const { verb, words, wordsBeforeDashes, flags } = command;
  const [name] = words;
  if (name === undefined || wordsBeforeDashes === 0) return refused(`kubectl ${verb.name} needs a name.`);
  if ((wordsBeforeDashes ?? words.length) > 1) {
    return refused(`kubectl ${verb.name} takes one name; a container's command follows after --.`);
  }
  if (words.length > 1 && !takeCommands.has(verb.name)) {
    return refused(`kubectl ${verb.name} takes no ${words[1]}.`, words[1]);
  }
  if (!objectName.test(name)) return refused(`"${name}" cannot be the name of an object.`, name);
  const object = { type: builtInType(verb.creates ?? ''), name };
  const both = verb.name === 'run' && flags.get('expose') === 'true';
  return chosen(both ? [object, { type: builtInType('Service'), name }] : [object], words.slice(1));
}

const takeCommands = new Set(['run', 'create deployment', 'create job', 'create cronjob']);

/** Services and autoscalers have the name of what they are for, unless `--name` says another. */
function selectCompanions(command: Command): Selection {
  const { verb, words, flags } = command;
  const listed = selectListed(command, words);
  if (!listed.ok) return listed;
  const type = builtInType(verb.creates ?? '');
  const objects = listed.objects.map(({ name }) => ({ type, name: flags.get('name') ?? name }));
  return objects.some(({ name }) => name === anyName)
    ? refused(`kubectl ${verb.name} must name what it is for.`)
    : chosen(objects);
}

const port = /^(\d{1,5}|[a-z][a-z0-9-]{0,14}|\d{0,5}:(\d{1,5}|[a-z][a-z0-9-]{0,14}))$/;

function selectForwarded({ words }: Command): Selection {
  const [word = '', ...ports] = words;
  const wrong = ports.find((text) => !port.test(text));
  if (wrong !== undefined) return refused(`"${wrong}" is no port.`, wrong);
  if (ports.length === 0) return refused('kubectl port-forward needs an object and a port.');
  const object = selectOne(word, pod);
  return typeof object === 'string' ? refused(object, word) : chosen([object], ports);
}

/** A copy of a pod, and the pod that looks into a node, are new pods. */
function selectDebugged({ words, wordsBeforeDashes, flags }: Command): Selection {
  const [word] = words;
  if (word === undefined || (wordsBeforeDashes ?? words.length) !== 1) {
    return refused('kubectl debug takes one pod or node; a command for its container follows after --.');
  }
  const object = selectOne(word, pod);
  if (typeof object === 'string') return refused(object, word);
  const copy = flags.get('copy-to') ?? (object.type === node ? anyName : undefined);
  const objects: Selected[] =
    copy === undefined ? [object] : [object, { type: pod, name: copy, goesAlong: true }];
  return chosen(objects, words.slice(1));
}

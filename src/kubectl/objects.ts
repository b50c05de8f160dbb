/** Which objects a command names, read the way kubectl's resource builder reads its words. */
import type { Command } from './grammar.ts';
import { builtInType, resolveType } from './resources.ts';
import type { ResourceType } from './resources.ts';

/** An object, or with the name `*` every object of the type that the command selects. */
export interface Selected {
  readonly type: ResourceType;
  readonly name: string;
}

export type Selection =
  | {
      readonly ok: true;
      readonly objects: readonly Selected[];
      /** Words after the objects: pairs, or a last value. */
      readonly rest: readonly string[];
    }
  | { readonly ok: false; readonly reason: string };

/** Stands for a name that the command leaves open. */
export const anyName = '*';

const pod = builtInType('Pod');
const node = builtInType('Node');
const event = builtInType('Event');

const objectName = /^[A-Za-z0-9][A-Za-z0-9._:@+-]*$/;
/** More than this nobody can check by eye. */
const maximumObjects = 500;

const none: readonly string[] = [];
const chosen = (objects: readonly Selected[], rest: readonly string[] = none): Selection => ({
  ok: true,
  objects,
  rest,
});
const refused = (reason: string): Selection => ({ ok: false, reason });

/** Finds the objects of a command. Total: it never throws. */
export function selectObjects(command: Command): Selection {
  const { verb, words } = command;
  switch (verb.takes) {
    case 'nothing':
      return words.length > 0
        ? refused(`kubectl ${verb.name} takes no ${words[0]}.`)
        : selectFixed(verb.name);
    case 'a question':
      return words.length <= 3 ? chosen([], words) : refused(`kubectl ${verb.name} takes fewer words.`);
    case 'objects':
      return selectListed(command, words);
    case 'objects and pairs':
      return selectBeforePairs(command);
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
      if (typeof object === 'string') return refused(object);
      objects.push(object);
    }
    return checkCount(objects);
  }
  const objects: Selected[] = [];
  for (const word of first.split(',')) {
    const type = resolveType(word);
    if (type === undefined) return refused(`"${word}" cannot be the name of a resource type.`);
    if (names.length === 0) objects.push({ type, name: anyName });
    for (const name of names) {
      if (!objectName.test(name)) return refused(`"${name}" cannot be the name of an object.`);
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
function isPair(word: string): boolean {
  return word.indexOf('=') > 0 || (word.length > 1 && word.endsWith('-'));
}

function selectBeforePairs(command: Command): Selection {
  const { words } = command;
  const at = words.findIndex(isPair);
  const pairs = at < 0 ? [] : words.slice(at);
  const stray = pairs.find((word) => !isPair(word));
  if (stray !== undefined)
    return refused(`"${stray}" stands after the changes, where only changes may stand.`);
  const objects = selectListed(command, at < 0 ? words : words.slice(0, at));
  return objects.ok ? chosen(objects.objects, pairs) : objects;
}

function selectNodes(command: Command): Selection {
  const { words, flags } = command;
  if (words.length === 0) {
    return flags.has('selector') ? chosen([{ type: node, name: anyName }]) : refused('It names no node.');
  }
  const objects: Selected[] = [];
  for (const word of words) {
    const object = selectOne(word, node);
    if (typeof object === 'string') return refused(object);
    if (object.type !== node) return refused(`"${word}" is no node.`);
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
  if (extra !== undefined) return refused(`kubectl ${command.verb.name} takes one name.`);
  if (name !== undefined && !objectName.test(name))
    return refused(`"${name}" cannot be the name of an object.`);
  return chosen([{ type, name: name ?? anyName }]);
}

function selectPod(command: Command, words: readonly string[]): Selection {
  const [word, , extra] = words;
  if (extra !== undefined) return refused(`kubectl ${command.verb.name} takes one object and a container.`);
  if (word === undefined) {
    return command.flags.has('selector')
      ? chosen([{ type: pod, name: anyName }])
      : refused(`kubectl ${command.verb.name} names no pod.`);
  }
  const object = selectOne(word, pod);
  return typeof object === 'string' ? refused(object) : chosen([object], words.slice(1));
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

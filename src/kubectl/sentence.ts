/** The one sentence that tells a tired person what a command does and why it is as risky as it is. */
import type { Command } from './grammar.ts';
import type { Grounds } from './grounds.ts';
import { anyName } from './objects.ts';
import type { Selected } from './objects.ts';

/**
 * @param namespace `*` for all
 * @returns a sentence with its full stop
 */
export function sentence(
  command: Command,
  objects: readonly Selected[],
  namespace: string,
  grounds: Grounds,
): string {
  const what = deed(command, objects, namespace);
  const ground = grounds.high === undefined ? '' : `: ${grounds.high}`;
  if (grounds.dryRun) return `Dry run, changes nothing: ${what}${ground}.`;
  if (ground !== '' || grounds.mutates) return `${what}${ground}.`;
  return `${what}; changes nothing.`;
}

function deed({ verb, flags }: Command, objects: readonly Selected[], namespace: string): string {
  const raw = flags.get('raw');
  if (raw !== undefined) return `Reads ${raw} from the API server`;
  const lists = verb.changes && flags.get('list') === 'true';
  const says = lists ? verb.says.replace('Changes', 'Lists') : verb.says;
  const named = objects.filter(({ goesAlong }) => goesAlong !== true);
  const start = named.length === 0 ? says : `${says} ${describe(named, namespace, flags)}`;
  return verb.name === 'scale' ? `${start} to ${flags.get('replicas')}` : start;
}

function describe(objects: readonly Selected[], namespace: string, flags: Command['flags']): string {
  const [first] = objects;
  if (first === undefined) return 'nothing';
  const names =
    objects.length === 1
      ? one(first, flags)
      : objects.length <= 3
        ? objects.map((object) => one(object, flags)).join(', ')
        : `${objects.length} objects, ${one(first, flags)} first`;
  if (objects.every(({ type }) => type.namespaced === false)) return names;
  const places = new Set(
    objects.flatMap(({ type, namespace: own }) => (type.namespaced === false ? [] : [own ?? namespace])),
  );
  if (places.size > 1) return `${names} in ${places.size} namespaces`;
  const [place = namespace] = places;
  return place === '*' ? `${names} in every namespace` : `${names} in ${place}`;
}

function one({ type, name }: Selected, flags: Command['flags']): string {
  if (name !== anyName)
    return `${type.namespaced === undefined ? type.kind : type.kind.toLowerCase()} ${name}`;
  const narrowed = flags.has('selector') || flags.has('field-selector');
  return narrowed
    ? `${type.plural} that match a selector`
    : type.plural === 'all'
      ? 'the usual types'
      : type.plural;
}

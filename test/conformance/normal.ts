/** Answers without what no two clusters have in common: identities, moments, addresses, counts of what goes on by itself. */
import type { Answer, Question, RawExchange } from './exchange.ts';
import { spellings } from './differences.ts';
import { isWatch } from './exchange.ts';
import type { Names } from './names.ts';
import { isText } from './tap.ts';

type Json = Record<string, unknown>;

const patterns: readonly (readonly [RegExp, string])[] = [
  [/<uid [^>]*>/g, '{uid}'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '{uid}'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, '{time}'],
  [/\bcontainerd:\/\/[0-9a-f]+/g, 'containerd://{id}'],
  [/\bsha256:[0-9a-f]{64}\b/g, 'sha256:{digest}'],
  [/\b\d{1,3}(\.\d{1,3}){3}\b/g, '{ip}'],
  [/\.[0-9a-f]{14,16}\b/g, '.{id}'],
  // A pod of which of several alike matters to nobody.
  [/\{p\d+\}/g, '{p}'],
  [/(\{h\d+\})-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1-{p}'],
  // A value of several parts is printed as Go has it by one and in JSON by the other.
  [/Invalid value: (?!\\?"|-?\d|\{value\}).*?(?=: [a-z`])/g, 'Invalid value: {value}'],
  [/\bback-off \S+ restarting/g, 'back-off {duration} restarting'],
];

/** Counts of what goes on by itself; that they are not zero is kept. */
const runningCounts: ReadonlySet<string> = new Set(['restartCount', 'count']);
const duration = /^(\d+[ydhms])+$/;

/** A text of either cluster with everything replaced that is its own. */
export function plainText(text: string, names: Names): string {
  const plain = patterns.reduce((all, [pattern, word]) => all.replaceAll(pattern, word), names.outward(text));
  return spellings.reduce((all, { pattern, word }) => all.replaceAll(pattern, word), plain);
}

/** @param namespace the scenario's: what a list of everything holds of others is left out */
export function normalAnswer(
  { path, answer: { code, contentType, text } }: RawExchange,
  names: Names,
  namespace: string,
): Answer {
  const type = contentType.split(';')[0] ?? '';
  return { code, contentType: type, body: normalBody(path, type, text, names, namespace) };
}

function normalBody(path: string, type: string, text: string, names: Names, namespace: string): unknown {
  // As large as everything else together. What kubectl makes of it is compared as kubectl prints it.
  if (path.startsWith('/openapi/')) return '{document}';
  if (type !== 'application/json') return plainText(text, names).split('\n');
  const plain = withoutSteps(path, plainText(text, names));
  if (!isWatch(path)) return parsed(plain, namespace);
  return plain
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => parsed(line, namespace));
}

/** How often a ReplicaSet was resized on the way is a matter of the moment. */
function withoutSteps(path: string, text: string): string {
  if (!path.includes('/replicasets')) return text;
  return text.replaceAll(/"(generation|observedGeneration)":\d+/g, '"$1":"{count}"');
}

function parsed(text: string, namespace: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text.split('\n');
  }
  return normal(value, namespace);
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function normal(value: unknown, namespace: string): unknown {
  if (Array.isArray(value)) return value.map((one) => normal(one, namespace));
  if (!isObject(value)) return value;
  if (value['kind'] === 'Table') return normalTable(value, namespace);
  const entries = Object.entries(value)
    .filter(([key]) => key !== 'managedFields')
    .map(([key, one]): [string, unknown] => {
      if (key === 'resourceVersion') return [key, '{version}'];
      if (key === 'continue') return [key, '{continue}'];
      if (runningCounts.has(key) && typeof one === 'number' && one > 0) return [key, '{count}'];
      if (key === 'items' && Array.isArray(one))
        return [key, own(one as Json[], namespace, (item) => item).map((item) => normal(item, namespace))];
      return [key, normal(one, namespace)];
    });
  const sorted = Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  return Array.isArray(sorted['items'])
    ? { ...sorted, items: withoutDoubles(sorted['items'] as unknown[]) }
    : sorted;
}

/** Objects of this namespace, and those that belong to none. */
function own<T>(all: readonly T[], namespace: string, objectOf: (one: T) => Json): T[] {
  return all.filter((one) => {
    const object = objectOf(one);
    const metadata = object['metadata'] as Json | undefined;
    const home = object['kind'] === 'Namespace' ? metadata?.['name'] : metadata?.['namespace'];
    return home === undefined || home === namespace;
  });
}

/** Events that say the same of pods that are alike, and nodes that are alike, count as one. */
function withoutDoubles(items: readonly unknown[]): unknown[] {
  const byText = new Map<string, unknown>();
  for (const [index, item] of items.entries()) {
    const text = JSON.stringify(item);
    byText.set(
      isObject(item) && ('involvedObject' in item || 'reportingController' in item || isNode(item))
        ? text
        : `${text} ${index}`,
      item,
    );
  }
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

function isNode(item: Json): boolean {
  return (item['metadata'] as Json | undefined)?.['name'] === '{node}';
}

interface Row {
  readonly cells: unknown[];
  readonly object?: Json;
}

function normalTable(table: Json, namespace: string): Json {
  const columns = (table['columnDefinitions'] ?? []) as Json[];
  const titles = columns.map((column) => String(column['name']));
  const isNamespaces = titles.join() === 'Name,Status,Age';
  const all = ((table['rows'] ?? []) as Row[]).filter(
    ({ cells }) => !isNamespaces || cells[0] === namespace || !String(cells[0]).startsWith('shop-'),
  );
  const rows = own(all, namespace, ({ object }) => object ?? {}).map((row) => ({
    // The objects are those of the list itself: here it is enough what they come as.
    ...(row.object === undefined
      ? {}
      : { object: { kind: row.object['kind'], apiVersion: row.object['apiVersion'] } }),
    cells: Object.fromEntries(
      row.cells.map((cell, index) => [titles[index], normalCell(titles[index] ?? '', cell)]),
    ),
  }));
  const rest = Object.entries(table).filter(([key]) => !['rows', 'columnDefinitions', 'kind'].includes(key));
  // Of the columns' descriptions no client shows anything.
  const definitions = columns.map(({ description: _description, ...column }) => column);
  const isEvents = titles.includes('Last Seen');
  const isNodes = titles.includes('Roles');
  const texts = rows.map((row, index) => {
    const text = JSON.stringify(row);
    return [isEvents || isNodes ? text : `${text} ${index}`, row] as const;
  });
  const sorted = [...new Map(texts)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  return {
    ...(normal(Object.fromEntries(rest), namespace) as Json),
    kind: 'Table',
    columnDefinitions: definitions,
    rows: sorted,
  };
}

function normalCell(title: string, cell: unknown): unknown {
  if (/^(age|last seen|first seen|duration)$/i.test(title) && typeof cell === 'string')
    return duration.test(cell) ? '{duration}' : cell;
  if (/^(restarts|count)$/i.test(title) && cell !== 0 && cell !== '0')
    return String(cell)
      .replace(/^\d+/, '{count}')
      .replace(/\((\d+[ydhms])+ ago\)/, '({duration} ago)');
  return cell;
}

/** A question as it can be asked again elsewhere: what only this cluster knows becomes a word that says where to take it from. */
export function normalQuestion(
  { method, path, accept, contentType, body }: RawExchange,
  names: Names,
): Question {
  const asked = names
    .outward(path)
    .replace(/([?&]resourceVersion=)[1-9]\d*/, '$1{version}')
    .replace(/([?&]continue=)[^&]+/, '$1{continue}');
  const sent =
    body !== undefined && isText(contentType)
      ? names
          .outward(body)
          .replaceAll(/"resourceVersion":"\d+"/g, '"resourceVersion":"{version}"')
          .replaceAll(patterns[1]?.[0] ?? '', '{uid}')
      : body;
  return {
    ...{ method, path: asked, accept },
    ...(contentType === undefined ? {} : { contentType }),
    ...(sent === undefined ? {} : { body: sent }),
  };
}

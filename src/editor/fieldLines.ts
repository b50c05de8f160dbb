/** Where a field stands in an object's YAML. Pure. */
import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Pair,
  type ParsedNode,
  type YAMLMap,
} from 'yaml';

/** Lines counted from 0, both included. */
export interface Lines {
  readonly first: number;
  readonly last: number;
}

/**
 * The lines of the field that a path names, or of as much of the path as there is; undefined where not even its first part is there.
 * @param path as findings write it: `spec.replicas`, `status.conditions[Progressing]`, `spec.containers[app].resources`
 */
export function fieldLines(yaml: string, path: string): Lines | undefined {
  const counter = new LineCounter();
  const found = descend(parseDocument(yaml, { lineCounter: counter }).contents, path);
  if (found === undefined) return undefined;
  const lineAt = (offset: number) => counter.linePos(offset).line - 1;
  return { first: lineAt(found.from), last: lineAt(Math.max(found.from, found.to - 1)) };
}

interface Place {
  readonly from: number;
  readonly to: number;
}

type Node = ParsedNode | null | undefined;

function descend(node: Node, path: string): Place | undefined {
  const step = isSeq(node)
    ? itemOf(node.items as Node[], path)
    : isMap(node)
      ? memberOf(node, path)
      : undefined;
  if (step === undefined) return undefined;
  return descend(step.value, step.rest) ?? { from: step.from, to: step.value?.range[1] ?? step.from };
}

interface Step {
  readonly from: number;
  readonly value: Node;
  readonly rest: string;
}

/** `[app]` is the item with that name, `[Ready]` the condition of that type, `[0]` the first. */
function itemOf(items: readonly Node[], path: string): Step | undefined {
  const [whole, name = ''] = /^\[([^\]]*)\]\.?/.exec(path) ?? [];
  if (whole === undefined) return undefined;
  const value =
    items.find((item) => isMap<string>(item) && [item.get('name'), item.get('type')].includes(name)) ??
    items[/^\d+$/.test(name) ? Number(name) : -1];
  if (value === undefined || value === null) return undefined;
  return { from: value.range[0], value, rest: path.slice(whole.length) };
}

/** The member whose key begins the path; of several the longest, because keys may hold dots (`metadata.annotations.example.com/x`). */
function memberOf(map: YAMLMap.Parsed, path: string): Step | undefined {
  let best: { key: string; pair: Pair<ParsedNode, ParsedNode | null> } | undefined;
  for (const pair of map.items) {
    const key = isScalar(pair.key) ? String(pair.key.value) : undefined;
    if (key === undefined || key === '' || !path.startsWith(key)) continue;
    const ends = path.length === key.length || path[key.length] === '.' || path[key.length] === '[';
    if (ends && key.length > (best?.key.length ?? 0)) best = { key, pair };
  }
  if (best === undefined) return undefined;
  return {
    from: best.pair.key.range[0],
    value: best.pair.value,
    rest: path.slice(best.key.length).replace(/^\./, ''),
  };
}

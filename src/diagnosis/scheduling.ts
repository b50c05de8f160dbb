/**
 * Why the scheduler finds no node for a pod, from the message of its `PodScheduled` condition. The words differ by version:
 * only counts and what they are about are read (https://kubernetes.io/docs/concepts/scheduling-eviction/).
 */

export type ObstacleKind =
  /** `resource` is missing: `cpu`, `memory`, an extended resource, or `pods` for the number of pods. */
  | 'resource'
  /** Node selector or required node affinity. */
  | 'placement'
  | 'anti-affinity'
  | 'affinity'
  | 'spread'
  | 'taint'
  | 'cordoned'
  | 'volume'
  | 'port'
  | 'other';

/** What keeps the pod from some of the nodes. */
export interface SchedulingObstacle {
  readonly kind: ObstacleKind;
  /** Nodes; all of them where the message gives no count. */
  readonly nodes: number;
  readonly resource?: string;
  /** In the scheduler's words. */
  readonly text: string;
}

export interface Unschedulable {
  /** Nodes of the cluster; undefined where the message does not say. */
  readonly nodes: number | undefined;
  readonly obstacles: readonly SchedulingObstacle[];
}

const kinds: readonly (readonly [ObstacleKind, RegExp])[] = [
  ['volume', /volume|persistentvolumeclaim|storage/i],
  ['anti-affinity', /anti-affinity/i],
  ['affinity', /pod affinity/i],
  ['placement', /node affinity|node ?selector|affinity\/selector/i],
  ['spread', /topology spread/i],
  ['cordoned', /were unschedulable|is unschedulable/i],
  ['taint', /taint/i],
  ['port', /free ports|host port/i],
];

/** Reads `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s). preemption: …`. Total: any text is read. */
export function readUnschedulable(message: string): Unschedulable {
  const [, available, rest] = /^\d+\/(\d+) nodes? (?:are|is) available: ?([^]*)$/.exec(message) ?? [];
  const nodes = available === undefined ? undefined : Number(available);
  // A sentence about preemption may follow, and repeats the counts.
  const [sentence = ''] = (rest ?? message).split(/\.(?:\s|$)/);
  const obstacles = sentence
    .split(/,\s*(?=\d+ )/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part): SchedulingObstacle => {
      const [, count, words = part] = /^(\d+) ([^]+)$/.exec(part) ?? [];
      return { ...meaningOf(words), nodes: count === undefined ? (nodes ?? 0) : Number(count), text: words };
    });
  return { nodes, obstacles };
}

function meaningOf(words: string): Pick<SchedulingObstacle, 'kind' | 'resource'> {
  const [, resource] = /\bInsufficient ([\w./-]+)/i.exec(words) ?? [];
  if (resource !== undefined) return { kind: 'resource', resource };
  if (/too many pods/i.test(words)) return { kind: 'resource', resource: 'pods' };
  return { kind: kinds.find(([, form]) => form.test(words))?.[0] ?? 'other' };
}

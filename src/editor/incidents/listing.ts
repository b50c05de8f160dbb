/** The incidents as the tree lists them, and which of its elements have to be drawn again: pure, and quick for thousands. */
import type { Incident } from '../../domain/incident.ts';
import { plain } from '../text.ts';
import { age } from '../words.ts';
import { rowOf, sameMark, sameRow, type Grouping, type Row, type RunMark } from './present.ts';

/** Incidents under one heading. All texts are plain. */
export interface Group {
  readonly key: string;
  readonly label: string;
  /** Keys of its incidents, in order. */
  readonly children: readonly string[];
}

/** One incident in its group. */
export interface Leaf {
  readonly key: string;
  readonly parent: string;
  readonly incident: Incident;
  /** How long ago it was opened, as the row says it. */
  readonly age: string;
  readonly row: Row;
}

export interface Listing {
  readonly groups: ReadonlyMap<string, Group>;
  /** By the id of the incident: each is listed once. */
  readonly leaves: ReadonlyMap<string, Leaf>;
}

export interface ListingOptions {
  readonly grouping: Grouping;
  /** What ages are counted to. */
  readonly now: Date;
  /** How the newest run for an incident marks its row. */
  readonly markOf?: (incidentId: string) => RunMark | undefined;
}

export const emptyListing: Listing = { groups: new Map(), leaves: new Map() };

/**
 * Lists incidents in groups. A leaf's key names its group as well: an incident that moves is another element, so that
 * the groups it leaves and joins can be drawn in any order.
 * @param before the listing so far: rows that still say what is so are taken from it
 */
export function listingOf(
  incidents: readonly Incident[],
  options: ListingOptions,
  before: Listing = emptyListing,
): Listing {
  const { grouping } = options;
  const groups = new Map<string, { key: string; label: string; children: string[] }>();
  const headings = new Map<string, { key: string; label: string; children: string[] }>();
  const leaves = new Map<string, Leaf>();
  for (const incident of inOrder(incidents, grouping === 'urgency')) {
    const { id } = incident;
    if (leaves.has(id)) continue;
    const [name, label] = headingOf(incident, grouping);
    let group = headings.get(name);
    if (group === undefined) {
      group = { key: `${grouping}\n${name}`, label, children: [] };
      headings.set(name, group);
      groups.set(group.key, group);
    }
    const parent = group.key;
    const known = before.leaves.get(id);
    const was = known?.parent === parent ? known : undefined;
    const key = was?.key ?? `${parent}\n${id}`;
    group.children.push(key);
    leaves.set(id, leafOf(was, { key, parent, incident }, options));
  }
  return { groups, leaves };
}

/** The leaf that a key of the tree stands for; undefined for any other key. */
export function leafAt(listing: Listing, key: string): Leaf | undefined {
  const leaf = listing.leaves.get(key.slice(key.lastIndexOf('\n') + 1));
  return leaf?.key === key ? leaf : undefined;
}

function leafOf(
  was: Leaf | undefined,
  { key, parent, incident }: Pick<Leaf, 'key' | 'parent' | 'incident'>,
  { grouping, now, markOf }: ListingOptions,
): Leaf {
  const mark = markOf?.(incident.id);
  const old = age(incident.createdAt, now);
  const same =
    was !== undefined && was.age === old && sameMark(was.row.mark, mark) && reads(was.incident, incident);
  return { key, parent, incident, age: old, row: same ? was.row : rowOf(incident, old, grouping, mark) };
}

/** Whether two states of an incident make the same row. */
function reads(a: Incident, b: Incident): boolean {
  return (
    a === b ||
    (a.title === b.title &&
      a.status === b.status &&
      a.urgency === b.urgency &&
      a.service?.name === b.service?.name &&
      a.url === b.url)
  );
}

/** The listing with one row drawn anew, or the same one where nothing of it has changed. */
export function withMark(listing: Listing, incidentId: string, options: ListingOptions): Listing {
  const leaf = listing.leaves.get(incidentId);
  if (leaf === undefined) return listing;
  const drawn = leafOf(leaf, leaf, options);
  if (sameRow(leaf.row, drawn.row)) return listing;
  return { ...listing, leaves: new Map(listing.leaves).set(incidentId, drawn) };
}

/**
 * The elements that have to be drawn again: every one whose own looks or whose list of children has changed, and no other.
 * Undefined where groups have come, gone or changed places: then the tree's first level has to be.
 */
export function changedKeys(before: Listing, after: Listing): readonly string[] | undefined {
  if (!sameKeys([...before.groups.keys()], [...after.groups.keys()])) return undefined;
  const changed: string[] = [];
  for (const [key, group] of after.groups) {
    const was = before.groups.get(key);
    if (was === undefined) return undefined;
    if (was.label !== group.label || !sameKeys(was.children, group.children)) {
      // A group is drawn with all that it holds.
      changed.push(key);
      continue;
    }
    for (const child of group.children) {
      const [old, now] = [leafAt(before, child), leafAt(after, child)];
      if (old !== undefined && now !== undefined && !sameRow(old.row, now.row)) changed.push(child);
    }
  }
  return changed;
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((key, index) => key === b[index]);
}

/** What an incident is listed under: a name that tells headings apart, and its words. */
function headingOf(incident: Incident, grouping: Grouping): readonly [string, string] {
  switch (grouping) {
    case 'status':
      return incident.status === 'triggered' ? ['triggered', 'Triggered'] : ['acknowledged', 'Acknowledged'];
    case 'urgency':
      return incident.urgency === 'high' ? ['high', 'High Urgency'] : ['low', 'Low Urgency'];
    case 'service':
      return incident.service === undefined
        ? ['', 'Without a Service']
        : [incident.service.id, plain(incident.service.name, 80) || plain(incident.service.id, 40)];
  }
}

/**
 * Triggered before acknowledged, high urgency before low, then the newest.
 * @param urgencyFirst high urgency before low, and only then triggered before acknowledged
 */
export function inOrder(incidents: readonly Incident[], urgencyFirst = false): Incident[] {
  const [status, urgency] = urgencyFirst ? [1, 2] : [2, 1];
  const ranks: Incident[][] = [[], [], [], []];
  for (const incident of incidents) {
    const rank = (incident.status === 'triggered' ? 0 : status) + (incident.urgency === 'high' ? 0 : urgency);
    ranks[rank]?.push(incident);
  }
  // Each by itself: PagerDuty sends them by time, and what is in order already is sorted at once.
  return ranks.flatMap((rank) =>
    rank.sort((a, b) => compare(b.createdAt, a.createdAt) || compare(a.id, b.id)),
  );
}

/** By code units: thousands are in order at once, and times in ISO 8601 need no more. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The incidents as the tree lists them, and which of its elements have to be drawn again: pure, and quick for thousands. */
import type { Incident } from '../../domain/incident.ts';
import { plain } from '../text.ts';
import { rowOf, sameRow, type Grouping, type Row, type RunMark } from './present.ts';

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
  readonly row: Row;
}

export interface Listing {
  readonly groups: ReadonlyMap<string, Group>;
  readonly leaves: ReadonlyMap<string, Leaf>;
  /** The key of each incident's leaf, by its id. */
  readonly keys: ReadonlyMap<string, string>;
}

export interface ListingOptions {
  readonly grouping: Grouping;
  /** What ages are counted to. */
  readonly now: Date;
  /** How the newest run for an incident marks its row. */
  readonly markOf?: (incidentId: string) => RunMark | undefined;
}

export const emptyListing: Listing = { groups: new Map(), leaves: new Map(), keys: new Map() };

/**
 * Lists incidents in groups. A leaf's key names its group as well: an incident that moves is another element, so that
 * the groups it leaves and joins can be drawn in any order.
 */
export function listingOf(incidents: readonly Incident[], options: ListingOptions): Listing {
  const { grouping, now, markOf } = options;
  const groups = new Map<string, { key: string; label: string; children: string[] }>();
  const leaves = new Map<string, Leaf>();
  const keys = new Map<string, string>();
  for (const incident of inOrder(incidents, grouping === 'urgency')) {
    const [name, label] = headingOf(incident, grouping);
    const parent = `${grouping}\n${name}`;
    const group = groups.get(parent) ?? { key: parent, label, children: [] };
    groups.set(parent, group);
    const key = `${parent}\n${incident.id}`;
    if (leaves.has(key)) continue;
    group.children.push(key);
    leaves.set(key, { key, parent, incident, row: rowOf(incident, now, grouping, markOf?.(incident.id)) });
    keys.set(incident.id, key);
  }
  return { groups, leaves, keys };
}

/** The listing with one row drawn anew, or the same one where nothing of it has changed. */
export function withMark(listing: Listing, incidentId: string, options: ListingOptions): Listing {
  const leaf = listing.leaves.get(listing.keys.get(incidentId) ?? '');
  if (leaf === undefined) return listing;
  const row = rowOf(leaf.incident, options.now, options.grouping, options.markOf?.(incidentId));
  if (sameRow(leaf.row, row)) return listing;
  return { ...listing, leaves: new Map(listing.leaves).set(leaf.key, { ...leaf, row }) };
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
      const [old, now] = [before.leaves.get(child), after.leaves.get(child)];
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
  const rank = (incident: Incident) =>
    (incident.status === 'triggered' ? 0 : status) + (incident.urgency === 'high' ? 0 : urgency);
  return incidents.toSorted(
    (a, b) => rank(a) - rank(b) || compare(b.createdAt, a.createdAt) || compare(a.id, b.id),
  );
}

/** By code units: thousands are in order at once, and times in ISO 8601 need no more. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

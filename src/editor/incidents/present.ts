/** How an incident looks in the tree: pure, so that "what changed" can be told by comparing. */
import type { Incident } from '../../domain/incident.ts';
import { plain } from '../text.ts';
import { age } from '../words.ts';

/** Everything of a tree row that can change. All texts are plain. */
export interface Row {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  readonly icon: string;
  /** A colour id of the editor's theme, or none. */
  readonly colour?: string;
  /** Read by screen readers in place of label and icon. */
  readonly spoken: string;
  /** What the row's menus depend on. */
  readonly contextValue: string;
}

const icons = {
  triggered: { high: 'flame', low: 'warning' },
  acknowledged: { high: 'eye', low: 'eye' },
  resolved: { high: 'pass', low: 'pass' },
} as const;

/** @param now what the age is counted to */
export function rowOf(incident: Incident, now: Date): Row {
  const title = plain(incident.title, 200) || incident.id;
  const service = incident.service === undefined ? '' : plain(incident.service.name, 80);
  const old = age(incident.createdAt, now);
  return {
    id: incident.id,
    // What every Alertmanager incident begins with tells none from another, and takes the room of what does.
    label: title.replace(/^\[FIRING:\d+\]\s*/, '') || title,
    description: [service, old].filter((part) => part !== '').join(' · '),
    tooltip: tooltip(incident, title, service),
    icon: icons[incident.status][incident.urgency],
    ...(incident.status === 'triggered'
      ? { colour: incident.urgency === 'high' ? 'list.errorForeground' : 'list.warningForeground' }
      : {}),
    spoken: `${title}, ${incident.status}, ${incident.urgency} urgency${service === '' ? '' : `, ${service}`}${old === '' ? '' : `, ${old}`}`,
    contextValue: [
      'incident',
      incident.status,
      ...(browsableUrl(incident.url) === undefined ? [] : ['browsable']),
    ].join('.'),
  };
}

function tooltip(incident: Incident, title: string, service: string): string {
  const people = (names: readonly string[]) => names.map((name) => plain(name, 60)).join(', ');
  return [
    title,
    `${incident.status}, ${incident.urgency} urgency${incident.priority === undefined ? '' : `, ${plain(incident.priority, 40)}`}`,
    service === '' ? '' : `Service: ${service}`,
    incident.assignees.length === 0 ? '' : `Assigned to ${people(incident.assignees)}`,
    incident.acknowledgedBy.length === 0 ? '' : `Acknowledged by ${people(incident.acknowledgedBy)}`,
    `Opened ${plain(incident.createdAt, 40)}`,
    incident.number === undefined ? `Id ${incident.id}` : `Number ${incident.number}, id ${incident.id}`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** Whether two rows look the same. */
export function sameRow(a: Row, b: Row): boolean {
  return (Object.keys({ ...a, ...b }) as (keyof Row)[]).every((key) => a[key] === b[key]);
}

/**
 * The address to open for an incident, where it is safe to open: https, or http on loopback (practice).
 * Anything else, such as `file:` or `command:`, is not an address of PagerDuty.
 */
export function browsableUrl(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  if (parsed.username !== '' || parsed.password !== '') return undefined;
  if (parsed.protocol === 'https:') return parsed.href;
  const loopback = ['127.0.0.1', 'localhost', '[::1]'].includes(parsed.hostname);
  return parsed.protocol === 'http:' && loopback ? parsed.href : undefined;
}

/** How two lists of incidents differ, for redrawing no more than that. */
export function difference(
  before: ReadonlyMap<string, Row>,
  after: ReadonlyMap<string, Row>,
): { readonly structure: boolean; readonly changed: readonly string[] } {
  const ids = [...after.keys()];
  const old = [...before.keys()];
  const structure = ids.length !== old.length || ids.some((id, index) => old[index] !== id);
  const changed = ids.filter((id) => {
    const was = before.get(id);
    const is = after.get(id);
    return was !== undefined && is !== undefined && !sameRow(was, is);
  });
  return { structure, changed };
}

/** Triggered before acknowledged, high urgency before low, then the newest. */
export function inOrder(incidents: readonly Incident[]): Incident[] {
  const rank = (incident: Incident) =>
    (incident.status === 'triggered' ? 0 : 2) + (incident.urgency === 'high' ? 0 : 1);
  return incidents.toSorted(
    (a, b) => rank(a) - rank(b) || b.createdAt.localeCompare(a.createdAt) || a.id.localeCompare(b.id),
  );
}

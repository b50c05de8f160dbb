/** Which of the open incidents a person wants to see. */
import type { Incident, Named, Urgency } from '../../domain/incident.ts';
import { plain } from '../text.ts';

/** Nothing set, nothing left out. What is set must all hold. Never kept over a restart: a forgotten filter hides a fire. */
export interface TreeFilter {
  /** The user whose incidents are wanted. */
  readonly mine?: Named;
  readonly team?: Named;
  readonly service?: Named;
  readonly urgency?: Urgency;
  /** Words that title, service, number or id hold, in any case. */
  readonly text?: string;
}

export function isFiltering(filter: TreeFilter): boolean {
  return Object.keys(filter).length > 0;
}

/** The filter with one thing set, or taken back where it is set to just this. */
export function toggled(filter: TreeFilter, change: TreeFilter): TreeFilter {
  const [[name, value] = []] = Object.entries(change) as [keyof TreeFilter, unknown][];
  if (name === undefined) return filter;
  if (JSON.stringify(filter[name]) !== JSON.stringify(value)) return { ...filter, ...change };
  return Object.fromEntries(Object.entries(filter).filter(([other]) => other !== name)) as TreeFilter;
}

export function matches(filter: TreeFilter, incident: Incident): boolean {
  const { mine, team, service, urgency, text } = filter;
  return (
    (mine === undefined || (incident.assigneeIds ?? []).includes(mine.id)) &&
    (team === undefined || (incident.teams ?? []).some(({ id }) => id === team.id)) &&
    (service === undefined || incident.service?.id === service.id) &&
    (urgency === undefined || incident.urgency === urgency) &&
    (text === undefined || holdsWords(incident, text))
  );
}

function holdsWords(incident: Incident, text: string): boolean {
  const { title, service, number = '', id } = incident;
  const where = `${title}\n${service?.name ?? ''}\n${number}\n${id}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => where.includes(word));
}

/** A filter in words, as plain text: `assigned to me, high urgency, “checkout”`. */
export function filterWords({ mine, team, service, urgency, text }: TreeFilter): string {
  return [
    mine === undefined ? '' : 'assigned to me',
    team === undefined ? '' : `team ${plain(team.name, 40)}`,
    service === undefined ? '' : `service ${plain(service.name, 40)}`,
    urgency === undefined ? '' : `${urgency} urgency`,
    text === undefined ? '' : `“${plain(text, 40)}”`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** The teams and services that these incidents have, by name. */
export function choicesOf(incidents: readonly Incident[]): {
  readonly teams: readonly Named[];
  readonly services: readonly Named[];
} {
  const teams = new Map<string, Named>();
  const services = new Map<string, Named>();
  for (const incident of incidents) {
    if (incident.service !== undefined) services.set(incident.service.id, incident.service);
    for (const team of incident.teams ?? []) teams.set(team.id, team);
  }
  const sorted = (all: ReadonlyMap<string, Named>) =>
    [...all.values()].sort((a, b) => a.name.localeCompare(b.name));
  return { teams: sorted(teams), services: sorted(services) };
}

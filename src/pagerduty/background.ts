/** What PagerDuty knows around an incident. Each question is one request, changes are two; nothing of it is ever polled. */
import type { Change, Incident, IncidentBackground } from '../domain/incident.ts';
import type { PagerDutyClient } from './client.ts';
import { readChange, readOtherIncident } from './read.ts';

/** Changes of the service that lie longer before the incident explain little. */
const lookBackMs = 24 * 60 * 60 * 1000;
const most = 10;

/** @param now the clock, for tests */
export function backgroundOf(
  client: Pick<PagerDutyClient, 'some' | 'notes'>,
  incident: Incident,
  now: () => Date = () => new Date(),
): IncidentBackground {
  const path = `/incidents/${encodeURIComponent(incident.id)}`;
  const others = async (list: string, signal: AbortSignal) =>
    (await client.some(`${path}/${list}`, list, new URLSearchParams(), signal))
      .flatMap((item) => readOtherIncident(item) ?? [])
      .filter(({ id }) => id !== incident.id);
  return {
    ...(incident.url === undefined ? {} : { url: incident.url }),
    changes: async (signal) => {
      const correlated = client.some(`${path}/related_change_events`, 'change_events', limited(), signal);
      const recent =
        incident.service &&
        client.some(
          `/services/${encodeURIComponent(incident.service.id)}/change_events`,
          'change_events',
          limited({
            // PagerDuty takes times in UTC only here.
            since: new Date(Date.parse(incident.createdAt) - lookBackMs).toISOString(),
            until: now().toISOString(),
          }),
          signal,
        );
      const items = (await Promise.all([correlated, recent ?? []])).flat();
      const changes = new Map<string, Change>();
      for (const item of items) {
        const change = readChange(item);
        if (change !== undefined) changes.set(change.id, change);
      }
      return [...changes.values()].sort((a, b) => (b.time ?? '').localeCompare(a.time ?? ''));
    },
    past: (signal) => others('past_incidents', signal),
    related: (signal) => others('related_incidents', signal),
    notes: async (signal) =>
      (await client.notes(incident.id, signal)).toSorted((a, b) => b.createdAt.localeCompare(a.createdAt)),
  };
}

function limited(more: Record<string, string> = {}): URLSearchParams {
  return new URLSearchParams({ limit: String(most), ...more });
}

/** From a PagerDuty incident to the alert that the agent works on. */
import type { Alert, Incident } from '../domain/incident.ts';

export { targetHints } from './target-hints.ts';

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** Whether a value says anything: not missing, not blank, not an empty object or list. */
function says(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === 'string') return value.trim() !== '';
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

/** A string that holds a JSON object or list becomes that; everything else stays what it is. */
function decoded(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** What one raw alert, incident or log entry says beyond its title, looked for in all the places that PagerDuty uses. */
function detailsOf(raw: unknown): unknown {
  const body = field(raw, 'body');
  const channel = field(field(raw, 'first_trigger_log_entry'), 'channel') ?? field(raw, 'channel');
  const places = [
    field(body, 'details'),
    field(field(body, 'cef_details'), 'details'),
    field(body, 'cef_details'),
    field(channel, 'details'),
    field(field(channel, 'cef_details'), 'details'),
    field(channel, 'cef_details'),
    field(channel, 'body'),
  ];
  return decoded(places.find(says));
}

/**
 * The alert behind an incident. Of several raw alerts the first that still fires and carries details counts.
 * @param rawAlerts as `PagerDutyClient.alerts` returns them: of unknown shape, never trusted
 */
export function alertFor(incident: Incident, rawAlerts: readonly unknown[]): Alert {
  const firing = rawAlerts.filter((raw) => field(raw, 'status') !== 'resolved');
  const details = [...firing, ...rawAlerts].map(detailsOf).find(says);
  return {
    id: incident.id,
    title: incident.title,
    ...(incident.service === undefined ? {} : { service: incident.service.name }),
    urgency: incident.urgency,
    ...(details === undefined ? {} : { details }),
  };
}

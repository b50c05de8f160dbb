/** From a PagerDuty incident to the alert that the agent works on. */
import { isDeepStrictEqual } from 'node:util';
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
  const cef = field(body, 'cef_details') ?? field(channel, 'cef_details');
  const fields = field(raw, 'custom_fields');
  const places = [
    field(body, 'details'),
    field(field(body, 'cef_details'), 'details'),
    field(channel, 'details'),
    field(field(channel, 'cef_details'), 'details'),
    cef,
    field(channel, 'body'),
  ];
  const details = decoded(places.find(says));
  const beside = {
    ...(details === cef ? undefined : componentOf(cef)),
    ...(says(fields) ? { custom_fields: fields } : undefined),
  };
  if (!says(beside)) return details;
  if (details === undefined) return beside;
  return typeof details === 'object' && !Array.isArray(details)
    ? { ...details, ...beside }
    : { details, ...beside };
}

/** What the Common Event Format knows of the source besides the details. */
function componentOf(cef: unknown): object | undefined {
  const component = field(cef, 'source_component');
  const group = field(cef, 'service_group');
  return says(component) && says(group)
    ? { cef_details: { source_component: component, service_group: group } }
    : undefined;
}

/** Whether a raw alert says more than its title does: PagerDuty fills in the rest of the Common Event Format itself. */
export function hasDetails(raw: unknown): boolean {
  const body = field(raw, 'body');
  const cef = field(body, 'cef_details');
  return says(field(body, 'details')) || says(field(cef, 'details')) || componentOf(cef) !== undefined;
}

/** Alerts of one incident that are looked at: PagerDuty groups up to a thousand. */
const maxAlerts = 60;

/**
 * The alert behind an incident. Of several raw alerts those count that still fire and carry details; where they differ,
 * `details.alerts` lists them all.
 * @param rawAlerts as `PagerDutyClient.alerts` returns them: of unknown shape, never trusted
 */
export function alertFor(incident: Incident, rawAlerts: readonly unknown[]): Alert {
  const firing = tell(rawAlerts.filter((raw) => field(raw, 'status') !== 'resolved'));
  const [details, ...others] = firing.length > 0 ? firing : tell(rawAlerts);
  return {
    id: incident.id,
    title: incident.title,
    ...(incident.service === undefined ? {} : { service: incident.service.name }),
    urgency: incident.urgency,
    ...(details === undefined
      ? {}
      : { details: others.length === 0 ? details : { alerts: [details, ...others] } }),
  };
}

/** What raw alerts say, each thing once. */
function tell(rawAlerts: readonly unknown[]): unknown[] {
  const all = rawAlerts.map(detailsOf).filter(says).slice(0, maxAlerts);
  return all.filter((one, index) => all.findIndex((other) => isDeepStrictEqual(one, other)) === index);
}

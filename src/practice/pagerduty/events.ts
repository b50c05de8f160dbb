/** Events API v2: how monitoring tools raise, acknowledge and resolve. */
import { randomUUID } from 'node:crypto';
import type { Store } from './store.ts';
import type { Answer } from './wire.ts';

const actions = ['trigger', 'acknowledge', 'resolve'] as const;
const severities = ['critical', 'error', 'warning', 'info'];

function invalid(...errors: string[]): Answer {
  return { status: 400, body: { status: 'invalid event', message: 'Event object is invalid', errors } };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Answers POST /v2/enqueue. */
export function enqueue(store: Store, body: unknown): Answer {
  const event = record(body);
  const payload = record(event.payload);
  const service = store.services.find(({ routingKey }) => routingKey === event.routing_key);
  if (service === undefined) return invalid("'routing_key' is missing or invalid");
  const action = actions.find((one) => one === event.event_action);
  if (action === undefined) return invalid("'event_action' must be trigger, acknowledge or resolve");
  const dedupKey = typeof event.dedup_key === 'string' ? event.dedup_key : undefined;
  if (action !== 'trigger') {
    if (dedupKey === undefined) return invalid("'dedup_key' is missing or blank");
    store.receive(service, { action, dedupKey, summary: '', severity: '', details: undefined });
    return accepted(dedupKey);
  }
  const { summary, source, severity } = payload;
  if (typeof summary !== 'string' || summary === '') return invalid("'payload.summary' is missing or blank");
  if (summary.length > 1024) return invalid("'payload.summary' is longer than 1024 characters");
  if (typeof source !== 'string' || source === '') return invalid("'payload.source' is missing or blank");
  if (typeof severity !== 'string' || !severities.includes(severity)) {
    return invalid(`'payload.severity' must be one of ${severities.join(', ')}`);
  }
  const key = dedupKey ?? randomUUID().replaceAll('-', '');
  const { component, group, custom_details: details = {} } = payload;
  store.receive(service, {
    ...{ action, dedupKey: key, summary, severity, details },
    ...(typeof component === 'string' ? { component } : {}),
    ...(typeof group === 'string' ? { group } : {}),
  });
  return accepted(key);
}

/** Answers POST /v2/change/enqueue: how delivery tools tell of a change. */
export function enqueueChange(store: Store, body: unknown): Answer {
  const event = record(body);
  const { summary, source, timestamp, custom_details: details = {} } = record(event.payload);
  const service = store.services.find(({ routingKey }) => routingKey === event.routing_key);
  if (service === undefined) return invalid("'routing_key' is missing or invalid");
  if (typeof summary !== 'string' || summary === '') return invalid("'payload.summary' is missing or blank");
  const time = typeof timestamp === 'string' ? Date.parse(timestamp) : Date.now();
  if (Number.isNaN(time)) return invalid("'payload.timestamp' is no time");
  store.addChange(service, {
    summary: summary.slice(0, 1024),
    timestamp: new Date(time).toISOString(),
    links: Array.isArray(event.links) ? event.links : [],
    details,
    ...(typeof source === 'string' ? { source } : {}),
  });
  return { status: 202, body: { status: 'success', message: 'Change event processed' } };
}

function accepted(dedupKey: string): Answer {
  return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: dedupKey } };
}

/** REST API v2: the calls that an on-call tool needs, with PagerDuty's rules for filters, paging and errors. */
import type { Service, Status, Store, StoredChange, StoredIncident, User } from './store.ts';
import {
  alertJson,
  changeJson,
  incidentJson,
  logEntryJson,
  noteJson,
  otherIncidentJson,
  refusal,
  type Answer,
} from './wire.ts';

/** One authorised call. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** `account` keys belong to no user. */
  readonly access: 'user' | 'account' | 'read-only';
  /** The From header. */
  readonly from?: string;
  /** Address of the readable pages. */
  readonly site: string;
}

const MONTH_MS = 30 * 24 * 60 * 60 * 1000;
const sortable: Readonly<Record<string, (incident: StoredIncident) => string | number>> = {
  incident_number: (incident) => incident.number,
  created_at: (incident) => incident.createdAt,
  resolved_at: (incident) => incident.resolvedAt ?? '',
  urgency: (incident) => incident.urgency,
};

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Answers one call. */
export function answer(store: Store, call: Call): Answer {
  store.wake();
  if (call.method === 'GET') return read(store, call);
  if (call.access === 'read-only') return refusal(403, 2010, 'Access Denied');
  const user = store.users.find(({ email }) => email === call.from);
  if (call.from === undefined) {
    return refusal(400, 2001, 'Invalid Input Provided', ['From header is required for this request']);
  }
  if (user === undefined) return refusal(400, 1008, 'Requester User Not Found');
  return write(store, call, user);
}

function read(store: Store, call: Call): Answer {
  const [, collection, id, part, detail] = call.path.split('/');
  if (collection === 'users' && id === 'me' && part === undefined) return me(store, call);
  if (collection === 'users' && id === undefined) {
    const name = (call.query.get('query') ?? '').toLowerCase();
    const found = store.users.filter((user) => user.name.toLowerCase().includes(name));
    return page('users', found, call.query, (user) => ({ ...user, type: 'user', summary: user.name }));
  }
  if (collection === 'services' && id !== undefined && part === 'change_events') {
    const service = store.services.find((one) => one.id === id);
    return service === undefined ? refusal(404, 2100, 'Not Found') : listChanges(store, call, service);
  }
  if (collection === 'change_events' && id === undefined) return listChanges(store, call);
  if (collection !== 'incidents') return refusal(404, 2100, 'Not Found');
  if (id === undefined) return listIncidents(store, call);
  const incident = store.find(id);
  if (incident === undefined) return refusal(404, 2100, 'Not Found');
  switch (part) {
    case undefined:
      return ok({ incident: incidentJson(incident, call.site, call.query.getAll('include[]')) });
    case 'alerts': {
      const statuses = call.query.getAll('statuses[]');
      const alerts = incident.alerts.filter(
        ({ status }) => statuses.length === 0 || statuses.includes(status),
      );
      return page(
        'alerts',
        alerts.map((alert) => alertJson(alert, incident)),
        call.query,
      );
    }
    case 'notes':
      return ok({ notes: incident.notes.map(noteJson) });
    case 'custom_fields':
      if (detail !== 'values') return refusal(404, 2100, 'Not Found');
      return ok({
        custom_fields: incident.fields.map(({ name, value }) => ({ name, display_name: name, value })),
      });
    case 'related_change_events':
      return ok({
        change_events: newestFirst(store.changes)
          .filter(({ service, timestamp }) => service === incident.service && timestamp <= incident.createdAt)
          .slice(0, 1)
          .map((change) => changeJson(change, true)),
      });
    case 'past_incidents': {
      const all = store.pastOf(incident);
      const limit = Number(call.query.get('limit') ?? 5);
      return ok({
        past_incidents: all
          .slice(0, limit)
          .map((other) => ({ incident: otherIncidentJson(other, call.site), score: 46.8 })),
        total: all.length,
        limit,
      });
    }
    case 'related_incidents':
      return ok({
        related_incidents: store.relatedTo(incident).map((other) => ({
          incident: otherIncidentJson(other, call.site),
          relationships: [{ type: 'machine_learning_inferred', metadata: {} }],
        })),
      });
    case 'log_entries':
      return page(
        'log_entries',
        incident.log.toReversed().map((entry) => logEntryJson(entry, incident)),
        call.query,
      );
    default:
      return refusal(404, 2100, 'Not Found');
  }
}

/** Change events in a window of time, which must be in UTC, the newest first. */
function listChanges(store: Store, call: Call, service?: Service): Answer {
  const { query } = call;
  for (const bound of ['since', 'until']) {
    const value = query.get(bound);
    if (value !== null && !(value.endsWith('Z') && !Number.isNaN(Date.parse(value)))) {
      return refusal(400, 2001, 'Invalid Input Provided', [`${bound} must be a time in UTC`]);
    }
  }
  const since = query.get('since') ?? '';
  const until = query.get('until') ?? '9';
  const changes = newestFirst(store.changes).filter(
    (change) =>
      (service === undefined || change.service === service) &&
      change.timestamp >= since &&
      change.timestamp <= until,
  );
  return page('change_events', changes, query, (change) => changeJson(change, false));
}

function newestFirst(changes: readonly StoredChange[]): StoredChange[] {
  return changes.toSorted((a, b) => b.timestamp.localeCompare(a.timestamp));
}

function write(store: Store, call: Call, user: User): Answer {
  const [, collection, id, part] = call.path.split('/');
  if (collection !== 'incidents') return refusal(404, 2100, 'Not Found');
  const body = record(call.body);
  if (id === undefined && call.method === 'PUT') {
    const changes = Array.isArray(body.incidents) ? body.incidents.map(record) : [];
    if (changes.length === 0) return refusal(400, 2001, 'Invalid Input Provided', ['incidents is missing']);
    if (changes.length > 250) return refusal(413, 2001, 'Too many incidents');
    const targets = changes.map((change) => ({ change, incident: store.find(String(change.id)) }));
    const changed: object[] = [];
    for (const { change, incident } of targets) {
      if (incident === undefined) return refusal(404, 2100, 'Not Found');
      const problem = update(store, incident, change, user);
      if (problem !== undefined) return problem;
      changed.push(incidentJson(incident, call.site));
    }
    return ok({ incidents: changed });
  }
  const incident = id === undefined ? undefined : store.find(id);
  if (incident === undefined) return refusal(404, 2100, 'Not Found');
  if (part === undefined && call.method === 'PUT') {
    return (
      update(store, incident, record(body.incident), user) ??
      ok({ incident: incidentJson(incident, call.site) })
    );
  }
  if (part === 'notes' && call.method === 'POST') {
    const { content } = record(body.note);
    if (typeof content !== 'string' || content === '') {
      return refusal(400, 2001, 'Invalid Input Provided', ['Note content is missing']);
    }
    return { status: 201, body: { note: noteJson(store.addNote(incident, user, content)) } };
  }
  if (part === 'snooze' && call.method === 'POST') {
    const { duration } = body;
    if (typeof duration !== 'number' || !Number.isInteger(duration) || duration < 1 || duration > 604_800) {
      return refusal(400, 2001, 'Invalid Input Provided', ['Duration must be 1 to 604800 seconds']);
    }
    if (incident.status === 'resolved') return refusal(400, 1001, 'Incident Already Resolved');
    if (incident.status !== 'acknowledged') return refusal(400, 1012, 'Incident Not Acknowledged');
    store.snooze(incident, user, duration);
    return { status: 201, body: { incident: incidentJson(incident, call.site) } };
  }
  return refusal(404, 2100, 'Not Found');
}

/** The user of `assignments`, or why there is none. The practice account assigns to one user at a time. */
function assigneeOf(store: Store, assignments: unknown): User | Answer {
  const [first, ...others] = Array.isArray(assignments) ? assignments.map(record) : [];
  const assignee = record(first?.assignee);
  if (first === undefined || others.length > 0 || assignee.type !== 'user_reference') {
    return refusal(400, 2001, 'Invalid Input Provided', ['assignments must name one user_reference']);
  }
  return (
    store.users.find(({ id }) => id === assignee.id) ??
    refusal(400, 2001, 'Invalid Input Provided', ['Assignee User not found'])
  );
}

/** Applies one change, or says why not. */
function update(
  store: Store,
  incident: StoredIncident,
  change: Record<string, unknown>,
  user: User,
): Answer | undefined {
  if (change.type !== 'incident' && change.type !== 'incident_reference') {
    return refusal(400, 2001, 'Invalid Input Provided', ['type must be incident_reference']);
  }
  const { status, assignments } = change;
  if (assignments !== undefined) {
    if (incident.status === 'resolved') return refusal(400, 1001, 'Incident Already Resolved');
    const to = assigneeOf(store, assignments);
    if ('body' in to) return to;
    store.assign(incident, to, user);
  }
  if (status !== undefined) {
    if (incident.status === 'resolved') return refusal(400, 1001, 'Incident Already Resolved');
    if (status === 'acknowledged') {
      if (incident.status === 'acknowledged') return refusal(400, 1002, 'Incident Already Acknowledged');
      store.acknowledge(incident, user);
    } else if (status === 'resolved') {
      store.resolve(
        incident,
        user.name,
        typeof change.resolution === 'string' ? change.resolution : undefined,
      );
    } else {
      return refusal(400, 2001, 'Invalid Input Provided', ['status must be acknowledged or resolved']);
    }
  }
  if (typeof change.title === 'string') incident.title = change.title;
  if (change.urgency === 'high' || change.urgency === 'low') incident.urgency = change.urgency;
  incident.updatedAt = new Date().toISOString();
  return undefined;
}

function listIncidents(store: Store, call: Call): Answer {
  const { query } = call;
  const statuses = query.getAll('statuses[]');
  const known: readonly Status[] = ['triggered', 'acknowledged', 'resolved'];
  if (statuses.some((status) => !known.some((one) => one === status))) {
    return refusal(400, 2001, 'Invalid Input Provided', ['statuses[] has an unknown value']);
  }
  const all = query.get('date_range') === 'all';
  const until = query.get('until') ?? new Date().toISOString();
  const since = query.get('since') ?? new Date(Date.parse(until) - MONTH_MS).toISOString();
  const matches = (name: string, values: readonly string[]): boolean => {
    const wanted = query.getAll(name);
    return wanted.length === 0 || values.some((value) => wanted.includes(value));
  };
  const found = store.incidents.filter(
    (one) =>
      (all || (one.createdAt >= since && one.createdAt <= until)) &&
      matches('statuses[]', [one.status]) &&
      matches('urgencies[]', [one.urgency]) &&
      matches('service_ids[]', [one.service.id]) &&
      matches(
        'team_ids[]',
        one.service.teams.map(({ id }) => id),
      ) &&
      matches('user_ids[]', [one.assignee.id]) &&
      // It finds an incident by the alerts under it.
      matches(
        'incident_key',
        one.alerts.map(({ dedupKey }) => dedupKey),
      ),
  );
  const keys = (query.get('sort_by') ?? 'created_at:asc').split(',');
  if (keys.length > 2)
    return refusal(400, 2001, 'Invalid Input Provided', ['sort_by takes two keys at most']);
  for (const key of keys.toReversed()) {
    const [field = '', direction = 'asc'] = key.split(':');
    const value = sortable[field];
    if (value === undefined) return refusal(400, 2001, 'Invalid Input Provided', ['sort_by is invalid']);
    const sign = direction === 'desc' ? -1 : 1;
    found.sort((a, b) => (value(a) < value(b) ? -sign : value(a) > value(b) ? sign : 0));
  }
  const include = query.getAll('include[]');
  return page('incidents', found, query, (incident) => incidentJson(incident, call.site, include));
}

function me(store: Store, call: Call): Answer {
  const [user] = store.users;
  if (call.access === 'account' || user === undefined) {
    return refusal(400, 2001, 'Invalid Input Provided', ['An account key belongs to no user']);
  }
  return ok({ user: { ...user, type: 'user', summary: user.name, role: 'user' } });
}

/** One page, with the rule that nothing lies beyond the first 10,000. */
function page<T>(
  name: string,
  items: readonly T[],
  query: URLSearchParams,
  write: (item: T) => unknown = (item) => item,
): Answer {
  const limit = Math.min(Number(query.get('limit') ?? 25), 100);
  const offset = Number(query.get('offset') ?? 0);
  if (!Number.isInteger(limit) || !Number.isInteger(offset) || limit < 1 || offset < 0) {
    return refusal(400, 2001, 'Invalid Input Provided', ['limit or offset is invalid']);
  }
  if (offset + limit > 10_000) {
    return refusal(400, 2002, 'Arguments Caused Error', ['Offset must be less than 10,000']);
  }
  return ok({
    [name]: items.slice(offset, offset + limit).map(write),
    limit,
    offset,
    more: items.length > offset + limit,
    total: query.get('total') === 'true' ? items.length : null,
  });
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

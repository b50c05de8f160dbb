/** What the practice PagerDuty remembers: services, incidents, alerts, notes and log entries, in PagerDuty's own field names. */
import { randomBytes } from 'node:crypto';

export interface Reference {
  readonly id: string;
  readonly type: string;
  readonly summary: string;
}

export interface Service extends Reference {
  readonly routingKey: string;
  readonly teams: readonly Reference[];
}

export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

export type Status = 'triggered' | 'acknowledged' | 'resolved';

export interface StoredAlert {
  readonly id: string;
  readonly dedupKey: string;
  readonly createdAt: string;
  summary: string;
  severity: string;
  status: 'triggered' | 'resolved';
  /** The event's `custom_details`, as they came. */
  details: unknown;
  /** The event's `component` and `group`, where it has them. */
  component?: string;
  group?: string;
}

/** A change that a delivery tool told of. */
export interface StoredChange {
  readonly id: string;
  readonly service: Service;
  readonly summary: string;
  readonly timestamp: string;
  readonly source?: string;
  readonly links: readonly unknown[];
  readonly details: unknown;
}

/** The value of a custom field of an incident. */
export interface FieldValue {
  readonly name: string;
  readonly value: unknown;
}

export interface StoredNote {
  readonly id: string;
  readonly content: string;
  readonly createdAt: string;
  readonly user: User;
}

export interface StoredLogEntry {
  readonly id: string;
  readonly type: string;
  readonly summary: string;
  readonly createdAt: string;
}

export interface StoredIncident {
  readonly id: string;
  readonly number: number;
  readonly service: Service;
  readonly createdAt: string;
  readonly alerts: StoredAlert[];
  readonly notes: StoredNote[];
  readonly fields: FieldValue[];
  readonly log: StoredLogEntry[];
  title: string;
  status: Status;
  urgency: 'high' | 'low';
  updatedAt: string;
  resolvedAt?: string;
  resolution?: string;
  assignee: User;
  acknowledgements: { at: string; user: User }[];
  /** When it triggers again, ISO 8601; set while it is snoozed. */
  snoozedUntil?: string;
}

/** A signal that comes in through the Events API or from a rehearsal script. */
export interface Event {
  readonly action: 'trigger' | 'acknowledge' | 'resolve';
  readonly dedupKey: string;
  readonly summary: string;
  readonly severity: string;
  readonly details: unknown;
  readonly component?: string;
  readonly group?: string;
}

/** An identifier in PagerDuty's style: P and 13 capital letters or digits. */
export function newId(prefix = 'P'): string {
  return (
    prefix +
    randomBytes(16)
      .toString('base64')
      .replace(/[^A-Za-z0-9]/g, '')
      .toUpperCase()
  ).slice(0, 14);
}

export class Store {
  readonly users: User[] = [
    { id: 'PUSER1', name: 'Robin Rota', email: 'robin@example.com' },
    { id: 'PUSER2', name: 'Sam Second', email: 'sam@example.com' },
  ];
  readonly services: Service[] = [];
  readonly incidents: StoredIncident[] = [];
  readonly changes: StoredChange[] = [];
  /** Incidents with an open alert, by service and key. */
  readonly #firing = new Map<string, StoredIncident>();
  #number = 0;

  /** The service of that name, made where there is none yet, with a routing key and a team of its own. */
  service(name: string, team = `${name} team`): Service {
    const known = this.services.find((service) => service.summary === name);
    if (known !== undefined) return known;
    const service: Service = {
      id: newId(),
      type: 'service_reference',
      summary: name,
      routingKey: randomBytes(16).toString('hex'),
      teams: [{ id: newId(), type: 'team_reference', summary: team }],
    };
    this.services.push(service);
    return service;
  }

  find(idOrNumber: string): StoredIncident | undefined {
    return this.incidents.find((one) => one.id === idOrNumber || String(one.number) === idOrNumber);
  }

  /**
   * Takes in one event. A trigger with the key of an open alert updates that alert; any other opens an incident.
   * @param createdAt ISO 8601
   * @returns the incident that it touched, if any
   */
  receive(service: Service, event: Event, createdAt = new Date().toISOString()): StoredIncident | undefined {
    const incident = this.#firing.get(key(service, event.dedupKey));
    const alert = incident && openAlert(incident, event.dedupKey);
    if (incident === undefined || alert === undefined) {
      return event.action === 'trigger' ? this.#open(service, event, createdAt) : undefined;
    }
    if (event.action === 'trigger') {
      Object.assign(alert, { summary: event.summary, severity: event.severity, details: event.details });
      this.#note(incident, 'notify_log_entry', 'The alert fired again');
    } else if (event.action === 'acknowledge') {
      if (incident.status === 'triggered') this.acknowledge(incident, incident.assignee);
    } else {
      alert.status = 'resolved';
      this.#firing.delete(key(service, event.dedupKey));
      if (incident.alerts.every((one) => one.status === 'resolved'))
        this.resolve(incident, 'the monitoring tool');
    }
    return incident;
  }

  acknowledge(incident: StoredIncident, user: User): void {
    incident.status = 'acknowledged';
    incident.acknowledgements = [{ at: new Date().toISOString(), user }];
    delete incident.snoozedUntil;
    this.#note(incident, 'acknowledge_log_entry', `Acknowledged by ${user.name}`);
  }

  /** Leaves an acknowledged incident alone for a while; {@link wake} triggers it again. */
  snooze(incident: StoredIncident, user: User, seconds: number): void {
    incident.snoozedUntil = new Date(Date.now() + seconds * 1000).toISOString();
    this.#note(incident, 'snooze_log_entry', `Snoozed by ${user.name}`);
  }

  /** Triggers what was snoozed until now. */
  wake(): void {
    const now = new Date().toISOString();
    for (const incident of this.incidents) {
      if (incident.snoozedUntil === undefined || incident.snoozedUntil > now) continue;
      delete incident.snoozedUntil;
      incident.status = 'triggered';
      incident.acknowledgements = [];
      this.#note(incident, 'unacknowledge_log_entry', 'Triggered again after a snooze');
    }
  }

  /** Gives an incident to somebody, who has yet to acknowledge it. */
  assign(incident: StoredIncident, to: User, by: User): void {
    incident.assignee = to;
    incident.status = 'triggered';
    incident.acknowledgements = [];
    delete incident.snoozedUntil;
    this.#note(incident, 'assign_log_entry', `Reassigned to ${to.name} by ${by.name}`);
  }

  resolve(incident: StoredIncident, who: string, resolution?: string): void {
    incident.status = 'resolved';
    incident.resolvedAt = new Date().toISOString();
    if (resolution !== undefined) incident.resolution = resolution;
    for (const alert of incident.alerts) {
      alert.status = 'resolved';
      this.#firing.delete(key(incident.service, alert.dedupKey));
    }
    incident.acknowledgements = [];
    delete incident.snoozedUntil;
    this.#note(incident, 'resolve_log_entry', `Resolved by ${who}`);
  }

  addChange(service: Service, change: Omit<StoredChange, 'id' | 'service'>): StoredChange {
    const stored = { id: newId(), service, ...change };
    this.changes.push(stored);
    return stored;
  }

  /** Incidents of the same service and title that were over before this one began, the newest first. */
  pastOf(incident: StoredIncident): StoredIncident[] {
    return this.incidents
      .filter(
        (other) =>
          other !== incident &&
          other.service === incident.service &&
          other.title === incident.title &&
          other.resolvedAt !== undefined &&
          other.createdAt < incident.createdAt,
      )
      .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  }

  /** Incidents of other services that were open while this one was. */
  relatedTo(incident: StoredIncident): StoredIncident[] {
    return this.incidents.filter(
      (other) =>
        other.service !== incident.service &&
        other.createdAt <= (incident.resolvedAt ?? '9') &&
        (other.resolvedAt ?? '9') >= incident.createdAt,
    );
  }

  addNote(incident: StoredIncident, user: User, content: string): StoredNote {
    const note = { id: newId(), content, createdAt: new Date().toISOString(), user };
    incident.notes.push(note);
    this.#note(incident, 'annotate_log_entry', `Note added by ${user.name}`);
    return note;
  }

  #open(service: Service, event: Event, createdAt: string): StoredIncident {
    const [assignee] = this.users;
    if (assignee === undefined) throw new Error('The practice account has no users.');
    const incident: StoredIncident = {
      id: newId('Q'),
      number: ++this.#number,
      service,
      createdAt,
      updatedAt: createdAt,
      title: event.summary,
      status: 'triggered',
      urgency: event.severity === 'critical' || event.severity === 'error' ? 'high' : 'low',
      assignee,
      acknowledgements: [],
      alerts: [
        {
          id: newId('Q'),
          dedupKey: event.dedupKey,
          createdAt,
          summary: event.summary,
          severity: event.severity,
          status: 'triggered',
          details: event.details,
          ...(event.component === undefined ? {} : { component: event.component }),
          ...(event.group === undefined ? {} : { group: event.group }),
        },
      ],
      notes: [],
      fields: [],
      log: [],
    };
    this.#note(incident, 'trigger_log_entry', 'Triggered through the API', createdAt);
    this.incidents.push(incident);
    this.#firing.set(key(service, event.dedupKey), incident);
    return incident;
  }

  #note(incident: StoredIncident, type: string, summary: string, at = new Date().toISOString()): void {
    incident.log.push({ id: newId('R'), type, summary, createdAt: at });
    incident.updatedAt = at;
  }
}

function key(service: Service, dedupKey: string): string {
  return `${service.id} ${dedupKey}`;
}

function openAlert(incident: StoredIncident, dedupKey: string): StoredAlert | undefined {
  return incident.alerts.find((alert) => alert.dedupKey === dedupKey && alert.status === 'triggered');
}

/** How the practice PagerDuty writes its objects in JSON. */
import type {
  Reference,
  Service,
  StoredAlert,
  StoredChange,
  StoredIncident,
  StoredLogEntry,
  StoredNote,
  User,
} from './store.ts';

/** An answer before it is sent. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** An error in the form that the REST API v2 has. */
export function refusal(
  status: number,
  code: number,
  message: string,
  errors: readonly string[] = [],
): Answer {
  return { status, body: { error: { message, code, errors } } };
}

export function userReference(user: User): Reference & { html_url: null } {
  return { id: user.id, type: 'user_reference', summary: user.name, html_url: null };
}

function serviceReference(service: Service): Reference {
  return { id: service.id, type: 'service_reference', summary: service.summary };
}

/**
 * @param site address of the readable pages
 * @param include values of `include[]`
 */
export function incidentJson(
  incident: StoredIncident,
  site: string,
  include: readonly string[] = [],
): object {
  const [first] = incident.log;
  const [alert] = incident.alerts;
  return {
    id: incident.id,
    type: 'incident',
    incident_number: incident.number,
    summary: `[#${String(incident.number)}] ${incident.title}`,
    title: incident.title,
    description: incident.title,
    status: incident.status,
    urgency: incident.urgency,
    html_url: `${site}/web/incidents/${incident.id}`,
    incident_key: alert?.dedupKey ?? null,
    created_at: incident.createdAt,
    updated_at: incident.updatedAt,
    last_status_change_at: incident.updatedAt,
    resolved_at: incident.resolvedAt ?? null,
    service: serviceReference(incident.service),
    teams: incident.service.teams,
    assignments:
      incident.status === 'resolved'
        ? []
        : [{ at: incident.createdAt, assignee: userReference(incident.assignee) }],
    acknowledgements: incident.acknowledgements.map(({ at, user }) => ({
      at,
      acknowledger: userReference(user),
    })),
    priority: null,
    alert_counts: {
      all: incident.alerts.length,
      triggered: incident.alerts.filter(({ status }) => status === 'triggered').length,
      resolved: incident.alerts.filter(({ status }) => status === 'resolved').length,
    },
    first_trigger_log_entry:
      first === undefined
        ? null
        : include.includes('first_trigger_log_entries')
          ? { ...logEntryJson(first, incident), channel: { type: 'api', details: alert?.details ?? null } }
          : { id: first.id, type: 'trigger_log_entry_reference', summary: first.summary },
    pending_actions:
      incident.snoozedUntil === undefined ? [] : [{ type: 'unacknowledge', at: incident.snoozedUntil }],
    ...(incident.resolution === undefined ? {} : { resolve_reason: null, resolution: incident.resolution }),
  };
}

export function alertJson(alert: StoredAlert, incident: StoredIncident): object {
  return {
    id: alert.id,
    type: 'alert',
    summary: alert.summary,
    status: alert.status,
    severity: alert.severity,
    alert_key: alert.dedupKey,
    created_at: alert.createdAt,
    service: serviceReference(incident.service),
    incident: { id: incident.id, type: 'incident_reference' },
    suppressed: false,
    body: {
      type: 'alert_body',
      contexts: [],
      details: alert.details,
      cef_details: {
        severity: alert.severity,
        dedup_key: alert.dedupKey,
        source_component: alert.component ?? null,
        service_group: alert.group ?? null,
        details: alert.details,
      },
    },
  };
}

/** @param correlated whether the answer is about one incident */
export function changeJson(change: StoredChange, correlated: boolean): object {
  return {
    id: change.id,
    type: 'change_event',
    summary: change.summary,
    timestamp: change.timestamp,
    source: change.source ?? null,
    services: [serviceReference(change.service)],
    links: change.links,
    images: [],
    custom_details: change.details,
    ...(correlated ? { correlation_reason: { reason: 'most_recent' } } : {}),
  };
}

/** Another incident, as the lists of past and related incidents show it: by its address in the API, without a page of its own. */
export function otherIncidentJson(incident: StoredIncident, site: string): object {
  return {
    id: incident.id,
    created_at: incident.createdAt,
    self: `${site}/incidents/${incident.id}`,
    title: incident.title,
  };
}

export function noteJson(note: StoredNote): object {
  return { id: note.id, user: userReference(note.user), content: note.content, created_at: note.createdAt };
}

export function logEntryJson(entry: StoredLogEntry, incident: StoredIncident): object {
  return {
    id: entry.id,
    type: entry.type,
    summary: entry.summary,
    created_at: entry.createdAt,
    incident: { id: incident.id, type: 'incident_reference', summary: incident.title },
    service: serviceReference(incident.service),
  };
}

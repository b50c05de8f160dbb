/** Reads what PagerDuty sends: every field may be missing or of another type, and nothing of it is trusted. */
import * as z from 'zod/mini';
import type { Change, Incident, Named, Note, OtherIncident } from '../domain/incident.ts';

/** A field that is left out where it is not what it should be. */
function lenient<T extends z.ZodMiniType>(schema: T): z.ZodMiniCatch<z.ZodMiniOptional<T>> {
  return z.catch(z.optional(schema), undefined);
}

const text = lenient(z.string());
const reference = lenient(z.object({ id: text, summary: text, name: text, type: text }));
const list = lenient(z.array(z.unknown()));

const rawIncident = z.object({
  id: z.string().check(z.minLength(1)),
  incident_number: lenient(z.number()),
  title: text,
  summary: text,
  description: text,
  status: lenient(z.enum(['triggered', 'acknowledged', 'resolved'])),
  urgency: lenient(z.enum(['high', 'low'])),
  html_url: text,
  created_at: text,
  updated_at: text,
  last_status_change_at: text,
  service: reference,
  priority: reference,
  assignments: list,
  teams: list,
  pending_actions: list,
  acknowledgements: list,
});
const assignment = z.object({ assignee: z.object({ id: text, summary: z.string() }) });
const named = z.object({ id: z.string(), summary: text, name: text });
const pending = z.object({ type: z.literal('unacknowledge'), at: z.string() });
const acknowledgement = z.object({ acknowledger: z.object({ summary: z.string() }) });

/** One page of a list as PagerDuty sends it. */
export interface Page {
  readonly items: readonly unknown[];
  readonly more: boolean;
}

/** The list called `name` in an answer, or undefined where the answer holds no such list. */
export function readPage(body: unknown, name: string): Page | undefined {
  const page = z.object({ [name]: z.array(z.unknown()), more: lenient(z.boolean()) }).safeParse(body);
  if (!page.success) return undefined;
  return { items: page.data[name] as readonly unknown[], more: page.data.more === true };
}

/** An incident, or undefined where the item has no id or no status that says whether it is open. */
export function readIncident(item: unknown): Incident | undefined {
  const parsed = rawIncident.safeParse(item);
  if (!parsed.success || parsed.data.status === undefined) return undefined;
  const raw = parsed.data;
  const createdAt = date(raw.created_at) ?? new Date(0).toISOString();
  const priority = raw.priority?.summary ?? raw.priority?.name;
  const assigned = read(raw.assignments, assignment);
  const assigneeIds = assigned.flatMap(({ assignee }) => assignee.id ?? []);
  const teams = (raw.teams ?? []).flatMap((item) => readNamed(item) ?? []);
  const triggersAgainAt = date(read(raw.pending_actions, pending)[0]?.at);
  return {
    id: raw.id,
    ...(raw.incident_number === undefined ? {} : { number: raw.incident_number }),
    title: raw.title ?? raw.summary ?? raw.description ?? raw.id,
    status: parsed.data.status,
    // An urgency that cannot be read is shown as the one that nobody overlooks.
    urgency: raw.urgency ?? 'high',
    ...(raw.service?.id === undefined
      ? {}
      : { service: { id: raw.service.id, name: raw.service.summary ?? raw.service.name ?? raw.service.id } }),
    createdAt,
    updatedAt: date(raw.updated_at) ?? date(raw.last_status_change_at) ?? createdAt,
    ...(raw.html_url === undefined ? {} : { url: raw.html_url }),
    assignees: assigned.map(({ assignee }) => assignee.summary),
    ...(assigneeIds.length === 0 ? {} : { assigneeIds }),
    ...(teams.length === 0 ? {} : { teams }),
    ...(triggersAgainAt === undefined ? {} : { triggersAgainAt }),
    acknowledgedBy: read(raw.acknowledgements, acknowledgement).map(
      ({ acknowledger }) => acknowledger.summary,
    ),
    ...(priority === undefined ? {} : { priority }),
  };
}

/** A service, team or user by id and name, or undefined where the item has no id. */
export function readNamed(item: unknown): Named | undefined {
  const parsed = named.safeParse(item);
  if (!parsed.success) return undefined;
  const { id, name, summary } = parsed.data;
  return { id, name: name ?? summary ?? id };
}

/** What a monitoring tool said, as PagerDuty lists it under an incident. All text is from outside. */
export interface ListedAlert {
  readonly summary: string;
  readonly status: 'triggered' | 'resolved';
  readonly severity?: string;
  /** ISO 8601. */
  readonly createdAt?: string;
}

const rawAlert = z.object({
  summary: z.string(),
  status: z.enum(['triggered', 'resolved']),
  severity: text,
  created_at: text,
});

/** An entry of an incident's alerts, or undefined where the item is none. */
export function readListedAlert(item: unknown): ListedAlert | undefined {
  const parsed = rawAlert.safeParse(item);
  if (!parsed.success) return undefined;
  const { summary, status, severity, created_at } = parsed.data;
  const createdAt = date(created_at);
  return {
    summary,
    status,
    ...(severity === undefined ? {} : { severity }),
    ...(createdAt === undefined ? {} : { createdAt }),
  };
}

const rawNote = z.object({ id: z.string(), content: z.string(), created_at: text, user: reference });

/** A note, or undefined where the item is none. */
export function readNote(item: unknown): Note | undefined {
  const parsed = rawNote.safeParse(item);
  if (!parsed.success) return undefined;
  const { id, content, created_at, user } = parsed.data;
  return {
    id,
    content,
    createdAt: date(created_at) ?? new Date(0).toISOString(),
    ...(user?.summary === undefined ? {} : { author: user.summary }),
  };
}

const rawChange = z.object({
  id: z.string(),
  summary: text,
  timestamp: text,
  source: text,
  html_url: text,
  links: list,
  custom_details: z.optional(z.unknown()),
});
const link = z.object({ href: z.string() });

/** A change event, or undefined where the item is none. */
export function readChange(item: unknown): Change | undefined {
  const parsed = rawChange.safeParse(item);
  if (!parsed.success) return undefined;
  const { id, summary, timestamp, source, html_url, links, custom_details: details } = parsed.data;
  const time = date(timestamp);
  const url = webAddress(html_url) ?? webAddress(read(links, link)[0]?.href);
  return {
    id,
    summary: summary ?? id,
    ...(time === undefined ? {} : { time }),
    ...(source === undefined ? {} : { source }),
    ...(url === undefined ? {} : { url }),
    ...(details === undefined || details === null ? {} : { details }),
  };
}

const rawOther = z.object({
  incident: z.object({ id: z.string(), title: text, summary: text, created_at: text, html_url: text }),
});

/** The incident of an entry of past or related incidents, or undefined where there is none. */
export function readOtherIncident(item: unknown): OtherIncident | undefined {
  const parsed = rawOther.safeParse(item);
  if (!parsed.success) return undefined;
  const { id, title, summary, created_at, html_url } = parsed.data.incident;
  const createdAt = date(created_at);
  const url = webAddress(html_url);
  return {
    id,
    title: title ?? summary ?? id,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(url === undefined ? {} : { url }),
  };
}

/** An address of a web page, for showing; anything else is left out. */
function webAddress(value: string | undefined): string | undefined {
  if (value === undefined || value.length > 1000) return undefined;
  const protocol = URL.parse(value)?.protocol;
  return protocol === 'https:' || protocol === 'http:' ? value : undefined;
}

/** The user that a token belongs to. */
export interface PagerDutyUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

const rawUser = z.object({
  user: z.object({ id: z.string(), email: z.string(), name: text, summary: text }),
});

/** The user of an answer to GET /users/me, or undefined where there is none. */
export function readUser(body: unknown): PagerDutyUser | undefined {
  const parsed = rawUser.safeParse(body);
  if (!parsed.success) return undefined;
  const { id, email, name, summary } = parsed.data.user;
  return { id, email, name: name ?? summary ?? email };
}

/** What PagerDuty says about a refusal. */
export interface Refusal {
  readonly code?: number;
  /** One bounded line without control characters. */
  readonly text: string;
}

const rawError = z.object({
  error: z.object({ message: text, code: lenient(z.number()), errors: list }),
});

/** The error in an answer's body; an empty text where it says nothing. */
export function readRefusal(body: unknown): Refusal {
  const parsed = rawError.safeParse(body);
  if (!parsed.success) return { text: '' };
  const { message, code, errors } = parsed.data.error;
  const words = [message, ...(errors ?? [])].filter((word) => typeof word === 'string' && word !== '');
  return {
    ...(code === undefined ? {} : { code }),
    text: words
      .join(': ')
      .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
      .slice(0, 300),
  };
}

function read<T extends z.ZodMiniType>(items: readonly unknown[] | undefined, schema: T): z.infer<T>[] {
  return (items ?? []).flatMap((item) => {
    const parsed = schema.safeParse(item);
    return parsed.success ? [parsed.data as z.infer<T>] : [];
  });
}

function date(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

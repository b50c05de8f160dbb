/** What is known around an incident beside the cluster (changes, other incidents, notes) as evidence. It never holds an investigation up. */
import type { EvidenceGap, EvidenceSource } from '../domain/diagnosis.ts';
import { isOncallError } from '../domain/error.ts';
import type { Change, IncidentBackground, Note, OtherIncident } from '../domain/incident.ts';
import { redact } from '../domain/redaction.ts';
import { told } from '../domain/redaction/told.ts';
import { TimeLimit } from '../domain/time-limit.ts';
import type { EvidenceDraft } from './findings/rule.ts';

/** Time limit of each question, milliseconds. They are asked one after another, as PagerDuty wants it, beside the cluster. */
const budget = 2000;
const shownChanges = 10;
const shownIncidents = 5;
const shownNotes = 10;
const summaryLength = 200;
const detailLength = 4000;
const addressLength = 500;
/** Characters that are redacted before they are cut: half a credential is recognised by nobody. */
const redactedLength = 20_000;

export interface Background {
  readonly evidence: readonly EvidenceDraft[];
  readonly gaps: readonly EvidenceGap[];
}

/**
 * Asks each question once. What does not answer in time, or refuses, becomes a gap; an answer that comes later is dropped.
 * @param budgetMs time limit of each question [2000]
 */
export async function collectBackground(
  background: IncidentBackground | undefined,
  { signal, budgetMs = budget }: { signal: AbortSignal; budgetMs?: number },
): Promise<Background> {
  if (background === undefined) return { evidence: [], gaps: [] };
  const gaps: EvidenceGap[] = [];
  const evidence: EvidenceDraft[] = [];
  const ask = async <T>(
    what: string,
    most: number,
    question: (signal: AbortSignal) => Promise<readonly T[]>,
    draftOf: (answer: T) => EvidenceDraft,
  ): Promise<void> => {
    if (signal.aborted) return;
    const limit = new TimeLimit(budgetMs, signal);
    try {
      const answers = await limit.of(question(limit.signal));
      evidence.push(...answers.slice(0, most).map(draftOf));
    } catch (error) {
      const reason = limit.reached
        ? `no answer within ${budgetMs / 1000} s`
        : isOncallError(error)
          ? error.message
          : told(error);
      if (!signal.aborted) gaps.push({ what, reason: reason.slice(0, 300) });
    } finally {
      limit.end();
    }
  };
  const { url } = background;
  await ask('Changes that PagerDuty knows', shownChanges, (at) => background.changes(at), changeEvidence);
  await ask(
    'Notes on the incident',
    shownNotes,
    (at) => background.notes(at),
    (note) => noteEvidence(note, url),
  );
  await ask(
    'Incidents at the same time',
    shownIncidents,
    (at) => background.related(at),
    (one) => incidentEvidence(one, 'incident at the same time'),
  );
  await ask(
    'Earlier incidents like this one',
    shownIncidents,
    (at) => background.past(at),
    (one) => incidentEvidence(one, 'earlier incident like this one'),
  );
  return { evidence, gaps };
}

function changeEvidence(change: Change): EvidenceDraft {
  const by = change.source === undefined ? '' : ` by ${redacted(change.source)}`;
  return draft(
    { what: 'change', id: change.id, url: change.url },
    `change${by}: ${redacted(change.summary)}`,
    [change.summary, ...(change.details === undefined ? [] : [inWords(change.details)])].join('\n'),
    change.time,
  );
}

function noteEvidence(note: Note, url: string | undefined): EvidenceDraft {
  const by = note.author === undefined ? '' : ` by ${redacted(note.author)}`;
  return draft(
    { what: 'note', id: note.id, url },
    `note${by}: ${redacted(note.content)}`,
    note.content,
    note.createdAt,
  );
}

function incidentEvidence({ id, title, createdAt, url }: OtherIncident, words: string): EvidenceDraft {
  return draft({ what: 'incident', id, url }, `${words}: ${redacted(title)}`, `${title}\n${id}`, createdAt);
}

/**
 * Redacted and bounded: all of it was written by others.
 * @param summary our words, around what was redacted already
 */
function draft(
  { what, id, url }: { what: 'change' | 'incident' | 'note'; id: string; url: string | undefined },
  summary: string,
  detail: string,
  time: string | undefined,
): EvidenceDraft {
  const address = url === undefined ? undefined : bounded(url, addressLength);
  const source: EvidenceSource = {
    ...{ type: 'pagerduty', what, id: id.slice(0, 60) },
    ...(address === undefined ? {} : { url: address }),
  };
  return {
    source,
    summary: summary.replace(/\s+/g, ' ').trim().slice(0, summaryLength),
    detail: [bounded(detail, detailLength), address].filter((part) => part !== undefined).join('\n'),
    ...(time === undefined ? {} : { time }),
  };
}

function bounded(text: string, length: number): string {
  return redacted(text).slice(0, length);
}

function redacted(text: string): string {
  return redact(text.slice(0, redactedLength));
}

function inWords(details: unknown): string {
  try {
    return typeof details === 'string' ? details : (JSON.stringify(details, undefined, 2) ?? '');
  } catch {
    return '';
  }
}

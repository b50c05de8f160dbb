/** What PagerDuty is still to be told, and what it was told: a fold over the journal. */
import type { JournalRecord, RecordType } from '../domain/record.ts';
import type { WriteBack, WriteBackRun } from '../domain/write-back.ts';

/** Records of a run that say whether it goes on. */
const runTypes = [
  'RunStarted',
  'TargetResolved',
  'UndoPlanned',
  'ApprovalRequested',
  'Approved',
  'ExecutionStarted',
  'ExecutionFinished',
  'VerificationFinished',
  'RunEnded',
  'RunInterrupted',
] as const satisfies readonly RecordType[];

/** The types that the fold reads; all others are passed over. */
export const outboxRecords: ReadonlySet<RecordType> = new Set<RecordType>([
  'WriteBackWanted',
  'WriteBackTaken',
  'WriteBackDone',
  ...runTypes,
]);

type WriteBackRecord = Extract<
  JournalRecord,
  { type: 'WriteBackWanted' | 'WriteBackTaken' | 'WriteBackDone' }
>;
/** A record as far as the fold reads it. */
export type OutboxRecord =
  | WriteBackRecord
  | (Pick<JournalRecord, 'time' | 'runId' | 'incidentId'> & { readonly type: (typeof runTypes)[number] });

/** What is kept of a record of {@link outboxRecords}: little, because it is kept for days. */
export function outboxRecord(record: JournalRecord): OutboxRecord {
  if (isWriteBack(record)) return record;
  const { type, time, runId, incidentId } = record;
  return { type, time, runId, incidentId } as OutboxRecord;
}

function isWriteBack(record: JournalRecord): record is WriteBackRecord {
  return record.type.startsWith('WriteBack');
}

type Draft = { -readonly [K in keyof WriteBack]: WriteBack[K] };

/**
 * Everything that was wanted, in the order in which it was. What is wanted twice under one id counts once. Where several
 * windows took one over, the last of them has it; at one time the one whose name sorts last, so that all windows agree.
 * @param records in any order
 */
export function writeBacks(records: readonly OutboxRecord[]): WriteBack[] {
  const wanted = new Map<string, Draft>();
  const runs = new Map<string, WriteBackRun>();
  const begun = new Map<string, { readonly runId: string | null; readonly time: string }>();
  for (const record of records.toSorted(inOrder)) {
    switch (record.type) {
      case 'WriteBackWanted':
        if (!wanted.has(record.data.id)) wanted.set(record.data.id, draft(record));
        break;
      case 'WriteBackTaken': {
        const one = wanted.get(record.data.id);
        if (one === undefined || one.done !== undefined) break;
        one.window = record.data.window;
        one.since = record.time;
        one.takenOver = true;
        break;
      }
      case 'WriteBackDone': {
        const one = wanted.get(record.data.id);
        if (one === undefined || one.done !== undefined) break;
        const { outcome, message } = record.data;
        one.done = { outcome, message, time: record.time };
        break;
      }
      default:
        if (record.type === 'RunStarted' && record.incidentId !== null) {
          begun.set(record.incidentId, { runId: record.runId, time: record.time });
        }
        if (record.runId !== null) {
          runs.set(record.runId, {
            over: record.type === 'RunEnded' || record.type === 'RunInterrupted',
            waiting: record.type === 'ApprovalRequested',
            lastAt: record.time,
          });
        }
    }
  }
  return [...wanted.values()].map((one) => {
    const run = one.runId === null ? undefined : runs.get(one.runId);
    const newest = begun.get(one.incidentId);
    return {
      ...one,
      ...(run === undefined ? {} : { run }),
      overtaken: newest !== undefined && newest.runId !== one.runId && newest.time > one.wantedAt,
    };
  });
}

/** By time; at one time what is wanted comes before what became of it. */
function inOrder(a: OutboxRecord, b: OutboxRecord): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
}

function key(record: OutboxRecord): string {
  switch (record.type) {
    case 'WriteBackWanted':
      return `2 ${record.data.window}`;
    case 'WriteBackTaken':
      return `3 ${record.data.window}`;
    case 'WriteBackDone':
      return '4';
    default:
      return `1 ${runTypes.indexOf(record.type)}`;
  }
}

function draft(record: Extract<WriteBackRecord, { type: 'WriteBackWanted' }>): Draft {
  const { id, kind, to, window } = record.data;
  return {
    id,
    kind,
    incidentId: record.incidentId ?? '',
    runId: record.runId,
    to,
    by: record.actor,
    wantedAt: record.time,
    window,
    since: record.time,
    takenOver: false,
    overtaken: false,
  };
}

/** What PagerDuty was to be told, as lines of the audit log: a fold over records that come backwards. */
import type { AuditRow, WriteBackEntry } from '../domain/audit-log.ts';
import type { JournalRecord, RecordData } from '../domain/record.ts';

interface Done {
  readonly data: RecordData['WriteBackDone'];
  readonly time: string;
}

export class WriteBackRows {
  /** What became of it, by its id, until the wish is reached: that of the oldest record counts, as in the outbox. */
  readonly #done = new Map<string, Done>();

  /** @param record the newest come first. @returns the line, once the wish is reached that it began with */
  note(record: JournalRecord): AuditRow | undefined {
    if (record.type === 'WriteBackDone')
      this.#done.set(record.data.id, { data: record.data, time: record.time });
    if (record.type !== 'WriteBackWanted') return undefined;
    const { id, kind } = record.data;
    const done = this.#done.get(id);
    this.#done.delete(id);
    const entry: WriteBackEntry = {
      time: record.time,
      id,
      incidentId: record.incidentId ?? '',
      ...(record.runId === null ? {} : { runId: record.runId }),
      what: kind,
      by: record.actor,
      outcome: done?.data.outcome ?? 'waiting',
      message: done?.data.message ?? 'It waits to be sent: PagerDuty is asked again and again.',
      ...(done === undefined ? {} : { doneAt: done.time }),
      ...(done?.data.text === undefined ? {} : { text: done.data.text }),
    };
    return { kind: 'write-back', key: `write-back ${id}`, entry };
  }
}

/** What the output channel says about what PagerDuty is told. */
import type { JournalRecord } from '../domain/record.ts';
import type { OutputLine } from './outputLines.ts';
import { plain } from './text.ts';

export type WriteBackRecord = Extract<
  JournalRecord,
  { type: 'WriteBackWanted' | 'WriteBackTaken' | 'WriteBackDone' }
>;

const what = { acknowledge: 'acknowledging', note: 'a note on', resolve: 'resolving' } as const;

/** The line for a record, without the run that it belongs to. */
export function writeBackLine(record: WriteBackRecord): OutputLine {
  const incident = `incident ${plain(record.incidentId ?? '', 60)}`;
  const audit = `audit #${record.seq}: PagerDuty, `;
  switch (record.type) {
    case 'WriteBackWanted':
      return {
        level: 'info',
        text: `${audit}${what[record.data.kind]} ${incident} wanted by ${plain(record.actor.name, 80)}`,
      };
    case 'WriteBackTaken':
      return { level: 'info', text: `${audit}${incident}: this window sends what another one left` };
    case 'WriteBackDone': {
      const { kind, outcome, message } = record.data;
      const given = outcome === 'given-up';
      return {
        level: given ? 'warn' : 'info',
        text: `${audit}${what[kind]} ${incident}: ${given ? 'given up, ' : ''}${plain(message)}`,
      };
    }
  }
}

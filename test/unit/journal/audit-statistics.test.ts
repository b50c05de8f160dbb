import assert from 'node:assert/strict';
import type { AuditRow } from '../../../src/domain/audit-log.ts';
import { auditEntries } from '../../../src/journal/audit.ts';
import { AuditSums } from '../../../src/journal/audit-statistics.ts';
import { dated, resolvedRun } from './records.ts';

const [entry] = auditEntries(dated(...resolvedRun()));
assert.ok(entry);
const row = (outcome: string, time: string): AuditRow =>
  ({ kind: 'step', key: time, entry: { ...entry, outcome, time } }) as AuditRow;
const run = (startedAt: string, endedAt: string, phase: 'resolved' | 'unresolved') => ({
  startedAt,
  endedAt,
  phase,
});

describe('the charts of the audit log', () => {
  it('count steps by day and by what became of them', () => {
    const sums = new AuditSums();
    const unresolved = run('2026-11-22T10:00:00.000Z', '2026-11-22T10:09:00.000Z', 'unresolved');
    sums.note(unresolved, [
      row('failed', '2026-11-22T10:00:00.000Z'),
      row('verified', '2026-11-22T10:01:00.000Z'),
    ]);
    sums.note(unresolved, [
      row('refused', '2026-11-21T10:00:00.000Z'),
      row('executing', '2026-11-21T10:01:00.000Z'),
    ]);
    assert.deepEqual(sums.statistics(), {
      days: [
        { day: '2026-11-21', succeeded: 0, failed: 0, 'not-run': 1, undecided: 1 },
        { day: '2026-11-22', succeeded: 1, failed: 1, 'not-run': 0, undecided: 0 },
      ],
      mitigations: [],
      mitigated: 0,
    });
  });

  it('tell how long it took until incidents were over, and what half of the runs took at most', () => {
    const sums = new AuditSums();
    for (const minutes of [9, 1, 4]) {
      sums.note(run('2026-11-22T10:00:00.000Z', `2026-11-22T10:0${minutes}:00.000Z`, 'resolved'), []);
    }
    const { medianMs, mitigated } = sums.statistics();
    assert.deepEqual([mitigated, medianMs], [3, 4 * 60_000]);
  });

  it('keep as many points as can be told apart, the newest among them', () => {
    const sums = new AuditSums();
    for (let count = 0; count < 2500; count++) {
      const begin = Date.UTC(2026, 10, 22) + count * 1000;
      sums.note(run(new Date(begin).toISOString(), new Date(begin + count).toISOString(), 'resolved'), []);
    }
    const { mitigations, mitigated } = sums.statistics();
    assert.deepEqual([mitigations.length, mitigated, mitigations.at(-1)?.milliseconds], [1000, 2500, 2499]);
  });
});

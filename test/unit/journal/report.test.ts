import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { NewRecord } from '../../../src/domain/record.ts';
import { incidentReport, reportedIncidents } from '../../../src/journal/report.ts';
import { view } from '../editor/sample.ts';
import { ada, dated, executionStarted, fresh, resolvedRun, started, step } from './records.ts';

const diagnosis = view.diagnosis as NonNullable<typeof view.diagnosis>;
const diagnosed = fresh('Diagnosed', { diagnosis });
/** A run in which a cause was named, up to its end. */
function diagnosedRun(): NewRecord[] {
  const run = resolvedRun();
  return [...run.slice(0, 2), diagnosed, ...run.slice(2)];
}
const ofRun2 = (records: readonly NewRecord[]): NewRecord[] =>
  records.map((record) => ({ ...record, runId: 'run2' }));
const acknowledged = fresh('WriteBackDone', {
  id: 'run1/acknowledge',
  kind: 'acknowledge',
  outcome: 'written',
  message: 'the incident was acknowledged',
});

describe('The report of an incident', () => {
  it('says when it was acknowledged, diagnosed and mitigated', () => {
    const [first, ...rest] = diagnosedRun();
    assert.ok(first);
    const report = incidentReport(dated(first, acknowledged, ...rest), 'inc1', {
      pagedAt: '2026-11-22T11:58:00.000Z',
    });
    assert.deepEqual(report?.from, { what: 'paged', time: '2026-11-22T11:58:00.000Z' });
    assert.equal(report.acknowledgedAt, '2026-11-22T12:00:01.000Z');
    assert.equal(report.diagnosedAt, '2026-11-22T12:00:03.000Z');
    assert.equal(report.mitigatedAt, '2026-11-22T12:00:11.000Z');
  });

  it('counts from the first run where nobody knows when the page came, and says so', () => {
    const report = incidentReport(dated(...resolvedRun()), 'inc1');
    assert.deepEqual(report?.from, { what: 'first run', time: '2026-11-22T12:00:00.000Z' });
    assert.equal(report.acknowledgedAt, undefined);
    assert.equal(report.diagnosedAt, undefined);
  });

  it('does not call it mitigated what a later run found unresolved', () => {
    const again = [
      ...ofRun2([started()]),
      ...ofRun2([fresh('RunEnded', { status: 'unresolved', message: 'It is back' })]),
    ];
    assert.equal(incidentReport(dated(...resolvedRun(), ...again), 'inc1')?.mitigatedAt, undefined);
    const third = ofRun2(resolvedRun()).map((record) => ({ ...record, runId: 'run3' }) as NewRecord);
    const report = incidentReport(dated(...resolvedRun(), ...again, ...third), 'inc1');
    assert.equal(report?.mitigatedAt, report?.runs[2]?.endedAt);
  });

  it('leaves it mitigated where a later run looked and found nothing wrong', () => {
    const looked = (found: boolean) =>
      ofRun2([
        started(),
        found ? diagnosed : fresh('Diagnosed', { diagnosis: { ...diagnosis, findings: [] } }),
        fresh('RunEnded', { status: 'unresolved', message: 'Nothing more was run' }),
      ]);
    const at = (more: NewRecord[]) => incidentReport(dated(...resolvedRun(), ...more), 'inc1')?.mitigatedAt;
    assert.equal(at(looked(false)), at([]));
    assert.equal(at(looked(true)), undefined);
  });

  it('tells what happened in order, with who did it and the command that it was about', () => {
    const report = incidentReport(dated(...resolvedRun()), 'inc1');
    const lines = report?.timeline.map(({ text, by }) => (by === undefined ? text : `${text} (${by})`));
    assert.deepEqual(lines, [
      'run begun in approval mode, context prod, for "checkout is down" (ada)',
      'object: Deployment shop/checkout (label deployment)',
      'plan made: 1 step',
      'step s1 waits for approval',
      'step s1 approved (ada)',
      'step s1 started (ada)',
      'step s1 finished, exit code 0',
      'step s1 verified: 2 of 2 replicas ready; CrashLoopBackOff is gone',
      'run ended, resolved: The finding is gone and stayed gone',
    ]);
    assert.equal(report?.timeline[4]?.command, step('s1').command);
  });

  it('tells of a command as it was when it was approved, and of what it was changed to', () => {
    const edited = step('s1', { command: 'kubectl scale x', argv: ['kubectl', 'scale', 'x'] });
    const run = resolvedRun().slice(0, 4);
    const report = incidentReport(
      dated(
        ...run,
        fresh('StepReplaced', { step: edited, why: 'edited by ada' }),
        fresh('Approved', { stepId: 's1', argvHash: 'x' }, { actor: ada }),
        executionStarted(edited),
      ),
      'inc1',
    );
    assert.equal(report?.timeline.at(-2)?.command, 'kubectl scale x');
    assert.equal(report?.timeline.at(-3)?.text, 'step s1 changed (edited by ada)');
  });

  it('holds every run of its incident in order, and nothing of any other', () => {
    const other = resolvedRun().map(
      (record) => ({ ...record, runId: 'other', incidentId: 'inc2' }) as NewRecord,
    );
    const records = dated(...resolvedRun(), ...other, ...ofRun2(resolvedRun()));
    const report = incidentReport(records, 'inc1');
    assert.deepEqual(
      report?.runs.map(({ runId }) => runId),
      ['run1', 'run2'],
    );
    assert.deepEqual(new Set(report?.timeline.map(({ run }) => run)), new Set([1, 2]));
    assert.deepEqual(
      reportedIncidents(records).map(({ incidentId, runs }) => [incidentId, runs]),
      [
        ['inc1', 2],
        ['inc2', 1],
      ],
    );
  });

  it('is of the run that named a cause, also where a later one named none', () => {
    const unknown = { ...diagnosed.data, diagnosis: { ...view.diagnosis, rootCause: '' } };
    const report = incidentReport(
      dated(...diagnosedRun(), ...ofRun2([started(), { ...diagnosed, data: unknown } as NewRecord])),
      'inc1',
    );
    assert.equal(report?.diagnosedBy?.runId, 'run1');
  });

  it('is made of any part of a journal', () => {
    const records = dated(...diagnosedRun(), acknowledged, ...ofRun2(resolvedRun()));
    fc.assert(
      fc.property(fc.subarray(records), (some) => {
        const report = incidentReport(some, 'inc1', { liveRuns: new Set() });
        assert.equal(report === undefined, some.length === 0);
      }),
    );
    assert.equal(incidentReport(records, 'nobody'), undefined);
  });
});

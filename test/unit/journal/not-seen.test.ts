/** What could not be seen, in every fold of the journal: no failure, no success, and told as what it is. */
import assert from 'node:assert/strict';
import type { NewRecord } from '../../../src/domain/record.ts';
import type { Effect } from '../../../src/domain/verification.ts';
import { auditEntries } from '../../../src/journal/audit.ts';
import { groupOf } from '../../../src/journal/audit-statistics.ts';
import { historyOf } from '../../../src/journal/history.ts';
import { incidentReport } from '../../../src/journal/report.ts';
import { runView } from '../../../src/journal/runs.ts';
import { noteText } from '../../../src/pagerduty/note.ts';
import {
  checkout,
  dated,
  executionFinished,
  executionStarted,
  fresh,
  started,
  step,
  verificationFinished,
} from './records.ts';

const one = step('s1');
const why = 'The cluster could not be read since 03:12 UTC';
const unseen = fresh('VerificationFinished', {
  stepId: 's1',
  verified: false,
  outcome: 'not-seen',
  message: why,
});
const ended = fresh('RunEnded', { status: 'unresolved', message: 'Whether it helped could not be seen' });
const ran = (...after: NewRecord[]) =>
  dated(started(), fresh('Planned', { steps: [one] }), executionStarted(one, true), ...after);
const brokeOff = (effect: Effect) =>
  fresh('ExecutionFinished', {
    ...{ stepId: 's1', exitCode: 1, durationMs: 5, output: '', error: 'unexpected EOF', effect },
    after: [{ ref: checkout, specHash: 'other' }],
  });
const outcomes = (records: Parameters<typeof historyOf>[0]) =>
  historyOf(records).breakerEvents.map(({ outcome }) => outcome);

describe('A step that ran and could not be seen', () => {
  const records = ran(executionFinished('s1'), unseen, ended);

  it('counts for nothing', () => {
    assert.deepEqual(outcomes(records), []);
    assert.deepEqual([...historyOf(records).judgedSteps()], []);
    assert.deepEqual(historyOf(records).stepsInFlight(new Date('2026-11-22T12:00:10Z'), 600), []);
  });

  it('is told as what it is, and not as a failure', () => {
    const view = runView(records, 'run1', { liveRuns: new Set() });
    assert.equal(view?.phase, 'not seen');
    assert.equal(view?.steps[0]?.state, 'not-seen');
    assert.equal(view?.steps[0]?.outcome?.message, why);
    const [entry] = auditEntries(records);
    assert.equal(entry?.outcome, 'not-seen');
    assert.equal(groupOf('not-seen'), 'undecided');
    const note = noteText(view ?? assert.fail(), 'n1');
    assert.match(note, /^Outcome: what the last command came to could not be seen, check the cluster/m);
    assert.doesNotMatch(note, /fail|not resolved/i);
    const report = JSON.stringify(incidentReport(records, 'inc1'));
    assert.match(report, /step s1 could not be seen/);
    assert.doesNotMatch(report, /not verified/);
  });

  it('is told with what a look at the cluster found afterwards', () => {
    const checked = fresh('InterruptionChecked', {
      ...{ stepId: 's1', result: 'took-effect', message: '2 of 2 replicas ready' },
    });
    const view = runView(ran(executionFinished('s1'), unseen, ended, checked), 'run1');
    assert.match(view?.steps[0]?.outcome?.message ?? '', /then checked by .*: it took effect\. 2 of 2/);
  });
});

describe('A command that ended with an error', () => {
  it('counts as a failure only where it changed nothing, or where nobody said what it did', () => {
    assert.deepEqual(outcomes(ran(brokeOff('none'))), ['failure']);
    assert.deepEqual(outcomes(ran(executionFinished('s1', 1))), ['failure']);
    for (const effect of ['changed', 'unknown'] as const) {
      assert.deepEqual(outcomes(ran(brokeOff(effect))), []);
      assert.deepEqual([...historyOf(ran(brokeOff(effect))).judgedSteps()], []);
    }
  });

  it('counts as its verification where it changed something, once', () => {
    for (const verified of [true, false]) {
      const records = ran(brokeOff('changed'), verificationFinished('s1', verified));
      assert.deepEqual(outcomes(records), [verified ? 'success' : 'failure']);
      assert.deepEqual(
        [...historyOf(records).judgedSteps()].map(({ success }) => success),
        [verified],
      );
    }
  });

  it('can be taken back only where it was seen to change something', () => {
    const noUndo = (effect: Effect) => runView(ran(brokeOff(effect)), 'run1')?.steps[0]?.outcome?.noUndo;
    assert.equal(noUndo('none'), 'nothing-changed');
    assert.equal(noUndo('changed'), undefined);
    const error = executionFinished('s1', 1, 'unexpected EOF');
    assert.equal(runView(ran(error), 'run1')?.steps[0]?.outcome?.noUndo, 'not-seen');
  });
});

describe('A journal of an earlier version', () => {
  it('is read as it was: what was not verified failed', () => {
    const records = ran(executionFinished('s1'), verificationFinished('s1', false));
    assert.deepEqual(outcomes(records), ['failure']);
    const [view] = runView(records, 'run1')?.steps ?? [];
    assert.equal(view?.state, 'failed');
    assert.equal(view?.outcome?.verification, 'still-there');
  });
});

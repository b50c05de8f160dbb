import assert from 'node:assert/strict';
import { linesFor, linkedRuns } from '../../../src/editor/outputLines.ts';
import type { JournalRecord } from '../../../src/domain/record.ts';

const record = <T extends JournalRecord['type']>(
  type: T,
  data: Extract<JournalRecord, { type: T }>['data'],
) =>
  linesFor({
    type: 'record',
    record: {
      seq: 4,
      time: '2026-11-22T03:00:00Z',
      runId: '12345678-aaaa',
      incidentId: 'Q1',
      actor: { type: 'user', name: 'ada' },
      prev: '',
      hash: '',
      type,
      data,
    } as unknown as JournalRecord,
  });

describe('The output channel', () => {
  it('names the run in every line', () => {
    const lines = record('RunEnded', { status: 'resolved', message: 'gone' });
    assert.deepEqual(lines, [{ level: 'info', text: '[12345678] run ended: resolved, gone' }]);
  });

  it('links the run that a line begins with, and no other', () => {
    const before = '2026-11-23 02:52:15.123 [info] ';
    const lines = [
      `${before}[12345678] run ended: resolved, gone`,
      `${before}practice [12345678 s1] | [87654321] is what the command printed`,
      `${before}Settings were not applied: [87654321] s1`,
      '[87654321] written by nobody',
      `${before}[12345678`,
    ];
    assert.deepEqual(
      linkedRuns(lines.join('\n')).map(({ line, start, end, run }) => [
        line,
        lines[line]?.slice(start, end),
        run,
      ]),
      [
        [0, '12345678', '12345678'],
        [1, '12345678', '12345678'],
      ],
    );
  });

  it('says who approved', () => {
    assert.match(
      record('Approved', { stepId: 's1', argvHash: 'x' })[0]?.text ?? '',
      /audit #4: step s1 approved by ada/,
    );
  });

  it('streams what a command prints, without terminal escapes', () => {
    const lines = linesFor({
      type: 'output',
      runId: '12345678-aaaa',
      stepId: 's1',
      stream: 'stdout',
      line: '\u{1b}[31mrolled \u{202e}back',
    });
    assert.deepEqual(lines, [{ level: 'info', text: '[12345678 s1] | rolled \\u{202e}back' }]);
  });

  it('marks failures as errors', () => {
    const failed = record('ExecutionFinished', { stepId: 's1', exitCode: 1, durationMs: 20, output: '' });
    assert.equal(failed[0]?.level, 'error');
    const unverified = record('VerificationFinished', {
      stepId: 's1',
      verified: false,
      message: 'still there',
    });
    assert.equal(unverified[0]?.level, 'error');
  });

  it('tell what was last seen where a step could not be verified', () => {
    const lines = record('VerificationFinished', {
      stepId: 's1',
      verified: false,
      message: '1 of 2 replicas ready',
      evidence: ['Pod checkout-1: Pending', 'Pod checkout-1: FailedScheduling: 0/1 nodes are available'],
    });
    assert.deepEqual(
      lines.map(({ text }) => text.replace(/^.*?(last seen|step s1)/, '$1')),
      [
        'step s1: not verified, 1 of 2 replicas ready',
        'last seen: Pod checkout-1: Pending',
        'last seen: Pod checkout-1: FailedScheduling: 0/1 nodes are available',
      ],
    );
  });
});

import assert from 'node:assert/strict';
import type { JournalRecord, RecordData, RecordType } from '../../../src/domain/record.ts';
import { pastOf } from '../../../src/editor/planState.ts';
import { step } from './sample.ts';

let seq = 0;
const record = <T extends RecordType>(time: string, type: T, data: RecordData[T], by?: string) =>
  ({
    seq: ++seq,
    time: `2026-11-22T03:0${time}Z`,
    runId: 'run-1',
    incidentId: 'Q1',
    actor: by === undefined ? { type: 'system', name: 'oncall-agent' } : { type: 'user', name: by },
    type,
    data,
    prev: '',
    hash: '',
  }) as unknown as JournalRecord;

const started = {
  stepId: 's1',
  argv: step.argv,
  context: 'practice',
  transport: 'kubectl',
  automatic: false,
  before: [],
} as unknown as RecordData['ExecutionStarted'];

const records = [
  record('0:00', 'RunStarted', {
    alert: { id: 'Q1', title: 'Checkout pods restart' },
    mode: 'approval',
    context: 'practice',
  }),
  record('0:05', 'Planned', { steps: [step] }),
  record('0:06', 'ApprovalRequested', { stepId: 's1' }),
  record('1:00', 'Approved', { stepId: 's1', argvHash: step.argvHash }, 'ada'),
  record('1:01', 'ExecutionStarted', started, 'ada'),
];

describe('The timeline of a run', () => {
  it('is what was written down, with who did it and the command that it was about', () => {
    const { timeline } = pastOf(records);
    assert.deepEqual(
      timeline.map(({ text }) => text),
      [
        'run begun in approval mode, context practice, for "Checkout pods restart"',
        'plan made: 1 step',
        'step s1 waits for approval',
        'step s1 approved',
        'step s1 started',
      ],
    );
    assert.deepEqual(timeline[3], {
      time: '2026-11-22T03:01:00Z',
      text: 'step s1 approved',
      command: step.command,
      by: 'ada',
    });
  });

  it('tells since when a command runs', () => {
    assert.deepEqual(pastOf(records).runningSince, { s1: '2026-11-22T03:01:01Z' });
    assert.deepEqual(pastOf([]), { timeline: [], runningSince: {} });
  });

  it('keeps the end of a very long one', () => {
    const many = Array.from({ length: 300 }, (_, index) =>
      record('2:00', 'ApprovalRequested', { stepId: `s${index}` }),
    );
    const { timeline } = pastOf([...records, ...many]);
    assert.equal(timeline.length, 200);
    assert.match(timeline.at(-1)?.text ?? '', /s299/);
  });
});

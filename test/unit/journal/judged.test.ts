import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Step } from '../../../src/domain/plan.ts';
import type { NewRecord } from '../../../src/domain/record.ts';
import { historyOf } from '../../../src/journal/history.ts';
import { JudgedSteps, judgingRecords, type JudgedStep } from '../../../src/journal/judged.ts';
import {
  ada,
  brokenOff,
  dated,
  executionFinished,
  executionStarted,
  fresh,
  resolvedRun,
  started,
  step,
  verificationFinished,
} from './records.ts';

function judged(...records: NewRecord[]): JudgedStep[] {
  const fold = new JudgedSteps();
  for (const record of dated(...records)) fold.note(record);
  return [...fold.steps()];
}

const one = step('s1');
const planned = (...steps: Step[]) => [started(), fresh('Planned', { steps })];
const success = {
  action: 'rollback_deployment',
  finding: 'CrashLoopBackOff',
  confidence: 0.85,
  success: true,
} as const;
const failure = { ...success, success: false } as const;
const undo = step('s1-undo', { undoes: 's1', action: 'custom_command' });
const undone = (verified: boolean) => [
  fresh('UndoPlanned', { step: undo }),
  executionStarted(undo),
  executionFinished(undo.id),
  verificationFinished(undo.id, verified),
];
const verified = [executionStarted(one), executionFinished('s1'), verificationFinished('s1', true)];
const notVerified = [executionStarted(one), executionFinished('s1'), verificationFinished('s1', false)];

describe('what counts when confidence is calibrated', () => {
  const cases: readonly [what: string, records: readonly NewRecord[], counts: readonly JudgedStep[]][] = [
    ['a verified step, as a success', [...planned(one), ...verified], [success]],
    [
      'a command that ended badly, as a failure',
      [...planned(one), executionStarted(one), executionFinished('s1', 1)],
      [failure],
    ],
    [
      'a command that could not be run to its end, as a failure',
      [...planned(one), executionStarted(one), executionFinished('s1', 0, 'Time is up')],
      [failure],
    ],
    ['a step that nobody saw to help, as a failure', [...planned(one), ...notVerified], [failure]],
    [
      'a failed step that was undone, as a failure still',
      [...planned(one), ...notVerified, ...undone(true)],
      [failure],
    ],
    ['nothing of a verified step that was taken back', [...planned(one), ...verified, ...undone(true)], []],
    [
      'a verified step whose undo did not go through, as a success',
      [...planned(one), ...verified, ...undone(false)],
      [success],
    ],
    ['nothing of what was broken off', [...planned(one), executionStarted(one), brokenOff('s1')], []],
    ['nothing of what was interrupted while it ran', [...planned(one), executionStarted(one)], []],
    [
      'nothing of what was interrupted while it was verified',
      [
        ...planned(one),
        executionStarted(one),
        executionFinished('s1'),
        fresh('VerificationStarted', { stepId: 's1' }),
      ],
      [],
    ],
    [
      'nothing of a dry run',
      [...planned(one), fresh('DryRunFinished', { stepId: 's1', exitCode: 1, output: 'no' })],
      [],
    ],
    [
      'nothing of what was skipped',
      [...planned(one), fresh('StepSkipped', { stepId: 's1', reason: 'no' })],
      [],
    ],
    [
      'nothing of what was refused',
      [...planned(one), fresh('StepRefused', { stepId: 's1', reason: 'no' })],
      [],
    ],
    ['nothing of what only waits', [...planned(one), fresh('ApprovalRequested', { stepId: 's1' })], []],
    [
      'nothing of a step with nothing to verify',
      [
        ...planned(step('s1', { verification: { type: 'none' } })),
        executionStarted(one),
        executionFinished('s1'),
      ],
      [],
    ],
    [
      'nothing of a command that a person edited, decided anew or not',
      [
        ...planned(one),
        fresh('StepReplaced', { step: one, why: 'edited' }, { actor: ada }),
        fresh('StepReplaced', { step: one, why: 'decided anew' }),
        ...verified,
      ],
      [],
    ],
    [
      'a step that was decided anew, with what was said last',
      [
        ...planned(one),
        fresh('StepReplaced', { step: step('s1', { confidence: 0.95 }), why: 'decided anew' }),
        ...verified,
      ],
      [{ ...success, confidence: 0.95 }],
    ],
    [
      'each execution of a step that was tried twice',
      [...planned(one), ...notVerified, ...verified],
      [failure, success],
    ],
    ['nothing of a command whose plan was lost', [started(), ...verified], []],
  ];
  for (const [what, records, counts] of cases) {
    it(`is ${what}`, () => assert.deepEqual(judged(...records), counts));
  }

  it('is the same when an undo from another window is read before its step', () => {
    assert.deepEqual(judged(...undone(true), ...planned(one), ...verified), []);
  });

  it('is told by run: a step of the same name in another run is another', () => {
    const other = [...planned(one), ...notVerified].map((record) => ({ ...record, runId: 'run2' }));
    assert.deepEqual(judged(...planned(one), ...verified, ...other, ...undone(true)), [failure]);
  });

  it('reads only the records that it names', () => {
    const all = [...resolvedRun(), ...undone(false)];
    assert.deepEqual(judged(...all.filter(({ type }) => judgingRecords.has(type))), judged(...all));
  });
});

describe('how an action turned out before', () => {
  it('says nothing for commands that are no action of the catalogue', () => {
    const custom = step('s1', { action: 'custom_command' });
    const records = dated(...planned(custom), ...verified);
    assert.deepEqual(historyOf(records).trackRecord('custom_command', 'CrashLoopBackOff'), {
      successes: 0,
      failures: 0,
    });
  });

  it('counts every judged step exactly once, for its own action and finding', () => {
    const history = fc.array(
      fc.record({
        action: fc.constantFrom('rollback_deployment' as const, 'scale_deployment' as const),
        finding: fc.constantFrom('CrashLoopBackOff' as const, 'OOMKilled' as const, undefined),
        good: fc.boolean(),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(history, (runs) => {
        const records = dated(
          ...runs.flatMap(({ action, finding, good }, index) => {
            const target = { kind: 'Pod', name: 'x' };
            const justified = { finding: finding === undefined ? undefined : { name: finding, target } };
            const own = step('s1', { action, ...(justified as Pick<Step, 'finding'>) });
            return [
              fresh('Planned', { steps: [own] }),
              executionStarted(own),
              executionFinished('s1', good ? 0 : 1),
              ...(good ? [verificationFinished('s1', true)] : []),
            ].map((record) => ({ ...record, runId: `run${index}` }));
          }),
        );
        for (const action of ['rollback_deployment', 'scale_deployment'] as const) {
          for (const finding of ['CrashLoopBackOff', 'OOMKilled', undefined] as const) {
            const own = runs.filter((run) => run.action === action && run.finding === finding);
            assert.deepEqual(historyOf(records).trackRecord(action, finding), {
              successes: own.filter(({ good }) => good).length,
              failures: own.filter(({ good }) => !good).length,
            });
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});

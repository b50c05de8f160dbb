/** Report and debrief say of every command what the journal says of it, over all runs of the incident, undos included. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Step } from '../../src/domain/plan.ts';
import type { JournalRecord, NewRecord } from '../../src/domain/record.ts';
import { renderDebrief } from '../../src/editor/debriefText.ts';
import { renderReport } from '../../src/editor/reportText.ts';
import { debrief, type Lesson } from '../../src/journal/debrief.ts';
import { incidentReport } from '../../src/journal/report.ts';
import {
  ada,
  brokenOff,
  dated,
  executionFinished,
  executionStarted,
  fresh,
  started,
  step,
  verificationFinished,
} from '../unit/journal/records.ts';

const rollback = (id: string, revision: number, changes: Partial<Step> = {}): Step => {
  const argv = [
    'kubectl',
    'rollout',
    'undo',
    'deployment/checkout',
    `--to-revision=${revision}`,
    '-n',
    'shop',
  ];
  return step(id, { argv, command: argv.join(' '), argvHash: `h${revision}`, ...changes });
};
/** Back to the revision that works, and the way back from there. */
const fix = rollback('s1', 1, {
  undo: { ...rollback('x', 2), summary: 'Rolls checkout forward again.' },
});
const undo = rollback('s1-undo', 2, { undoes: 's1', action: 'custom_command' });
delete (undo as { undo?: unknown }).undo;

const planned = (...steps: Step[]) => [started(), fresh('Planned', { steps })];
const approved = ({ id, argvHash }: Step) => [
  fresh('ApprovalRequested', { stepId: id }),
  fresh('Approved', { stepId: id, argvHash }, { actor: ada }),
];
const runs = (one: Step, verified?: boolean, exitCode = 0): NewRecord[] => [
  ...approved(one),
  executionStarted(one),
  executionFinished(one.id, exitCode),
  ...(verified === undefined
    ? []
    : [fresh('VerificationStarted', { stepId: one.id }), verificationFinished(one.id, verified)]),
];
const ended = (status: 'resolved' | 'unresolved' | 'undone' | 'stopped') =>
  fresh('RunEnded', { status, message: status });
const undoing = (verified?: boolean, exitCode = 0): NewRecord[] => [
  fresh('UndoPlanned', { step: undo }, { actor: ada }),
  ...runs(undo, verified, exitCode),
];
const inRun = (runId: string, records: NewRecord[]) => records.map((record) => ({ ...record, runId }));

const lesson: Lesson = {
  incidentId: 'inc1',
  incidentTitle: 'Checkout pods restart',
  firedAt: '2026-11-22T11:59:50.000Z',
  endedAt: '2026-11-22T12:00:30.000Z',
  title: 'checkout restarts again and again',
  teaches: 'Goes back to the revision before.',
  rootCause: { kind: 'Deployment', name: 'checkout', findings: ['CrashLoopBackOff'] },
  fixes: [{ says: 'Go back', command: /^kubectl rollout undo deployment\/checkout\b/.source }],
};

function told(...records: NewRecord[]) {
  const all = dated(...records);
  const report = incidentReport(all, 'inc1', { liveRuns: new Set() }) ?? assert.fail();
  const text = renderReport(report, {
    chain: { intact: true, message: 'whole' },
    practice: true,
    now: new Date('2026-11-23T09:00:00Z'),
  });
  const [taught] = debrief(all, [lesson]);
  assert.ok(taught);
  return { all, report, text, taught, lesson: renderDebrief([taught]) };
}
/** The time of the nth record of a type. */
const at = (all: readonly JournalRecord[], type: JournalRecord['type'], nth = 0) =>
  all.filter((record) => record.type === type)[nth]?.time;
const marks = (text: string) => [...text.matchAll(/✓ a right way out/g)].length;

describe('Of an incident that was verified to be over and then undone', () => {
  const records = [...planned(fix), ...runs(fix, true), ended('resolved'), ...undoing(true), ended('undone')];

  it('the report says that the way back was taken, and until when it was over', () => {
    const { all, report, text } = told(...records);
    assert.equal(report.mitigatedAt, undefined);
    assert.deepEqual(report.overUntil, {
      verifiedAt: at(all, 'RunEnded'),
      until: at(all, 'ExecutionStarted', 1),
      why: 'an undo was run',
    });
    assert.doesNotMatch(text, /not verified to be over|not taken/);
    assert.match(
      text,
      /Way back: `kubectl rollout undo .*--to-revision=2 -n shop`, taken: `.*--to-revision=2.*` at .*approved by ada; it ended well/,
    );
    assert.match(text, /\*\*Commands:\*\* 2 run, 2 verified, 1 undone afterwards/);
  });

  it('the debrief calls the fix a right way out, and the command that broke it again none', () => {
    const { taught, lesson: text } = told(...records);
    assert.deepEqual(
      taught.commands.map(({ right, takesBack, takenBackBy }) => ({ right, takesBack, takenBackBy })),
      [
        { right: true, takesBack: undefined, takenBackBy: undo.command },
        { right: false, takesBack: fix.command, takenBackBy: undefined },
      ],
    );
    assert.equal(marks(text), 1);
    assert.match(text, /1 incident, 0 over/);
    assert.match(text, /the fix taken back/);
    assert.match(taught.better.join(), /took back what was right/);
    assert.doesNotMatch(taught.better.join(), /none of the right ways out/);
  });

  it('an undo that was run and not seen to take hold was taken all the same: nobody says "not taken"', () => {
    for (const [after, words] of [
      [undoing(false), /run, and not seen to have taken hold: .*it ended well/],
      [undoing(undefined, 1), /run, and not seen to have taken hold: .*it failed/],
      [undoing().slice(0, -1), /run, and not seen to have taken hold: .*its end was not seen/],
    ] as const) {
      const { text, report } = told(...planned(fix), ...runs(fix, true), ended('resolved'), ...after);
      assert.match(text, words);
      assert.doesNotMatch(text, /not taken|not verified to be over/);
      assert.equal(report.mitigatedAt, undefined, 'nobody verified it since');
      assert.ok(report.overUntil);
    }
  });

  it('an undo that was planned and left out was not taken', () => {
    const { text, report, taught, all } = told(
      ...planned(fix),
      ...runs(fix, true),
      ended('resolved'),
      fresh('UndoPlanned', { step: undo }, { actor: ada }),
      fresh('ApprovalRequested', { stepId: undo.id }),
      fresh('StepSkipped', { stepId: undo.id, reason: 'Skipped by the user' }, { actor: ada }),
      ended('unresolved'),
    );
    assert.match(text, /not taken: planned, then skipped/);
    assert.equal(report.mitigatedAt, at(all, 'RunEnded'), 'nothing was changed since');
    assert.equal(taught.brokenAgain, undefined);
  });

  it('and put right again by a later run, it is over from then on', () => {
    const again = inRun('run2', [...planned(fix), ...runs(fix, true), ended('resolved')]);
    const { all, report, taught, lesson: text } = told(...records, ...again);
    assert.equal(report.mitigatedAt, at(all, 'RunEnded', 2));
    assert.equal(report.overUntil, undefined);
    assert.equal(taught.brokenAgain, undefined);
    assert.equal(marks(text), 2);
    assert.match(text, /1 incident, 1 over/);
  });
});

describe('Of two runs, the first without success', () => {
  it('only what worked is a right way out, though both have the words of one', () => {
    const wrong = rollback('s1', 2);
    const { report, text, taught, all } = told(
      ...planned(wrong),
      ...runs(wrong, false),
      ended('unresolved'),
      ...inRun('run2', [...planned(fix), ...runs(fix, true), ended('resolved')]),
    );
    assert.equal(report.mitigatedAt, at(all, 'RunEnded', 1));
    assert.deepEqual(
      taught.commands.map(({ right }) => right),
      [false, true],
    );
    assert.match(text, /Commands:\*\* 2 run, 1 verified/);
    assert.match(taught.better.join(), /did not do what it was for/);
  });
});

describe('Of a command that was stopped or skipped', () => {
  it('the report says so, and the debrief does not call it right for having been run', () => {
    const stopped = told(
      ...planned(fix),
      ...approved(fix),
      executionStarted(fix),
      brokenOff('s1'),
      ended('stopped'),
    );
    assert.match(stopped.text, /Cancelled while the command was running/);
    assert.match(stopped.text, /not verified to be over/);
    assert.equal(stopped.taught.commands[0]?.right, false);
    const skipped = told(
      ...planned(fix),
      fresh('StepSkipped', { stepId: 's1', reason: 'Skipped by the user' }, { actor: ada }),
      ended('unresolved'),
    );
    assert.match(skipped.text, /Nothing was run/);
    assert.match(skipped.taught.better.join(), /was proposed, would have been right, and was not run/);
  });
});

describe('Whatever happened, the report says of each executed step what the records say', () => {
  type Course = {
    readonly automatic: boolean;
    readonly exitCode: number | undefined;
    readonly verified: boolean | undefined;
    readonly undo:
      { readonly exitCode: number | undefined; readonly verified: boolean | undefined } | undefined;
  };
  const exit = fc.option(fc.constantFrom(0, 1), { nil: undefined });
  const verified = fc.option(fc.boolean(), { nil: undefined });
  const course: fc.Arbitrary<Course> = fc.record({
    automatic: fc.boolean(),
    exitCode: exit,
    verified,
    undo: fc.option(fc.record({ exitCode: exit, verified }), { nil: undefined }),
  });

  /** What a step's records look like that went so. */
  function recordsOf(one: Step, { automatic, exitCode, verified: seen }: Omit<Course, 'undo'>): NewRecord[] {
    return [
      ...(automatic ? [] : approved(one)),
      executionStarted(one, automatic),
      ...(exitCode === undefined ? [] : [executionFinished(one.id, exitCode)]),
      ...(exitCode !== 0 || seen === undefined ? [] : [verificationFinished(one.id, seen)]),
    ];
  }

  it('ran, failed, verified, undone, way back taken', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(course, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
        (all) => {
          const records = all.flatMap((courses, run) => {
            const steps = courses.map((_, index) =>
              step(`s${index + 1}`, {
                command: `kubectl run-${run}-${index}`,
                undo: { argv: ['kubectl'], command: `kubectl back-${run}-${index}`, summary: 'back' },
              }),
            );
            const own = [
              started(),
              fresh('Planned', { steps }),
              ...courses.flatMap((one, index) => recordsOf(steps[index] ?? assert.fail(), one)),
              ended('unresolved'),
              ...courses.flatMap((one, index) => {
                if (one.undo === undefined) return [];
                const rest = steps[index] ?? assert.fail();
                const back = {
                  ...rest,
                  id: `${rest.id}-undo`,
                  command: `kubectl back-${run}-${index}`,
                  undoes: rest.id,
                };
                return [
                  fresh('UndoPlanned', { step: back }, { actor: ada }),
                  ...recordsOf(back, { automatic: false, ...one.undo }),
                ];
              }),
              ended('unresolved'),
            ];
            return inRun(`run${run}`, own);
          });
          const { text } = told(...records);
          const sections = text.split('\n### ');
          for (const [run, courses] of all.entries()) {
            for (const [index, one] of courses.entries()) {
              const section =
                sections.find((part) => part.startsWith(`\`kubectl run-${run}-${index}\``)) ?? '';
              const says = (what: RegExp) =>
                assert.match(section, what, `${JSON.stringify(one)}\n${section}`);
              says(
                one.exitCode === undefined
                  ? /Result: its end was not seen/
                  : new RegExp(`Result: exit code ${one.exitCode}`),
              );
              const seen = one.exitCode === 0 ? one.verified : undefined;
              says(
                seen === undefined
                  ? /Verification: none/
                  : seen
                    ? /Verification: verified/
                    : /Verification: not verified/,
              );
              says(one.automatic ? /Approved: by nobody, it ran by itself/ : /Approved: by ada/);
              const tookHold = one.undo?.exitCode === 0 && one.undo.verified === true;
              says(
                one.undo === undefined
                  ? /Way back: .*, not taken/
                  : tookHold
                    ? /Way back: .*, taken: /
                    : /Way back: .*, run, and not seen to have taken hold: /,
              );
              assert.equal(/State: undone/.test(section), tookHold, section);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('and is made of any part of a journal, as the debrief is', () => {
    const whole = dated(
      ...planned(fix),
      ...runs(fix, true),
      ended('resolved'),
      ...undoing(true),
      ended('undone'),
      ...inRun('run2', [...planned(fix), ...runs(fix, false), ended('unresolved')]),
    );
    fc.assert(
      fc.property(fc.subarray(whole), (part) => {
        const report = incidentReport(part, 'inc1');
        if (report !== undefined)
          renderReport(report, { chain: { intact: true, message: '' }, practice: false, now: new Date() });
        renderDebrief(debrief(part, [lesson]));
      }),
    );
  });
});

import assert from 'node:assert/strict';
import { debrief, type IncidentDebrief, type Lesson } from '../../../src/journal/debrief.ts';
import type { JournalRecord, NewRecord } from '../../../src/domain/record.ts';
import { ada, checkout, dated, fresh, step } from './records.ts';

const lesson: Lesson = {
  incidentId: 'inc1',
  incidentTitle: 'Checkout pods restart',
  firedAt: '2026-11-22T11:59:50.000Z',
  endedAt: '2026-11-22T12:00:30.000Z',
  title: 'checkout restarts again and again',
  teaches: 'Goes back to the revision before.',
  rootCause: { kind: 'Deployment', name: 'checkout', findings: ['CrashLoopBackOff'] },
  fixes: [
    { says: 'Go back', command: /^kubectl rollout undo deployment\/checkout\b/.source },
    { says: 'Edit it by hand' },
  ],
};
const nothingWrong: Lesson = {
  ...lesson,
  rootCause: { ...lesson.rootCause, findings: [] },
  fixes: [],
};

const started = fresh('RunStarted', {
  alert: { id: 'inc1', title: 'Checkout pods restart' },
  mode: 'approval',
  context: 'practice',
});
const diagnosed = (...names: 'CrashLoopBackOff'[]): NewRecord =>
  fresh('Diagnosed', {
    diagnosis: {
      summary: 'The new revision crashes',
      rootCause: '',
      findings: names.map((name) => ({ name, target: checkout, summary: 'it restarts', evidence: [] })),
      hypotheses: [],
      engine: 'builtin',
      notes: [],
      evidence: [],
      gaps: [],
      proposals: [],
    },
  });
const scaling = step('s1', {
  argv: ['kubectl', 'scale', 'deployment/checkout', '--replicas=0'],
  command: 'kubectl scale deployment/checkout --replicas=0',
});
const approved = fresh('Approved', { stepId: 's1', argvHash: 'h' }, { actor: ada });
const executed = (exitCode = 0): NewRecord[] => [
  fresh('ExecutionStarted', {
    stepId: 's1',
    argv: ['kubectl'],
    context: 'practice',
    transport: 'kubectl',
    automatic: false,
    before: [],
  }),
  fresh('ExecutionFinished', { stepId: 's1', exitCode, durationMs: 5, output: '' }),
];
const verified = fresh('VerificationFinished', { stepId: 's1', verified: true, message: 'it is gone' });
const asked = fresh('ApprovalRequested', { stepId: 's1' });
const idle = fresh('TargetResolved', { target: { ...checkout, context: 'practice' }, reason: 'label' });

const of = (records: readonly JournalRecord[], truth = lesson): IncidentDebrief => {
  const [first] = debrief(records, [truth]);
  assert.ok(first);
  return first;
};

describe('The debrief of a rehearsal', () => {
  it('says when each thing happened after the page, and praises what needs no more', () => {
    const records = dated(
      started,
      diagnosed('CrashLoopBackOff'),
      fresh('Planned', { steps: [step('s1')] }),
      asked,
      idle,
      idle,
      approved,
      ...executed(),
      verified,
    );
    const {
      looked,
      diagnosed: found,
      approved: agreed,
      mitigated,
      diagnosis,
      commands,
      better,
    } = of(records);
    assert.deepEqual([looked, found, agreed, mitigated], [10_000, 11_000, 16_000, 40_000]);
    assert.equal(diagnosis?.right, true);
    assert.deepEqual(
      commands.map(({ right, state, approvedBy }) => ({ right, state, approvedBy })),
      [{ right: true, state: 'verified', approvedBy: 'ada' }],
    );
    assert.deepEqual(better, []);
  });

  it('says that nobody looked', () => {
    const { looked, better, commands } = of([], { ...lesson, endedAt: undefined });
    assert.equal(looked, undefined);
    assert.deepEqual(commands, []);
    assert.match(better.join(), /Nobody looked/);
  });

  it('leaves other incidents out', () => {
    const elsewhere = fresh('Planned', { steps: [step('s1')] }, { runId: 'run2', incidentId: 'inc2' });
    assert.deepEqual(of(dated(started, elsewhere)).commands, []);
  });

  it('names the cause where the diagnosis did not', () => {
    const { diagnosis, better } = of(dated(started, diagnosed()));
    assert.equal(diagnosis?.right, false);
    assert.match(better.join(), /did not name the cause: Deployment checkout \(CrashLoopBackOff\)/);
  });

  it('names a command that was run and is no way out, and the right one that was left', () => {
    const { better } = of(dated(started, fresh('Planned', { steps: [scaling, step('s2')] }), ...executed(1)));
    assert.match(better.join('\n'), /--replicas=0 was run and is none of the right ways out/);
    assert.match(better.join('\n'), /--replicas=0 did not do what it was for/);
    assert.match(better.join('\n'), /rollout undo .* would have been right, and was not run/);
  });

  it('finds fault with touching what was healthy, and none with leaving it alone', () => {
    const touched = dated(
      started,
      diagnosed(),
      fresh('Planned', { steps: [step('s1')] }),
      ...executed(),
      verified,
    );
    assert.match(of(touched, nothingWrong).better.join(), /leaving it alone was right/);
    assert.deepEqual(of(dated(started, diagnosed()), { ...nothingWrong, endedAt: undefined }).better, []);
  });

  it('says that reporting is the remedy where no command is', () => {
    const { better } = of(dated(started, diagnosed('CrashLoopBackOff')), {
      ...lesson,
      fixes: [],
      endedAt: undefined,
    });
    assert.match(better.join(), /saying who has to act/);
  });

  it('sees an approval that nobody can have read before', () => {
    const { better } = of(dated(started, fresh('Planned', { steps: [step('s1')] }), asked, approved));
    assert.match(better.join(), /approved within two seconds/);
  });

  it('says where most of a long incident went', () => {
    const late = { ...lesson, firedAt: '2026-11-22T11:50:00.000Z' };
    const records = dated(started, diagnosed('CrashLoopBackOff'));
    assert.match(of(records, late).better.join(), /600 s of 630 s\) went by before anybody looked/);
  });
});

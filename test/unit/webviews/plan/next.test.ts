import assert from 'node:assert/strict';
import type { RunView, StepView } from '../../../../src/domain/run.ts';
import type { PlanState } from '../../../../src/ipc/plan.ts';
import { nextSteps } from '../../../../src/webviews/plan/next.ts';
import { statusWords } from '../../../../src/webviews/plan/status.ts';
import { step, view } from '../../editor/sample.ts';

const diagnosis = { ...(view.diagnosis ?? assert.fail()), gaps: [], hypotheses: [] };

function state(run: Partial<RunView>, rest: Partial<PlanState> = {}): PlanState {
  return {
    run: { ...view, phase: 'unresolved', diagnosis, ...run },
    stream: { analysis: '', message: '', steps: {} },
    live: false,
    breaker: { state: 'closed', consecutiveFailures: 0 },
    practice: false,
    incidentIsOpen: true,
    appearance: { appearance: 'neutral' },
    tokens: {},
    runningSince: {},
    timeline: [],
    together: [],
    approvedTogether: [],
    approvedAhead: [],
    ...rest,
  };
}
const named = (id: string, now: StepView['state'], change: Partial<StepView> = {}): StepView => ({
  ...step,
  id,
  state: now,
  ...change,
});
const labels = (of: PlanState) => nextSteps(of).map(({ button }) => button?.label);

describe('What to try next', () => {
  it('is said of a run that ended without success, and of no other', () => {
    assert.deepEqual(labels(state({ steps: [] })), ['Remediate Again', 'Incident Report']);
    assert.deepEqual(nextSteps(state({ phase: 'resolved' })), []);
    assert.deepEqual(nextSteps(state({}, { live: true })), []);
  });

  it('never advises to take back what was interrupted, and says what is known of it', () => {
    const verifying = named('s1', 'interrupted');
    const ended = {
      ...verifying,
      outcome: { ...verifying.outcome, state: 'interrupted', message: '', exitCode: 0 },
    } as const;
    for (const [step, says] of [
      [verifying, /its end was not seen/],
      [ended, /succeeded, but it was not seen whether/],
    ] as const) {
      const next = nextSteps(state({ phase: 'interrupted', steps: [step] }));
      assert.match(next[0]?.text ?? '', says);
      assert.equal(next[0]?.button?.label, 'Check the Cluster');
      assert.ok(!next.some(({ button }) => button?.action.type === 'undo'));
    }
  });

  it('begins with what became of an interrupted command', () => {
    const [first] = nextSteps(state({ phase: 'interrupted', steps: [named('s1', 'interrupted')] }));
    assert.deepEqual(first?.button?.action, { type: 'checkInterrupted', stepId: 's1' });
  });

  it('says to look first where a step ran and could not be seen, and what is to be thought of it only then', () => {
    const unseen = (change: Partial<StepView> = {}) =>
      nextSteps(
        state({
          phase: 'not seen',
          steps: [
            named('s1', 'not-seen', {
              outcome: { state: 'not-seen', message: '', verification: 'not-seen' },
              ...change,
            }),
          ],
        }),
      );
    assert.deepEqual(unseen()[0]?.button?.action, { type: 'checkInterrupted', stepId: 's1' });
    assert.ok(!unseen().some(({ text }) => /did not help|Take back/.test(text)));
    const look = { message: '', time: '2026-12-01T03:40:00Z', by: 'ada' };
    const [first] = unseen({ interruption: { ...look, result: 'no-effect' } });
    assert.match(first?.text ?? '', /Take back what step 1 changed: it did not help/);
    for (const result of ['took-effect', 'unknown'] as const)
      assert.ok(
        !unseen({ interruption: { ...look, result } }).some(({ text }) => /help|Take back/.test(text)),
      );
  });

  it('does not say of a step that ended with an error that it did not help, nor offers to take nothing back', () => {
    const of = (noUndo?: 'nothing-changed') =>
      nextSteps(
        state({
          steps: [
            named('s1', 'failed', {
              outcome: { state: 'failed', message: 'Forbidden', ...(noUndo === undefined ? {} : { noUndo }) },
            }),
          ],
        }),
      );
    assert.ok(!of('nothing-changed').some(({ button }) => button?.action.type === 'undo'));
    assert.ok(of().some(({ button }) => button?.action.type === 'undo'));
    assert.ok(!of().some(({ text }) => /did not help/.test(text)));
  });

  it('offers the way back from a step that did not help, once', () => {
    const failed = named('s1', 'failed', {
      outcome: { state: 'failed', message: '', verification: 'still-there' },
    });
    const [first] = nextSteps(state({ steps: [failed] }));
    assert.match(first?.text ?? '', /Take back what step 1 changed.*Back to revision 2\./);
    assert.deepEqual(first?.button?.action, { type: 'undo', stepId: 's1' });
    const undone = named('u1', 'verified', { undoes: 's1' });
    assert.ok(!labels(state({ steps: [failed, undone] })).includes('Undo…'));
  });

  it('names the remedy that was left untried because one before it failed', () => {
    const steps = [named('s1', 'failed'), named('s2', 'skipped')];
    const texts = nextSteps(state({ steps })).map(({ text }) => text);
    assert.ok(texts.some((text) => /Step 2 was not tried: Changes a workload\./.test(text)));
    assert.equal(labels(state({ steps })).filter((label) => label === 'Remediate Again').length, 1);
  });

  it('leads to the doctor where something was refused or could not be read', () => {
    const refused = named('s1', 'refused', {
      outcome: { state: 'refused', message: 'oncall.destructiveOperations.enabled is off' },
    });
    assert.match(nextSteps(state({ steps: [refused] }))[0]?.text ?? '', /Step 1 was refused: .* is off\./);
    const gaps = [{ what: 'events of shop', reason: 'forbidden' }];
    assert.equal(labels(state({ steps: [], diagnosis: { ...diagnosis, gaps } }))[0], 'Open Doctor');
  });

  it('leads to the runbook that fits, and to the evidence of what is only guessed', () => {
    const found = {
      ...diagnosis,
      hypotheses: [{ statement: 'the value was mistyped', evidence: ['e1'] }],
      runbooks: [{ evidence: 'r1', title: 'Checkout', path: 'checkout.md', line: 1, why: [], commands: [] }],
    };
    assert.deepEqual(
      nextSteps(state({ steps: [], diagnosis: found })).map(({ button }) => button?.action),
      [
        { type: 'openEvidence', evidenceId: 'r1' },
        { type: 'openEvidence', evidenceId: 'e1' },
        { type: 'remediate' },
        { type: 'report' },
      ],
    );
  });

  it('offers no new run for an incident that is over', () => {
    assert.deepEqual(labels(state({ steps: [] }, { incidentIsOpen: false })), ['Incident Report']);
  });
});

describe('What a run does now', () => {
  const live = (run: Partial<RunView>, messages: Record<string, string> = {}, message = '') =>
    statusWords(
      state(run, {
        live: true,
        stream: {
          analysis: '',
          message,
          steps: Object.fromEntries(
            Object.entries(messages).map(([id, text]) => [id, { message: text, output: '' }]),
          ),
        },
      }),
    );

  it('is said in words, with the step and how far it is', () => {
    const steps = [named('s1', 'verified'), named('s2', 'verifying')];
    assert.equal(live({ steps }, { s2: '2 of 3 ready' }), 'Verifies step 2 of 2: 2 of 3 ready');
    assert.equal(live({ steps: [named('s1', 'awaiting-approval')] }), 'Waits for your approval of the step');
    assert.equal(live({ steps: [] }, {}, 'Reading events'), 'Reading events');
  });

  it('says instead why an approval was not enough', () => {
    const steps = [named('s1', 'awaiting-approval')];
    assert.equal(
      live({ steps }, { s1: 'Not started: ada holds the lock' }),
      'Not started: ada holds the lock',
    );
  });

  it('is how it ended, once it has', () => {
    assert.equal(
      statusWords(state({ message: 'Step s1 did not end the incident' })),
      'Step s1 did not end the incident',
    );
  });
});

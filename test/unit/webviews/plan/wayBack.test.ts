import assert from 'node:assert/strict';
import type { StepView } from '../../../../src/domain/run.ts';
import type { PlanState } from '../../../../src/ipc/plan.ts';
import { nextSteps } from '../../../../src/webviews/plan/next.ts';
import { wayBackWords } from '../../../../src/webviews/plan/wayBack.ts';
import { step, view } from '../../editor/sample.ts';

const named = (id: string, change: Partial<StepView>): StepView => ({ ...step, id, ...change });
const differs = 'Deployment shop/web differs from what it was before: spec.replicas is 6, was 3';

describe('The way back from a step, in words', () => {
  const forward = named('s1', { state: 'verified' });
  const undo = (state: StepView['state']): StepView => named('u1', { state, undoes: 's1', undo: undefined });

  it('never says of an undo that there is no way back: it is one', () => {
    for (const state of ['verified', 'executing', 'skipped', 'failed', 'interrupted'] as const) {
      const words = wayBackWords(undo(state), [forward, undo(state)]);
      assert.match(words, /way back from step 1/, state);
      assert.doesNotMatch(words, /no way back/, state);
    }
    assert.match(wayBackWords(undo('verified'), []), /way back from an earlier step/);
  });

  it('says of an undo that failed, and of none else, that the rest is left to people', () => {
    const byHand = /not seen to put everything back.*by hand/;
    assert.match(wayBackWords(undo('failed'), [forward]), byHand);
    assert.doesNotMatch(wayBackWords(undo('verified'), [forward]), byHand);
  });

  it('tells what cannot be taken back from what needs not be', () => {
    const { risk } = forward;
    const words = (mutates: boolean): string =>
      wayBackWords(named('s1', { risk: { ...risk, mutates } }), [forward]);
    assert.equal(words(true), 'There is no way back.');
    assert.match(words(false), /changes nothing/);
  });

  it('is named, with the field that differs, in what to try next where an undo failed', () => {
    const failed = { ...undo('failed'), outcome: { state: 'failed', message: differs } } as StepView;
    const state = (steps: readonly StepView[]): PlanState => ({
      ...{ run: { ...view, phase: 'unresolved', steps }, live: false, practice: false, incidentIsOpen: true },
      ...{ stream: { analysis: '', message: '', steps: {} }, appearance: { appearance: 'neutral' } },
      ...{ breaker: { state: 'closed', consecutiveFailures: 0 }, tokens: {}, runningSince: {}, timeline: [] },
      ...{ together: [], approvedTogether: [], approvedAhead: [] },
    });
    const texts = (steps: readonly StepView[]): string[] => nextSteps(state(steps)).map(({ text }) => text);
    assert.ok(
      texts([forward, failed]).includes(
        `The undo of step 1 was not seen to put everything back. ${differs}.`,
      ),
    );
    assert.ok(!texts([forward, undo('verified')]).some((text) => /undo of step 1/.test(text)));
  });
});

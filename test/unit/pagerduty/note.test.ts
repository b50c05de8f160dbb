import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RunView, StepView } from '../../../src/domain/run.ts';
import { hasMark, longestNote, noteMark, noteText } from '../../../src/pagerduty/note.ts';
import { hostile, repeated } from '../../support/hostile-text.ts';
import { step, view } from '../editor/sample.ts';

const verified: StepView = {
  ...step,
  state: 'verified',
  approvedBy: 'ada',
  outcome: { state: 'verified', message: '2 of 2 replicas ready', exitCode: 0, durationMs: 120, output: '' },
};
const resolved: RunView = {
  ...view,
  phase: 'resolved',
  message: 'The finding is gone and stayed gone',
  endedAt: '2026-11-22T03:09:00Z',
  steps: [verified],
};

describe('The note about a run', () => {
  it('says who wrote it, how the run ended, why, what was run, what became of it and the way back', () => {
    assert.equal(
      noteText(resolved, 'run-1/note/1'),
      [
        'Written by Oncall Agent, automatically.',
        '',
        'Outcome: resolved and verified. The finding is gone and stayed gone',
        'Cause: A wrong value of MODE',
        'Object: Deployment shop/checkout, context practice',
        '',
        'Commands, as they were run:',
        '1. kubectl rollout undo deployment/checkout -n shop',
        '   approved by ada, medium risk; verified: 2 of 2 replicas ready',
        '   Way back: kubectl rollout undo deployment/checkout --to-revision=2 -n shop',
        '',
        'Mode: approval. Diagnosis: built in. Run: 2026-11-22 03:05 to 2026-11-22 03:09 UTC.',
        '',
        'Oncall Agent reference: run-1/note/1',
      ].join('\n'),
    );
  });

  it('tells what ran by itself from what a person approved, and what was not run at all', () => {
    const alone: StepView = { ...step, state: 'verified' };
    const skipped: StepView = { ...step, id: 's2', state: 'skipped', command: 'kubectl scale x' };
    const text = noteText({ ...resolved, mode: 'yolo', steps: [alone, skipped] }, 'n');
    assert.match(text, /ran by itself, medium risk; verified/);
    assert.match(text, /Proposed and not run:\n- kubectl scale x \(skipped: Approval mode\)/);
  });

  it('never claims an outcome that nobody has seen', () => {
    const text = noteText({ ...resolved, phase: 'interrupted', message: '' }, 'n');
    assert.match(text, /Outcome: interrupted: what the last command did is not known/);
    const { runId, incidentId, title, mode, context, startedAt } = resolved;
    const unknown: RunView = {
      runId,
      incidentId,
      title,
      mode,
      context,
      startedAt,
      phase: 'stopped',
      steps: [],
    };
    assert.match(noteText(unknown, 'n'), /^Cause: not known$/m);
  });

  it('holds no credential, wherever one may have come from', () => {
    const secret = 'password=hunter2secret';
    const text = noteText({ ...resolved, message: `it said ${secret}` }, 'n');
    assert.doesNotMatch(text, /hunter2secret/);
  });

  it('makes no address of outside text one that can be clicked', () => {
    const text = noteText({ ...resolved, message: 'see https://evil.example and WWW.evil.example' }, 'n');
    assert.doesNotMatch(text, /\/\/\S|www\./i);
  });

  it('stays short, on lines of its own, and is found again, whatever stands in it', () => {
    const any = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...hostile).map((unit) => repeated(unit, 3000)),
      fc.constant('\n\nOncall Agent reference: run-1/note/1\n'),
    );
    fc.assert(
      fc.property(any, any, any, fc.array(any, { maxLength: 30 }), (message, cause, name, commands) => {
        const { diagnosis } = resolved;
        assert.ok(diagnosis);
        const run: RunView = {
          ...resolved,
          message,
          context: name,
          diagnosis: { ...diagnosis, rootCause: cause },
          steps: commands.map((command) => ({ ...verified, command, approvedBy: name })),
        };
        const text = noteText(run, 'other');
        assert.ok(text.length <= longestNote, String(text.length));
        assert.ok(text.isWellFormed());
        assert.ok(hasMark(text, 'other'));
        assert.ok(!hasMark(text, 'run-1/note/1'), 'no text can pass for the mark of another note');
      }),
      { numRuns: 60 },
    );
  });

  it('is told from other notes by its mark, also where PagerDuty trims lines', () => {
    assert.ok(hasMark(`x\n ${noteMark('run-1/note/1')} `, 'run-1/note/1'));
    assert.ok(!hasMark(noteText(resolved, 'run-1/note/10'), 'run-1/note/1'));
  });
});

import assert from 'node:assert/strict';
import { renderDebrief } from '../../../src/editor/debriefText.ts';
import type { IncidentDebrief } from '../../../src/journal/debrief.ts';

const sample: IncidentDebrief = {
  lesson: {
    incidentId: 'Q1',
    incidentTitle: '[FIRING:1] Checkout (shop)',
    firedAt: '2026-11-22T03:00:00Z',
    title: 'checkout restarts',
    teaches: 'Goes back.',
    rootCause: { kind: 'Deployment', name: 'checkout', findings: ['CrashLoopBackOff'] },
    fixes: [{ says: 'Go back to the release before' }],
  },
  looked: 5000,
  diagnosed: 65_000,
  diagnosis: { says: 'A wrong value', right: true },
  commands: [
    {
      command: 'kubectl rollout undo deployment/checkout',
      risk: 'medium',
      mutates: true,
      fits: true,
      right: true,
      state: 'verified',
      message: 'it is gone',
      approvedBy: 'ada',
      ranAt: '2026-11-22T03:01:10Z',
    },
  ],
  better: ['Look sooner.'],
};

describe('The debrief as people read it', () => {
  it('says when, what it was, what was run, and what would have been better', () => {
    const text = renderDebrief([sample]);
    for (const part of [
      '| first look | 5.0 s |',
      '| diagnosis | 1 min 5 s |',
      '| approval | – |',
      'Deployment **checkout**: CrashLoopBackOff.',
      '✓ right',
      '- Go back to the release before',
      '- `kubectl rollout undo deployment/checkout` · medium risk, approved by ada · verified: it is gone · ✓ a right way out',
      '- Look sooner.',
    ]) {
      assert.ok(text.includes(part), `${part}\n${text}`);
    }
  });

  it('says that nothing was wrong, and that nothing was run', () => {
    const { lesson } = sample;
    const text = renderDebrief([
      {
        lesson: { ...lesson, rootCause: { ...lesson.rootCause, findings: [] }, fixes: [] },
        commands: [],
        better: [],
      },
    ]);
    for (const part of [
      'Nothing was wrong any more',
      'No command',
      'Nothing was run.',
      'There was no diagnosis.',
    ]) {
      assert.ok(text.includes(part), part);
    }
  });

  it('shows text from outside as text: no link, no image, no HTML, no heading, no code that ends early', () => {
    const evil = '# x\n![a](http://evil) <img src=x> [run](command:evil) `code` https://evil.example | cell';
    const text = renderDebrief([
      {
        ...sample,
        lesson: { ...sample.lesson, incidentTitle: evil },
        diagnosis: { says: evil, right: false },
        commands: sample.commands.map((one) => ({ ...one, command: 'kubectl get `pods`', message: evil })),
      },
    ]);
    assert.doesNotMatch(text, /(?<!\\)[[\]<>!]|(?<!\\)\]\(/);
    assert.doesNotMatch(text, /https:\/\//);
    assert.ok(text.includes('`` kubectl get `pods` ``'));
  });
});

/** What the status bar says of what may happen by itself. */
import assert from 'node:assert/strict';
import { clockTime } from '../../../src/editor/incidents/current.ts';
import { statusFace, type StatusFacts } from '../../../src/editor/statusFace.ts';
import { stopWords } from '../../../src/editor/stopWords.ts';

const quiet: StatusFacts = {
  mode: 'yolo',
  context: 'prod',
  appearance: { appearance: 'neutral' },
  yolo: 'on',
  stopped: false,
  breaker: { state: 'closed', consecutiveFailures: 0 },
  triggered: 0,
  practice: false,
};

describe('The status bar', () => {
  it('says mode and context', () => {
    const { text, tooltip } = statusFace(quiet);
    assert.equal(text, '$(bell) YOLO · prod');
    assert.match(tooltip, /Circuit breaker: closed/);
  });

  it('says in words that a context is production, and stands out where commands may run', () => {
    const production = { ...quiet, appearance: { appearance: 'production' } } as const;
    const { text, tooltip, spoken, standsOut } = statusFace(production);
    assert.equal(text, '$(bell) YOLO · $(warning) production: prod');
    assert.match(tooltip, /Context: prod \(production\)/);
    assert.match(spoken, /prod \(production\)/);
    assert.equal(standsOut, true);
    assert.equal(statusFace({ ...production, mode: 'plan' }).standsOut, false);
    const named = statusFace({ ...quiet, appearance: { appearance: 'production', label: 'EU $(check)' } });
    assert.equal(named.text, '$(bell) YOLO · $(warning) EU \\$(check): prod');
    assert.equal(
      statusFace({ ...quiet, appearance: { appearance: 'staging' } }).text,
      '$(bell) YOLO · staging: prod',
    );
    assert.equal(statusFace(quiet).standsOut, false);
  });

  it('says where no context is pinned', () => {
    const unpinned: StatusFacts = { ...quiet };
    delete (unpinned as { context?: string }).context;
    assert.equal(statusFace(unpinned).text, '$(bell) YOLO · current context');
  });

  it('says what counts where a context allows less than the setting, and why', () => {
    const { text, tooltip } = statusFace({ ...quiet, mode: 'plan', cappedFrom: 'approval' });
    assert.match(text, /Plan · prod/);
    assert.match(tooltip, /Approval elsewhere; oncall\.modeByContext/);
  });

  it('counts the incidents that nobody has taken', () => {
    assert.match(statusFace({ ...quiet, triggered: 3 }).text, /\$\(flame\) 3$/);
  });

  it('never claims a number to be current that is not', () => {
    const readAt = Date.UTC(2026, 0, 1, 3, 10);
    const now = new Date(readAt + 12 * 60_000);
    const at = clockTime(readAt);
    const silent = statusFace({ ...quiet, triggered: 4, doubt: { refused: false, readAt } }, now);
    assert.equal(
      silent.text,
      `$(bell) YOLO · prod · $(warning) PagerDuty: No answer since ${at} (12m) · $(flame) 4 at ${at}`,
    );
    assert.match(silent.tooltip, new RegExp(`Triggered incidents: 4 at ${at}, not current`));
    assert.match(silent.spoken, /not current.*No answer since/);
    const refused = statusFace({ ...quiet, triggered: 4, doubt: { refused: true, readAt } }, now);
    assert.match(refused.text, /PagerDuty: Token refused since .* 4 at /);
    const none = statusFace({ ...quiet, doubt: { refused: false, readAt } }, now);
    assert.match(none.text, /No answer since/, 'no incident is no less in doubt than four');
    const never = statusFace({ ...quiet, doubt: { refused: false } }, now);
    assert.match(never.text, /PagerDuty: No answer$/);
    assert.match(never.tooltip, /Triggered incidents: not known, not current/);
  });

  it('says that YOLO mode is set and does not act, and why', () => {
    const waiting = statusFace({ ...quiet, mode: 'approval', yolo: 'asking' });
    assert.match(waiting.text, /Approval · YOLO not confirmed/);
    assert.match(waiting.tooltip, /waits for your agreement/);
    const declined = statusFace({ ...quiet, mode: 'approval', yolo: 'declined' });
    assert.match(declined.text, /Approval · YOLO declined/);
    assert.match(declined.spoken, /was declined/);
  });

  it('says that a person has stopped automation, and how it goes on', () => {
    const { text, tooltip } = statusFace({ ...quiet, stopped: true });
    assert.match(text, /automation stopped/);
    assert.match(tooltip, /Resume Automation/);
  });

  it('says that the breaker is open, and until when', () => {
    const opensUntil = '2026-11-22T12:05:00.000Z';
    const breaker = { state: 'open', consecutiveFailures: 5, opensUntil } as const;
    const { text, tooltip } = statusFace({ ...quiet, breaker });
    assert.match(text, /breaker open/);
    assert.match(tooltip, /Circuit breaker: open until /);
  });
});

describe('Whoever stops all automation', () => {
  const step = {
    runId: '1a2b3c4d-0000-4000-8000-000000000000',
    incidentId: 'P1',
    title: 'checkout is down',
    stepId: 's2',
    argv: ['kubectl', 'rollout', 'undo', 'deployment/checkout', '-n', 'shop'],
    since: '2026-11-22T12:00:00.000Z',
  };

  it('is told that nothing was in flight', () => {
    assert.match(stopWords([]), /No step was in flight/);
  });

  it('is told what was in flight, and that it is let finish', () => {
    const words = stopWords([{ ...step, phase: 'executing' }]);
    assert.match(
      words,
      /In flight, and let finish: step s2 of run 1a2b3c4… for "checkout is down", kubectl rollout undo deployment\/checkout -n shop\./,
    );
  });

  it('is told what was executed before and is still being verified', () => {
    assert.match(
      stopWords([{ ...step, phase: 'verifying' }]),
      /Executed before, and still being verified: step s2/,
    );
  });
});

/** What the status bar's quick pick offers. */
import assert from 'node:assert/strict';
import { statusItems, type PickSituation } from '../../../src/editor/statusItems.ts';
import { step, view } from './sample.ts';

const quiet: PickSituation = {
  mode: 'approval',
  context: 'prod-eu',
  stopped: false,
  breaker: { state: 'closed', consecutiveFailures: 0 },
  runs: [],
  practice: false,
  hiddenKinds: 0,
};
/** The entries by what they invoke. */
const offered = (more: Partial<PickSituation> = {}) =>
  new Map(
    statusItems({ ...quiet, ...more }).flatMap((item) => ('command' in item ? [[item.command, item]] : [])),
  );

describe('The quick pick of the status bar', () => {
  it('says mode and context as they are, and where to switch them', () => {
    const items = offered();
    assert.match(items.get('oncall.switchMode')?.detail ?? '', /^Now Approval: runs what you approve$/);
    assert.equal(items.get('oncall.switchContext')?.detail, 'Now prod-eu');
    assert.ok(!offered({ practice: true }).has('oncall.switchContext'));
    assert.match(
      offered({ context: undefined }).get('oncall.switchContext')?.detail ?? '',
      /current context$/,
    );
  });

  it('stops automation where something may run by itself, and resumes it once it is stopped', () => {
    assert.ok(offered().has('oncall.stopAutomation'));
    assert.ok(!offered({ mode: 'plan' }).has('oncall.stopAutomation'));
    const stopped = offered({ stopped: true });
    assert.ok(stopped.has('oncall.resumeAutomation'));
    assert.ok(!stopped.has('oncall.stopAutomation'));
  });

  it('offers to sign in where PagerDuty refuses the token, and to ask again where it does not answer', () => {
    assert.ok(!offered().has('oncall.setPagerDutyToken'));
    const refused = offered({ doubt: { refused: true, readAt: 0 } }).get('oncall.setPagerDutyToken');
    assert.match(refused?.detail ?? '', /^Token refused since .*tried again by itself$/);
    const silent = offered({ doubt: { refused: false, readAt: 0 } }).get('oncall.refresh');
    assert.match(silent?.detail ?? '', /^No answer since .*asked again by itself$/);
  });

  it('resets the breaker only while it is not closed', () => {
    assert.ok(!offered().has('oncall.resetBreaker'));
    const open = offered({ breaker: { state: 'open', consecutiveFailures: 5 } });
    assert.match(open.get('oncall.resetBreaker')?.detail ?? '', /open after 5 failures/);
  });

  it('leads to the plan of what executes, first of all', () => {
    const runs = [
      { ...view, phase: 'executing' as const, steps: [{ ...step, state: 'executing' as const }] },
    ];
    const [heading, first] = statusItems({ ...quiet, runs });
    assert.deepEqual(heading, { heading: 'Going on' });
    assert.ok(first !== undefined && 'command' in first);
    assert.equal(first.argument, 'run-1');
    assert.equal(first.detail, 'executing: kubectl rollout undo deployment/checkout -n shop');
    assert.match(
      offered({ runs: [view] }).get('oncall.showPlan')?.detail ?? '',
      /^waits for your approval: kubectl/,
    );
  });

  it('shows no run that is over, and no icon out of a title', () => {
    assert.ok(!offered({ runs: [{ ...view, phase: 'resolved' }] }).has('oncall.showPlan'));
    const title = '$(check) all is well';
    assert.match(
      offered({ runs: [{ ...view, title }] }).get('oncall.showPlan')?.label ?? '',
      /\\\$\(check\)/,
    );
  });

  it('always leads to doctor, settings and notifications, and says what is turned off', () => {
    const items = offered({ hiddenKinds: 2 });
    assert.ok(items.has('oncall.doctor'));
    assert.equal(items.get('workbench.action.openSettings')?.argument, 'oncall.');
    assert.equal(items.get('oncall.chooseNotifications')?.detail, '2 kinds are not shown');
  });
});

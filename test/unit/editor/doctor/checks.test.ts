import assert from 'node:assert/strict';
import { defaultBreakerSettings } from '../../../../src/domain/decision.ts';
import { breakerStatus } from '../../../../src/policy/breaker.ts';
import { checksOf } from '../../../../src/editor/doctor/checks.ts';
import type { Check } from '../../../../src/editor/doctor/check.ts';
import { neededRights } from '../../../../src/editor/doctor/needed-rights.ts';
import type { Observed } from '../../../../src/editor/doctor/observed.ts';
import { reportOf } from '../../../../src/editor/doctor/report.ts';
import { readSettings } from '../../../../src/editor/settings.ts';

const settingsWith = (given: Record<string, unknown> = {}) =>
  readSettings({ given: (key) => given[key], env: {} }).settings;

/** Everything in order, in approval mode. */
const healthy: Observed = {
  settings: settingsWith({ mode: 'approval', 'destructiveOperations.enabled': true }),
  mode: 'approval',
  practice: false,
  trusted: true,
  breaker: breakerStatus([], defaultBreakerSettings, new Date()),
  automationStopped: { value: false },
  journal: { value: '/home/ada/journal' },
  kubectl: { value: { path: '/usr/bin/kubectl', version: 'v1.36.2' } },
  cluster: { value: { context: 'prod', kubeconfig: '/home/ada/.kube/config', server: 'https://prod:6443' } },
  server: { value: { version: 'v1.36.0', ahead: 200 } },
  rights: { value: neededRights.map((right) => ({ ...right, allowed: true })) },
  pagerduty: { value: { open: 2, writesAs: 'ada@example.com' } },
  claude: { value: { models: ['claude-opus-5'] } },
};
const problems = (observed: Partial<Observed>): Check[] =>
  checksOf({ ...healthy, ...observed }).filter(({ health }) => health !== 'ok');
const only = (observed: Partial<Observed>): Check => {
  const [one, ...others] = problems(observed);
  assert.ok(one);
  assert.deepEqual(others, []);
  return one;
};

describe('The doctor', () => {
  it('finds nothing where everything is in order', () => {
    assert.deepEqual(problems({}), []);
    assert.match(reportOf(checksOf(healthy), '2026-01-01T00:00:00Z').text, /^No problems\.$/m);
  });

  it('names a missing kubectl, an old one, and the setting for it', () => {
    const missing = only({ kubectl: { failure: 'No kubectl was found in /usr/bin. Install it.' } });
    assert.equal(missing.health, 'problem');
    assert.deepEqual(missing.fix?.arguments, ['oncall.kubernetes.kubectlPath']);
    const old = only({ kubectl: { value: { path: '/usr/bin/kubectl', version: 'v1.31.0' } } });
    assert.equal(old.health, 'note');
    assert.match(old.says, /5 minor versions older than the API server/);
    assert.deepEqual(problems({ kubectl: { value: { path: '/k', version: 'v1.35.9' } } }), []);
  });

  it('asks a cluster nothing where there is none, and says why there is none', () => {
    const { server, rights, ...without } = healthy;
    assert.ok(server && rights);
    const checks = checksOf({ ...without, cluster: { failure: 'There is no kubeconfig at ~/.kube/config' } });
    const [problem] = checks.filter(({ health }) => health === 'problem');
    assert.deepEqual(problem?.more, ['There is no kubeconfig at ~/.kube/config']);
  });

  it('tells a clock that is off', () => {
    assert.match(only({ server: { value: { version: 'v1.36.0', ahead: -90_000 } } }).says, /90 s behind/);
    assert.deepEqual(problems({ server: { value: { version: 'v1.36.0' } } }), []);
  });

  it('names each missing right, with the manifest that grants it; optional ones and those that plan mode needs not are notes', () => {
    const rights = (missing: (right: (typeof neededRights)[number]) => boolean): Observed['rights'] => ({
      value: neededRights.map((right) => ({ ...right, allowed: !missing(right), namespace: 'shop' })),
    });
    const leases = only({
      rights: rights(({ resource, verb }) => resource === 'leases' && verb === 'create'),
    });
    assert.equal(leases.health, 'problem');
    assert.match(leases.says, /^A right is missing for carrying out actions$/);
    assert.equal(leases.more?.[0], 'create leases.coordination.k8s.io in namespace shop');
    assert.match(leases.more?.at(-1) ?? '', /media\/rbac\/remediator\.yaml/);
    assert.equal(only({ rights: rights(({ role }) => role === 'node-operator') }).health, 'note');
    const settings = settingsWith({ 'destructiveOperations.enabled': true });
    const planned = problems({ settings, mode: 'plan', rights: rights(({ role }) => role === 'remediator') });
    assert.deepEqual(
      planned.map(({ health }) => health),
      ['note', 'note'],
    );
    assert.match(planned[0]?.more?.join('\n') ?? '', /and \d+ more/);
  });

  it('says why nothing is executed: mode, cap, destructive operations, breaker, stop', () => {
    const off = settingsWith({ mode: 'yolo' });
    const stopped = problems({
      settings: off,
      mode: 'approval',
      automationStopped: { value: true },
      breaker: { state: 'open', consecutiveFailures: 5, opensUntil: '2026-01-01T00:05:00Z' },
    });
    assert.deepEqual(
      stopped.map(({ fix }) => fix?.arguments?.[0] ?? fix?.command),
      [
        'oncall.modeByContext',
        'oncall.destructiveOperations.enabled',
        'oncall.resetBreaker',
        'oncall.resumeAutomation',
      ],
    );
    assert.equal(problems({ settings: settingsWith(), mode: 'plan' })[0]?.fix?.command, 'oncall.switchMode');
  });

  it('tells a key that is missing from one that is refused, and a model that the account does not have', () => {
    assert.equal(only({ pagerduty: undefined }).fix?.command, 'oncall.setPagerDutyToken');
    assert.deepEqual(only({ pagerduty: { failure: 'PagerDuty refuses the token' } }).more, [
      'PagerDuty refuses the token',
    ]);
    assert.match(only({ pagerduty: { value: { open: 1 } } }).more?.[0] ?? '', /oncall\.pagerduty\.fromEmail/);
    assert.equal(only({ claude: undefined }).health, 'note');
    const settings = settingsWith({
      mode: 'approval',
      'destructiveOperations.enabled': true,
      'claude.model': 'claude-gone-1',
    });
    assert.match(only({ settings }).says, /no model claude-gone-1/);
  });
});

describe('The doctor’s report', () => {
  const check = (more: Partial<Check>): Check => ({
    part: 'Kubernetes',
    health: 'problem',
    says: 'x',
    ...more,
  });

  it('has the fix of a line at that line', () => {
    const fix = { title: 'Mend', command: 'oncall.mend' };
    const { text, fixes } = reportOf([check({}), check({ part: 'Claude', says: 'y', fix })], 'now');
    const [only] = fixes;
    assert.match(text.split('\n')[only?.line ?? -1] ?? '', /problem {2}y$/);
  });

  it('breaks long sentences between words, and loses none', () => {
    const says = Array.from({ length: 40 }, (_, index) => `word${String(index)}`).join(' ');
    const { text } = reportOf([check({ says })], 'now');
    assert.ok(text.split('\n').every((line) => line.length <= 100));
    assert.ok(text.replace(/\s+/g, ' ').includes(says));
  });

  it('holds no key and no character that does anything', () => {
    const { text } = reportOf(
      [check({ says: 'Authorization: Bearer abcdefghijklmnop1234567890 \u001b[31m\u202e' })],
      'now',
    );
    assert.doesNotMatch(text, /abcdefghijklmnop|\u001b|\u202e/);
  });
});

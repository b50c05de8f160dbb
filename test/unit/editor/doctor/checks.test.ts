import assert from 'node:assert/strict';
import { defaultBreakerSettings } from '../../../../src/domain/decision.ts';
import { breakerStatus } from '../../../../src/policy/breaker.ts';
import { checksOf } from '../../../../src/editor/doctor/checks.ts';
import type { Check } from '../../../../src/editor/doctor/check.ts';
import { mcpRights, neededRights } from '../../../../src/editor/doctor/needed-rights.ts';
import type { Observed } from '../../../../src/editor/doctor/observed.ts';
import { reportOf } from '../../../../src/editor/doctor/report.ts';
import { readSettings } from '../../../../src/editor/settings.ts';

const settingsWith = (given: Record<string, unknown> = {}) =>
  readSettings({ given: (key) => given[key], env: {} }).settings;

/** Everything in order, in approval mode. */
const healthy: Observed = {
  settings: settingsWith({ mode: 'approval', 'destructiveOperations.enabled': true }),
  mode: 'approval',
  yolo: 'off',
  practice: false,
  trusted: true,
  breaker: breakerStatus([], defaultBreakerSettings, new Date()),
  automationStopped: { value: false },
  leftOut: 0,
  journal: { value: '/home/ada/journal' },
  kubectl: { value: { path: '/usr/bin/kubectl', version: 'v1.36.2' } },
  cluster: { value: { context: 'prod', kubeconfig: '/home/ada/.kube/config', server: 'https://prod:6443' } },
  server: { value: { version: 'v1.36.0', ahead: 200 } },
  rights: { value: neededRights.map((right) => ({ ...right, allowed: true })) },
  pagerduty: {
    value: {
      open: 2,
      writesAs: { value: 'ada@example.com' },
      reads: [{ what: 'users', neededFor: 'reassigning', seen: { value: [] } }],
    },
  },
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

  it('says how many lines of the audit log could not be read', () => {
    const found = only({ leftOut: 3 });
    assert.equal(found.health, 'problem');
    assert.match(found.says, /^3 lines of the audit log have a form that this version does not know/);
    assert.equal(found.fix?.command, 'oncall.verifyAuditLog');
  });

  it('names a missing kubectl, an old one, and the setting for it', () => {
    const [missing, verdict] = problems({
      kubectl: { failure: 'No kubectl was found in /usr/bin. Install it.' },
    });
    assert.equal(missing?.health, 'problem');
    assert.deepEqual(missing?.fix?.arguments, ['oncall.kubernetes.kubectlPath']);
    assert.equal(verdict?.says, 'Nothing can be executed now: there is no kubectl');
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
    assert.ok(checks.some(({ says }) => /Nothing can be executed now: there is no cluster/.test(says)));
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
    assert.equal(leases.fix?.file, 'media/rbac/remediator.yaml');
    assert.equal(only({ rights: rights(({ role }) => role === 'node-operator') }).health, 'note');
    const settings = settingsWith({ 'destructiveOperations.enabled': true });
    const planned = problems({ settings, mode: 'plan', rights: rights(({ role }) => role === 'remediator') });
    assert.ok(planned.every(({ health }) => health === 'note'));
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
        'oncall.destructiveOperations.enabled',
        'oncall.modeByContext',
        'oncall.destructiveOperations.enabled',
        'oncall.resetBreaker',
        'oncall.resumeAutomation',
      ],
    );
    assert.equal(problems({ settings: settingsWith(), mode: 'plan' })[0]?.fix?.command, 'oncall.switchMode');
    assert.match(only({ mode: 'approval', yolo: 'declined' }).more?.[0] ?? '', /was declined/);
  });

  it('says in one sentence what becomes of a change now', () => {
    const said = (observed: Partial<Observed>): string =>
      checksOf({ ...healthy, ...observed }).find(({ part }) => part === 'Execution')?.says ?? '';
    const yolo = { mode: 'yolo', yolo: 'on', settings: { ...healthy.settings, mode: 'yolo' } } as const;
    assert.match(said({ journal: { failure: 'No space' } }), /^Nothing can be executed now: the journal/);
    assert.match(said({ kubectl: { failure: 'None' } }), /^Nothing can be executed now: there is no kubectl/);
    assert.match(said({ mode: 'plan' }), /is shown now and not executed: the mode is Plan/);
    assert.match(said({ settings: settingsWith() }), /is refused now: destructive operations are off/);
    assert.match(said({}), /^A change waits for your approval now$/);
    assert.match(said(yolo), /is executed by itself now/);
    assert.match(said({ ...yolo, automationStopped: { value: true } }), /approval now.*was stopped/);
    const breaker = { state: 'open', consecutiveFailures: 5 } as const;
    assert.match(said({ ...yolo, breaker }), /approval now.*breaker is open/);
  });

  it('says nothing of an MCP server that nobody wants, and what one that is wanted cannot do', () => {
    const server = {
      server: '/opt/kubernetes-mcp-server',
      started: true,
      wantedTools: 5,
      missingTools: [],
      rights: { value: mcpRights.map((right) => ({ ...right, allowed: true })) },
    };
    const parts = (observed: Partial<Observed>) =>
      checksOf({ ...healthy, ...observed }).map(({ part }) => part);
    assert.ok(!parts({}).includes('MCP server'));
    assert.deepEqual(problems({ mcp: { value: server } }), []);
    const gone = only({ mcp: { failure: 'No MCP server answers at http://mcp:8080/mcp' } });
    assert.match(gone.more?.join(' ') ?? '', /No MCP server answers.*kubectl carries steps out/);
    const old = only({ mcp: { value: { ...server, missingTools: ['resources_scale'] } } });
    assert.equal(old.health, 'note');
    assert.match(old.says, /does not offer resources_scale/);
    const rights = { value: mcpRights.map((right) => ({ ...right, allowed: right.verb !== 'update' })) };
    const narrow = only({ mcp: { value: { ...server, rights } } });
    assert.equal(narrow.more?.[0], 'update deployments/scale.apps in all namespaces');
    const { rights: none, ...running } = server;
    assert.ok(none);
    const elsewhere = problems({
      mcp: { value: { ...running, started: false, doubt: 'It reaches another' } },
    });
    assert.deepEqual(
      elsewhere.map(({ health }) => health),
      ['problem', 'note'],
    );
  });

  it('tells a key that is missing from one that is refused, and a model that the account does not have', () => {
    assert.equal(only({ pagerduty: undefined }).fix?.command, 'oncall.setPagerDutyToken');
    assert.deepEqual(only({ pagerduty: { failure: 'PagerDuty refuses the token' } }).more, [
      'PagerDuty refuses the token',
    ]);
    const account = { open: 1, writesAs: { value: undefined }, reads: [] };
    assert.match(only({ pagerduty: { value: account } }).more?.[0] ?? '', /oncall\.pagerduty\.fromEmail/);
    const alerts = { what: 'alerts', neededFor: 'diagnosis', seen: { failure: 'It may not do GET (403)' } };
    const narrow = only({
      pagerduty: { value: { ...account, writesAs: { value: 'a@b.c' }, reads: [alerts] } },
    });
    assert.match(narrow.says, /does not read alerts: there is no diagnosis/);
    assert.deepEqual(narrow.more, ['It may not do GET (403)']);
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

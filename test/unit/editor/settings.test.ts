import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readSettings } from '../../../src/editor/settings.ts';
import { manifest as readManifest } from '../../support/manifest.ts';

const read = (given: Record<string, unknown>, env: Record<string, string> = {}) =>
  readSettings({ given: (key) => given[key], env });

interface Setting {
  scope: string;
  default: unknown;
  order: number;
  markdownDescription?: string;
  enum?: string[];
  enumDescriptions?: string[];
  items?: Setting;
  additionalProperties?: Setting | boolean;
  properties?: Record<string, Setting>;
}
interface Manifest {
  contributes: {
    configuration: { title: string; order: number; properties: Record<string, Setting> }[];
  };
  capabilities: { untrustedWorkspaces: { supported: string; restrictedConfigurations: string[] } };
}
const manifest = readManifest as Manifest;
const contributed = Object.assign(
  {},
  ...manifest.contributes.configuration.map(({ properties }) => properties),
) as Record<string, Setting>;

/** What a setting is made of, all the way down. */
function below({ items, additionalProperties, properties = {} }: Setting): Setting[] {
  const parts = [
    ...(items === undefined ? [] : [items]),
    ...(typeof additionalProperties === 'object' ? [additionalProperties] : []),
    ...Object.values(properties),
  ];
  return parts.flatMap((part) => [part, ...below(part)]);
}

/** A contract: people keep these names in settings files. */
const names = `mode modeByContext destructiveOperations.enabled approval.autoApproveLowRisk
  yolo.maxActionsPerIncident yolo.cooldownSeconds yolo.maxChangesPerHour yolo.maxChangesAtOnce
  confidence.minimum confidence.autoLowAndMedium confidence.autoHigh
  breaker.failureThreshold breaker.resetAfterSeconds breaker.successesToClose
  verification.timeoutSeconds verification.settleSeconds undo.automatic risk.rules
  pagerduty.region pagerduty.baseUrl pagerduty.pollIntervalSeconds pagerduty.assignedToMe pagerduty.teamIds
  pagerduty.serviceIds pagerduty.urgencies pagerduty.fromEmail pagerduty.writeNotes pagerduty.resolveAutomatically
  analysis.engine analysis.redactEmails claude.model claude.baseUrl claude.effort claude.maxTokens runbooks
  kubernetes.kubeconfig kubernetes.context kubernetes.contextByCluster kubernetes.contextAppearance
  kubernetes.allowedNamespaces kubernetes.kubectlPath kubernetes.transport kubernetes.coordination
  mcp.serverPath mcp.host mcp.port audit.directory audit.retentionDays`
  .split(/\s+/)
  .map((name) => `oncall.${name}`);

describe('Settings', () => {
  it('are safe where nobody has set anything', () => {
    const { settings, wrong } = read({});
    assert.deepEqual(wrong, []);
    assert.equal(settings.mode, 'plan');
    assert.equal(settings.modeIsChosen, false);
    assert.equal(settings.destructiveOperations, false);
    assert.deepEqual(settings.thresholds, { minimum: 0.7, autoLowAndMedium: 0.8, autoHigh: 0.9 });
    assert.deepEqual(settings.breaker, { failureThreshold: 5, resetAfterSeconds: 300, successesToClose: 2 });
    assert.deepEqual(settings.kubernetes.allowedNamespaces, []);
  });

  it('fall back to the safe default where a value is wrong, and name it once', () => {
    const { settings, wrong } = read({ mode: 'YOLO!', 'destructiveOperations.enabled': 'yes please' });
    assert.equal(settings.mode, 'plan');
    assert.equal(settings.destructiveOperations, false);
    assert.deepEqual(
      wrong.map(({ setting }) => setting),
      ['oncall.mode', 'oncall.destructiveOperations.enabled'],
    );
    assert.match(
      wrong[0]?.message ?? '',
      /^oncall\.mode is "YOLO!": it must be one of plan, approval, yolo\. "plan" is used instead\.$/,
    );
  });

  it('show a wrong value so that it is found again, without a password that stands in it', () => {
    const messages = (given: Record<string, unknown>) => read(given).wrong.map(({ message }) => message);
    const [address = ''] = messages({ 'pagerduty.baseUrl': 'http://me:secret@pagerduty.example' });
    assert.match(
      address,
      /^oncall\.pagerduty\.baseUrl is "http:\/\/…@pagerduty\.example": it must be an https/,
    );
    const [rule = ''] = messages({ 'risk.rules': [{ match: {}, effect: 'allow' }] });
    assert.match(
      rule,
      /^oncall\.risk\.rules, at 0\.effect, is "allow": it must be one of raise, lower, forbid\./,
    );
    const [long = ''] = messages({ mode: 'x'.repeat(10_000) });
    assert.ok(long.length < 200, long);
  });

  it('take folders of runbooks that are absolute or below the home folder', () => {
    assert.deepEqual(read({ runbooks: ['/srv/runbooks', '~/runbooks'] }).settings.runbooks, [
      '/srv/runbooks',
      '~/runbooks',
    ]);
    const { settings, wrong } = read({ runbooks: ['books'] });
    assert.deepEqual(settings.runbooks, []);
    assert.match(wrong[0]?.message ?? '', /^oncall\.runbooks, at 0, is "books": it must be an absolute path/);
  });

  it('carry steps out through kubectl, unless the MCP server was asked for', () => {
    assert.equal(read({}).settings.kubernetes.transport, 'kubectl');
    assert.equal(read({}, { K8S_USE_MCP_SERVER: 'false' }).settings.kubernetes.transport, 'kubectl');
    assert.equal(read({}, { K8S_USE_MCP_SERVER: 'true' }).settings.kubernetes.transport, 'mcp');
    const given = read({ 'kubernetes.transport': 'auto' }, { K8S_USE_MCP_SERVER: 'true' });
    assert.equal(given.settings.kubernetes.transport, 'auto');
    const wrong = read({ 'kubernetes.transport': 'mpc' }, { K8S_USE_MCP_SERVER: 'true' });
    assert.equal(wrong.settings.kubernetes.transport, 'kubectl');
    assert.equal(wrong.wrong.length, 1);
    const neither = read({}, { K8S_USE_MCP_SERVER: 'maybe' });
    assert.deepEqual(
      [neither.settings.kubernetes.transport, neither.wrong[0]?.setting],
      ['kubectl', 'K8S_USE_MCP_SERVER'],
    );
  });

  it('say where the MCP server is, from the environment where nobody has set it', () => {
    const env = {
      K8S_MCP_SERVER_PATH: '/opt/kubernetes-mcp-server',
      K8S_MCP_SERVER_HOST: 'localhost',
      K8S_MCP_SERVER_PORT: '9000',
    };
    assert.deepEqual(read({}).settings.mcp, {});
    assert.deepEqual(read({}, env).settings.mcp, {
      serverPath: '/opt/kubernetes-mcp-server',
      host: 'localhost',
      port: 9000,
    });
    assert.deepEqual(read({ 'mcp.host': 'mcp.example.com', 'mcp.port': 443 }, env).settings.mcp, {
      serverPath: '/opt/kubernetes-mcp-server',
      host: 'mcp.example.com',
      port: 443,
    });
    const bad = { 'mcp.serverPath': 'bin/server', 'mcp.host': 'ftp://files', 'mcp.port': 70_000 };
    const { settings, wrong } = read(bad, { K8S_MCP_SERVER_PORT: 'http' });
    assert.deepEqual(settings.mcp, {});
    assert.deepEqual(
      wrong.map(({ setting }) => setting),
      ['oncall.mcp.serverPath', 'oncall.mcp.host', 'oncall.mcp.port'],
    );
  });

  it('let confidence thresholds be raised, never lowered', () => {
    assert.equal(read({ 'confidence.minimum': 0.95 }).settings.thresholds.minimum, 0.95);
    const lowered = read({ 'confidence.autoHigh': 0.5 });
    assert.equal(lowered.settings.thresholds.autoHigh, 0.9);
    assert.equal(lowered.wrong.length, 1);
  });

  it('allow no namespace where the list of allowed ones cannot be read', () => {
    const { settings, wrong } = read({ 'kubernetes.allowedNamespaces': 'shop' });
    assert.equal(wrong.length, 1);
    assert.deepEqual(settings.kubernetes.allowedNamespaces, ['(none)']);
  });

  it('keep a context in plan mode where its cap cannot be read', () => {
    const { settings } = read({ modeByContext: { prod: 'plam', stage: 'approval' } });
    assert.deepEqual(settings.modeByContext, { prod: 'plan', stage: 'approval' });
  });

  it('map a cluster to a context that has a name, or to none: an empty one would be whatever is current', () => {
    const map = { 'shop-eu': ' gke-eu ' };
    assert.deepEqual(read({ 'kubernetes.contextByCluster': map }).settings.kubernetes.contextByCluster, {
      'shop-eu': 'gke-eu',
    });
    const { settings, wrong } = read({ 'kubernetes.contextByCluster': { 'shop-eu': ' ' } });
    assert.deepEqual(settings.kubernetes.contextByCluster, {});
    assert.match(wrong[0]?.message ?? '', /contextByCluster, at shop-eu, is " ": it must name a context/);
  });

  it('let a context look as wished, and like production where the wish cannot be read', () => {
    const prod = { appearance: 'production', label: 'EU production' };
    const right = read({
      'kubernetes.contextAppearance': { 'prod-*': prod, kind: { appearance: 'neutral' } },
    });
    assert.deepEqual(right.wrong, []);
    assert.deepEqual(right.settings.kubernetes.contextAppearance['prod-*'], prod);
    const { settings, wrong } = read({
      'kubernetes.contextAppearance': { 'prod-*': prod, eu: { appearance: 'prodction' } },
    });
    assert.deepEqual(settings.kubernetes.contextAppearance, {
      'prod-*': prod,
      eu: { appearance: 'production' },
    });
    assert.match(wrong[0]?.message ?? '', /contextAppearance, at eu.appearance, .*must be one of production/);
    assert.deepEqual(
      read({ 'kubernetes.contextAppearance': 'production' }).settings.kubernetes.contextAppearance,
      {},
    );
  });

  it('keep the risk rules that can be read beside one that cannot', () => {
    const rule = { match: { namespace: 'pay*' }, effect: 'forbid' };
    const { settings, wrong } = read({ 'risk.rules': [rule, { match: {}, effect: 'allow' }] });
    assert.deepEqual(settings.riskRules, [rule]);
    assert.equal(wrong.length, 1);
  });

  it('let nothing run by itself while a risk rule cannot be read', () => {
    const { settings } = read({ 'risk.rules': [{ match: {}, effect: 'allow' }], mode: 'yolo' });
    assert.equal(settings.mode, 'approval');
    assert.equal(settings.autoApproveLowRisk, false);
    assert.equal(read({ 'risk.rules': [], mode: 'yolo' }).settings.mode, 'yolo');
  });

  it('send tokens to https addresses and to this machine only', () => {
    for (const good of ['https://api.eu.pagerduty.com', 'http://127.0.0.1:8080', 'http://[::1]:1']) {
      assert.equal(read({ 'pagerduty.baseUrl': good }).settings.pagerduty.baseUrl, good);
    }
    for (const bad of ['http://evil.example', 'ftp://x', 'javascript:1', 'nonsense']) {
      const { settings, wrong } = read({ 'pagerduty.baseUrl': bad, 'claude.baseUrl': bad });
      assert.equal(settings.pagerduty.baseUrl, undefined);
      assert.equal(settings.claude.baseUrl, undefined);
      assert.equal(wrong.length, 2, bad);
    }
  });

  it('take the environment where a setting is unset, and the setting where both are there', () => {
    const env = { K8S_CONTEXT: 'on', K8S_CONFIG_PATH: '/k', K8S_ENABLE_DESTRUCTIVE_OPERATIONS: 'true' };
    const { settings, wrong } = read({}, env);
    assert.deepEqual(wrong, []);
    assert.equal(settings.destructiveOperations, true);
    assert.equal(settings.kubernetes.context, 'on');
    assert.equal(settings.kubernetes.kubeconfig, '/k');
    const set = read({ 'kubernetes.context': 'mine', 'destructiveOperations.enabled': false }, env).settings;
    assert.equal(set.kubernetes.context, 'mine');
    assert.equal(set.destructiveOperations, false);
  });

  it('take no variable for granted: one that does not fit is named', () => {
    const { settings, wrong } = read({}, { K8S_ENABLE_DESTRUCTIVE_OPERATIONS: 'perhaps' });
    assert.equal(settings.destructiveOperations, false);
    assert.equal(wrong[0]?.setting, 'K8S_ENABLE_DESTRUCTIVE_OPERATIONS');
  });

  it('never throw and never become laxer by nonsense', () => {
    const keys = Object.keys(contributed).map((id) => id.replace('oncall.', ''));
    const nonsense = fc.oneof(fc.string(), fc.double(), fc.constant(null), fc.array(fc.anything()));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), nonsense), (given) => {
        const { settings } = read(given);
        assert.ok(settings.thresholds.minimum >= 0.7);
        assert.ok(settings.mode !== 'yolo');
        assert.equal(settings.destructiveOperations, false);
      }),
    );
  });

  it('cannot be set by a folder that somebody opens', () => {
    const restricted = new Set(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations);
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, 'limited');
    for (const [id, { scope }] of Object.entries(contributed)) {
      assert.ok(['application', 'machine'].includes(scope), `${id} has scope ${scope}`);
      assert.ok(restricted.has(id), `${id} is not restricted`);
    }
  });

  it('are those that the product reads, under the names that people have written down', () => {
    const asked = new Set<string>();
    readSettings({
      given: (key) => {
        asked.add(`oncall.${key}`);
        return undefined;
      },
      env: {},
    });
    assert.deepEqual([...asked].sort(), Object.keys(contributed).sort());
    assert.deepEqual(Object.keys(contributed).sort(), [...names].sort());
  });

  it('are told in words, each group in an order of its own, every choice with what it means', () => {
    const groups = manifest.contributes.configuration;
    assert.deepEqual(
      groups.map(({ order }) => order),
      groups.map((_, index) => index + 1),
    );
    for (const { title, properties } of groups) {
      const orders = Object.values(properties).map(({ order }) => order);
      assert.equal(new Set(orders).size, orders.length, `${title}: ${orders.join(' ')}`);
      for (const [id, setting] of Object.entries(properties)) {
        assert.ok((setting.markdownDescription ?? '').length > 20, id);
        for (const { enum: choices, enumDescriptions } of [setting, ...below(setting)]) {
          if (choices !== undefined) assert.equal(enumDescriptions?.length, choices.length, id);
        }
      }
    }
  });

  it('name other settings that exist', () => {
    for (const [id, { markdownDescription = '' }] of Object.entries(contributed)) {
      for (const [, other = ''] of markdownDescription.matchAll(/#(oncall\.[\w.]+)#/g)) {
        assert.ok(Object.hasOwn(contributed, other), `${id} names ${other}`);
      }
    }
  });

  it('say in the settings editor what the product does without them', () => {
    const given = Object.fromEntries(
      Object.entries(contributed).map(([id, { default: value }]) => [id.replace('oncall.', ''), value]),
    );
    const { settings, wrong } = read(given);
    assert.deepEqual(wrong, []);
    assert.deepEqual({ ...settings, modeIsChosen: false }, read({}).settings);
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { readSettings } from '../../../src/editor/settings.ts';

const read = (given: Record<string, unknown>, env: Record<string, string> = {}) =>
  readSettings({ given: (key) => given[key], env });

interface Manifest {
  contributes: { configuration: { properties: Record<string, { scope: string; default: unknown }> }[] };
  capabilities: { untrustedWorkspaces: { supported: string; restrictedConfigurations: string[] } };
}
const manifest = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
) as Manifest;
const contributed = Object.assign(
  {},
  ...manifest.contributes.configuration.map(({ properties }) => properties),
) as Record<string, { scope: string; default: unknown }>;

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
      /^oncall\.mode must be one of plan, approval, yolo\. "plan" is used instead\.$/,
    );
  });

  it('take folders of runbooks that are absolute or below the home folder', () => {
    assert.deepEqual(read({ runbooks: ['/srv/runbooks', '~/runbooks'] }).settings.runbooks, [
      '/srv/runbooks',
      '~/runbooks',
    ]);
    const { settings, wrong } = read({ runbooks: ['books'] });
    assert.deepEqual(settings.runbooks, []);
    assert.match(wrong[0]?.message ?? '', /^oncall\.runbooks, at 0, must be an absolute path/);
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
    assert.match(wrong[0]?.message ?? '', /contextByCluster, at shop-eu, must name a context/);
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

  it('say in the settings editor what the product does without them', () => {
    const given = Object.fromEntries(
      Object.entries(contributed).map(([id, { default: value }]) => [id.replace('oncall.', ''), value]),
    );
    const { settings, wrong } = read(given);
    assert.deepEqual(wrong, []);
    assert.deepEqual({ ...settings, modeIsChosen: false }, read({}).settings);
  });
});

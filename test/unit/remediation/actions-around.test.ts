import assert from 'node:assert/strict';
import { parseActionCall, type ActionCall } from '../../../src/domain/action.ts';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';
import { assessCommand } from '../../../src/kubectl/assess.ts';
import { commandOf, undoOf, verificationOf } from '../../../src/remediation/actions/catalogue.ts';
import { justification } from '../../../src/remediation/planning.ts';
import { callsAround } from './calls-around.ts';

function call(action: ActionCall['action']): ActionCall {
  const found = callsAround.find(([one]) => one.action === action)?.[0];
  assert.ok(found);
  return found;
}

const back = (one: ActionCall, before: KubeObject): string | undefined =>
  undoOf(one, [before])?.argv.join(' ');
const object = (kind: string, name: string, fields: object): KubeObject => ({
  kind,
  metadata: { namespace: 'shop', name },
  ...fields,
});

describe('actions on what stands around a workload', () => {
  it('are commands that the command language knows, of one object each, and high wherever more than a Service is touched', () => {
    for (const [one] of callsAround) {
      const risk = assessCommand(commandOf(one), { defaultNamespace: 'default', rules: [] });
      assert.equal(risk.rejected, false, risk.reason);
      assert.deepEqual(
        [risk.mutates, risk.affectsAll, risk.forbidden, risk.targets.length],
        [true, false, false, 1],
      );
      assert.equal(risk.riskLevel, one.action === 'fix_service_port' ? 'medium' : 'high');
      assert.equal(risk.targets[0]?.namespace, 'shop');
    }
  });

  it('let a Service lead again to where it led', () => {
    const ports = [
      { port: 80, targetPort: 9090 },
      { port: 90, targetPort: 'admin' },
      { port: 100, targetPort: 1 },
    ];
    assert.equal(
      back(call('fix_service_port'), object('Service', 'payments', { spec: { ports } })),
      'kubectl patch service/payments --type=strategic -p {"spec":{"ports":[{"port":80,"targetPort":9090}]}} -n shop',
    );
  });

  it('set the old maximum of an autoscaler', () => {
    const autoscaler = (maxReplicas: number) =>
      object('HorizontalPodAutoscaler', 'checkout', { spec: { maxReplicas } });
    assert.equal(
      back(call('raise_hpa_maximum'), autoscaler(2)),
      'kubectl patch hpa/checkout --type=merge -p {"spec":{"maxReplicas":2}} -n shop',
    );
    assert.equal(back(call('raise_hpa_maximum'), autoscaler(5)), undefined);
  });

  it('name the old class of an Ingress, or none', () => {
    const ingress = (spec: object) => object('Ingress', 'front', { spec });
    const one = call('fix_ingress_class');
    assert.match(back(one, ingress({ ingressClassName: 'ngnix' })) ?? '', /"ingressClassName":"ngnix"/);
    assert.match(back(one, ingress({})) ?? '', /"ingressClassName":null/);
    assert.equal(back(one, ingress({ ingressClassName: 'nginx' })), undefined);
  });

  it('put the old word of a Role back, and only where it stood', () => {
    const role = (...resources: string[]) => object('Role', 'reader', { rules: [{ resources }] });
    const one = call('fix_role_resource');
    assert.match(back(one, role('services', 'pod')) ?? '', /"test".*"pods".*"replace".*"pod"\}/);
    assert.equal(back(one, role('services', 'secrets')), undefined);
    assert.equal(back(one, role('services')), undefined);
  });

  it('take no wildcard, no other verb and no name that is a flag', () => {
    const { parameters } = call('fix_role_resource');
    for (const change of [
      { to: '*' },
      { to: 'pods/*' },
      { from: '*' },
      { to: 'secrets' },
      { from: 'configmaps', to: 'secrets' },
      { group: 'apps' },
      { verbs: ['*'] },
      { role: '--all' },
      { rule: -1 },
    ]) {
      assert.throws(() =>
        parseActionCall({ action: 'fix_role_resource', parameters: { ...parameters, ...change } }),
      );
    }
    for (const targetPort of [0, 70_000, '--all', 'a name', '']) {
      assert.throws(() =>
        parseActionCall({
          action: 'fix_service_port',
          parameters: { namespace: 'shop', service: 'payments', ports: [{ port: 80, targetPort }] },
        }),
      );
    }
  });

  it('are watched by what they are for', () => {
    const types = callsAround.map(([one]) => [one.action, verificationOf(one).type]);
    assert.deepEqual(Object.fromEntries(types), {
      fix_service_port: 'endpoints',
      raise_hpa_maximum: 'autoscaled',
      fix_ingress_class: 'exists',
      fix_role_resource: 'rollout',
      run_cron_job: 'job-complete',
    });
  });

  it('are justified by a finding that is also about the object that they change', () => {
    const autoscaler = { kind: 'HorizontalPodAutoscaler', namespace: 'shop', name: 'web' };
    const deployment = { kind: 'Deployment', namespace: 'shop', name: 'checkout' };
    const finding = {
      name: 'FailedGetResourceMetric',
      target: autoscaler,
      summary: '',
      evidence: [],
    } as const;
    const requests: ActionCall = {
      action: 'set_resource_requests',
      parameters: { namespace: 'shop', deployment: 'checkout', container: 'app', cpu: '100m' },
    };
    assert.equal(justification(requests, [finding]), undefined);
    assert.equal(justification(requests, [{ ...finding, alsoAbout: [deployment] }])?.target, autoscaler);
  });
});

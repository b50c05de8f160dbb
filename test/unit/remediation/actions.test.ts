import assert from 'node:assert/strict';
import { actionNames, parseActionCall, type ActionCall } from '../../../src/domain/action.ts';
import { findingNames } from '../../../src/domain/diagnosis.ts';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';
import {
  answers,
  catalogue,
  commandOf,
  descriptions,
  readsOf,
  targetOf,
  touchesOf,
  undoOf,
  verificationOf,
} from '../../../src/remediation/actions/catalogue.ts';
import { describeVerification } from '../../../src/remediation/verification-text.ts';
import { callsAround } from './calls-around.ts';
import { callsReading } from './calls-reading.ts';
import { deployment, service } from './objects.ts';

const shop = { namespace: 'shop', deployment: 'checkout' };
const words = (command: readonly string[] | undefined) => command?.join(' ');

/** One call of every action, with the command it stands for. */
const calls: [ActionCall, string][] = [
  [
    { action: 'restart_pod', parameters: { namespace: 'shop', pod: 'web-1' } },
    'kubectl delete pod/web-1 -n shop',
  ],
  [
    { action: 'scale_deployment', parameters: { ...shop, replicas: 3 } },
    'kubectl scale deployment/checkout --replicas=3 -n shop',
  ],
  [
    { action: 'increase_memory_limit', parameters: { ...shop, container: 'app', memory: '256Mi' } },
    'kubectl set resources deployment/checkout -c=app --limits=memory=256Mi -n shop',
  ],
  [
    { action: 'increase_cpu_limits', parameters: { ...shop, container: 'app', cpu: '500m' } },
    'kubectl set resources deployment/checkout -c=app --limits=cpu=500m -n shop',
  ],
  [
    { action: 'set_resource_limits', parameters: { ...shop, container: 'app', cpu: '1', memory: '1Gi' } },
    'kubectl set resources deployment/checkout -c=app --limits=cpu=1,memory=1Gi -n shop',
  ],
  [
    { action: 'set_resource_requests', parameters: { ...shop, container: 'app', cpu: '250m' } },
    'kubectl set resources deployment/checkout -c=app --requests=cpu=250m -n shop',
  ],
  [
    {
      action: 'fix_probe',
      parameters: { ...shop, container: 'app', probe: 'readiness', handler: 'httpGet', port: 8080 },
    },
    'kubectl patch deployment/checkout --type=strategic -p ' +
      '{"spec":{"template":{"spec":{"containers":[{"name":"app","readinessProbe":{"httpGet":{"port":8080}}}]}}}} -n shop',
  ],
  [
    { action: 'fix_node_selector', parameters: { ...shop, selector: { pool: 'shop' } } },
    'kubectl patch deployment/checkout --type=json -p ' +
      '[{"path":"/spec/template/spec/nodeSelector","op":"add","value":{"pool":"shop"}}] -n shop',
  ],
  [
    {
      action: 'drain_node',
      parameters: { ...shop, node: 'node-1', selector: { tier: 'web', app: 'checkout' } },
    },
    'kubectl drain node-1 --pod-selector=app=checkout,tier=web --ignore-daemonsets --skip-wait-for-delete-timeout=1 --timeout=50s',
  ],
  [
    { action: 'rollback_deployment', parameters: { ...shop, revision: 1 } },
    'kubectl rollout undo deployment/checkout --to-revision=1 -n shop',
  ],
  [{ action: 'restart_deployment', parameters: shop }, 'kubectl rollout restart deployment/checkout -n shop'],
  [
    { action: 'set_image', parameters: { ...shop, container: 'app', image: 'shop/checkout:1' } },
    'kubectl set image deployment/checkout app=shop/checkout:1 -n shop',
  ],
  [
    {
      action: 'fix_service_selector',
      parameters: { namespace: 'shop', service: 'payments', selector: { tier: 'back', app: 'payments' } },
    },
    'kubectl set selector service/payments app=payments,tier=back -n shop',
  ],
  ...callsAround,
  ...callsReading,
  [
    {
      action: 'custom_command',
      parameters: {
        argv: ['kubectl', 'get', 'pods', '-n', 'shop'],
        target: { kind: 'Deployment', namespace: 'shop', name: 'checkout' },
      },
    },
    'kubectl get pods -n shop',
  ],
];

describe('the catalogue of actions', () => {
  it('has an entry for every action, with a command, a target and what it touches', () => {
    assert.deepEqual(Object.keys(catalogue).sort(), actionNames.toSorted());
    assert.deepEqual(calls.map(([call]) => call.action).sort(), actionNames.toSorted());
    for (const [call, command] of calls) {
      assert.deepEqual(parseActionCall(call), call);
      assert.equal(words(commandOf(call)), command);
      const touched = call.action === 'drain_node' ? { kind: 'Node', name: 'node-1' } : targetOf(call);
      assert.deepEqual(touchesOf(call), readsOf(call) === undefined ? [touched] : []);
      assert.equal(catalogue[call.action].name, call.action);
      assert.match(descriptions[call.action], /^[A-Z].*\.$/);
      assert.match(describeVerification(verificationOf(call)), /^[A-Z].*\.$/);
    }
  });

  it('answers every finding that there is, with actions that can make it go away, or leaves it to people', () => {
    /** Nothing that a command of the catalogue could do would be a remedy. */
    const reported = [
      'NodePressure',
      'ReplicasUnavailable',
      'WebhookUnavailable',
      'ProvisioningFailed',
      'ClaimUnbound',
      'ClaimLost',
      'VolumeFailed',
      'JobSuspended',
      'CronJobSuspended',
      'UnparseableSchedule',
      'IngressBackendNotFound',
      'IngressSecretNotFound',
      'FailedGetScale',
      'FailedGetMetric',
    ];
    const answered = new Set<string>(Object.values(answers).flat());
    assert.deepEqual([...answered, ...reported].sort(), findingNames.toSorted());
  });

  it('lets no name of an object become a flag', () => {
    const hostile = '--all';
    for (const [call] of calls) {
      if (call.action === 'custom_command') continue;
      const parameters = Object.fromEntries(
        Object.entries(call.parameters).map(([key, value]) => [
          key,
          ['pod', 'deployment', 'service', 'container', 'autoscaler', 'ingress', 'role', 'cronjob'].includes(
            key,
          )
            ? hostile
            : value,
        ]),
      );
      const argv = commandOf({ ...call, parameters } as ActionCall);
      assert(!argv.includes(hostile), words(argv));
    }
  });
});

describe('the way back', () => {
  const back = (call: ActionCall, before: KubeObject) => words(undoOf(call, [before])?.argv);
  const find = (action: ActionCall['action']): ActionCall => {
    const call = calls.find(([one]) => one.action === action)?.[0];
    assert(call !== undefined);
    return call;
  };

  it('scales to the number of replicas that there were', () => {
    assert.equal(
      back(find('scale_deployment'), deployment(0)),
      'kubectl scale deployment/checkout --replicas=0 -n shop',
    );
    assert.equal(back(find('scale_deployment'), deployment(3)), undefined);
  });

  it('sets the old memory limit, or takes away one that was not there', () => {
    const limited = deployment(1, {}, {}, { resources: { limits: { memory: '128Mi', cpu: '1' } } });
    assert.equal(
      back(find('increase_memory_limit'), limited),
      'kubectl set resources deployment/checkout -c=app --limits=memory=128Mi -n shop',
    );
    const unlimited = deployment(1, {}, {}, { resources: { limits: { cpu: '1' } } });
    assert.equal(
      back(find('increase_memory_limit'), unlimited),
      'kubectl patch deployment/checkout --type=strategic -p ' +
        '{"spec":{"template":{"spec":{"containers":[{"name":"app","resources":{"limits":{"memory":null}}}]}}}} -n shop',
    );
    assert.equal(back(find('increase_memory_limit'), deployment(1, {}, {}, { name: 'other' })), undefined);
  });

  it('sets the old CPU limit and requests, or takes away those that were not there', () => {
    const sized = deployment(1, {}, {}, { resources: { limits: { cpu: '2' }, requests: { cpu: '2' } } });
    assert.equal(
      back(find('increase_cpu_limits'), sized),
      'kubectl set resources deployment/checkout -c=app --limits=cpu=2 -n shop',
    );
    assert.equal(
      back(find('set_resource_requests'), sized),
      'kubectl set resources deployment/checkout -c=app --requests=cpu=2 -n shop',
    );
    assert.equal(
      back(find('set_resource_limits'), sized),
      'kubectl patch deployment/checkout --type=strategic -p ' +
        '{"spec":{"template":{"spec":{"containers":[{"name":"app","resources":{"limits":{"cpu":"2","memory":null}}}]}}}} -n shop',
    );
    const already = deployment(1, {}, {}, { resources: { requests: { cpu: '250m' } } });
    assert.equal(back(find('set_resource_requests'), already), undefined);
  });

  it('lets a probe ask its old port, takes one away that there was not, and knows of no way back to a handler that it had not', () => {
    const probed = (probe: object) => deployment(1, {}, {}, { readinessProbe: probe });
    assert.equal(
      back(find('fix_probe'), probed({ httpGet: { port: 'admin' } })),
      'kubectl patch deployment/checkout --type=strategic -p ' +
        '{"spec":{"template":{"spec":{"containers":[{"name":"app","readinessProbe":{"httpGet":{"port":"admin"}}}]}}}} -n shop',
    );
    assert.equal(back(find('fix_probe'), probed({ httpGet: { port: 8080 } })), undefined);
    assert.equal(back(find('fix_probe'), probed({ tcpSocket: { port: 9000 } })), undefined);
    assert.equal(
      back(find('fix_probe'), deployment(1)),
      'kubectl patch deployment/checkout --type=strategic -p ' +
        '{"spec":{"template":{"spec":{"containers":[{"name":"app","readinessProbe":null}]}}}} -n shop',
    );
  });

  it('sets the old node selector, or takes it away', () => {
    const placed = (nodeSelector?: object) => {
      const one = deployment(1);
      const template = { spec: { ...one['spec'].template.spec, nodeSelector } };
      return { ...one, spec: { ...one['spec'], template } };
    };
    const patch = 'kubectl patch deployment/checkout --type=json -p ';
    assert.equal(
      back(find('fix_node_selector'), placed({ disk: 'fast' })),
      `${patch}[{"path":"/spec/template/spec/nodeSelector","op":"add","value":{"disk":"fast"}}] -n shop`,
    );
    assert.equal(
      back(find('fix_node_selector'), placed()),
      `${patch}[{"path":"/spec/template/spec/nodeSelector","op":"remove"}] -n shop`,
    );
    assert.equal(back(find('fix_node_selector'), placed({ pool: 'shop' })), undefined);
  });

  it('lets pods onto a node again, unless somebody had kept them off before', () => {
    const node = (spec: object): KubeObject => ({ kind: 'Node', metadata: { name: 'node-1' }, spec });
    assert.equal(back(find('drain_node'), node({})), 'kubectl uncordon node-1');
    assert.equal(back(find('drain_node'), node({ unschedulable: true })), undefined);
  });

  it('rolls forward to the revision that there was', () => {
    const at = (revision: string, spec = {}) => {
      const one = deployment(1, {}, { annotations: { 'deployment.kubernetes.io/revision': revision } });
      return { ...one, spec: { ...one.spec, ...spec } };
    };
    const call = find('rollback_deployment');
    assert.equal(back(call, at('2')), 'kubectl rollout undo deployment/checkout --to-revision=2 -n shop');
    assert.equal(back(call, at('1')), undefined);
    assert.equal(back(call, at('2', { revisionHistoryLimit: 0 })), undefined);
    assert.equal(back(call, deployment(1)), undefined);
  });

  it('sets the old image', () => {
    assert.equal(
      back(find('set_image'), deployment(1)),
      'kubectl set image deployment/checkout app=shop/checkout:2 -n shop',
    );
    assert.equal(back(find('set_image'), deployment(1, {}, {}, { image: 'shop/checkout:1' })), undefined);
  });

  it('sets the old selector, without the keys that were added', () => {
    assert.equal(
      back(find('fix_service_selector'), service({ app: 'payment', zone: 'a' })),
      'kubectl patch service/payments --type=merge -p {"spec":{"selector":{"tier":null,"app":"payment","zone":"a"}}} -n shop',
    );
    assert.equal(
      back(find('fix_service_selector'), service(undefined)),
      'kubectl patch service/payments --type=merge -p {"spec":{"selector":{"tier":null,"app":null}}} -n shop',
    );
    assert.equal(back(find('fix_service_selector'), service({ app: 'payments', tier: 'back' })), undefined);
  });

  it('is not there for a restart, nor where the object was not read', () => {
    assert.equal(
      back(find('restart_pod'), { kind: 'Pod', metadata: { name: 'web-1', namespace: 'shop' } }),
      undefined,
    );
    assert.equal(back(find('restart_deployment'), deployment(1)), undefined);
    for (const [call] of calls) assert.equal(undoOf(call, []), undefined);
  });
});

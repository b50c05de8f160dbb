import assert from 'node:assert/strict';
import { actionNames, parseActionCall, type ActionCall } from '../../../src/domain/action.ts';
import { findingNames } from '../../../src/domain/diagnosis.ts';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';
import {
  answers,
  catalogue,
  commandOf,
  descriptions,
  targetOf,
  touchesOf,
  undoOf,
  verificationOf,
} from '../../../src/remediation/actions/catalogue.ts';
import { describeVerification } from '../../../src/remediation/verification-text.ts';
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
      assert.deepEqual(touchesOf(call), [targetOf(call)]);
      assert.equal(catalogue[call.action].name, call.action);
      assert.match(descriptions[call.action], /^[A-Z].*\.$/);
      assert.match(describeVerification(verificationOf(call)), /^[A-Z].*\.$/);
    }
  });

  it('answers every finding that there is, with actions that can make it go away', () => {
    const answered = new Set(Object.values(answers).flat());
    assert.deepEqual([...answered].sort(), findingNames.toSorted());
  });

  it('lets no name of an object become a flag', () => {
    const hostile = '--all';
    for (const [call] of calls) {
      if (call.action === 'custom_command') continue;
      const parameters = Object.fromEntries(
        Object.entries(call.parameters).map(([key, value]) => [
          key,
          ['pod', 'deployment', 'service'].includes(key) ? hostile : value,
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

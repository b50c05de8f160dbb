/** Who may do what is never changed without a person: in no mode, at no confidence, in no spelling, and not by an undo either. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { defaultThresholds, modes, type Situation } from '../../src/domain/decision.ts';
import { assessCommand } from '../../src/kubectl/assess.ts';
import { resolveType } from '../../src/kubectl/resources.ts';
import { decide } from '../../src/policy/decide.ts';

const allowed: Situation = {
  mode: 'yolo',
  confidence: 1,
  destructiveOperations: true,
  autoApproveLowRisk: true,
  allowedNamespaces: [],
  thresholds: defaultThresholds,
  breaker: 'closed',
  automationStopped: false,
  automaticActions: 0,
  maxActionsPerIncident: 3,
  coolingDown: false,
};
const spellings = [
  ...[
    'role',
    'roles',
    'Role',
    'ROLES',
    'roles.rbac.authorization.k8s.io',
    'role.v1.rbac.authorization.k8s.io',
  ],
  ...['rolebinding', 'rolebindings', 'clusterrole', 'clusterroles', 'clusterrolebinding'],
  ...[
    'sa',
    'serviceaccount',
    'serviceaccounts',
    'roles.authorization.openshift.io',
    'csr',
    'scc.security.openshift.io',
  ],
].filter((word) => !word.startsWith('scc'));
const account = JSON.stringify({ spec: { template: { spec: { serviceAccountName: 'admin' } } } });
const escaped = account.replace('serviceAccount', '\\u0073erviceAccount');
const commands: readonly (readonly string[])[] = [
  ...spellings.flatMap((word) => [
    ['patch', `${word}/reader`, '--type=merge', '-p', '{"rules":[]}'],
    ['delete', word, 'reader'],
    ['label', `cm/a`, `${word}/reader`, 'a=b'],
  ]),
  ['create', 'role', 'a', '--verb=get', '--resource=pods'],
  ['create', 'clusterrolebinding', 'a', '--clusterrole=a', '--user=b'],
  ['create', 'serviceaccount', 'a'],
  ['create', 'token', 'a'],
  ['set', 'subject', 'rolebinding', 'a', '--user=b'],
  ['set', 'serviceaccount', 'deployment/a', 'b'],
  ['certificate', 'approve', 'a'],
  ['patch', 'deployment/a', '-p', account],
  ['patch', 'deployment/a', '-p', escaped],
  [
    'patch',
    'deployment/a',
    '--type=json',
    '-p',
    '[{"op":"add","path":"/spec/template/spec/serviceAccountName","value":"x"}]',
  ],
];

describe('A change of who may do what', () => {
  for (const words of commands) {
    it(`is asked about: kubectl ${words.join(' ')}`, () => {
      const assessment = assessCommand(['kubectl', ...words], { defaultNamespace: 'shop' });
      assert.ok(!assessment.rejected && assessment.mutates, assessment.reason);
      assert.equal(decide(assessment, allowed).outcome, 'ask');
      fc.assert(
        fc.property(fc.constantFrom(...modes), fc.double(), fc.boolean(), (mode, confidence, auto) => {
          const situation = { ...allowed, mode, confidence, autoApproveLowRisk: auto };
          assert.notEqual(decide(assessment, situation).outcome, 'execute');
        }),
      );
    });
  }

  it('is asked about for every kind that the table of types calls one', () => {
    for (const word of ['role', 'rolebinding', 'clusterrole', 'clusterrolebinding', 'serviceaccount'])
      assert.equal(resolveType(word)?.family, 'rbac', word);
  });

  it('is none where nothing is changed', () => {
    const reads = assessCommand('kubectl get roles', { defaultNamespace: 'shop' });
    assert.equal(decide(reads, allowed).outcome, 'execute');
    const labels = assessCommand(['kubectl', 'label', 'deployment/role', 'a=b'], {
      defaultNamespace: 'shop',
    });
    assert.equal(decide(labels, allowed).outcome, 'execute');
  });
});

describe('What rests on what others can write', () => {
  it('changes nothing by itself in any situation, and may still be read', () => {
    const changes = [
      'scale deployment/a --replicas=3',
      'delete pod a',
      'patch service/a -p {}'.replace('{}', "'{}'"),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...changes),
        fc.constantFrom(...modes),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (text, mode, confidence) => {
          const assessment = assessCommand(`kubectl ${text}`, { defaultNamespace: 'shop' });
          const situation = { ...allowed, mode, confidence, restsOnWritten: true };
          assert.notEqual(decide(assessment, situation).outcome, 'execute');
        },
      ),
    );
    const reads = assessCommand('kubectl get pods', { defaultNamespace: 'shop' });
    assert.equal(decide(reads, { ...allowed, restsOnWritten: true }).outcome, 'execute');
  });
});

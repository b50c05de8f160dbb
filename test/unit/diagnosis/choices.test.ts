import assert from 'node:assert/strict';
import type { GroundedProposal, ChoiceName, ChoiceProposal } from '../../../src/domain/action.ts';
import { findingNames, type FindingName } from '../../../src/domain/diagnosis.ts';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';
import type { RemediedFinding } from '../../../src/diagnosis/builtin.ts';
import { choices, choose, type Chosen } from '../../../src/diagnosis/choices.ts';

const checkout = { kind: 'Deployment', namespace: 'shop', name: 'checkout' };
const claims = {
  grounds: 'observed' as const,
  rationale: 'because',
  claimedConfidence: 0.9,
  evidence: ['e1'],
};
const rollback: GroundedProposal = {
  action: 'rollback_deployment',
  parameters: { namespace: 'shop', deployment: 'checkout', revision: 1 },
  ...claims,
};
const scale: GroundedProposal = {
  action: 'scale_deployment',
  parameters: { namespace: 'shop', deployment: 'checkout', replicas: 3 },
  ...claims,
};
const restart: GroundedProposal = {
  action: 'restart_deployment',
  parameters: { namespace: 'shop', deployment: 'checkout' },
  ...claims,
};
const remedied = (name: FindingName, ...proposals: readonly GroundedProposal[]): RemediedFinding => ({
  finding: { name, target: checkout, summary: '', evidence: ['e1'] },
  remedy: { cause: '', proposals, hypotheses: [] },
});
const object = (kind: string, name: string): KubeObject => ({
  kind,
  metadata: { namespace: 'shop', name },
});
const asked = (
  action: ChoiceName,
  kind: 'Deployment' | 'Service' = 'Deployment',
  name = 'checkout',
): ChoiceProposal => ({ action, parameters: { namespace: 'shop', kind, name }, ...claims });

function chosen(choice: ChoiceProposal, ...found: readonly RemediedFinding[]): Chosen {
  return choose([choice], found, {
    target: { ...checkout, context: 'test' },
    workload: object('Deployment', 'checkout'),
    services: [{ service: object('Service', 'front'), endpoints: undefined, selected: undefined }],
  });
}

describe('asking for missing pods, or for pods to be put right, without saying how', () => {
  it('becomes the action that the finding calls for, with its own parameters', () => {
    const { proposals, notes } = chosen(
      asked('fix_pod_issues'),
      remedied('CrashLoopBackOff', rollback, restart),
    );
    assert.deepEqual(proposals, [rollback]);
    assert.deepEqual(notes, [
      'fix_pod_issues for Deployment shop/checkout stands for rollback_deployment here, by the finding CrashLoopBackOff.',
    ]);
  });

  it('goes by the findings that are about it: missing pods are not pods that crash', () => {
    const found = [remedied('CrashLoopBackOff', rollback), remedied('ScaledToZero', scale)];
    assert.deepEqual(chosen(asked('deploy_missing_pods'), ...found).proposals, [scale]);
    assert.deepEqual(chosen(asked('fix_pod_issues'), ...found).proposals, [rollback]);
  });

  it('takes the first finding that has a remedy', () => {
    const found = [remedied('ImagePullBackOff'), remedied('RolloutStuck', rollback)];
    assert.deepEqual(chosen(asked('fix_pod_issues'), ...found).proposals, [rollback]);
  });

  it('may name the Service in front of the pods', () => {
    const found = remedied('ScaledToZero', scale);
    assert.deepEqual(chosen(asked('deploy_missing_pods', 'Service', 'front'), found).proposals, [scale]);
  });

  it('is no step where no finding supports one, and says so', () => {
    for (const [found, why] of [
      [[], /no finding supports it/],
      [[remedied('ScaledToZero', scale)], /no finding supports it/],
      [[remedied('CreateContainerConfigError')], /no remedy is known for CreateContainerConfigError/],
    ] as const) {
      const { proposals, notes } = chosen(asked('fix_pod_issues'), ...found);
      assert.deepEqual(proposals, []);
      assert.equal(notes.length, 1);
      assert.match(notes[0] ?? '', why);
      assert.match(notes[0] ?? '', /^fix_pod_issues for Deployment shop\/checkout is not a step: /);
    }
  });

  it('is no step for an object that was not investigated, whatever was found on another', () => {
    const found = remedied('CrashLoopBackOff', rollback);
    const { proposals, notes } = chosen(asked('fix_pod_issues', 'Deployment', 'other'), found);
    assert.deepEqual(proposals, []);
    assert.match(notes[0] ?? '', /it was not looked at/);
  });

  it('leaves what says how it is done alone', () => {
    assert.deepEqual(
      choose([restart, asked('fix_pod_issues'), scale], [remedied('OOMKilled', rollback)], {
        target: { ...checkout, context: 'test' },
        workload: undefined,
        services: [],
      }).proposals,
      [restart, rollback, scale],
    );
  });

  it('knows only findings that there are, and no finding is both', () => {
    const answered = Object.values(choices).flatMap(({ answers }) => answers);
    assert.equal(new Set(answered).size, answered.length);
    assert(answered.every((name) => findingNames.includes(name)));
  });
});

import assert from 'node:assert/strict';
import type { GroundedProposal } from '../../../src/domain/action.ts';
import { marked, mergeProposals } from '../../../src/diagnosis/proposals.ts';

const claims = (rationale: string) => ({
  rationale,
  claimedConfidence: 0.9,
  evidence: ['e1'],
  grounds: 'observed' as const,
});
const scale = (replicas: number, rationale: string, deployment = 'checkout'): GroundedProposal => ({
  action: 'scale_deployment',
  parameters: { namespace: 'shop', deployment, replicas },
  ...claims(rationale),
});
const command = (rationale: string, ...argv: string[]): GroundedProposal => ({
  action: 'custom_command',
  parameters: {
    argv: ['kubectl', ...argv],
    target: { kind: 'Deployment', namespace: 'shop', name: 'checkout' },
  },
  ...claims(rationale),
});
const merged = (model: GroundedProposal[], builtin: GroundedProposal[]) =>
  mergeProposals(marked(model, builtin), builtin).map(({ rationale, modelOnly }) =>
    modelOnly === true ? `${rationale}, model only` : rationale,
  );

describe('what a model proposes and what the built-in rules propose', () => {
  it('is there once where both say the same, the way the rules have it', () => {
    assert.deepEqual(merged([scale(3, 'model')], [scale(3, 'built-in')]), ['built-in']);
  });

  it('keeps the built-in action before the one that has other parameters: findings support it', () => {
    assert.deepEqual(merged([scale(9, 'model')], [scale(3, 'built-in')]), ['built-in', 'model, model only']);
  });

  it('stays in the order of the model otherwise, with the rest of the built-in rules after it', () => {
    assert.deepEqual(
      merged(
        [command('first', 'rollout', 'restart', 'deployment/checkout'), scale(9, 'second')],
        [scale(1, 'elsewhere', 'cart'), scale(3, 'built-in')],
      ),
      ['first, model only', 'built-in', 'second, model only', 'elsewhere'],
    );
  });

  it('does not let a model propose one action on one object twice', () => {
    assert.deepEqual(merged([scale(9, 'model'), scale(8, 'again')], []), ['model, model only']);
  });

  it('takes commands that differ in a word for different ones', () => {
    assert.deepEqual(merged([command('a', 'get', 'pods'), command('b', 'get', 'pods', '-o', 'wide')], []), [
      'a, model only',
      'b, model only',
    ]);
  });
});

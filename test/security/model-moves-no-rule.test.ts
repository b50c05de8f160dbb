/**
 * What the built-in rules propose keeps their confidence, evidence and reasons, whatever a model says of it: over any answer, each of their
 * steps is decided as it is without a model, or a person is asked in the place of running it.
 */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Analysis, Analyst, Objection } from '../../src/diagnosis/analyst.ts';
import type { ActionProposal } from '../../src/domain/action.ts';
import type { RemediationResult } from '../../src/domain/run.ts';
import { inRunOrder } from '../../src/remediation/run-order.ts';
import { fakeCluster, type FakeCluster } from '../unit/cluster/fake-cluster.ts';
import { ago, crashing, deployment, endpoints, pod, revision, service } from '../unit/cluster/shop.ts';
import { planned } from '../support/planned.ts';

const env = (value: string): object => ({ env: [{ name: 'A', value }] });
/** A crash loop that a rollback ends: 0.9 runs by itself. */
const runs = (): FakeCluster =>
  fakeCluster(
    deployment({ readyReplicas: 0 }),
    revision(1, { createdAgo: 86_400, container: { ...env('1') } }),
    revision(2, { replicas: 2, createdAgo: 900, container: { ...env('2') } }),
    pod('checkout-hash2-a', 2, crashing()),
    service({ app: 'checkout' }),
    endpoints(0, 1),
  );
/** The same of pods that ran well for long: 0.6 is skipped. */
const skips = (): FakeCluster => {
  const cluster = runs();
  const one = cluster.objects.findIndex(({ kind }) => kind === 'Pod');
  const old = pod('checkout-hash2-a', 2, crashing(), { createdAgo: 5 * 86_400 });
  cluster.objects[one] = { ...old, metadata: { ...old.metadata, creationTimestamp: ago(5 * 86_400) } };
  return cluster;
};

const rollback: ActionProposal = {
  action: 'rollback_deployment',
  parameters: { namespace: 'shop', deployment: 'checkout', revision: 1 },
  rationale: 'so I say',
  claimedConfidence: 1,
  evidence: ['e1'],
};
const says = (proposals: readonly ActionProposal[], objections: readonly Objection[] = []): Analyst => ({
  engine: 'claude',
  analyse: (): Promise<Analysis> =>
    Promise.resolve({ summary: '', rootCause: '', hypotheses: [], proposals, objections }),
});
const ofRule = ({ plan }: RemediationResult): RemediationResult['plan']['steps'][number] => {
  const step = plan.steps.find(({ command }) => command.includes('--to-revision=1'));
  assert.ok(step);
  return step;
};

const cites = fc.array(fc.constantFrom('e1', 'e2', 'e999', ''), { maxLength: 3 });
const claim = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.05, 0.69, 0.7, 1));
const proposal = fc
  .record({
    call: fc.constantFrom<Pick<ActionProposal, 'action' | 'parameters'>>(
      { action: rollback.action, parameters: rollback.parameters },
      {
        action: 'rollback_deployment',
        parameters: { namespace: 'shop', deployment: 'checkout', revision: 2 },
      } as ActionProposal,
      {
        action: 'restart_deployment',
        parameters: { namespace: 'shop', deployment: 'checkout' },
      } as ActionProposal,
      {
        action: 'scale_deployment',
        parameters: { namespace: 'shop', deployment: 'checkout', replicas: 0 },
      } as ActionProposal,
    ),
    claimedConfidence: claim,
    evidence: cites,
    rationale: fc.string(),
  })
  .map(({ call, ...rest }) => ({ ...call, ...rest }) as ActionProposal);
const objection = fc.record({
  remedy: fc.constantFrom('r1', 'r2', 'r0', 'rollback_deployment'),
  reason: fc.string(),
  evidence: cites,
});

describe('What the built-in rules propose', () => {
  for (const [what, shop, alone] of [
    ['would run by itself', runs, 'execute'],
    ['is left out', skips, 'skip'],
  ] as const) {
    it(`and ${what} is decided the same with any answer of a model, or asked about in the place of running`, async () => {
      const before = ofRule(await planned(shop()));
      assert.equal(before.decision.outcome, alone);
      await fc.assert(
        fc.asyncProperty(
          fc.array(proposal, { maxLength: 4 }),
          fc.array(objection, { maxLength: 3 }),
          async (proposals, objections) => {
            const after = ofRule(await planned(shop(), { claude: says(proposals, objections) }));
            for (const key of ['confidence', 'rationale', 'evidence', 'grounds', 'confidenceParts'] as const)
              assert.deepEqual(after[key], before[key], key);
            assert.ok(
              after.decision.outcome === alone || (alone === 'execute' && after.decision.outcome === 'ask'),
              after.decision.outcome,
            );
          },
        ),
        { numRuns: 60 },
      );
    }).timeout(60_000);
  }

  it('is asked about where an objection cites evidence that exists, with its reason and without credentials in it', async () => {
    const against = {
      remedy: 'r1',
      reason: 'the old one\nuses password=hunter2secret9',
      evidence: ['e999', 'e1'],
    };
    const { decision } = ofRule(await planned(runs(), { claude: says([], [against]) }));
    assert.equal(decision.outcome, 'ask');
    assert.match(decision.reason, /^Claude objects to it, citing e1: "the old one uses/);
    assert.doesNotMatch(decision.reason, /hunter2/);
  });

  it('is asked about where the model proposes the same and would not do it, citing evidence', async () => {
    const low = { ...rollback, claimedConfidence: 0.05, rationale: 'it was broken too' };
    const { decision } = ofRule(await planned(runs(), { claude: says([low]) }));
    assert.deepEqual(
      [decision.outcome, decision.reason],
      ['ask', 'Claude objects to it, citing e1: "it was broken too"'],
    );
  });

  it('is moved by no objection without evidence: that is noted', async () => {
    for (const evidence of [[], ['e999']]) {
      const claude = says([{ ...rollback, claimedConfidence: 0.05, evidence, rationale: 'I doubt it' }]);
      const result = await planned(runs(), { claude });
      assert.equal(ofRule(result).decision.outcome, 'execute');
      assert.match(
        result.diagnosis.notes.join('\n'),
        /Claude objects to rollback_deployment of .*"I doubt it"/,
      );
      assert.match(result.diagnosis.notes.join('\n'), /cites no evidence that exists/);
    }
  });

  it('does not wait for what only the model proposes, and does not stop where that fails', async () => {
    const guess: ActionProposal = {
      ...rollback,
      action: 'restart_deployment',
      parameters: { namespace: 'shop', deployment: 'checkout' },
    };
    const look: ActionProposal = {
      ...rollback,
      action: 'custom_command',
      parameters: {
        argv: ['kubectl', 'get', 'pods', '-n', 'shop'],
        target: { kind: 'Deployment', namespace: 'shop', name: 'checkout' },
      },
    };
    const { plan } = await planned(runs(), { claude: says([guess, look, rollback]) });
    assert.deepEqual(
      plan.steps.map(({ action }) => action),
      ['restart_deployment', 'custom_command', 'rollback_deployment'],
      'the order of the model is what is shown',
    );
    assert.equal(inRunOrder(plan.steps)[0]?.action, 'rollback_deployment');
  });
});

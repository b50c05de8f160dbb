import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { computeConfidence, type ConfidenceFacts } from '../../../src/diagnosis/confidence.ts';
import type { ActionProposal } from '../../../src/domain/action.ts';

const proposal = (claimedConfidence: number, evidence = ['e1']): ActionProposal => ({
  action: 'restart_deployment',
  parameters: { namespace: 'shop', deployment: 'checkout' },
  rationale: 'because',
  claimedConfidence,
  evidence,
});
const facts = (changes: Partial<ConfidenceFacts> = {}): ConfidenceFacts => ({
  evidenceIds: new Set(['e1', 'e2']),
  targetExists: true,
  supportedByFinding: true,
  trackRecord: { successes: 0, failures: 0 },
  ...changes,
});
const value = (...[one, all]: Parameters<typeof computeConfidence>): number =>
  computeConfidence(one, all).confidence;

const anyFacts = fc.record({
  evidenceIds: fc.constantFrom(new Set<string>(), new Set(['e1'])),
  targetExists: fc.boolean(),
  supportedByFinding: fc.boolean(),
  trackRecord: fc.record({ successes: fc.nat(1000), failures: fc.nat(1000) }),
});

describe('confidence', () => {
  it('is what the analyst says when all holds and nothing is known of the past', () => {
    assert.equal(value(proposal(0.93), facts()), 0.93);
  });

  it('never gets past "skip" on evidence or a target that does not exist', () => {
    assert.equal(value(proposal(1, ['e1', 'e9']), facts()), 0.69);
    assert.equal(value(proposal(1, []), facts()), 0.69);
    assert.equal(value(proposal(1), facts({ targetExists: false })), 0.69);
  });

  it('never lets a mere claim run a high-risk command by itself', () => {
    assert.equal(value(proposal(1), facts({ supportedByFinding: false })), 0.89);
  });

  it('falls with failures and rises with successes', () => {
    const after = (successes: number, failures: number): number =>
      value(proposal(0.8), facts({ trackRecord: { successes, failures } }));
    assert.ok(after(0, 1) < 0.8);
    assert.ok(after(0, 5) < after(0, 1));
    assert.ok(after(5, 0) > 0.8);
    assert.ok(after(0, 3) < 0.7);
  });

  it('takes a claim that is no number for none', () => {
    assert.equal(value(proposal(NaN), facts()), 0);
    assert.equal(value(proposal(7), facts()), 1);
  });

  it('stays within 0 and 1 and within its caps, whatever the past, and its last part is what counts', () => {
    fc.assert(
      fc.property(fc.double(), anyFacts, (claim, all) => {
        const { confidence, parts } = computeConfidence(proposal(claim), all);
        assert.ok(confidence >= 0 && confidence <= 1);
        if (!all.supportedByFinding) assert.ok(confidence <= 0.89);
        if (!all.targetExists || !all.evidenceIds.has('e1')) assert.ok(confidence <= 0.69);
        assert.equal(parts.at(-1)?.value, confidence);
      }),
    );
  });

  it('never gains from a failure', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), anyFacts, (claim, all) => {
        const { successes, failures } = all.trackRecord;
        const worse = { ...all, trackRecord: { successes, failures: failures + 1 } };
        assert.ok(value(proposal(claim), worse) <= value(proposal(claim), all));
      }),
    );
  });
});

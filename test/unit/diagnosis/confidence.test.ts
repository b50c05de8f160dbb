import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { computeConfidence, type ConfidenceFacts } from '../../../src/diagnosis/confidence.ts';
import type { ActionProposal } from '../../../src/domain/action.ts';
import type { Provenance } from '../../../src/domain/diagnosis.ts';

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
  grounds: 'observed',
  trackRecord: { successes: 0, failures: 0 },
  ...changes,
});
const value = (...[one, all]: Parameters<typeof computeConfidence>): number =>
  computeConfidence(one, all).confidence;

/** Every number that a model may come up with, and what it counts as. */
const strange: readonly [claim: number, counts: number][] = [
  [NaN, 0],
  [Infinity, 0],
  [-Infinity, 0],
  [-0.3, 0],
  [-0, 0],
  [7, 1],
  [1.0000001, 1],
  [Number.MAX_VALUE, 1],
];

/** Each reason for a cap, alone: what it changes, and the most that is left. */
const reasons = {
  'nothing is cited': { cites: [] as string[], cap: 0.69 },
  'what is cited does not exist': { cites: ['e9'], cap: 0.69 },
  'a part of what is cited does not exist': { cites: ['e1', 'e9'], cap: 0.69 },
  'the target does not exist': { changes: { targetExists: false }, cap: 0.69 },
  'it rests on what others can write': {
    changes: { grounds: 'written' },
    cap: 0.79,
    says: /person is asked$/,
  },
  'no built-in finding supports the action': { changes: { supportedByFinding: false }, cap: 0.89 },
} satisfies Record<
  string,
  { cites?: string[]; changes?: Partial<ConfidenceFacts>; cap: number; says?: RegExp }
>;

const claims = fc.oneof(fc.double(), fc.double({ min: 0, max: 1, noNaN: true }));
const counts = fc.record({ successes: fc.nat(1000), failures: fc.nat(1000) });
const anyFacts = fc.record({
  evidenceIds: fc.constantFrom(new Set<string>(), new Set(['e1'])),
  targetExists: fc.boolean(),
  supportedByFinding: fc.boolean(),
  grounds: fc.constantFrom<Provenance>('observed', 'written'),
  trackRecord: counts,
});
const capOf = (all: ConfidenceFacts, cites: readonly string[]): number =>
  !all.targetExists || cites.length === 0 || cites.some((id) => !all.evidenceIds.has(id))
    ? 0.69
    : all.grounds === 'written'
      ? 0.79
      : all.supportedByFinding
        ? 1
        : 0.89;

describe('confidence', () => {
  it('is what the analyst says when all holds and nothing is known of the past', () => {
    assert.equal(value(proposal(0.93), facts()), 0.93);
  });

  for (const [reason, { cap, ...rest }] of Object.entries(reasons)) {
    const {
      cites = ['e1'],
      changes = {},
      says,
    } = rest as {
      cites?: string[];
      changes?: Partial<ConfidenceFacts>;
      says?: RegExp;
    };
    it(`is at most ${cap} when ${reason}, whatever is said and however well it went before`, () => {
      assert.equal(value(proposal(1, cites), facts(changes)), cap);
      const trackRecord = { successes: 1000, failures: 0 };
      assert.equal(value(proposal(1, cites), facts({ ...changes, trackRecord })), cap);
      assert.equal(value(proposal(0.2, cites), facts(changes)), 0.2);
    });

    it(`says so among its parts when ${reason}`, () => {
      const { parts } = computeConfidence(proposal(1, cites), facts(changes));
      assert.equal(parts[0]?.value, 1);
      assert.match(parts[1]?.label ?? '', says ?? new RegExp(`: at most ${cap}$`));
      assert.equal(parts[1]?.value, cap);
    });
  }

  it('is held by the lowest of several caps, in whatever combination', () => {
    for (const cites of [['e1'], [], ['e9']]) {
      for (const targetExists of [true, false]) {
        for (const supportedByFinding of [true, false]) {
          const all = facts({ targetExists, supportedByFinding });
          assert.equal(value(proposal(1, cites), all), capOf(all, cites));
        }
      }
    }
  });

  it('takes a claim that is no share of one for the nearest, and one that is no number for none', () => {
    for (const [claim, counts] of strange)
      assert.equal(value(proposal(claim), facts()), counts, String(claim));
  });

  it('falls with failures and rises with successes', () => {
    const after = (successes: number, failures: number): number =>
      value(proposal(0.8), facts({ trackRecord: { successes, failures } }));
    assert.ok(after(0, 1) < 0.8);
    assert.ok(after(0, 5) < after(0, 1));
    assert.ok(after(5, 0) > 0.8);
    assert.ok(after(0, 3) < 0.7);
  });

  it('weighs what is said as much as ten runs', () => {
    const all = facts({ trackRecord: { successes: 4, failures: 6 } });
    assert.equal(value(proposal(0.8), all), (8 + 4) / 20);
    assert.equal(computeConfidence(proposal(0.8), all).parts.at(-1)?.label, 'worked 4 of 10 times before');
  });

  it('lets a good past not speak for a claim beyond its cap', () => {
    // The claim counts as its cap before the past is weighed: ten failures do not start from 1.
    const all = facts({ supportedByFinding: false, trackRecord: { successes: 0, failures: 10 } });
    assert.equal(value(proposal(1), all), 0.89 / 2);
  });

  it('stays within 0 and 1 and within its caps, whatever the past, and its last part is what counts', () => {
    fc.assert(
      fc.property(
        claims,
        anyFacts,
        fc.constantFrom<string[]>([], ['e1'], ['e1', 'e9']),
        (claim, all, cites) => {
          const { confidence, parts } = computeConfidence(proposal(claim, cites), all);
          assert.ok(confidence >= 0 && confidence <= capOf(all, cites));
          assert.equal(parts.at(-1)?.value, confidence);
          assert.ok(parts.every(({ value: part }) => part >= 0 && part <= 1));
        },
      ),
    );
  });

  it('never falls with one more success, and never rises with one more failure', () => {
    fc.assert(
      fc.property(claims, anyFacts, (claim, all) => {
        const { successes, failures } = all.trackRecord;
        const after = (s: number, f: number) =>
          value(proposal(claim), { ...all, trackRecord: { successes: s, failures: f } });
        assert.ok(after(successes + 1, failures) >= after(successes, failures));
        assert.ok(after(successes, failures + 1) <= after(successes, failures));
      }),
    );
  });

  it('never falls because more is claimed', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        anyFacts,
        (a, b, all) => {
          assert.ok(value(proposal(Math.min(a, b)), all) <= value(proposal(Math.max(a, b)), all));
        },
      ),
    );
  });

  it('is raised by nothing that the analyst says but the number: not by words, not by more citations', () => {
    const words = fc.record({
      rationale: fc.oneof(fc.string(), fc.constant('Confidence is 1.0. A built-in finding supports this.')),
      cites: fc.array(fc.constantFrom('e1', 'e2', 'e9', 'supportedByFinding', '__proto__')),
    });
    fc.assert(
      fc.property(claims, anyFacts, words, (claim, all, { rationale, cites }) => {
        const known = { ...all, evidenceIds: new Set(['e1', 'e2']) };
        const plain = value(proposal(claim), known);
        assert.ok(value({ ...proposal(claim, cites), rationale }, known) <= plain);
      }),
    );
  });

  it('without a past is never above what is said', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), anyFacts, (claim, all) => {
        const trackRecord = { successes: 0, failures: 0 };
        assert.ok(value(proposal(claim), { ...all, trackRecord }) <= claim);
      }),
    );
  });
});

import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { AnalysisUsage } from '../../../src/domain/analysis.ts';
import { budgetOf, milestone, money } from '../../../src/webviews/plan/budget.ts';

const usage: AnalysisUsage = {
  model: 'claude-opus-5-5',
  requests: 2,
  toolCalls: 3,
  inputTokens: 12_000,
  cachedTokens: 9000,
  outputTokens: 340,
  dollars: 0.08,
  elapsedMs: 21_400,
  limits: { requests: 20, toolCalls: 40, tokens: 600_000, dollars: 1, elapsedMs: 240_000 },
};

describe('The budget of an analysis', () => {
  it('shows each bound with what is used of it', () => {
    assert.deepEqual(
      budgetOf(usage).map(({ name, used, of }) => `${name} ${used} of ${of}`),
      [
        'Requests 2 of 20',
        'Reads 3 of 40',
        'Tokens 12.3 k of 600 k',
        'Cost $0.08 of $1.00',
        'Time 21 s of 4 min',
      ],
    );
  });

  it('leaves money out where the price is not known', () => {
    const { dollars, ...unpriced } = usage;
    assert.ok(dollars);
    assert.ok(!budgetOf(unpriced).some(({ name }) => name === 'Cost'));
  });

  it('never says that something costs nothing when it does', () => {
    assert.equal(money(0), '$0.00');
    assert.equal(money(0.004), 'under $0.01');
    assert.equal(money(1.5), '$1.50');
  });

  it('is read out at milestones only', () => {
    const said = new Set<string>();
    for (let elapsedMs = 0; elapsedMs <= 240_000; elapsedMs += 1000)
      said.add(milestone({ ...usage, elapsedMs }));
    assert.deepEqual(
      [...said],
      [
        'Claude is working.',
        'Claude has used 25 percent of what it may, by time.',
        'Claude has used 50 percent of what it may, by time.',
        'Claude has used 75 percent of what it may, by time.',
        'Claude has used 90 percent of what it may, by time.',
        'The analysis has used up what it may: time.',
      ],
    );
  });

  it('never shows less than nothing or more than all', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (requests, inputTokens, elapsedMs) => {
        for (const { share } of budgetOf({ ...usage, requests, inputTokens, elapsedMs })) {
          assert.ok(share >= 0 && share <= 1);
        }
      }),
    );
  });
});

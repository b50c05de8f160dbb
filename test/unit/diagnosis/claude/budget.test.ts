/** What an analysis may use up, and when it is told to come to an end. */
import assert from 'node:assert/strict';
import { Budget, defaultLimits } from '../../../../src/diagnosis/claude/budget.ts';
import { costOf, priceOf } from '../../../../src/diagnosis/claude/prices.ts';
import type { AnalysisLimits, AnalysisUsage } from '../../../../src/domain/analysis.ts';

function budget(limits: Partial<AnalysisLimits> = {}, model = 'claude-opus-5-5') {
  const clock = { now: 5000 };
  const seen: AnalysisUsage[] = [];
  const counted = new Budget(
    model,
    limits,
    (usage) => seen.push(usage),
    () => clock.now,
  );
  return { counted, clock, seen };
}

describe('The budget of an analysis', () => {
  it('counts requests, calls, tokens, money and time', () => {
    const { counted, clock, seen } = budget();
    counted.request();
    counted.used({ input: 1000, written: 10_000, cached: 0, output: 1 });
    counted.used({ output: 500 });
    assert.equal(counted.call(3), 3);
    counted.request();
    counted.used({ input: 100, written: 200, cached: 11_000, output: 50 });
    clock.now += 1500;
    assert.deepEqual(counted.usage, {
      model: 'claude-opus-5-5',
      requests: 2,
      toolCalls: 3,
      inputTokens: 22_300,
      cachedTokens: 11_000,
      outputTokens: 550,
      // (1000 + 10,000 · 1.25 + 100 + 200 · 1.25 + 11,000 · 0.05) · $4 and 550 · $20, for a million
      dollars: (14_400 * 4 + 550 * 20) / 1_000_000,
      elapsedMs: 1500,
      limits: defaultLimits,
    });
    assert.equal(seen.length, 6, 'told at every change');
  });

  it('leaves room for the plan and one correction of it', () => {
    const { counted } = budget({ requests: 5 });
    for (const nearly of [false, false, true, true]) {
      counted.request();
      assert.equal(counted.nearlyOver() === '5 requests', nearly);
      assert.equal(counted.over(), undefined);
    }
    counted.request();
    assert.equal(counted.over(), '5 requests');
  });

  it('reckons with requests as large as the last one', () => {
    const { counted } = budget({ tokens: 100_000 });
    counted.request();
    counted.used({ input: 20_000 });
    assert.equal(counted.nearlyOver(), undefined);
    counted.request();
    counted.used({ input: 27_000 });
    assert.equal(counted.nearlyOver(), '100000 tokens');
    assert.equal(counted.over(), undefined);
  });

  it('ends the reading when money or time run out', () => {
    const money = budget({ dollars: 0.1 });
    money.counted.request();
    money.counted.used({ input: 5000, output: 800 });
    assert.equal(money.counted.nearlyOver(), '$0.1');
    const time = budget({ elapsedMs: 60_000 });
    time.counted.request();
    time.clock.now += 19_000;
    assert.equal(time.counted.nearlyOver(), undefined);
    time.clock.now += 1000;
    assert.equal(time.counted.nearlyOver(), '60 s');
    time.clock.now += 40_000;
    assert.equal(time.counted.over(), '60 s');
  });

  it('grants calls as far as they go', () => {
    const { counted } = budget({ toolCalls: 5 });
    assert.deepEqual([counted.call(3), counted.call(3), counted.call(1)], [3, 2, 0]);
    assert.equal(counted.nearlyOver(), '5 tool calls');
  });

  it('knows no price of a model that it does not know, and limits no money then', () => {
    const { counted } = budget({ dollars: 0.0001 }, 'claude-opus-9');
    counted.request();
    counted.used({ input: 1_000_000 });
    assert.equal('dollars' in counted.usage, false);
    assert.equal(counted.priced, false);
    assert.doesNotMatch(counted.over() ?? '', /\$/);
  });
});

describe('The price of a model', () => {
  it('is found by the beginning of its id', () => {
    assert.equal(priceOf('claude-opus-5-5')?.input, 4);
    assert.equal(priceOf('claude-opus-5-5-20260901')?.input, 4);
    assert.equal(priceOf('claude-opus-5')?.input, 5);
    assert.equal(priceOf('claude-opus-5-20260401')?.input, 5);
  });

  it('is not that of another version', () => {
    for (const model of ['claude-opus-5-7', 'claude-opus-50', 'claude-haiku-5', 'gpt', '']) {
      assert.equal(priceOf(model), undefined, model);
    }
  });

  it('is higher for long requests where the list says so', () => {
    const price = priceOf('claude-haiku-5-5');
    assert.ok(price);
    const cost = (input: number): number => costOf(price, { input, written: 0, cached: 0, output: 0 });
    assert.equal(cost(100_000), 0.01);
    assert.equal(cost(200_000), 0.1);
  });
});

import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { ActionName } from '../../../src/domain/action.ts';
import type { JudgedStep } from '../../../src/journal/judged.ts';
import { reliability } from '../../../src/journal/reliability.ts';

const steps = (
  count: number,
  cameTrue: number,
  confidence: number,
  action: ActionName = 'rollback_deployment',
) =>
  Array.from({ length: count }, (_, index): JudgedStep => ({
    action,
    finding: 'CrashLoopBackOff',
    confidence,
    success: index < cameTrue,
  }));

const anySteps = fc.array(
  fc.record({
    action: fc.constantFrom<ActionName>('rollback_deployment', 'scale_deployment', 'restart_pod'),
    finding: fc.constantFrom('CrashLoopBackOff' as const, 'OOMKilled' as const),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    success: fc.boolean(),
  }),
);

describe('said versus came true', () => {
  it('counts by how sure the steps were said to be', () => {
    const { buckets } = reliability([...steps(12, 11, 0.85), ...steps(6, 6, 0.95), ...steps(1, 0, 0.7)]);
    assert.deepEqual(
      buckets.map(({ from, to, steps: all, cameTrue }) => [from, to, all, cameTrue]),
      [
        [0.7, 0.8, 1, 0],
        [0.8, 0.9, 12, 11],
        [0.9, 1, 6, 6],
      ],
    );
  });

  it('puts a step on a bound where the decision table puts it', () => {
    for (const [said, from] of [
      [0.69, 0],
      [0.7, 0.7],
      [0.8, 0.8],
      [0.9, 0.9],
      [1, 0.9],
    ] as const) {
      assert.equal(reliability(steps(1, 1, said)).buckets[0]?.from, from, String(said));
    }
  });

  it('says that few steps tell nothing, however they went', () => {
    assert.equal(reliability([]).verdict, 'too-few');
    assert.equal(reliability(steps(4, 0, 0.95)).verdict, 'too-few');
  });

  it('tells when what was said came true less often, more often, or as often', () => {
    assert.equal(reliability(steps(20, 6, 0.9)).verdict, 'less-often');
    assert.equal(reliability(steps(60, 60, 0.7)).verdict, 'more-often');
    assert.equal(reliability(steps(20, 17, 0.85)).verdict, 'as-said');
  });

  it('scores: 0 for a seer, 0.25 for who always says half, 1 for who is always wrong', () => {
    assert.equal(reliability(steps(10, 10, 1)).brier, 0);
    assert.equal(reliability(steps(10, 3, 0.5)).brier, 0.25);
    assert.equal(reliability(steps(10, 0, 1)).brier, 1);
  });

  it('shows each action with the finding that it was for, the most used first', () => {
    const { actions } = reliability([...steps(2, 1, 0.8, 'scale_deployment'), ...steps(3, 3, 0.9)]);
    assert.deepEqual(
      actions.map(({ action, finding, steps: all, cameTrue }) => [action, finding, all, cameTrue]),
      [
        ['rollback_deployment', 'CrashLoopBackOff', 3, 3],
        ['scale_deployment', 'CrashLoopBackOff', 2, 1],
      ],
    );
  });

  it('loses no step and counts none twice, and its ranges hold what was observed', () => {
    fc.assert(
      fc.property(anySteps, (all) => {
        const report = reliability(all);
        assert.equal(report.steps, all.length);
        assert.equal(report.cameTrue, all.filter(({ success }) => success).length);
        assert.ok(report.brier >= 0 && report.brier <= 1);
        for (const groups of [report.buckets, report.actions]) {
          const sum = (of: 'steps' | 'cameTrue') => groups.reduce((total, group) => total + group[of], 0);
          assert.equal(sum('steps'), report.steps);
          assert.equal(sum('cameTrue'), report.cameTrue);
          for (const { steps: count, cameTrue, said, range } of groups) {
            const share = cameTrue / count;
            assert.ok(range[0] >= 0 && range[0] <= share + 1e-9 && share <= range[1] + 1e-9 && range[1] <= 1);
            assert.ok(said >= 0 && said <= 1);
          }
        }
        for (const { from, to, said } of report.buckets) assert.ok(said >= from - 1e-9 && said <= to + 1e-9);
      }),
    );
  });

  it('does not depend on the order of the steps', () => {
    const rounded = (all: readonly JudgedStep[]) =>
      JSON.parse(
        JSON.stringify(reliability(all), (_, value: unknown) =>
          typeof value === 'number' ? Number(value.toFixed(9)) : value,
        ),
      ) as unknown;
    fc.assert(fc.property(anySteps, (all) => assert.deepEqual(rounded(all), rounded(all.toReversed()))));
  });
});

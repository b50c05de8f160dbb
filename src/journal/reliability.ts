/** How reliable the stated confidence is: what was said of executed steps against what came true. Pure. */
import type {
  ReliabilityAction,
  ReliabilityBucket,
  ReliabilityGroup,
  ReliabilityReport,
  ReliabilityVerdict,
} from '../domain/reliability.ts';
import type { JudgedStep } from './judged.ts';

/** The bounds of the buckets: those of the decision table, because that is what confidence decides. */
const bounds = [0, 0.7, 0.8, 0.9, 1] as const;
/** Below this many steps a share says nothing. */
const enough = 5;
/** The quantile of the normal distribution for an interval that holds 19 times out of 20. */
const z = 1.96;

/** Sums over some steps. */
interface Tally {
  steps: number;
  cameTrue: number;
  said: number;
}

/** Compares what was said with what came true. */
export function reliability(steps: Iterable<JudgedStep>): ReliabilityReport {
  const all = emptyTally();
  let squares = 0;
  const buckets = bounds.slice(1).map((to, index) => ({ from: bounds[index] ?? 0, to, tally: emptyTally() }));
  const actions = new Map<string, Pick<ReliabilityAction, 'action' | 'finding'> & { tally: Tally }>();
  for (const step of steps) {
    const { action, finding, confidence, success } = step;
    squares += (confidence - (success ? 1 : 0)) ** 2;
    const bucket = buckets.findLast(({ from }) => confidence >= from);
    const key = `${action} ${finding ?? ''}`;
    const row = actions.get(key) ?? {
      action,
      ...(finding === undefined ? {} : { finding }),
      tally: emptyTally(),
    };
    actions.set(key, row);
    for (const tally of [all, row.tally, bucket?.tally]) if (tally !== undefined) count(tally, step);
  }
  return {
    ...groupOf(all),
    brier: all.steps === 0 ? 0 : squares / all.steps,
    buckets: buckets
      .filter(({ tally }) => tally.steps > 0)
      .map(({ from, to, tally }): ReliabilityBucket => ({ from, to, ...groupOf(tally) })),
    actions: [...actions.values()]
      .map(({ tally, ...name }): ReliabilityAction => ({ ...name, ...groupOf(tally) }))
      .sort((a, b) => b.steps - a.steps || nameOf(a).localeCompare(nameOf(b))),
  };
}

const emptyTally = (): Tally => ({ steps: 0, cameTrue: 0, said: 0 });
const nameOf = ({ action, finding }: ReliabilityAction): string => `${action} ${finding ?? ''}`;

function count(tally: Tally, { confidence, success }: JudgedStep): void {
  tally.steps++;
  tally.said += confidence;
  if (success) tally.cameTrue++;
}

function groupOf({ steps, cameTrue, said }: Tally): ReliabilityGroup {
  const mean = steps === 0 ? 0 : said / steps;
  const range = wilson(cameTrue, steps);
  return { steps, cameTrue, said: mean, range, verdict: verdictOf(steps, mean, range) };
}

function verdictOf(steps: number, said: number, [low, high]: ReliabilityGroup['range']): ReliabilityVerdict {
  if (steps < enough) return 'too-few';
  if (said > high) return 'less-often';
  return said < low ? 'more-often' : 'as-said';
}

/** Wilson's score interval: honest for few steps and for shares near 0 and 1. Without steps it is everything. */
function wilson(cameTrue: number, steps: number): [number, number] {
  if (steps === 0) return [0, 1];
  const share = cameTrue / steps;
  const spread = z ** 2 / steps;
  const middle = (share + spread / 2) / (1 + spread);
  const half = (z * Math.sqrt((share * (1 - share) + spread / 4) / steps)) / (1 + spread);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

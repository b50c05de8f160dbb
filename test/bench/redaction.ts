/** How the time of redacting grows with a text that was made to keep it busy. */
import { redact } from '../../src/domain/redaction.ts';
import { hostile, repeated } from '../support/hostile-text.ts';
import type { Measured } from '../support/measured.ts';

/** Four times the text; a rule that reads the rest of the text at every place takes sixteen times as long. */
const factor = 4;
const goal = 10;

/** The least of three times, in milliseconds: what else the machine does only adds to it. */
function leastTime(text: string): number {
  return Math.min(
    ...[1, 2, 3].map(() => {
      const start = performance.now();
      redact(text);
      return performance.now() - start;
    }),
  );
}

function growth(unit: string): number {
  // Long enough that the time is that of the rules, and not of whatever else happens in a millisecond.
  let length = 16_384;
  let small = leastTime(repeated(unit, length));
  while (small < 25 && length < 262_144) {
    length *= 2;
    small = leastTime(repeated(unit, length));
  }
  return leastTime(repeated(unit, factor * length)) / Math.max(small, 10);
}

/** The worst of all. */
export function rows(): Promise<Measured[]> {
  const worst = Math.max(...hostile.map(growth), growth(hostile.join('')));
  return Promise.resolve([
    {
      name: `redacting ${factor} times as much hostile text, the worst of ${hostile.length + 1}`,
      value: `${worst.toFixed(1)} times as long`,
      goal: `<= ${goal}`,
      met: worst <= goal,
    },
  ]);
}

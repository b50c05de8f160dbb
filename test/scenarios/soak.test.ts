/** A short soak, as `npm run soak` runs a long one. */
import assert from 'node:assert/strict';
import { growth } from '../soak/results.ts';
import { soak } from '../soak/soak.ts';

describe('Many incidents in YOLO mode, side by side', function () {
  this.timeout(6 * 60_000);

  it('all come to an end: nothing runs twice, nothing is harmed, and resolved is what is', async () => {
    const { faults, ends, commands } = await soak(24, () => undefined);
    assert.deepEqual(faults, []);
    assert.ok((ends['resolved'] ?? 0) >= 18, JSON.stringify(ends));
    assert.ok(commands >= 18);
  });

  it('are held by the brake where nobody has raised its hour: ten changes, and the rest asks', async () => {
    const { faults, ends, commands } = await soak(18, () => undefined, { maxChangesAtOnce: 6 });
    assert.deepEqual(faults, []);
    assert.equal(commands, 10, JSON.stringify(ends));
    assert.ok((ends['awaiting-approval'] ?? 0) >= 3, JSON.stringify(ends));
  });

  it('take no more memory the longer it goes on; one that grew would be told', () => {
    const flat = [30, 38, 41, 42, 41, 43, 42, 42, 43];
    assert.equal(growth({ heap: flat }).grows, false);
    assert.equal(growth({ heap: flat.map((size, index) => size + 8 * index) }).grows, true);
  });
});

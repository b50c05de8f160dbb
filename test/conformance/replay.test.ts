/** The practice cluster answers as a real Kubernetes did when it was asked the same, over the whole catalogue. */
import assert from 'node:assert/strict';
import { replayAll } from './conduct.ts';
import { kept } from './files.ts';
import { outcomeOf, type Outcome } from './results.ts';
import { played } from './world.ts';

describe('The practice cluster, asked what a real Kubernetes was asked', function () {
  this.timeout(120_000);
  let outcome: Outcome;

  before(async () => {
    const recordings = (await kept()).filter(({ scenario }) => played.some(({ name }) => name === scenario));
    outcome = outcomeOf(await replayAll(recordings), process.env['ONCALL_SCENARIOS'] === undefined);
    console.log(
      `      ${outcome.compared} answers: ${outcome.equal} equal, ${outcome.explained} differing with a reason`,
    );
  });

  it('answers the same, or differs for a reason that is written down', () => {
    assert.ok(outcome.compared > 0);
    assert.deepEqual(outcome.faults, []);
  });
});

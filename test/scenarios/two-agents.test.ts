/** Two engineers, or two windows, are at one incident: it is remediated once. On the practice cluster. */
import assert from 'node:assert/strict';
import { startPractice, type Practice } from '../../src/practice/practice.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { tryTwice } from '../support/two-agents.ts';

const tries = 25;

describe('Two agents at one incident', () => {
  let scratch: Scratch;
  let practice: Practice;

  before(async () => {
    scratch = await scratchFolder('practice');
    practice = await startPractice({ directory: scratch.path, speed: 20, report: () => undefined });
  });
  after(async () => {
    await practice.close();
    await scratch.remove();
  });

  for (const name of ['service-down', 'crashloop']) {
    it(`change the cluster once, in ${tries} of ${tries} tries: ${name}`, async () => {
      const arena = {
        ...practice.kubernetes,
        verification: { timeoutSeconds: 60, settleSeconds: 0 },
        stage: (signal: AbortSignal) => practice.stage(signal),
      };
      const outcomes = await tryTwice(arena, name, tries, 2, 240_000);
      assert.equal(outcomes.length, tries);
      for (const { attempt, changes, kept, statuses, says } of outcomes) {
        const told = `try ${attempt}: ${changes.join()}: ${kept.join()}: ${statuses.join()}: ${says}`;
        assert.equal(changes.length, 1, told);
        assert.equal(kept.length, 1, told);
        assert.equal(statuses.filter((status) => status === 'resolved').length, 1, told);
      }
    }).timeout(900_000);
  }
});

/** Some of the catalogue, played as `npm run scenarios` plays all of it. */
import assert from 'node:assert/strict';
import { scenarioNamed } from '../../src/practice/scenarios/scenarios.ts';
import { playCatalogue } from './catalogue.ts';
import { openGround } from './ground.ts';
import type { Ground } from './ground.ts';
import { questions } from './rehearsal.ts';
import type { Row } from './results.ts';

const sample = ['image-pull', 'oom-kill', 'service-down', 'nothing-wrong', 'injected-log'];

describe('The product at an incident of the catalogue, on the practice cluster', function () {
  this.timeout(4 * 60_000);
  let ground: Ground;
  const rows = new Map<string, Row>();

  before(async () => {
    ground = await openGround('practice');
    const scenarios = sample.map(scenarioNamed);
    const played = await playCatalogue(scenarios, ground, ['plan', 'approval', 'yolo'], () => undefined);
    for (const row of played) rows.set(row.scenario.name, row);
  });
  after(() => ground.close());

  for (const name of sample) {
    it(`${name}: names the cause, proposes a right remedy, runs nothing in plan mode, and says resolved of what is`, () => {
      const row = rows.get(name);
      assert(row);
      assert.deepEqual([...row.faults], []);
      for (const question of questions) {
        assert(row.answers[question]?.right, `${question}: ${row.answers[question]?.says ?? 'no answer'}`);
      }
    });
  }
});

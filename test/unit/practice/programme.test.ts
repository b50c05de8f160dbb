import assert from 'node:assert/strict';
import { takesMachine } from '../../../src/practice/neighbours.ts';
import { offersOf, programmeOf, shuffled } from '../../../src/practice/programme.ts';
import { scenarios } from '../../../src/practice/scenarios/scenarios.ts';

/** A chance that can be told beforehand. */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

describe('What can be rehearsed', () => {
  it('is told without giving a cause away, the easy ones first', () => {
    const offers = offersOf(scenarios);
    assert.equal(offers.length, scenarios.length);
    const ranks = offers.map(({ difficulty }) => ['easy', 'medium', 'hard'].indexOf(difficulty));
    assert.deepEqual(ranks, ranks.toSorted());
    for (const offer of offers) {
      assert.deepEqual(Object.keys(offer), ['number', 'name', 'title', 'difficulty']);
    }
  });

  it('is chosen by name or number', () => {
    for (const choice of ['crashloop', '1']) {
      assert.deepEqual(
        programmeOf(choice, scenarios).map(({ scenario }) => scenario.name),
        ['crashloop'],
      );
    }
    assert.throws(
      () => programmeOf('flood', scenarios),
      /no scenario "flood"; there are: crashloop, image-pull/,
    );
    assert.throws(() => programmeOf('toString', scenarios), /no scenario/);
  });

  it('is drawn by chance, so that each comes up', () => {
    const chance = chanceOf(1);
    const drawn = new Set(
      Array.from({ length: 2000 }, () => programmeOf('random', scenarios, chance)[0]?.scenario.name),
    );
    assert.equal(drawn.size, scenarios.length);
  });

  it('makes a game day of three incidents and a decoy, one after another, that do not get in each other’s way', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const acts = programmeOf('game-day', scenarios, chanceOf(seed));
      const names = acts.map(({ scenario }) => scenario.name);
      const decoys = names.filter((name) => ['nothing-wrong', 'red-herring'].includes(name));
      assert.equal(decoys.length, 1, names.join());
      assert.equal(new Set(names).size, 4);
      assert.deepEqual(
        acts.map(({ afterSeconds }) => afterSeconds > 0),
        [false, true, true, true],
      );
      assert.equal(
        acts.some(({ scenario }) => takesMachine(scenario)),
        false,
      );
    }
  });

  it('is mixed so that nothing is lost', () => {
    assert.deepEqual(shuffled([1, 2, 3, 4], chanceOf(7)).toSorted(), [1, 2, 3, 4]);
  });
});

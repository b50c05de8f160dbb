import assert from 'node:assert/strict';
import {
  choicesOf,
  filterWords,
  isFiltering,
  matches,
  toggled,
} from '../../../../src/editor/incidents/filter.ts';
import { hostileTitle, unseen } from '../../../support/hostile-incident.ts';
import { incident } from '../sample.ts';

const mine = { id: 'PUSER1', name: 'Ada' };
const team = { id: 'PT', name: 'Shop team' };
const shown = { ...incident, assigneeIds: ['PUSER1'], teams: [team] };

describe('The filter of the incidents', () => {
  it('leaves nothing out while nothing is set', () => {
    assert.ok(matches({}, incident));
    assert.equal(isFiltering({}), false);
  });

  it('narrows to mine, a team, a service, an urgency, and words in any order and case', () => {
    for (const filter of [
      { mine },
      { team },
      { service: { id: 'PSVC', name: 'shop' } },
      { urgency: 'high' as const },
      { text: 'RESTART checkout' },
      { text: 'q1abc' },
      { mine, team, text: 'shop' },
    ]) {
      assert.ok(matches(filter, shown), JSON.stringify(filter));
      assert.ok(!matches({ ...filter, text: 'absent' }, shown));
    }
    for (const filter of [
      { mine: { id: 'PUSER2', name: 'Ada' } },
      { team: { id: 'PX', name: 'Shop team' } },
      { service: { id: 'PX', name: 'shop' } },
      { urgency: 'low' as const },
    ]) {
      assert.ok(!matches(filter, shown), JSON.stringify(filter));
    }
  });

  it('takes a choice back that is chosen again', () => {
    assert.deepEqual(toggled({ urgency: 'high' }, { urgency: 'high' }), {});
    assert.deepEqual(toggled({ urgency: 'high' }, { urgency: 'low' }), { urgency: 'low' });
    assert.deepEqual(toggled({ urgency: 'high' }, { mine }), { urgency: 'high', mine });
  });

  it('says what it is, as plain bounded text', () => {
    assert.equal(
      filterWords({ mine, urgency: 'high', text: 'checkout' }),
      'assigned to me, high urgency, “checkout”',
    );
    const evil = filterWords({ team: { id: 'x', name: hostileTitle }, text: hostileTitle });
    assert.doesNotMatch(evil, unseen);
    assert.ok(evil.length < 200);
  });

  it('offers the teams and services that there are, each once, by name', () => {
    const other = { ...shown, id: 'Q2', service: { id: 'PA', name: 'api' } };
    assert.deepEqual(choicesOf([shown, other, shown]), {
      teams: [team],
      services: [
        { id: 'PA', name: 'api' },
        { id: 'PSVC', name: 'shop' },
      ],
    });
  });
});

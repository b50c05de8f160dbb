/** Links to incidents in chat tools: from anybody, and yet harmless. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { OncallError } from '../../../src/domain/error.ts';
import { incidentOfPath, whyMissing } from '../../../src/editor/incidentLink.ts';

describe('A link to an incident', () => {
  it('names it by its id and nothing else', () => {
    assert.equal(incidentOfPath('/incident/Q1R2F3DLC671KT'), 'Q1R2F3DLC671KT');
    for (const path of [
      '',
      '/',
      '/incident',
      '/incident/',
      '/incident/Q1/approve',
      '/incident//Q1',
      '/incidents/Q1',
      '/x/incident/Q1',
      'incident/Q1',
      '/incident/Q1 ',
      '/incident/Q1\n',
      '/incident/../Q1',
      '/incident/Q%31',
      '/incident/Q1?approve',
      '/incident/Q1#x',
      '/incident/Q１',
      `/incident/${'Q'.repeat(33)}`,
      '/approve/Q1',
    ]) {
      assert.equal(incidentOfPath(path), undefined, path);
    }
  });

  it('is none, or names letters and digits alone, whatever it holds', () => {
    const paths = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary' }).map((id) => `/incident/${id}`),
    );
    fc.assert(
      fc.property(paths, (path) => {
        const id = incidentOfPath(path);
        assert.ok(id === undefined || (/^[A-Za-z0-9]{1,32}$/.test(id) && path === `/incident/${id}`));
      }),
    );
  });

  it('to an incident that is not listed says why it is not, and what may help', () => {
    const listed = { kind: 'ok', incidents: [], at: 0 } as const;
    const said = (...args: Parameters<typeof whyMissing>) => {
      const { says, button } = whyMissing(...args);
      return [says, button?.command];
    };
    assert.match(said('Q1', listed, false).join(), /Q1 is not among the open incidents.*oncall\.refresh/);
    assert.match(said('Q1', listed, true).join(), /Practice has no open incident Q1.*oncall\.stopPractice/);
    assert.match(
      said('Q1', { kind: 'no-token', incidents: [] }, false).join(),
      /no PagerDuty token.*oncall\.setPagerDutyToken/,
    );
    const error = new OncallError('pagerduty-unreachable', 'PagerDuty is \u202edown', 'Wait.');
    const unreachable = said('Q1', { ...listed, kind: 'error', error }, false).join();
    assert.match(unreachable, /could not be asked: PagerDuty is .*down/);
    assert.doesNotMatch(unreachable, /\u202e/);
  });
});

import assert from 'node:assert/strict';
import type { JudgedStep } from '../../../../src/journal/judged.ts';
import { reliability } from '../../../../src/journal/reliability.ts';
import { sentence } from '../../../../src/webviews/audit/sentence.ts';

const said = (confidence: number, all: number, cameTrue: number): string =>
  sentence(
    reliability(
      Array.from({ length: all }, (_, index): JudgedStep => ({
        action: 'restart_pod',
        confidence,
        success: index < cameTrue,
      })),
    ),
  );

describe('the sentence on how far confidence can be trusted', () => {
  it('says how many steps that were said to be so sure ended their incident', () => {
    assert.equal(
      said(0.85, 12, 11),
      'Of 12 steps said to be 80 to 90 % sure, 11 ended their incident: as often as said.',
    );
    assert.match(said(0.95, 20, 6), /Of 20 steps .* 90 to 100 % sure, 6 ended .*: less often than said\.$/);
  });

  it('does not hide a smaller group that promised too much', () => {
    const step = (confidence: number, success: boolean): JudgedStep => {
      return { action: 'restart_pod', confidence, success };
    };
    const modest = Array.from({ length: 14 }, () => step(0.85, true));
    const bold = Array.from({ length: 9 }, (_, index) => step(0.95, index < 4));
    assert.equal(
      sentence(reliability([...modest, ...bold])),
      'Of 14 steps said to be 80 to 90 % sure, 14 ended their incident: as often as said. ' +
        'Of 9 steps said to be 90 to 100 % sure, 4 ended their incident: less often than said.',
    );
  });

  it('makes nothing of a few steps', () => {
    assert.equal(
      said(0.72, 3, 0),
      'Of 3 steps said to be 70 to 80 % sure, 0 ended their incident. 3 steps in all: too few to tell.',
    );
    assert.match(said(0.72, 1, 1), /^Of 1 step .*, 1 ended its incident\. 1 step in all: too few to tell\.$/);
    assert.equal(said(0.7, 0, 0), 'No executed step has been judged yet: nothing can be said.');
  });
});

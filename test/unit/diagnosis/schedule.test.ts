import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isSchedule } from '../../../src/diagnosis/schedule.ts';

describe('the schedule of a CronJob', () => {
  for (const good of [
    '* * * * *',
    '*/5 0-6 1,15 jan-mar MON-FRI',
    '0 3 ? * 0',
    '@hourly',
    '@every 1h30m',
    'TZ=Europe/Vienna 0 3 * * *',
    '10/20 * * * *',
  ]) {
    it(`is one: ${good}`, () => assert.equal(isSchedule(good), true));
  }
  for (const bad of [
    '',
    '* * * *',
    '60 * * * *',
    '0 24 * * *',
    '0 0 0 * *',
    '0 0 * 13 *',
    '5-1 * * * *',
    '*/0 * * * *',
    '@often',
    '1-2-3 * * * *',
    'a b c d e',
    '0 0 * * 7',
  ]) {
    it(`is none: ${bad}`, () => assert.equal(isSchedule(bad), false));
  }

  it('is one with any numbers in their ranges', () => {
    const within = (least: number, most: number) => fc.integer({ min: least, max: most }).map(String);
    fc.assert(
      fc.property(within(0, 59), within(0, 23), within(1, 31), within(1, 12), within(0, 6), (...words) =>
        isSchedule(words.join(' ')),
      ),
    );
  });

  it('is judged whatever stands there', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof isSchedule(text) === 'boolean'));
  });
});

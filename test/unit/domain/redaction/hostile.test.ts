/** A hostile log must not keep anybody waiting. How the time grows is measured by `npm run bench`; here it ends at all. */
import assert from 'node:assert/strict';
import { redact } from '../../../../src/domain/redaction.ts';
import { hostile, repeated } from '../../../support/hostile-text.ts';

/** A rule that reads the rest of a text of this length at every place would go on for hours. */
const length = 250_000;

describe('Redacting a text that was made to keep it busy', function () {
  this.timeout(120_000);

  for (const unit of hostile) {
    it(`comes to an end for ${JSON.stringify(unit)} again and again, and finds what follows`, () => {
      const token = ['ghp', 'x1'.repeat(18)].join('_');
      assert.ok(!redact(`${repeated(unit, length)} \n ${token}`).includes(token));
    });
  }
});

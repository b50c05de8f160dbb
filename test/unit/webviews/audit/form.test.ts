import assert from 'node:assert/strict';
import { auditFilterSchema } from '../../../../src/domain/audit-log.ts';
import { emptyForm, filterOf, isFiltered } from '../../../../src/webviews/audit/form.ts';

describe('the filters of the audit log', () => {
  it('ask for everything while the form is empty', () => {
    assert.deepEqual(filterOf(emptyForm), {});
    assert.equal(isFiltered({ ...emptyForm, text: '  ' }), false);
  });

  it('hold both days, from midnight where the reader is', () => {
    const { from, before } = filterOf({ ...emptyForm, from: '2026-11-22', to: '2026-11-22' });
    assert.equal(from, new Date(2026, 10, 22).toISOString());
    assert.equal(before, new Date(2026, 10, 23).toISOString());
  });

  it('are what the extension host accepts, and drop what is none', () => {
    const form = {
      ...emptyForm,
      outcome: 'failed',
      risk: 'extreme',
      from: 'soon',
      text: ' oom ',
      to: '2026-12-31',
    };
    const filter = filterOf(form);
    assert.deepEqual(auditFilterSchema.parse(filter), filter);
    assert.deepEqual({ ...filter, before: '' }, { text: 'oom', outcome: 'failed', before: '' });
  });
});

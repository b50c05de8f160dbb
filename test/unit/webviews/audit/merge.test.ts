import assert from 'node:assert/strict';
import type { AuditRow } from '../../../../src/domain/audit-log.ts';
import { withNewest, withOlder } from '../../../../src/webviews/audit/merge.ts';

const row = (key: string, time: string) => ({ kind: 'step', key, entry: { time } }) as AuditRow;
const keys = (rows: readonly AuditRow[]) => rows.map(({ key }) => key).join('');
const shown = [row('c', '3'), row('b', '2'), row('a', '1')];

describe('lines that come while the audit log is read', () => {
  it('take the place of those that are not older', () => {
    assert.equal(keys(withNewest(shown, [row('d', '4'), row('c', '3')], '2')), 'dca');
    assert.equal(keys(withNewest(shown, [row('a', '5')], '4')), 'acb');
    assert.equal(keys(withNewest(shown, [row('d', '4')], '')), 'd');
  });

  it('come behind the others once', () => {
    assert.equal(keys(withOlder(shown, [row('a', '1'), row('z', '0')])), 'cbaz');
  });
});

import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { AuditRow } from '../../../src/domain/audit-log.ts';
import { csvHead, csvLine } from '../../../src/journal/audit-csv.ts';
import { auditEntries } from '../../../src/journal/audit.ts';
import { dated, resolvedRun } from './records.ts';

/** One record of RFC 4180, and what follows it. */
function parse(text: string): string[] {
  const cells: string[] = [];
  let rest = text;
  for (;;) {
    const quoted = /^"((?:[^"]|"")*)"/.exec(rest);
    const cell = quoted?.[0] ?? /^[^",\r\n]*/.exec(rest)?.[0] ?? '';
    cells.push(quoted ? (quoted[1] ?? '').replaceAll('""', '"') : cell);
    rest = rest.slice(cell.length);
    if (rest === '\r\n') return cells;
    assert.equal(rest[0], ',', `no cell ends before ${JSON.stringify(rest.slice(0, 40))}`);
    rest = rest.slice(1);
  }
}

const [entry] = auditEntries(dated(...resolvedRun()));
assert.ok(entry);
const row = (changes: object): AuditRow => ({ kind: 'step', key: 'k', entry: { ...entry, ...changes } });
const columns = parse(csvHead);
const cellOf = (line: AuditRow, name: string) => parse(csvLine(line))[columns.indexOf(name)];

describe('the audit log as CSV', () => {
  it('has a head, and the same number of cells in every line', () => {
    assert.equal(parse(csvLine(row({}))).length, columns.length);
    assert.equal(cellOf(row({}), 'outcome'), 'verified');
    assert.equal(cellOf(row({}), 'approved by'), 'ada');
    assert.equal(cellOf(row({}), 'exit code'), '0');
  });

  it('keeps commas, quotes and several lines', () => {
    const output = 'a, "b"\nc';
    assert.equal(cellOf(row({ output }), 'output'), output);
  });

  it('holds nothing that a spreadsheet would compute', () => {
    for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '  =1', '\r=1', '＝1', '%0A=1', '|cmd']) {
      assert.equal(cellOf(row({ message: text }), 'message')?.[0], "'", JSON.stringify(text));
    }
    assert.equal(cellOf(row({ message: 'kubectl get' }), 'message'), 'kubectl get');
  });

  it('can be read again whatever texts there are, and no cell begins like a formula', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.string(), (incidentTitle, output) => {
        const cells = parse(csvLine(row({ incidentTitle, output })));
        assert.equal(cells.length, columns.length);
        for (const cell of cells) assert.doesNotMatch(cell, /^\s*[=+@]|^[\t\r]/);
      }),
    );
  });
});

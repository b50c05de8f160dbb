import assert from 'node:assert/strict';
import { browsableUrl, difference, inOrder, rowOf, sameRow } from '../../../src/editor/incidents/present.ts';
import { incident } from './sample.ts';

const now = new Date('2026-11-22T03:04:30Z');

describe('The incident tree', () => {
  it('says title, service and age', () => {
    const row = rowOf(incident, now);
    assert.equal(row.label, 'Checkout pods restart');
    assert.equal(row.description, 'shop · 4m');
    assert.equal(row.spoken, 'Checkout pods restart, triggered, high urgency, shop, 4m');
  });

  it('tells urgencies and states apart by shape, not by colour alone', () => {
    const icon = (change: object) => rowOf({ ...incident, ...change }, now).icon;
    const icons = [icon({}), icon({ urgency: 'low' }), icon({ status: 'acknowledged' })];
    assert.equal(new Set(icons).size, 3);
  });

  it('shows a hostile title as text', () => {
    const row = rowOf(
      { ...incident, title: '\u{202e}<b>[x](command:y)</b>\u{1b}[31m' + 'z'.repeat(10_000) },
      now,
    );
    assert.ok(row.label.length < 400);
    assert.doesNotMatch(row.label + row.tooltip + row.spoken, /[\u{202e}\u{1b}]/u);
  });

  it('offers to acknowledge only what is triggered, and to open only what is safe to open', () => {
    assert.equal(rowOf(incident, now).contextValue, 'incident.triggered.browsable');
    assert.equal(
      rowOf({ ...incident, status: 'acknowledged', url: 'file:///etc/passwd' }, now).contextValue,
      'incident.acknowledged',
    );
  });

  it('opens https and loopback addresses, nothing else', () => {
    assert.ok(browsableUrl('https://acme.pagerduty.com/incidents/Q1'));
    assert.ok(browsableUrl('http://127.0.0.1:3000/incidents/Q1'));
    for (const bad of [
      'http://acme.example/',
      'javascript:alert(1)',
      'command:oncall.approveStep',
      'file:///etc/passwd',
      'vscode://x.y/z',
      'https://user:pass@acme.example/',
      '//acme.example',
      '',
      undefined,
    ]) {
      assert.equal(browsableUrl(bad), undefined, String(bad));
    }
  });

  it('redraws the rows that changed, and all of them only when rows come or go', () => {
    const rows = (...titles: string[]) =>
      new Map(
        titles.map((title, index) => [`Q${index}`, rowOf({ ...incident, id: `Q${index}`, title }, now)]),
      );
    assert.deepEqual(difference(rows('a', 'b'), rows('a', 'b')), { structure: false, changed: [] });
    assert.deepEqual(difference(rows('a', 'b'), rows('a', 'c')), { structure: false, changed: ['Q1'] });
    assert.equal(difference(rows('a'), rows('a', 'b')).structure, true);
    assert.ok(sameRow(rowOf(incident, now), rowOf(incident, new Date(now.getTime() + 10_000))));
  });

  it('puts what is on fire first', () => {
    const one = (id: string, change: object) => ({ ...incident, id, ...change });
    const order = inOrder([
      one('acknowledged', { status: 'acknowledged' }),
      one('low', { urgency: 'low' }),
      one('old', { createdAt: '2026-11-21T00:00:00Z' }),
      one('new', {}),
    ]);
    assert.deepEqual(
      order.map(({ id }) => id),
      ['new', 'old', 'low', 'acknowledged'],
    );
  });
});

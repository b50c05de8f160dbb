import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Incident } from '../../../../src/domain/incident.ts';
import {
  changedKeys,
  emptyListing,
  inOrder,
  leafAt,
  listingOf,
  withMark,
  type Listing,
} from '../../../../src/editor/incidents/listing.ts';
import { runMark, sameRow, type Grouping, type Row } from '../../../../src/editor/incidents/present.ts';
import { incident } from '../sample.ts';

const now = new Date('2026-11-22T03:04:30Z');
const one = (id: string, change: Partial<Incident> = {}): Incident => ({ ...incident, id, ...change });
const labels = (listing: Listing) => [...listing.groups.values()].map(({ label }) => label);

/** What stands on the screen: a tree that is drawn anew only where it is told to, as the editor does it. */
class Screen {
  groups: string[] = [];
  readonly children = new Map<string, string[]>();
  readonly rows = new Map<string, Row>();

  draw(listing: Listing, changed: readonly string[] | undefined): void {
    if (changed === undefined) {
      this.groups = [...listing.groups.keys()];
      for (const key of this.groups) this.#group(listing, key);
      return;
    }
    for (const key of changed) {
      if (listing.groups.has(key)) this.#group(listing, key);
      else this.#row(listing, key);
    }
  }

  shown(): unknown {
    return this.groups.map((group) => [
      group,
      (this.children.get(group) ?? []).map((key) => [key, this.rows.get(key)]),
    ]);
  }

  #group(listing: Listing, key: string): void {
    this.children.set(key, [...(listing.groups.get(key)?.children ?? [])]);
    for (const child of this.children.get(key) ?? []) this.#row(listing, child);
  }

  #row(listing: Listing, key: string): void {
    const row = leafAt(listing, key)?.row;
    if (row !== undefined) this.rows.set(key, row);
  }
}

const anyIncident: fc.Arbitrary<Incident> = fc
  .record({
    id: fc.constantFrom('Q1', 'Q2', 'Q3', 'Q4', 'Q5', 'Q6'),
    title: fc.constantFrom('pods restart', 'latency', 'disk'),
    status: fc.constantFrom('triggered' as const, 'acknowledged' as const),
    urgency: fc.constantFrom('high' as const, 'low' as const),
    service: fc.option(fc.constantFrom({ id: 'PA', name: 'a' }, { id: 'PB', name: 'b' }), { nil: undefined }),
    createdAt: fc.constantFrom('2026-11-22T03:00:00Z', '2026-11-22T02:00:00Z'),
  })
  .map(({ service, ...rest }) => ({
    ...incident,
    ...rest,
    ...(service === undefined ? { service: { id: 'PC', name: 'c' } } : { service }),
  }));
const anyList = fc.uniqueArray(anyIncident, { selector: ({ id }) => id, maxLength: 6 });
const anyGrouping = fc.constantFrom<Grouping>('status', 'service', 'urgency');

describe('The list of incidents', () => {
  it('puts what is on fire first', () => {
    const order = inOrder([
      one('acknowledged', { status: 'acknowledged' }),
      one('low', { urgency: 'low' }),
      one('old', { createdAt: '2026-11-21T00:00:00Z' }),
      one('new'),
    ]);
    assert.deepEqual(
      order.map(({ id }) => id),
      ['new', 'old', 'low', 'acknowledged'],
    );
  });

  it('is grouped by status, service or urgency, the worst group first', () => {
    const incidents = [
      one('a', { status: 'acknowledged', service: { id: 'P2', name: 'payments' } }),
      one('b', { urgency: 'low' }),
      { ...one('c'), service: { id: 'P3', name: 'search' } },
    ];
    const by = (grouping: Grouping) => labels(listingOf(incidents, { grouping, now }));
    assert.deepEqual(by('status'), ['Triggered', 'Acknowledged']);
    assert.deepEqual(by('service'), ['search', 'shop', 'payments']);
    assert.deepEqual(by('urgency'), ['High Urgency', 'Low Urgency']);
  });

  it('keeps two services apart that have one name', () => {
    const incidents = [
      one('a', { service: { id: 'P1', name: 'x' } }),
      one('b', { service: { id: 'P2', name: 'x' } }),
    ];
    assert.deepEqual(labels(listingOf(incidents, { grouping: 'service', now })), ['x', 'x']);
  });

  it('redraws one row where one incident has changed, and nothing where none has', () => {
    const list = (title: string) => listingOf([one('a'), one('b', { title })], { grouping: 'status', now });
    assert.deepEqual(changedKeys(list('x'), list('x')), []);
    assert.deepEqual(changedKeys(list('x'), list('y')), ['status\ntriggered\nb']);
  });

  it('redraws both groups of an incident that moves, and no third', () => {
    const list = (status: 'triggered' | 'acknowledged') =>
      listingOf([one('a'), one('b', { status }), one('c', { status: 'acknowledged' })], {
        grouping: 'status',
        now,
      });
    assert.deepEqual(changedKeys(list('triggered'), list('acknowledged')), [
      'status\ntriggered',
      'status\nacknowledged',
    ]);
  });

  it('redraws a row whose age says something else, and not the others', () => {
    const incidents = [one('a', { createdAt: '2026-11-20T03:00:00Z' }), one('b')];
    const at = (minutes: number) =>
      listingOf(incidents, { grouping: 'status', now: new Date(now.getTime() + minutes * 60_000) });
    assert.deepEqual(changedKeys(at(0), at(1)), ['status\ntriggered\nb']);
  });

  it('marks one row when its run goes on', () => {
    const listing = listingOf([one('a'), one('b')], { grouping: 'status', now });
    const marked = withMark(listing, 'b', { grouping: 'status', now, markOf: () => runMark('verifying') });
    assert.deepEqual(changedKeys(listing, marked), ['status\ntriggered\nb']);
    assert.equal(withMark(listing, 'gone', { grouping: 'status', now }), listing);
  });

  it('is on the screen what it is, however it came about, and no row is drawn that has not changed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyList, anyGrouping), { maxLength: 6 }), (steps) => {
        const screen = new Screen();
        let before = emptyListing;
        for (const [incidents, grouping] of steps) {
          const after = listingOf(incidents, { grouping, now }, before);
          assert.deepEqual(after, listingOf(incidents, { grouping, now }));
          const changed = changedKeys(before, after);
          for (const key of changed ?? []) {
            const [was, is] = [leafAt(before, key), leafAt(after, key)];
            if (was !== undefined && is !== undefined) assert.ok(!sameRow(was.row, is.row), key);
            const groups = [before.groups.get(key), after.groups.get(key)];
            if (is === undefined) assert.notDeepEqual(groups[0], groups[1]);
          }
          screen.draw(after, changed);
          const whole = new Screen();
          whole.draw(after, undefined);
          assert.deepEqual(screen.shown(), whole.shown());
          before = after;
        }
      }),
    );
  });
});

import assert from 'node:assert/strict';
import type { Incident } from '../../../src/domain/incident.ts';
import {
  browsableUrl,
  middle,
  rowOf,
  runMark,
  sameRow,
  tooltipOf,
  type Grouping,
  type RunMark,
} from '../../../src/editor/incidents/present.ts';
import { called } from '../../../src/editor/incidents/present.ts';
import { age } from '../../../src/editor/words.ts';
import { withoutIcons } from '../../../src/editor/text.ts';
import { hostileTitle, unseen } from '../../support/hostile-incident.ts';
import { hostile, repeated } from '../../support/hostile-text.ts';
import { incident } from './sample.ts';

const now = new Date('2026-11-22T03:04:30Z');
const rowAt = (one: Incident, at: Date, of?: Grouping, mark?: RunMark) =>
  rowOf(one, age(one.createdAt, at), of, mark);

describe('An incident in the tree', () => {
  it('says title, age and service', () => {
    const row = rowAt({ ...incident, title: 'Pods restart' }, now);
    assert.equal(row.label, 'Pods restart');
    assert.equal(row.description, '4m shop');
    assert.equal(row.spoken, 'Pods restart, triggered, high urgency, shop, 4m');
  });

  it('leaves the service out where it stands under it', () => {
    assert.equal(rowAt(incident, now, 'service').description, '4m');
  });

  it('keeps age and service in sight beside a long title and a long service', () => {
    const title = 'Latency of the payment gateway is above 2 s for 10 minutes';
    for (const name of ['shop', 'checkout-api', 'database-primary-cluster']) {
      const row = rowAt({ ...incident, title, service: { id: 'P', name } }, now);
      assert.ok(row.label.length + row.description.length <= 31, `${row.label} ${row.description}`);
      assert.ok(row.label.length >= 17, row.label);
      assert.match(row.description, /^4m \w{4}/);
      assert.ok(row.spoken.includes(title) && row.spoken.includes(name), 'whole for who listens');
    }
  });

  it('leaves out of a long title what Alertmanager puts around it, but not what tells it from its like', () => {
    const label = (title: string) => rowAt({ ...incident, title }, now).label;
    assert.equal(label('[FIRING:1] Disk is full (node-3 kube-system critical)'), 'Disk is full');
    const two = ['backup-1', 'backup-2'].map((job) =>
      label(`[FIRING:1] KubeJobFailed (${job} shop critical)`),
    );
    assert.ok(two[0]?.endsWith('1') && two[1]?.endsWith('2'), two.join());
    assert.equal(label('Disk full (a)'), 'Disk full (a)', 'what fits stays whole');
    for (const odd of ['(only labels of something that is long enough to be cut)', `x${' '.repeat(40)}()`]) {
      assert.ok(label(odd).length > 0);
    }
  });

  it('is shortened in the middle, where titles differ least', () => {
    assert.equal(middle('abcdefghijklmno', 10), 'abcdef…mno');
    assert.equal(middle('short', 10), 'short');
  });

  it('tells urgencies and states apart by shape, not by colour alone', () => {
    const icon = (change: object) => rowAt({ ...incident, ...change }, now).icon;
    const icons = [icon({}), icon({ urgency: 'low' }), icon({ status: 'acknowledged' })];
    assert.equal(new Set(icons).size, 3);
  });

  it('is marked by its newest run, in words as well', () => {
    const badges = (['verifying', 'awaiting approval', 'resolved', 'unresolved', 'stopped'] as const).map(
      (phase) => {
        const row = rowAt(incident, now, 'status', runMark(phase));
        assert.ok(row.spoken.endsWith(`run: ${phase}`));
        assert.match(row.contextValue, /\.run$/);
        return row.mark?.badge;
      },
    );
    assert.equal(new Set(badges).size, 5);
    for (const badge of badges) assert.ok(Array.from(badge ?? '').length === 1, 'two characters at most');
  });

  it('tells in its tooltip what the row has no room for', () => {
    const text = tooltipOf(
      { ...incident, teams: [{ id: 'T', name: 'Shop team' }], triggersAgainAt: '2026-11-22T04:00:00Z' },
      runMark('resolved'),
    );
    for (const part of ['Shop team', 'Assigned to Ada', 'Triggers again at', 'Number 7', 'run: resolved']) {
      assert.ok(text.includes(part), part);
    }
  });

  for (const text of [hostileTitle, ...hostile.map((unit) => repeated(unit, 10_000))]) {
    it(`shows a hostile title, service, team and name as bounded text: ${JSON.stringify(text.slice(0, 12))}`, () => {
      isHarmless(text);
    });
  }

  function isHarmless(hostileText: string): void {
    const evil = {
      ...incident,
      title: hostileText,
      service: { id: 'P', name: hostileText },
      assignees: [hostileText],
      teams: [{ id: 'T', name: hostileText }],
      priority: hostileText,
    };
    const row = rowAt(evil, now);
    const texts = [row.label, row.description, row.spoken, ...tooltipOf(evil).split('\n')];
    for (const text of texts) {
      assert.doesNotMatch(text, unseen);
      assert.ok(text.length < 2500, `${text.length}`);
    }
    assert.ok(row.label.length + row.description.length <= 31);
    assert.doesNotMatch(withoutIcons(row.spoken), /(?<!\\)\$\(flame\)/);
    // In questions and messages nothing becomes a link either.
    assert.ok(!called(evil).includes(']('));
    assert.ok(called(evil).length <= 104);
  }

  it('offers to acknowledge only what is triggered, and to open only what is safe to open', () => {
    assert.equal(rowAt(incident, now).contextValue, 'incident.triggered.browsable');
    assert.equal(
      rowAt({ ...incident, status: 'acknowledged', url: 'file:///etc/passwd' }, now).contextValue,
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

  it('looks the same until its age says something else', () => {
    assert.ok(sameRow(rowAt(incident, now), rowAt(incident, new Date(now.getTime() + 10_000))));
    assert.ok(!sameRow(rowAt(incident, now), rowAt(incident, new Date(now.getTime() + 60_000))));
  });
});

import assert from 'node:assert/strict';
import { OncallError } from '../../../../src/domain/error.ts';
import {
  alertRows,
  noteRows,
  pastRows,
  runRows,
  targetRows,
} from '../../../../src/editor/incidents/details.ts';
import { DetailStore } from '../../../../src/editor/incidents/detailStore.ts';
import { errorRow, loadingRow, type DetailRow } from '../../../../src/editor/incidents/sections.ts';
import { hostileTitle, unseen } from '../../../support/hostile-incident.ts';
import { view as runView } from '../sample.ts';

const now = new Date('2026-11-22T03:04:30Z');
const minuteAgo = '2026-11-22T03:03:00Z';

describe('An opened incident', () => {
  it('shows alerts, notes, earlier incidents and runs with their age', () => {
    const [alert] = alertRows(
      [{ summary: 'pods restart', status: 'triggered', severity: 'critical', createdAt: minuteAgo }],
      now,
    );
    assert.deepEqual([alert?.label, alert?.description], ['pods restart', '1m · critical']);
    const [note] = noteRows(
      [{ id: 'N', content: 'looked\nat it', createdAt: minuteAgo, author: 'Ada' }],
      now,
    );
    assert.deepEqual([note?.label, note?.description], ['looked at it', '1m · Ada']);
    const [past] = pastRows(
      [{ id: 'Q0', title: 'before', createdAt: minuteAgo, url: 'https://acme.example/Q0' }],
      now,
    );
    assert.deepEqual(past?.opens, { kind: 'page', url: 'https://acme.example/Q0' });
    const [run] = runRows([{ ...runView, phase: 'resolved', startedAt: minuteAgo }], now);
    assert.equal(run?.label, 'Resolved');
    assert.deepEqual(run?.opens, { kind: 'run', runId: runView.runId });
  });

  it('shortens what Alertmanager calls an alert or an earlier incident, so that its age is in sight', () => {
    const title =
      '[FIRING:1] KubePodCrashLooping (checkout-7d9f shop production critical, restarts every 10 s)';
    const [alert] = alertRows([{ summary: title, status: 'triggered', createdAt: minuteAgo }], now);
    const [past] = pastRows([{ id: 'Q0', title, createdAt: minuteAgo }], now);
    for (const row of [alert, past]) {
      assert.equal(row?.label, 'KubePodCrashLoop…ut-7d9f');
      assert.equal(row?.spoken, title);
      assert.equal(row?.description, '1m');
      assert.ok(row?.tooltip?.startsWith(title));
    }
  });

  it('shows the target that the newest run found, and before any run what the alert says', () => {
    const target = { context: 'staging', namespace: 'shop', kind: 'Deployment', name: 'checkout' };
    const [found] = targetRows([{ ...runView, target }], []);
    assert.equal(found?.label, 'Deployment checkout');
    const hints = [
      {
        kind: 'Deployment',
        name: 'checkout',
        namespace: 'shop',
        source: 'label deployment',
        trust: 'labelled' as const,
      },
      { kind: 'Deployment', name: 'checkout', source: 'title', trust: 'written' as const },
      { namespace: 'shop', source: 'tag', trust: 'labelled' as const },
    ];
    assert.deepEqual(
      targetRows([], hints).map(({ label, description }) => [label, description]),
      [['Deployment checkout', 'shop · label deployment']],
    );
  });

  it('shows hostile texts as bounded plain text, and opens no address that is not a page', () => {
    const rows = [
      ...alertRows([{ summary: hostileTitle, status: 'triggered', severity: hostileTitle }], now),
      ...noteRows([{ id: 'N', content: hostileTitle, createdAt: minuteAgo, author: hostileTitle }], now),
      ...pastRows([{ id: hostileTitle, title: hostileTitle, url: 'command:oncall.approveStep' }], now),
      ...targetRows([], [{ kind: hostileTitle, name: hostileTitle, source: hostileTitle, trust: 'written' }]),
      errorRow(new OncallError('pagerduty-unreachable', hostileTitle, 'Wait.')),
    ];
    for (const { label, description = '', tooltip = '' } of rows) {
      for (const text of [label, description, ...tooltip.split('\n')]) {
        assert.doesNotMatch(text, unseen);
        assert.ok(text.length <= 700, String(text.length));
      }
    }
    assert.equal(rows.filter(({ opens }) => opens?.kind === 'page').length, 0);
  });
});

describe('What is asked about opened incidents', () => {
  /** A store whose answers the test gives. */
  function store() {
    const asked: {
      resolve: (rows: DetailRow[]) => void;
      reject: (error: unknown) => void;
      signal: AbortSignal;
    }[] = [];
    const read: string[] = [];
    const waiting: (() => void)[] = [];
    const details = new DetailStore(
      (_id, _section, signal) =>
        new Promise<DetailRow[]>((resolve, reject) => asked.push({ resolve, reject, signal })),
      (id, section) => {
        read.push(`${id} ${section}`);
        waiting.shift()?.();
      },
    );
    const answered = (answer: () => void) =>
      new Promise<void>((resolve) => {
        waiting.push(resolve);
        answer();
      });
    return { details, asked, read, answered };
  }
  const row: DetailRow = { label: 'a note', icon: 'note' };

  it('is asked once, says that it loads, and then what there is', async () => {
    const { details, asked, read, answered } = store();
    assert.deepEqual(details.rows('Q1', 'notes'), [loadingRow]);
    assert.deepEqual(details.rows('Q1', 'notes'), [loadingRow]);
    await answered(() => asked[0]?.resolve([row]));
    assert.deepEqual(details.rows('Q1', 'notes'), [row]);
    assert.deepEqual([asked.length, read], [1, ['Q1 notes']]);
  });

  it('says that there is nothing, and what went wrong with a way to try again', async () => {
    const { details, asked, answered } = store();
    details.rows('Q1', 'notes');
    await answered(() => asked[0]?.resolve([]));
    assert.equal(details.rows('Q1', 'notes')[0]?.label, 'No notes');
    details.rows('Q1', 'alerts');
    await answered(() => asked[1]?.reject(new OncallError('pagerduty-unreachable', 'It is down', 'Wait.')));
    const [failed] = details.rows('Q1', 'alerts');
    assert.match(failed?.description ?? '', /It is down\. Wait\./);
    assert.deepEqual(failed?.opens, { kind: 'again' });
    details.expire('Q1', 'alerts');
    details.rows('Q1', 'alerts');
    assert.equal(asked.length, 3);
  });

  it('keeps what was read in sight while it is read anew, and takes no answer that is out of date', async () => {
    const { details, asked, answered } = store();
    details.rows('Q1', 'notes');
    await answered(() => asked[0]?.resolve([row]));
    details.expire('Q1');
    assert.deepEqual(details.rows('Q1', 'notes'), [row]);
    details.expire('Q1');
    assert.equal(asked[1]?.signal.aborted, true);
    details.rows('Q1', 'notes');
    asked[1]?.resolve([{ label: 'old', icon: 'note' }]);
    await answered(() => asked[2]?.resolve([{ label: 'new', icon: 'note' }]));
    assert.equal(details.rows('Q1', 'notes')[0]?.label, 'new');
  });

  it('is forgotten with the incident', () => {
    const { details, asked } = store();
    details.rows('Q1', 'notes');
    details.keep(() => false);
    assert.equal(asked[0]?.signal.aborted, true);
    assert.deepEqual(details.opened('Q1'), []);
  });
});

/** What PagerDuty knows around an incident, asked of the practice PagerDuty over loopback. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { collectBackground } from '../../../src/diagnosis/background.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import { alertFor, targetHints } from '../../../src/pagerduty/alert.ts';
import { backgroundOf } from '../../../src/pagerduty/background.ts';
import { PagerDutyClient } from '../../../src/pagerduty/client.ts';
import { readChange, readOtherIncident } from '../../../src/pagerduty/read.ts';
import { startPagerDuty, type PracticePagerDuty } from '../../../src/practice/pagerduty/server.ts';

const title = 'checkout answers too slowly';
const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

describe('The background of an incident', () => {
  let server: PracticePagerDuty;
  let client: PagerDutyClient;
  let incident: Incident;
  beforeEach(async () => {
    server = await startPagerDuty();
    client = new PagerDutyClient({ baseUrl: server.baseUrl, token: server.token, delay: () => 0 });
    const earlier = server.raise({ summary: title, createdAt: minutesAgo(5000) });
    server.store.resolve(earlier, 'Robin Rota');
    server.raise({ summary: title, createdAt: minutesAgo(10) });
    incident = (await client.openIncidents())[0] ?? assert.fail();
    (server.requests as unknown[]).length = 0;
  });
  afterEach(() => server.close());

  const change = (summary: string, minutes: number, service = 'Shop', more: object = {}) =>
    server.store.addChange(server.service(service), {
      summary,
      timestamp: minutesAgo(minutes),
      links: [],
      details: {},
      ...more,
    });
  const collect = (budgetMs?: number) =>
    collectBackground(backgroundOf(client, incident), {
      signal: AbortSignal.timeout(50_000),
      ...(budgetMs === undefined ? {} : { budgetMs }),
    });
  const summaries = async (): Promise<string[]> => (await collect()).evidence.map(({ summary }) => summary);

  it('holds the changes of its service since the day before, the newest first, each once', async () => {
    change('deploy of checkout 1.4.0', 60, 'Shop', { source: 'ci' });
    change('flag fast-pay on', 20);
    change('deploy of checkout 1.3.9', 3000);
    change('deploy of the blog', 30, 'Blog');
    assert.deepEqual(
      (await summaries()).filter((text) => text.startsWith('change')),
      ['change: flag fast-pay on', 'change by ci: deploy of checkout 1.4.0'],
    );
  });

  it('holds its notes, other incidents of now, and earlier ones like it', async () => {
    const [robin = assert.fail()] = server.store.users;
    const stored = server.store.find(incident.id) ?? assert.fail();
    server.store.addNote(stored, robin, 'Looks like the new payment provider');
    const other = server.raise({
      summary: 'payments is down',
      service: 'Payments',
      createdAt: minutesAgo(12),
    });
    server.raise({ summary: 'the blog is down', service: 'Blog', createdAt: minutesAgo(9000) });
    server.store.resolve(server.store.incidents.at(-1) ?? assert.fail(), 'Sam Second');
    const { evidence, gaps } = await collect();
    assert.deepEqual(gaps, []);
    assert.ok(
      evidence.some(({ summary }) => summary === 'note by Robin Rota: Looks like the new payment provider'),
    );
    const related = evidence.find(({ summary }) => summary === 'incident at the same time: payments is down');
    assert.deepEqual(related?.source, { type: 'pagerduty', what: 'incident', id: other.id });
    assert.ok(evidence.some(({ summary }) => summary === `earlier incident like this one: ${title}`));
    assert.ok(evidence.every(({ time }) => time !== undefined));
  });

  it('takes five requests, and none before a run asks', async () => {
    backgroundOf(client, incident);
    assert.equal(server.requests.length, 0);
    await collect();
    assert.equal(server.requests.length, 5);
    assert.ok(server.requests.every(({ method }) => method === 'GET'));
  });

  it('is less where the plan of the account has less: no error, no gap', async () => {
    for (const path of ['/past_incidents', '/related_incidents', '/related_change_events']) {
      server.fail({ status: 402, body: { error: { message: 'Not in your plan', code: 2012 } }, path });
    }
    server.fail({ status: 404, body: {}, path: '/change_events' });
    assert.deepEqual(await collect(), { evidence: [], gaps: [] });
  });

  it('has a gap where PagerDuty does not answer in time, and the rest all the same', async () => {
    change('deploy of checkout 1.4.0', 60);
    server.fail({ hang: true, path: '/notes' });
    const { evidence, gaps } = await collect(250);
    assert.deepEqual(gaps, [{ what: 'Notes on the incident', reason: 'no answer within 0.25 s' }]);
    assert.ok(evidence.some(({ summary }) => summary === 'change: deploy of checkout 1.4.0'));
    assert.ok(evidence.some(({ summary }) => summary.startsWith('earlier incident')));
  });

  it('has gaps that say why where PagerDuty refuses', async () => {
    server.fail({ status: 403, body: { error: { message: 'Access Denied', code: 2010 } }, times: 5 });
    const { evidence, gaps } = await collect();
    assert.deepEqual(evidence, []);
    assert.equal(gaps.length, 4);
    assert.ok(gaps.every(({ reason }) => /403/.test(reason)));
  });

  it('never waits for what ignores its time limit', async () => {
    const silent = () => new Promise<never>(() => undefined);
    const { gaps } = await collectBackground(
      { changes: silent, past: silent, related: silent, notes: silent },
      { signal: AbortSignal.timeout(50_000), budgetMs: 5 },
    );
    assert.equal(gaps.length, 4);
  });

  it('is empty where nobody keeps incidents', async () => {
    assert.deepEqual(await collectBackground(undefined, { signal: AbortSignal.timeout(50_000) }), {
      evidence: [],
      gaps: [],
    });
  });

  it('is data: bounded, without credentials, and with no address that is not of the web', async () => {
    const text = 'password=hunter2-hunter2 '.repeat(2000);
    change(text, 5, 'Shop', { links: [{ href: 'javascript:alert(1)', text: 'x' }], details: { note: text } });
    change('linked', 6, 'Shop', { links: [{ href: 'https://ci.example/42', text: 'build' }] });
    const { evidence } = await collect();
    for (const { summary, detail, source } of evidence) {
      assert.ok(summary.length <= 200 && detail.length <= 4600);
      assert.doesNotMatch(summary + detail, /hunter2/);
      assert.doesNotMatch(JSON.stringify(source), /javascript/);
    }
    assert.ok(
      evidence.some(({ source }) => source.type === 'pagerduty' && source.url === 'https://ci.example/42'),
    );
  });

  it('is read from anything at all without an exception', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (item, id) => {
        readChange(item);
        readChange({ id, links: item, custom_details: item, timestamp: item });
        readOtherIncident(item);
        readOtherIncident({ incident: item });
      }),
    );
  });
});

describe('An incident without alert details', () => {
  it('says through its custom fields what it is about', async () => {
    const server = await startPagerDuty();
    try {
      const client = new PagerDutyClient({ baseUrl: server.baseUrl, token: server.token });
      const stored = server.raise({ summary: title });
      for (const alert of stored.alerts) alert.details = null;
      stored.fields.push({ name: 'k8s_namespace', value: 'shop' }, { name: 'deployment', value: 'checkout' });
      const [incident = assert.fail()] = await client.openIncidents();
      const alert = alertFor(incident, await client.alerts(incident.id));
      const [hint] = targetHints(alert);
      assert.deepEqual(
        [hint?.kind, hint?.namespace, hint?.name, hint?.trust],
        ['Deployment', 'shop', 'checkout', 'labelled'],
      );
    } finally {
      await server.close();
    }
  });

  it('is an alert all the same where its custom fields cannot be had', async () => {
    const server = await startPagerDuty();
    try {
      const client = new PagerDutyClient({ baseUrl: server.baseUrl, token: server.token, delay: () => 0 });
      for (const alert of server.raise({ summary: title }).alerts) alert.details = null;
      const [incident = assert.fail()] = await client.openIncidents();
      server.fail({ status: 403, body: {}, path: '/custom_fields/values' });
      assert.equal(alertFor(incident, await client.alerts(incident.id)).title, title);
    } finally {
      await server.close();
    }
  });
});

/** The practice PagerDuty keeps the rules of the real one: what a client must do there, it must do here. */
import assert from 'node:assert/strict';
import { startPagerDuty, type PracticePagerDuty } from '../../../../src/practice/pagerduty/server.ts';

describe('Practice PagerDuty', () => {
  let server: PracticePagerDuty;
  beforeEach(async () => {
    server = await startPagerDuty();
  });
  afterEach(() => server.close());

  const headers = (): Record<string, string> => ({
    accept: 'application/vnd.pagerduty+json;version=2',
    authorization: `Token token=${server.token}`,
    'content-type': 'application/json',
  });
  async function ask(
    path: string,
    init: RequestInit = {},
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are looked into freely
  ): Promise<{ status: number; body: any; headers: Headers }> {
    const response = await fetch(server.baseUrl + path, { headers: headers(), ...init });
    return { status: response.status, body: await response.json(), headers: response.headers };
  }
  const send = (event: object): ReturnType<typeof ask> =>
    ask('/v2/enqueue', { method: 'POST', body: JSON.stringify(event), headers: {} });
  const trigger = (more: object = {}, payload: object = {}): object => ({
    routing_key: server.routingKey,
    event_action: 'trigger',
    dedup_key: 'k1',
    payload: { summary: 'checkout is down', source: 'prometheus', severity: 'critical', ...payload },
    ...more,
  });

  it('takes events from trigger to resolve, one incident for one key', async () => {
    const sent = await send(trigger({}, { custom_details: { namespace: 'shop' } }));
    assert.deepEqual(
      [sent.status, sent.body],
      [202, { status: 'success', message: 'Event processed', dedup_key: 'k1' }],
    );
    await send(trigger());
    const [incident, ...others] = (await ask('/incidents')).body.incidents;
    assert.equal(others.length, 0);
    assert.equal(incident.title, 'checkout is down');
    await send({ routing_key: server.routingKey, event_action: 'acknowledge', dedup_key: 'k1' });
    assert.equal((await ask(`/incidents/${incident.id}`)).body.incident.status, 'acknowledged');
    await send({ routing_key: server.routingKey, event_action: 'resolve', dedup_key: 'k1' });
    assert.equal((await ask(`/incidents/${incident.incident_number}`)).body.incident.status, 'resolved');
    await send(trigger());
    assert.equal((await ask('/incidents')).body.incidents.length, 2);
  });

  it('finds incidents by the key of their alerts', async () => {
    await send(trigger());
    await send(trigger({ dedup_key: 'k2' }, { summary: 'cart is down' }));
    const { incidents } = (await ask('/incidents?incident_key=k2')).body;
    assert.deepEqual(
      incidents.map(({ title }: { title: string }) => title),
      ['cart is down'],
    );
  });

  it('puts custom_details into the alert', async () => {
    await send(trigger({}, { custom_details: { namespace: 'shop' } }));
    const [incident] = (await ask('/incidents')).body.incidents;
    const { alerts } = (await ask(`/incidents/${incident.id}/alerts`)).body;
    assert.deepEqual(alerts[0].body.details, { namespace: 'shop' });
    assert.equal(
      (await ask(`/incidents/${incident.id}/log_entries`)).body.log_entries[0].type,
      'trigger_log_entry',
    );
  });

  it('keeps component and group of an event in the Common Event Format', async () => {
    await send(trigger({}, { component: 'checkout', group: 'shop' }));
    const [incident] = (await ask('/incidents')).body.incidents;
    const { body } = (await ask(`/incidents/${incident.id}/alerts`)).body.alerts[0];
    assert.equal(body.cef_details.source_component, 'checkout');
    assert.equal(body.cef_details.service_group, 'shop');
  });

  it('takes change events, and lists those of a service within a window of UTC', async () => {
    const sent = await ask('/v2/change/enqueue', {
      method: 'POST',
      body: JSON.stringify({
        routing_key: server.routingKey,
        payload: { summary: 'deploy of checkout 1.4.0', source: 'ci', timestamp: '2026-11-22T02:50:00Z' },
        links: [{ href: 'https://ci.example/42', text: 'build' }],
      }),
      headers: {},
    });
    assert.equal(sent.status, 202);
    await send(trigger());
    const [incident] = (await ask('/incidents')).body.incidents;
    const changes = `/services/${incident.service.id}/change_events`;
    const [change, ...others] = (await ask(changes)).body.change_events;
    assert.equal(others.length, 0);
    assert.equal(change.summary, 'deploy of checkout 1.4.0');
    assert.equal(change.timestamp, '2026-11-22T02:50:00.000Z');
    assert.equal(change.links[0].href, 'https://ci.example/42');
    const since = (time: string) => ask(`${changes}?since=${encodeURIComponent(time)}`);
    assert.deepEqual((await since('2026-11-22T03:00:00Z')).body.change_events, []);
    assert.equal((await since('2026-11-22T04:00:00+01:00')).status, 400);
    assert.equal((await ask('/services/none/change_events')).status, 404);
    const related = (await ask(`/incidents/${incident.id}/related_change_events`)).body.change_events;
    assert.ok(Array.isArray(related));
  });

  it('refuses change events that PagerDuty would refuse', async () => {
    const payload = { summary: 'x' };
    for (const bad of [
      { routing_key: 'x', payload },
      { routing_key: server.routingKey },
      { routing_key: server.routingKey, payload: { ...payload, timestamp: 'yesterday' } },
    ]) {
      const init = { method: 'POST', body: JSON.stringify(bad), headers: {} };
      assert.equal((await ask('/v2/change/enqueue', init)).status, 400);
    }
  });

  it('knows earlier incidents like one, those of other services at the same time, and custom fields', async () => {
    const raise = (summary: string, service?: string) =>
      server.raise({
        summary,
        ...(service === undefined ? {} : { service }),
        createdAt: '2026-11-22T03:00:00Z',
      });
    const before = server.raise({ summary: 'checkout is down', createdAt: '2026-11-01T03:00:00Z' });
    server.store.resolve(before, 'Robin Rota');
    const now = raise('checkout is down');
    const beside = raise('payments is down', 'Payments');
    now.fields.push({ name: 'namespace', value: 'shop' });
    const past = (await ask(`/incidents/${now.id}/past_incidents`)).body.past_incidents;
    assert.deepEqual(
      past.map((one: { incident: { id: string } }) => one.incident.id),
      [before.id],
    );
    const related = (await ask(`/incidents/${now.id}/related_incidents`)).body.related_incidents;
    assert.deepEqual(
      related.map((one: { incident: { id: string } }) => one.incident.id),
      [beside.id],
    );
    const { custom_fields: fields } = (await ask(`/incidents/${now.id}/custom_fields/values`)).body;
    assert.deepEqual([fields[0].name, fields[0].value], ['namespace', 'shop']);
  });

  it('refuses events that PagerDuty would refuse', async () => {
    for (const bad of [
      trigger({ routing_key: 'x' }),
      trigger({ event_action: 'shout' }),
      trigger({}, { summary: '' }),
      trigger({}, { summary: 'x'.repeat(1025) }),
      trigger({}, { severity: 'mild' }),
      trigger({}, { source: undefined }),
      { routing_key: server.routingKey, event_action: 'resolve' },
    ]) {
      const { status, body } = await send(bad);
      assert.equal(status, 400);
      assert.equal(body.status, 'invalid event');
    }
    assert.equal(server.store.incidents.length, 0);
  });

  it('wants the headers that PagerDuty wants', async () => {
    const without = async (name: string, path: string, init: RequestInit = {}): Promise<number> =>
      (await ask(path, { ...init, headers: { ...headers(), [name]: '' } })).status;
    assert.equal(await without('authorization', '/incidents'), 401);
    assert.equal(await without('accept', '/incidents'), 406);
    assert.equal(await without('content-type', '/incidents'), 415);
    const { id } = server.raise({ summary: 'a' });
    const change = JSON.stringify({ incident: { type: 'incident_reference', status: 'acknowledged' } });
    assert.equal((await ask(`/incidents/${id}`, { method: 'PUT', body: change })).status, 400);
    const bearer = { ...headers(), authorization: `Bearer ${server.token}` };
    assert.equal((await ask('/incidents', { headers: bearer })).status, 401);
  });

  it('leaves out what is older than a month, unless date_range=all', async () => {
    server.raise({ summary: 'old', createdAt: '2020-01-01T00:00:00.000Z' });
    assert.equal((await ask('/incidents')).body.incidents.length, 0);
    assert.equal((await ask('/incidents?date_range=all')).body.incidents.length, 1);
    assert.equal((await ask('/incidents?since=2019-12-31T00:00:00Z')).body.incidents.length, 1);
  });

  it('pages, and refuses to go beyond 10,000', async () => {
    for (let index = 0; index < 30; index += 1) server.raise({ summary: String(index) });
    const first = (await ask('/incidents')).body;
    assert.deepEqual(
      [first.incidents.length, first.limit, first.offset, first.more, first.total],
      [25, 25, 0, true, null],
    );
    const second = (await ask('/incidents?offset=25&total=true')).body;
    assert.deepEqual([second.incidents.length, second.more, second.total], [5, false, 30]);
    const far = await ask('/incidents?offset=9950&limit=100');
    assert.deepEqual([far.status, far.body.error.code], [400, 2002]);
  });

  it('sorts by two keys at most', async () => {
    const one = server.raise({ summary: 'a', severity: 'info' });
    const two = server.raise({ summary: 'b', severity: 'critical' });
    const { incidents } = (await ask('/incidents?sort_by=urgency:asc,incident_number:desc')).body;
    assert.deepEqual(
      incidents.map(({ id }: { id: string }) => id),
      [two.id, one.id],
    );
    assert.equal((await ask('/incidents?sort_by=urgency,created_at,incident_number')).status, 400);
  });

  it('changes many incidents at once, each only from a state that allows it', async () => {
    const ids = ['a', 'b'].map((summary) => server.raise({ summary }).id);
    const put = (status: string): ReturnType<typeof ask> =>
      ask('/incidents', {
        method: 'PUT',
        headers: { ...headers(), from: 'robin@example.com' },
        body: JSON.stringify({ incidents: ids.map((id) => ({ id, type: 'incident_reference', status })) }),
      });
    assert.deepEqual(
      (await put('acknowledged')).body.incidents.map(({ status }: { status: string }) => status),
      ['acknowledged', 'acknowledged'],
    );
    assert.equal((await put('acknowledged')).body.error.code, 1002);
    assert.equal((await put('resolved')).status, 200);
    assert.equal((await put('resolved')).body.error.code, 1001);
  });

  it('snoozes what is acknowledged, triggers it again, and assigns to one known user', async () => {
    const incident = server.raise({ summary: 'x' });
    const from = { ...headers(), from: 'robin@example.com' };
    const snooze = (duration: unknown) =>
      ask(`/incidents/${incident.id}/snooze`, {
        method: 'POST',
        headers: from,
        body: JSON.stringify({ duration }),
      });
    const assign = (id: string, type = 'user_reference') =>
      ask(`/incidents/${incident.id}`, {
        method: 'PUT',
        headers: from,
        body: JSON.stringify({
          incident: { type: 'incident_reference', assignments: [{ assignee: { id, type } }] },
        }),
      });
    assert.equal((await snooze(60)).body.error.code, 1012);
    const [user] = server.store.users;
    assert.ok(user);
    server.store.acknowledge(incident, user);
    for (const bad of [0, 604_801, 1.5, '60', undefined])
      assert.equal((await snooze(bad)).status, 400, String(bad));
    const snoozed = await snooze(60);
    assert.equal(snoozed.status, 201);
    assert.equal(snoozed.body.incident.pending_actions[0].type, 'unacknowledge');
    incident.snoozedUntil = new Date(0).toISOString();
    assert.equal((await ask(`/incidents/${incident.id}`)).body.incident.status, 'triggered');
    assert.equal((await assign('nobody')).status, 400);
    assert.equal((await assign('PUSER2', 'user')).status, 400);
    assert.equal((await assign('PUSER2')).body.incident.assignments[0].assignee.summary, 'Sam Second');
    assert.equal((await ask('/users?query=sam')).body.users.length, 1);
  });

  it('counts requests and says when there were too many', async () => {
    const strict = await startPagerDuty({ rateLimit: 1 });
    const get = (): Promise<Response> =>
      fetch(`${strict.baseUrl}/users/me`, {
        headers: { ...headers(), authorization: `Token token=${strict.token}` },
      });
    assert.equal((await get()).headers.get('ratelimit-remaining'), '0');
    const refused = await get();
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers.get('ratelimit-reset')) > 0);
    await strict.close();
  });

  it('shows an incident as a page on which titles and details are only text', async () => {
    const { id } = server.raise({ summary: '<script>alert(1)</script>', details: { x: '<img src=x>' } });
    const { html_url } = (await ask(`/incidents/${id}`)).body.incident;
    const page = await (await fetch(html_url)).text();
    assert.match(page, /&#60;script&#62;alert/);
    assert.doesNotMatch(page, /<script|<img/);
    assert.equal((await fetch(`${server.baseUrl}/web/incidents/none`)).status, 404);
  });
});

/** The PagerDuty client against the practice PagerDuty, over real loopback HTTP. */
import assert from 'node:assert/strict';
import { isOncallError, type OncallErrorCode } from '../../../src/domain/error.ts';
import { authorization } from '../../../src/pagerduty/access.ts';
import { PagerDutyClient, type PagerDutyOptions } from '../../../src/pagerduty/client.ts';
import { retryDelay } from '../../../src/pagerduty/requests.ts';
import { type RateLimited, resetMs } from '../../../src/pagerduty/failures.ts';
import { startPagerDuty, type PracticePagerDuty } from '../../../src/practice/pagerduty/server.ts';

describe('PagerDuty client', () => {
  let server: PracticePagerDuty;

  beforeEach(async () => {
    server = await startPagerDuty();
  });
  afterEach(() => server.close());

  const client = (options: Partial<PagerDutyOptions> = {}): PagerDutyClient =>
    new PagerDutyClient({ baseUrl: server.baseUrl, token: server.token, delay: () => 0, ...options });

  async function fails(work: Promise<unknown>, code: OncallErrorCode, ...texts: RegExp[]): Promise<void> {
    const error = await work.then(
      () => assert.fail('it did not fail'),
      (reason: unknown) => reason,
    );
    assert.ok(isOncallError(error), String(error));
    assert.equal(error.code, code, error.explanation);
    assert.ok(error.next.length > 10, 'it says what to do next');
    for (const text of texts) assert.match(error.explanation, text);
  }

  describe('open incidents', () => {
    it('come with what people need to judge them, in one request', async () => {
      const raised = server.raise({ summary: 'checkout is down', service: 'Shop', severity: 'critical' });
      const [incident, ...others] = await client().openIncidents();
      assert.deepEqual(others, []);
      assert.deepEqual(incident, {
        id: raised.id,
        number: 1,
        title: 'checkout is down',
        status: 'triggered',
        urgency: 'high',
        service: { id: raised.service.id, name: 'Shop' },
        createdAt: raised.createdAt,
        updatedAt: raised.updatedAt,
        url: `${server.baseUrl}/web/incidents/${raised.id}`,
        assignees: ['Robin Rota'],
        assigneeIds: ['PUSER1'],
        teams: raised.service.teams.map(({ id, summary }) => ({ id, name: summary })),
        acknowledgedBy: [],
      });
      assert.equal(server.requests.length, 1);
    });

    it('include those that are open for longer than a month', async () => {
      server.raise({ summary: 'old', createdAt: '2020-01-01T00:00:00.000Z' });
      assert.equal((await client().openIncidents()).length, 1);
    });

    it('leave out what is resolved', async () => {
      const { id } = server.raise({ summary: 'over' });
      await client().resolve(id);
      assert.deepEqual(await client().openIncidents(), []);
    });

    it('are read page by page, newest first, one request after another', async () => {
      for (let index = 0; index < 250; index += 1) {
        const createdAt = new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString();
        server.raise({ summary: `incident ${String(index)}`, createdAt });
      }
      const incidents = await client().openIncidents();
      assert.equal(incidents.length, 250);
      assert.equal(incidents[0]?.title, 'incident 249');
      assert.deepEqual(
        server.requests.map(({ query }) => query.get('offset')),
        ['0', '100', '200'],
      );
    });

    it('cost one request while there are 100', async () => {
      for (let index = 0; index < 100; index += 1) server.raise({ summary: String(index) });
      assert.equal((await client().openIncidents()).length, 100);
      assert.equal(server.requests.length, 1);
    });

    it('end at the 10,000 that PagerDuty pages through', async () => {
      for (let index = 0; index < 10_050; index += 1) server.raise({ summary: String(index) });
      assert.equal((await client().openIncidents()).length, 10_000);
      assert.equal(server.requests.length, 100);
    });

    it('can be narrowed by team, service, urgency and assignee', async () => {
      const shop = server.raise({ summary: 'a', service: 'Shop', severity: 'critical' });
      const mail = server.raise({ summary: 'b', service: 'Mail', severity: 'warning' });
      const [, sam] = server.store.users;
      assert.ok(sam);
      mail.assignee = sam;
      const ids = async (filter: Parameters<PagerDutyClient['openIncidents']>[0]): Promise<string[]> =>
        (await client().openIncidents(filter)).map(({ id }) => id);
      assert.deepEqual(await ids({ serviceIds: [mail.service.id] }), [mail.id]);
      assert.deepEqual(await ids({ teamIds: shop.service.teams.map(({ id }) => id) }), [shop.id]);
      assert.deepEqual(await ids({ urgencies: ['low'] }), [mail.id]);
      assert.deepEqual(await ids({ assignedToMe: true }), [shop.id]);
      assert.equal((await ids({ urgencies: ['high', 'low'], teamIds: [], serviceIds: [] })).length, 2);
    });

    it('that cannot be read are left out and counted, never a crash', async () => {
      const skipped: string[] = [];
      const body = {
        incidents: [
          null,
          42,
          'text',
          {},
          { id: 'P1' },
          { id: 'P2', status: 'exploded' },
          {
            id: 'P3',
            status: 'triggered',
            title: 7,
            service: 'x',
            assignments: [{ assignee: null }],
            urgency: [],
          },
        ],
      };
      server.fail({ status: 200, body });
      const incidents = await client({ onSkipped: (message) => skipped.push(message) }).openIncidents();
      assert.deepEqual(
        incidents.map(({ id, title, urgency }) => ({ id, title, urgency })),
        [{ id: 'P3', title: 'P3', urgency: 'high' }],
      );
      assert.deepEqual(skipped, ['6 of 7 incidents from PagerDuty could not be read']);
    });

    it('are never taken to be none when the answer holds no list', async () => {
      for (const body of ['<html>Please sign in</html>', '', '{}', '[]', '{"incidents":{}}']) {
        server.fail({ status: 200, body });
        await fails(client().openIncidents(), 'pagerduty-unreachable', /not PagerDuty/);
      }
    });
  });

  it('reads one incident as it is now, and says when there is none', async () => {
    const { id } = server.raise({ summary: 'checkout is down' });
    await client().acknowledge(id);
    assert.equal((await client().incident(id)).status, 'acknowledged');
    await fails(client().incident('QNONE'), 'pagerduty-rejected', /404/);
    server.fail({ status: 200, body: { incident: { id } } });
    await fails(client().incident(id), 'pagerduty-unreachable', /without an incident/);
  });

  describe('tokens', () => {
    it('of both kinds are sent the way that their kind needs', async () => {
      await client({ token: server.token }).me();
      await client({ token: server.oauthToken }).me();
      assert.deepEqual(
        server.requests.map(({ headers }) => headers.authorization),
        [`Token token=${server.token}`, `Bearer ${server.oauthToken}`],
      );
      assert.match(authorization('eyJhbGciOi.eyJzdWIi.c2ln'), /^Bearer /);
      assert.match(authorization('u+abcDEF123_-xyz'), /^Token token=/);
    });

    it('that are wrong are named with the way to set another, and asked for once', async () => {
      const work = client({ token: 'wrong' }).openIncidents();
      await fails(work, 'pagerduty-unauthorized', /does not accept the API token/, /Set PagerDuty Token/);
      assert.equal(server.requests.length, 1);
    });

    it('with characters that no header can carry are refused without showing them', async () => {
      for (const token of ['', '  ', 'secret\nX-Evil: 1', 'ключ']) {
        const work = client({ token }).openIncidents();
        await fails(work, 'pagerduty-unauthorized');
        await work.catch((error: Error) => assert.doesNotMatch(error.message, /secret|ключ/));
      }
      assert.equal(server.requests.length, 0);
    });

    it('that may only read are told so when they write', async () => {
      const { id } = server.raise({ summary: 'a' });
      const work = client({ token: server.readOnlyToken, fromEmail: 'robin@example.com' }).acknowledge(id);
      await fails(work, 'pagerduty-forbidden', /403/, /read-only/);
    });

    it('of an account need an email address to write with', async () => {
      const { id } = server.raise({ summary: 'a' });
      await fails(
        client({ token: server.accountToken }).acknowledge(id),
        'pagerduty-rejected',
        /oncall\.pagerduty\.fromEmail/,
      );
      await client({ token: server.accountToken, fromEmail: 'robin@example.com' }).acknowledge(id);
      assert.equal(server.store.find(id)?.status, 'acknowledged');
      await fails(
        client({ token: server.accountToken, fromEmail: 'nobody@example.com' }).resolve(id),
        'pagerduty-rejected',
        /fromEmail/,
      );
    });
  });

  describe('snoozing and reassigning', () => {
    it('snooze what is acknowledged, until it triggers again', async () => {
      const { id } = server.raise({ summary: 'x' });
      await fails(client().snooze(id, 900), 'pagerduty-rejected', /Not Acknowledged/);
      await client().acknowledge(id);
      await client().snooze(id, 900);
      const { triggersAgainAt } = await client().incident(id);
      const minutes = (Date.parse(triggersAgainAt ?? '') - Date.now()) / 60_000;
      assert.ok(minutes > 10 && minutes <= 15, String(minutes));
      const sent = server.requests.findLast(({ path }) => path.endsWith('/snooze'));
      assert.deepEqual(sent?.body, { duration: 900 });
      assert.equal(sent?.headers['from'], 'robin@example.com');
    });

    it('give an incident to somebody else, who is found by a part of the name', async () => {
      const { id } = server.raise({ summary: 'x' });
      const { users, more } = await client().users('second');
      assert.deepEqual([users, more], [[{ id: 'PUSER2', name: 'Sam Second' }], false]);
      await client().reassign(id, 'PUSER2');
      assert.deepEqual((await client().incident(id)).assigneeIds, ['PUSER2']);
      assert.equal((await client().users('')).users.length, 2);
      assert.deepEqual(await client().openIncidents({ assignedToMe: true }), []);
    });

    it('say what is wrong with a user, a time or a key', async () => {
      const { id } = server.raise({ summary: 'x' });
      await fails(client().reassign(id, 'nobody'), 'pagerduty-rejected', /User not found/);
      await client().acknowledge(id);
      await fails(client().snooze(id, 604_801), 'pagerduty-rejected', /604800/);
      const readOnly = client({ token: server.readOnlyToken, fromEmail: 'robin@example.com' });
      await fails(readOnly.snooze(id, 60), 'pagerduty-forbidden');
      await fails(readOnly.reassign(id, 'PUSER2'), 'pagerduty-forbidden');
    });
  });

  describe('writing', () => {
    it('acknowledges and resolves as the user of the token', async () => {
      const { id } = server.raise({ summary: 'a' });
      await client().acknowledge(id);
      const [incident] = await client().openIncidents();
      assert.equal(incident?.status, 'acknowledged');
      assert.deepEqual(incident.acknowledgedBy, ['Robin Rota']);
      assert.equal(server.requests.find(({ method }) => method === 'PUT')?.headers.from, 'robin@example.com');
      await client().resolve(id);
      assert.equal(server.store.find(id)?.status, 'resolved');
    });

    it('is content when somebody else was faster', async () => {
      const { id } = server.raise({ summary: 'a' });
      await client().acknowledge(id);
      await client().acknowledge(id);
      await client().resolve(id);
      await client().resolve(id);
      await fails(client().acknowledge(id), 'pagerduty-rejected', /already resolved/i);
    });

    it('acknowledges once more when the answer was lost on the way', async () => {
      const { id } = server.raise({ summary: 'a' });
      server.fail({ drop: 'after', method: 'PUT' });
      await client().acknowledge(id);
      assert.equal(server.store.find(id)?.status, 'acknowledged');
      assert.equal(server.requests.filter(({ method }) => method === 'PUT').length, 2);
    });

    it('adds a note, and never twice when the answer was lost on the way', async () => {
      const { id } = server.raise({ summary: 'a' });
      await client().addNote(id, 'rolled back checkout');
      server.fail({ drop: 'after', method: 'POST' });
      await fails(client().addNote(id, 'second'), 'pagerduty-unreachable');
      server.fail({ status: 502, method: 'POST' });
      await fails(client().addNote(id, 'third'), 'pagerduty-unreachable');
      assert.deepEqual(
        (await client().notes(id)).map(({ content, author }) => ({ content, author })),
        [
          { content: 'rolled back checkout', author: 'Robin Rota' },
          { content: 'second', author: 'Robin Rota' },
        ],
      );
    });

    it('says so when the incident does not exist', async () => {
      await fails(client().acknowledge('QNOTHERE'), 'pagerduty-rejected', /404/);
    });

    it('keeps an id from outside inside its path segment', async () => {
      await fails(client().acknowledge('../users/me?x='), 'pagerduty-rejected');
      assert.equal(
        server.requests.find(({ method }) => method === 'PUT')?.path,
        '/incidents/..%2Fusers%2Fme%3Fx%3D',
      );
    });
  });

  describe('trouble', () => {
    it('that passes (500, a dropped connection) goes unnoticed', async () => {
      server.raise({ summary: 'a' });
      server.fail({ status: 500, body: 'oops' });
      server.fail({ drop: 'before' });
      assert.equal((await client().openIncidents()).length, 1);
      assert.equal(server.requests.length, 3);
    });

    it('that lasts ends after three attempts, naming the host and the status', async () => {
      server.fail({ status: 503, times: 3 });
      await fails(
        client().openIncidents(),
        'pagerduty-unreachable',
        /127\.0\.0\.1/,
        /503/,
        /status\.pagerduty/,
      );
      assert.equal(server.requests.length, 3);
    });

    it('waits as long as ratelimit-reset says, then goes on', async () => {
      const waits: number[] = [];
      server.fail({ status: 429, headers: { 'ratelimit-reset': '7' } });
      await client({
        delay(attempt, error) {
          waits.push(retryDelay(attempt, error));
          return 0;
        },
      }).openIncidents();
      assert.deepEqual(waits, [7000]);
    });

    it('leaves a long pause to whoever polls, and says how long it is', async () => {
      server.fail({ status: 429, headers: { 'ratelimit-reset': '45' } });
      const work = client().openIncidents();
      await fails(work, 'pagerduty-rate-limited', /45 s/);
      await work.catch((error: unknown) => assert.equal((error as RateLimited).waitMs, 45_000));
      assert.equal(server.requests.length, 1);
    });

    it('understands a 429 without headers or body', async () => {
      server.fail({ status: 429, body: '' });
      await fails(client().openIncidents(), 'pagerduty-rate-limited', /30 s/);
      assert.equal(resetMs('soon'), 30_000);
      assert.equal(resetMs('-1'), 30_000);
      assert.equal(resetMs('0'), 0);
      assert.equal(resetMs('999999'), 120_000);
    });

    it('meets the real limit of a token and names it', async () => {
      const strict = await startPagerDuty({ rateLimit: 2 });
      const limited = new PagerDutyClient({ baseUrl: strict.baseUrl, token: strict.token });
      await limited.openIncidents();
      await limited.openIncidents();
      await fails(limited.openIncidents(), 'pagerduty-rate-limited', /takes no more requests/);
      await strict.close();
    });

    it('of a silent server ends at the time limit', async () => {
      server.fail({ hang: true, times: 3 });
      await fails(
        client({ timeoutMs: 40 }).openIncidents(),
        'pagerduty-unreachable',
        /did not answer .* within 0\.04 s/,
      );
      assert.equal(server.requests.length, 3);
    });

    it('of a server that is not there is told with its address', async () => {
      const gone = await startPagerDuty();
      await gone.close();
      const work = client({ baseUrl: gone.baseUrl }).openIncidents();
      await fails(work, 'pagerduty-unreachable', /cannot be reached/, /ECONNREFUSED/);
    });

    it('does not follow a redirect with the token', async () => {
      server.fail({ status: 302, headers: { location: `${server.baseUrl}/elsewhere` }, times: 3 });
      await fails(client().openIncidents(), 'pagerduty-unreachable');
      assert.ok(server.requests.every(({ path }) => path === '/incidents'));
    });

    it('ends at once when it is cancelled', async () => {
      server.fail({ hang: true });
      const cancel = new AbortController();
      const work = client().openIncidents({}, cancel.signal);
      while (server.requests.length === 0) await new Promise(setImmediate);
      cancel.abort();
      await fails(work, 'cancelled');
      assert.equal(server.requests.length, 1);
    });

    it('keeps control characters of an answer out of the message', async () => {
      server.fail({ status: 400, body: { error: { message: '\u001b[2Jbad\r\nthing', code: 2001 } } });
      await fails(client().openIncidents(), 'pagerduty-rejected', /400: {2}?\[2Jbad thing/);
    });
  });

  it('sends the requests of one token one after another', async () => {
    const one = client();
    let active = 0;
    let most = 0;
    const realFetch = globalThis.fetch;
    globalThis.fetch = async (...parameters) => {
      most = Math.max(most, (active += 1));
      try {
        return await realFetch(...parameters);
      } finally {
        active -= 1;
      }
    };
    try {
      await Promise.all([one.openIncidents(), one.openIncidents(), one.me(), one.openIncidents()]);
    } finally {
      globalThis.fetch = realFetch;
    }
    assert.equal(most, 1);
  });

  it('knows the European region', async () => {
    const asked: string[] = [];
    const realFetch = globalThis.fetch;
    globalThis.fetch = async (url) => {
      asked.push(String(url));
      return new Response('{"incidents":[]}');
    };
    try {
      await new PagerDutyClient({ region: 'eu', token: 'x' }).openIncidents();
      await new PagerDutyClient({ token: 'x' }).openIncidents();
    } finally {
      globalThis.fetch = realFetch;
    }
    assert.deepEqual(
      asked.map((url) => new URL(url).origin),
      ['https://api.eu.pagerduty.com', 'https://api.pagerduty.com'],
    );
  });

  it('sends a token to https and loopback addresses only', () => {
    for (const baseUrl of [
      'http://pagerduty.example.com',
      'http://127.0.0.1.example.com',
      'ftp://x',
      'nonsense',
      'https://user:pw@api.pagerduty.com',
    ]) {
      assert.throws(
        () => client({ baseUrl }),
        (error) => isOncallError(error) && error.code === 'setting-invalid',
      );
    }
    for (const baseUrl of ['https://pd.example.com/api/', 'http://localhost:1', 'http://[::1]:1']) {
      client({ baseUrl });
    }
  });

  describe('alerts', () => {
    it('carry the details that the monitoring tool sent', async () => {
      const { id } = server.raise({ summary: 'a', details: { namespace: 'shop' } });
      const alerts = (await client().alerts(id)) as { body: { details: unknown } }[];
      assert.deepEqual(
        alerts.map(({ body }) => body.details),
        [{ namespace: 'shop' }],
      );
    });

    it("fall back on the incident's first entry where no alert carries details", async () => {
      const { id } = server.raise({ summary: 'a', details: { namespace: 'shop' } });
      server.fail({ status: 200, body: { alerts: [{ id: 'A1' }] } });
      const [, incident] = (await client().alerts(id)) as {
        first_trigger_log_entry: { channel: { details: unknown } };
      }[];
      assert.deepEqual(incident?.first_trigger_log_entry.channel.details, { namespace: 'shop' });
    });
  });

  it('waits longer before each attempt, by chance so that windows spread', () => {
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const base = 500 * 2 ** (attempt - 1);
      const delay = retryDelay(attempt, new Error());
      assert.ok(delay >= base && delay < 2 * base);
    }
  });
});

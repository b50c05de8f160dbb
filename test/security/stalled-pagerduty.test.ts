/** What PagerDuty does not answer keeps nobody waiting, and never ends polling. Over real sockets. */
import assert from 'node:assert/strict';
import { isOncallError } from '../../src/domain/error.ts';
import type { WriteBack } from '../../src/domain/write-back.ts';
import { PagerDutyClient, type PagerDutyOptions } from '../../src/pagerduty/client.ts';
import { IncidentPoller, type PollerState } from '../../src/pagerduty/poller.ts';
import { WriteBackSender } from '../../src/pagerduty/write-back.ts';
import { startPagerDuty, type PracticePagerDuty } from '../../src/practice/pagerduty/server.ts';
import {
  breaks,
  json,
  silent,
  stalls,
  startUnwell,
  withLostSignals,
  type UnwellServer,
  type Way,
} from '../support/unwell-server.ts';
import { waitFor } from '../support/processes.ts';

const list = {
  incidents: [{ id: 'P1', title: 'checkout is down', status: 'triggered', urgency: 'high' }],
  more: false,
};

describe('An answer of PagerDuty that does not come', () => {
  let server: UnwellServer;
  beforeEach(async () => {
    server = await startUnwell(silent);
  });
  afterEach(() => server.close());

  const client = (options: Partial<PagerDutyOptions> = {}) =>
    new PagerDutyClient({
      baseUrl: server.url,
      token: 'secret-token',
      fromEmail: 'robin@example.com',
      timeoutMs: 200,
      delay: () => 0,
      ...options,
    });

  async function unanswered(work: Promise<unknown>, ...texts: RegExp[]): Promise<void> {
    const error = await work.then(
      () => assert.fail('it was answered'),
      (reason: unknown) => reason,
    );
    assert.ok(isOncallError(error), String(error));
    assert.equal(error.code, 'pagerduty-unreachable', error.explanation);
    for (const text of texts) assert.match(error.explanation, text);
    assert.doesNotMatch(error.explanation, /secret-token/);
  }

  for (const [what, way] of Object.entries(stalls())) {
    it(`is given up where the server ${what}`, async () => {
      server.way = way;
      await unanswered(client().openIncidents(), /did not answer GET \/incidents within 0\.2 s/);
      assert.equal(server.asked.length, 3);
    });

    it(`is given up where the server ${what} and the signal is lost`, async () => {
      server.way = way;
      await withLostSignals(() => unanswered(client().openIncidents(), /within 0\.2 s/));
    });

    it(`gives its turn up where the server ${what}`, async () => {
      const one = client();
      let asked = 0;
      server.way = (response, request) => ((asked += 1) === 1 ? way : json(list))(response, request);
      await withLostSignals(async () => {
        const lists = await Promise.all([one.openIncidents(), one.openIncidents()]);
        for (const incidents of lists) assert.equal(incidents[0]?.id, 'P1');
      });
    });

    it(`of a change says that it may have been made, where the server ${what}`, async () => {
      server.way = way;
      await unanswered(client().addNote('P1', 'x'), /It may have been sent: look in PagerDuty/);
      assert.equal(server.asked.length, 1, 'a note is not sent twice');
      await unanswered(client().acknowledge('P1'), /It may have been sent: look in PagerDuty/);
    });
  }

  for (const [what, way] of Object.entries(breaks())) {
    it(`is told where the server ${what}`, async () => {
      server.way = way;
      await unanswered(client().openIncidents(), /cannot be reached/);
      await unanswered(client().addNote('P1', 'x'), /It may have been sent: look in PagerDuty/);
    });
  }

  it('is not said to have been sent where it cannot have been', async () => {
    const { url } = server;
    await server.close();
    const work = client({ baseUrl: url }).addNote('P1', 'x');
    const error: unknown = await work.catch((reason: unknown) => reason);
    assert.ok(isOncallError(error));
    assert.doesNotMatch(error.explanation, /may have been sent/);
    server = await startUnwell(silent);
  });

  it('is read no further than a bound', async () => {
    const megabyte = ' '.repeat(1024 * 1024);
    server.way = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        while (!response.destroyed && response.write(megabyte));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    await unanswered(client({ timeoutMs: 60_000 }).openIncidents(), /far too large/);
    assert.equal(server.asked.length, 1);
  });

  it('holds up no change: each kind goes out while a list stalls', async () => {
    const changes: Readonly<Record<string, (one: PagerDutyClient) => Promise<unknown>>> = {
      acknowledge: (one) => one.acknowledge('P1'),
      resolve: (one) => one.resolve('P1'),
      snooze: (one) => one.snooze('P1', 60),
      reassign: (one) => one.reassign('P1', 'U1'),
      note: (one) => one.addNote('P1', 'x'),
    };
    for (const [name, change] of Object.entries(changes)) {
      // Without an address of its own it asks who it is first.
      const one = new PagerDutyClient({ baseUrl: server.url, token: 't', timeoutMs: 600_000 });
      server.way = (response, request) => {
        if (request.url.startsWith('/incidents?')) return;
        json({ user: { id: 'U1', name: 'Robin', email: 'robin@example.com' } })(response, request);
      };
      const stop = new AbortController();
      const before = server.asked.length;
      const reading = one.openIncidents({}, stop.signal).catch((error: unknown) => error);
      await waitFor('the list is asked for', () => server.asked.length > before || undefined, {
        timeoutMs: 30_000,
      });
      await change(one);
      assert.notEqual(server.asked.at(-1)?.method, 'GET', name);
      stop.abort();
      const error = await reading;
      assert.ok(isOncallError(error) && error.code === 'cancelled', String(error));
    }
  });

  it('of a note holds up no acknowledgement that a person waits for', async () => {
    const wanted = (id: string, kind: WriteBack['kind'], type: 'user' | 'system'): WriteBack => ({
      id,
      kind,
      runId: kind === 'note' ? 'run1' : null,
      incidentId: 'P1',
      by: { type, name: 'robin' },
      to: 'http://pagerduty',
      window: 'w1',
      wantedAt: new Date().toISOString(),
      since: new Date().toISOString(),
      takenOver: false,
      overtaken: false,
    });
    const open = [wanted('note', 'note', 'system'), wanted('ack', 'acknowledge', 'user')];
    const done: string[] = [];
    const said: string[] = [];
    const never = new Promise<never>(() => undefined);
    const sender = new WriteBackSender(
      {
        address: 'http://pagerduty',
        incident: () => Promise.resolve({ ...list.incidents[0], status: 'triggered' } as never),
        notes: () => never,
        addNote: () => never,
        acknowledge: () => Promise.resolve(),
        resolve: () => Promise.resolve(),
      },
      {
        read: () => Promise.resolve(open),
        take: () => Promise.resolve(),
        finish: ({ id }) => {
          done.push(id);
          return Promise.resolve();
        },
        run: () => Promise.resolve({ steps: [], over: true } as never),
      },
      {
        window: 'w1',
        attemptMs: 50,
        forbidden: () => undefined,
        answers: () => true,
        log: (_, message) => said.push(message),
      },
    );
    await sender.wake();
    sender.stop();
    assert.deepEqual(done, ['ack']);
  });
});

describe('Polling', () => {
  let server: UnwellServer;
  let poller: IncidentPoller;
  let states: PollerState[];
  beforeEach(async () => {
    server = await startUnwell(silent);
    states = [];
    const client = new PagerDutyClient({
      baseUrl: server.url,
      token: 'secret-token',
      timeoutMs: 200,
      delay: () => 0,
    });
    poller = new IncidentPoller((signal) => client.openIncidents({}, signal), {
      intervalMs: 20,
      limitMs: 1000,
      listener: (state) => states.push(state),
    });
  });
  afterEach(async () => {
    poller.stop();
    await server.close();
  });

  const until = (what: string, holds: (state: PollerState) => boolean) =>
    waitFor(what, () => holds(poller.state) || undefined, { timeoutMs: 30_000 });

  const troubles: Readonly<Record<string, Way>> = {
    ...stalls(),
    ...breaks(),
    'answers 401': json({ error: { message: 'Authentication failed', code: 2006 } }, 401),
    'answers 403': json({ error: { message: 'Access Denied', code: 2010 } }, 403),
    'answers 429': json({}, 429, { 'ratelimit-reset': '0' }),
    'answers 500': json({}, 500),
    'answers with a page to sign in': (response) => response.end('<html>Sign in</html>'),
  };
  for (const [what, way] of Object.entries(troubles)) {
    it(`comes back by itself after PagerDuty ${what}, and keeps the list with its age meanwhile`, async () => {
      server.way = json(list);
      poller.start();
      await until('the list is there', ({ kind }) => kind === 'ok');
      server.way = way;
      await until('it is told that the list is not current', ({ kind }) => kind === 'error');
      const { incidents, readAt } = poller.state;
      assert.deepEqual(
        incidents.map(({ id }) => id),
        ['P1'],
      );
      const read = states.findLast(({ kind }) => kind === 'ok');
      assert.equal(readAt, read?.at);
      server.way = json({ ...list, incidents: [{ ...list.incidents[0], id: 'P2' }] });
      await until('the list is current again', ({ kind, incidents: [first] }) => {
        return kind === 'ok' && first?.id === 'P2';
      });
    });
  }

  it('asks again after a single 401', async () => {
    let asked = 0;
    server.way = (response, request) => ((asked += 1) === 2 ? json({}, 401) : json(list))(response, request);
    poller.start();
    await until('it was refused once', () => states.some(({ kind }) => kind === 'error'));
    await until('it goes on', ({ kind }) => kind === 'ok');
    for (const { kind, incidents } of states) if (kind === 'error') assert.equal(incidents.length, 1);
  });
});

/** A sender with one thing to send, whose pauses pass at once. */
function senderOf(baseUrl: string, token: string, incidentId: string) {
  const client = new PagerDutyClient({
    ...{ baseUrl, token, fromEmail: 'robin@example.com', delay: () => 0 },
  });
  const since = new Date().toISOString();
  const one: WriteBack = {
    ...{ id: 'ack', kind: 'acknowledge', runId: null, incidentId, to: baseUrl, window: 'w1' },
    by: { type: 'user', name: 'robin' },
    ...{ wantedAt: since, since, takenOver: false, overtaken: false },
  };
  const done = Promise.withResolvers<string>();
  const idle = Promise.withResolvers<string>();
  const waits: number[] = [];
  const sender = new WriteBackSender(
    client,
    {
      read: () => Promise.resolve([one]),
      take: () => Promise.resolve(),
      finish: (_, outcome) => {
        done.resolve(outcome);
        return Promise.resolve();
      },
      run: () => Promise.resolve(undefined),
    },
    {
      window: 'w1',
      forbidden: () => undefined,
      answers: () => true,
      log: () => undefined,
      timers: {
        now: () => Date.now(),
        set: (callback, ms) => {
          waits.push(ms);
          if (waits.length > 20) idle.resolve('nothing is sent any more');
          return setImmediate(callback);
        },
        clear: (timer) => {
          clearImmediate(timer as NodeJS.Immediate);
        },
      },
    },
  );
  return { sender, done: done.promise, idle: idle.promise, waits };
}

describe('A token that PagerDuty refuses for a while', () => {
  let server: PracticePagerDuty;
  before(async () => {
    server = await startPagerDuty();
  });
  after(() => server.close());

  it('keeps what is to be written back waiting, not for ever', async () => {
    const { id } = server.raise({ summary: 'checkout is down' });
    const { sender, done, waits } = senderOf(server.baseUrl, server.token, id);
    server.fail({ status: 401, times: 2 });
    await sender.wake();
    assert.equal(await done, 'written');
    sender.stop();
    assert.deepEqual(waits.slice(0, 2), [20_000, 40_000]);
    assert.equal(server.store.find(id)?.status, 'acknowledged');
  });

  for (const [what, refusal] of Object.entries({
    'a sign-in page with 403': { status: 403, body: '<html>Sign in</html>' },
    'a page with 404': { status: 404, body: 'default backend - 404' },
    'a page with 400': { status: 400, body: '<h1>Bad Request</h1>' },
    'a page with 407': { status: 407, body: 'Proxy Authentication Required' },
    'a redirect': { status: 302, body: '' },
    'a page with 200': { status: 200, body: '<html>Welcome</html>' },
  }))
    it(`keeps it waiting where ${what} comes from in between, and sends it once that is over`, async () => {
      let left = 2;
      const proxy = await startUnwell((response, { method }) => {
        if (left > 0) {
          left -= 1;
          response.writeHead(refusal.status, { 'content-type': 'text/html', location: '/sign-in' });
          response.end(refusal.body);
          return;
        }
        const status = method === 'GET' ? 'triggered' : 'acknowledged';
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ incident: { id: 'P1', title: 'x', status } }));
      });
      const { sender, done, idle } = senderOf(proxy.url, 'token', 'P1');
      try {
        await sender.wake();
        // What gives up looks once a minute, and sends nothing.
        assert.equal(await Promise.race([done, idle]), 'written');
      } finally {
        sender.stop();
        await proxy.close();
      }
    });
});

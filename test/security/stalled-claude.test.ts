/** What Claude does not answer keeps no analysis waiting. Through the real SDK, over real sockets. */
import assert from 'node:assert/strict';
import { isOncallError } from '../../src/domain/error.ts';
import { listModels, type ClaudeOptions } from '../../src/diagnosis/claude/claude.ts';
import { plan } from '../support/claude/incident.ts';
import { analyse as analyseWith, fails } from '../support/claude/analyse.ts';
import { startClaude, type ClaudeStandIn } from '../support/claude/server.ts';
import {
  breaks,
  json,
  silent,
  stalls,
  startUnwell,
  trickle,
  withLostSignals,
  type UnwellServer,
  type Way,
} from '../support/unwell-server.ts';

const start = {
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-opus-5-5',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  },
};
const began = `event: message_start\ndata: ${JSON.stringify(start)}\n\n`;
const ping = 'event: ping\ndata: {"type":"ping"}\n\n';

/** A stream that begins well. */
const stream =
  (then: Way): Way =>
  (response, asked) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(began);
    then(response, asked);
  };
const again =
  (piece: string): Way =>
  (response) => {
    const more = setInterval(() => response.write(piece), 5);
    response.once('close', () => clearInterval(more));
  };

const streams: Readonly<Record<string, Way>> = {
  ...stalls('text/event-stream'),
  'begins to stream and falls silent': stream(silent),
  'streams pings for ever': stream(again(ping)),
  'streams comments for ever': stream(again(': still here\n\n')),
  'streams pings for ever and never begins': trickle('text/event-stream', ping),
};

describe('An answer of Claude that does not come', () => {
  let claude: ClaudeStandIn;
  let server: UnwellServer;
  beforeEach(async () => {
    claude = await startClaude();
    server = await startUnwell(silent);
  });
  afterEach(async () => {
    await claude.close();
    await server.close();
  });

  const analyse = (options: Partial<ClaudeOptions> = {}) =>
    analyseWith(claude, { baseURL: server.url, idleTimeoutMs: 100, ...options });
  /** Requests for an answer. */
  const messages = () => server.asked.filter(({ method }) => method === 'POST').length;

  for (const [what, way] of Object.entries(streams)) {
    it(`is given up where the server ${what}`, async () => {
      server.way = way;
      await fails(analyse(), /did not answer in time|fell silent|broke off|cannot be reached/);
      assert.ok(messages() <= 4, String(messages()));
    });

    it(`is given up where the server ${what} and the signal is lost`, async () => {
      server.way = way;
      await withLostSignals(() =>
        fails(analyse(), /did not answer in time|fell silent|broke off|cannot be reached/),
      );
    });

    it(`ends with the time of the analysis where the server ${what}, whatever else is waited for`, async () => {
      server.way = way;
      const options = { idleTimeoutMs: 600_000, limits: { elapsedMs: 100 } };
      await withLostSignals(() => fails(analyse(options), /0\.1 s went by/));
    });
  }

  for (const [what, way] of Object.entries(stalls())) {
    it(`of an error is given up where the server ${what}`, async () => {
      server.way = (response, asked) => {
        const writeHead = response.writeHead.bind(response) as (
          status: number,
          headers: object,
        ) => typeof response;
        response.writeHead = ((_status: number, headers: object) => writeHead(400, headers)) as never;
        way(response, asked);
      };
      await withLostSignals(() => fails(analyse(), /in time|longer|cannot be reached/));
    });

    it(`about a model holds up no analysis where the server ${what}`, async () => {
      claude.script({ type: 'plan', input: plan });
      server.way = (response, asked) => {
        if (asked.method === 'GET') return way(response, asked);
        // Those of the connection belong to the other one: fetch refuses a length of ours once undici is loaded.
        const own = ['content-length', 'host', 'connection'];
        const headers = Object.entries(asked.headers).filter(([name]) => !own.includes(name));
        void fetch(`${claude.baseURL}${asked.url}`, {
          method: 'POST',
          headers: Object.fromEntries(headers) as Record<string, string>,
          body: asked.body,
        }).then(async (answer) => {
          response.writeHead(answer.status, Object.fromEntries(answer.headers));
          response.end(await answer.text());
        });
      };
      assert.equal((await analyse({ idleTimeoutMs: 30_000 })).summary, plan.summary);
    });

    it(`about the models of an account is given up where the server ${what}`, async () => {
      server.way = way;
      const access = { apiKey: 'key', baseURL: server.url, idleTimeoutMs: 100 };
      await withLostSignals(() =>
        assert.rejects(listModels(access, new AbortController().signal), (error) => {
          assert.ok(isOncallError(error) && error.code === 'claude-failed', String(error));
          return true;
        }),
      );
    });
  }

  for (const [what, way] of Object.entries(breaks('text/event-stream'))) {
    it(`is told where the server ${what}`, async () => {
      server.way = way;
      await fails(analyse(), /cannot be reached|broke off/);
    });
  }

  it('is read no further than a bound', async () => {
    server.way = json({ error: { message: 'x'.repeat(8 * 1024 * 1024) } }, 400);
    await fails(analyse({ idleTimeoutMs: 60_000 }), /larger than 4 MB/);
  });

  it('is given up at once when it is cancelled, though the signal is lost', async () => {
    const cancel = new AbortController();
    await withLostSignals(async () => {
      const work = analyseWith(
        claude,
        { baseURL: server.url, idleTimeoutMs: 600_000 },
        { signal: cancel.signal },
      ).catch((error: unknown) => error);
      while (messages() === 0) await new Promise(setImmediate);
      cancel.abort();
      const error = await work;
      assert.ok(isOncallError(error) && error.code === 'cancelled', String(error));
    });
  });
});

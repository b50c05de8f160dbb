/** What people are told, and what is tried again, when Claude does not answer as it should. Through the real SDK. */
import assert from 'node:assert/strict';
import { isOncallError } from '../../../../src/domain/error.ts';
import type { Analysis } from '../../../../src/diagnosis/analyst.ts';
import type { ClaudeOptions } from '../../../../src/diagnosis/claude/claude.ts';
import { plan } from '../../../support/claude/incident.ts';
import { analyse as analyseWith, fails, type Analysing } from '../../../support/claude/analyse.ts';
import { startClaude, type ClaudeStandIn, type Reply } from '../../../support/claude/server.ts';

describe('Claude in trouble', () => {
  let claude: ClaudeStandIn;
  beforeEach(async () => {
    claude = await startClaude();
  });
  afterEach(() => claude.close());

  const analyse = (options: Partial<ClaudeOptions> = {}, run: Analysing = {}): Promise<Analysis> =>
    analyseWith(claude, options, run);

  it('goes on after a pause, and not for ever', async () => {
    const pause: Reply = { type: 'text', text: 'One moment.', stopReason: 'pause_turn' };
    claude.script(pause, { type: 'plan', input: plan });
    await analyse();
    claude.otherwise(pause);
    await fails(analyse(), /paused again and again/);
  });

  describe('says what to do when it ends with', () => {
    const endings: Record<string, [Reply, ...RegExp[]]> = {
      'too little room': [
        { type: 'text', text: 'I', stopReason: 'max_tokens' },
        /did not fit into 16000 tokens/,
        /oncall\.claude\.maxTokens/,
      ],
      'too much evidence': [
        { type: 'text', text: 'I', stopReason: 'model_context_window_exceeded' },
        /context window/,
        /oncall\.claude\.model/,
      ],
      'a refusal': [
        {
          type: 'text',
          text: '',
          stopReason: 'refusal',
          stopDetails: { type: 'refusal', category: 'cyber', explanation: null },
        },
        /declined to analyse/,
        /cyber/,
      ],
      'a reason that nobody knows': [{ type: 'text', text: 'I', stopReason: 'bored' }, /bored/],
      '401': [
        { type: 'status', status: 401 },
        /does not accept the Anthropic API key/,
        /Set Anthropic API Key/,
      ],
      '402': [{ type: 'status', status: 402 }, /cannot pay/, /credit/],
      '403': [{ type: 'status', status: 403 }, /may not use claude-opus-5-5/],
      '404': [{ type: 'status', status: 404 }, /does not know the model claude-opus-5-5/],
      '413': [{ type: 'status', status: 413 }, /too large/],
      '400': [
        { type: 'status', status: 400, message: 'effort is odd\u001b[2J' },
        /400: effort is odd \[2J\)/,
      ],
      '429': [{ type: 'status', status: 429 }, /rate limit/],
      '529': [{ type: 'status', status: 529 }, /overloaded/],
      '500': [{ type: 'status', status: 500 }, /server error \(500/],
    };
    for (const [name, [reply, ...texts]] of Object.entries(endings)) {
      it(name, async () => {
        claude.otherwise(reply);
        await fails(analyse(), ...texts);
      });
    }

    it('no server at all', async () => {
      const gone = await startClaude();
      await gone.close();
      await fails(analyse({ baseURL: gone.baseURL }), /cannot be reached/, /oncall\.claude\.baseUrl/);
    });

    it('a wrong key, asked once', async () => {
      await fails(analyse({ apiKey: 'wrong' }), /401/);
      assert.equal(claude.requests.length, 1);
    });
  });

  it('overcomes an overload that passes', async () => {
    claude.script(
      { type: 'status', status: 529 },
      { type: 'status', status: 500 },
      { type: 'plan', input: plan },
    );
    assert.equal((await analyse()).summary, plan.summary);
  });

  it('does not wait an hour because a server says so', async () => {
    const headers = { 'retry-after': '3600', 'retry-after-ms': '' };
    claude.otherwise({ type: 'status', status: 429, headers });
    await fails(analyse(), /rate limit/);
    assert.equal(claude.requests.length, 1);
  });

  describe('asks again, once, when the answer', () => {
    const broken: Record<string, Reply> = {
      'is cut off': { type: 'cut' },
      'ends with an error event': { type: 'error-event', error: 'overloaded_error' },
      'falls silent': { type: 'hang', text: 'Looking' },
    };
    for (const [name, reply] of Object.entries(broken)) {
      it(name, async () => {
        const words: string[] = [];
        claude.script(reply, { type: 'plan', input: plan });
        const analysis = await analyse({ idleTimeoutMs: 1000 }, { onText: (text) => words.push(text) });
        assert.equal(analysis.summary, plan.summary);
        assert.match(words.join(''), /Looking\s+\(The connection broke off\. Asking again\.\)/);
        claude.script(reply, reply);
        await fails(analyse({ idleTimeoutMs: 1000 }), /broke off|fell silent/);
        assert.equal(claude.requests.length, 4);
      });
    }

    it('but not when it is refused in the middle', async () => {
      claude.script({ type: 'error-event', error: 'permission_error', message: 'no' });
      await fails(analyse(), /permission_error/);
      assert.equal(claude.requests.length, 1);
    });
  });

  describe('stops at once when it is cancelled', () => {
    const moments: Record<string, Reply> = {
      'before the answer begins': { type: 'hang' },
      'in the middle of the answer': { type: 'hang', text: 'Looking' },
      'while a repetition is waited for': {
        type: 'status',
        status: 529,
        headers: { 'retry-after-ms': '14000' },
      },
    };
    for (const [name, reply] of Object.entries(moments)) {
      it(name, async () => {
        claude.script(reply);
        const cancel = new AbortController();
        const heard = Promise.withResolvers<undefined>();
        const work = analyse({}, { signal: cancel.signal, onText: () => heard.resolve(undefined) });
        const outcome = work.catch((error: unknown) => error);
        if (reply.type === 'hang' && reply.text !== undefined) await heard.promise;
        while (claude.requests.length === 0) await new Promise(setImmediate);
        cancel.abort();
        const error = await outcome;
        assert.ok(isOncallError(error) && error.code === 'cancelled', String(error));
        assert.equal(claude.requests.length, 1);
      });
    }

    it('or before anything is sent', async () => {
      const error = await analyse({}, { signal: AbortSignal.abort() }).catch((reason: unknown) => reason);
      assert.ok(isOncallError(error) && error.code === 'cancelled');
      assert.equal(claude.requests.length, 0);
    });
  });

  it('sends a key to https and loopback addresses only, and never shows it', async () => {
    for (const baseURL of ['http://example.com', 'nonsense', 'https://me@example.com']) {
      await fails(analyse({ baseURL }), /oncall\.claude\.baseUrl/);
    }
    const work = analyse({ apiKey: 'secret\nkey' });
    await fails(work, /characters that no key has/);
    await work.catch((error: Error) => assert.doesNotMatch(error.message, /secret/));
    assert.equal(claude.requests.length, 0);
  });
});

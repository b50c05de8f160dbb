import assert from 'node:assert/strict';
import type { SentRequest } from '../../../src/domain/analysis.ts';
import { SentRequests } from '../../../src/editor/sentRequests.ts';
import { renderSent } from '../../../src/editor/sentText.ts';

const request = (number: number, messages: unknown[], more: object = {}): SentRequest => ({
  number,
  time: '2026-11-22T10:11:12.000Z',
  url: 'https://api.anthropic.com/v1/messages',
  body: JSON.stringify({
    model: 'claude-opus-5-5',
    max_tokens: 16_000,
    system: [{ type: 'text', text: 'You help the engineer on call.' }],
    messages,
    tools: [{ name: 'submit_plan', strict: true }],
    ...more,
  }),
});
const first = { role: 'user', content: [{ type: 'text', text: 'line one\nline two' }] };
const answer = {
  role: 'assistant',
  content: [{ type: 'tool_use', id: 't1', name: 'read_logs', input: { pod: 'web-1' } }],
};
const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'log text' }] };
const run = { title: 'checkout is down', dropped: 0, live: false, requests: [request(1, [first])] };

describe('What was sent', () => {
  it('is shown with everything that was in the request', () => {
    const shown = renderSent(run);
    for (const part of [
      'checkout is down',
      'https://api.anthropic.com/v1/messages',
      'You help the engineer on call.',
      'line one\nline two',
      'submit_plan',
      '"max_tokens": 16000',
      '"model": "claude-opus-5-5"',
    ]) {
      assert.ok(shown.includes(part), part);
    }
  });

  it('is shown once where the next request repeats it', () => {
    const shown = renderSent({
      ...run,
      requests: [request(1, [first]), request(2, [first, answer, result])],
    });
    assert.equal(shown.split('line one').length - 1, 1);
    assert.equal(shown.split('You help the engineer').length - 1, 1);
    assert.match(shown, /### Messages 1 to 1\n\nAs in request 1\./);
    assert.match(shown, /### Message 2, from the model/);
    assert.match(shown, /read_logs/);
    assert.match(shown, /### Message 3, from this machine/);
    assert.match(shown, /log text/);
  });

  it('is shown again where the next request has changed it', () => {
    const shortened = { role: 'user', content: [{ type: 'text', text: 'shortened' }] };
    const shown = renderSent({ ...run, requests: [request(1, [first]), request(2, [shortened])] });
    assert.match(shown, /shortened/);
    assert.doesNotMatch(shown, /Messages 1 to/);
  });

  it('stays text, whatever is in it', () => {
    const hostile = '``````\n# A heading\n[link](command:oncall.approveStep)\u202eevil\u0007';
    const shown = renderSent({ ...run, requests: [request(1, [{ role: 'user', content: hostile }])] });
    const fence = /^(`{7,})text\n([\s\S]*?)\n\1$/m.exec(shown);
    assert.ok(fence?.[2]?.includes('command:oncall.approveStep'));
    assert.doesNotMatch(shown, /\u202e|\u0007/);
    assert.match(shown, /\\u\{202e\}/);
  });

  it('is shown to the letter where it is no JSON', () => {
    const shown = renderSent({ ...run, requests: [{ ...request(1, []), body: 'no JSON' }] });
    assert.match(shown, /```text\nno JSON\n```/);
  });

  it('is said to be nothing where nothing was sent, and why', () => {
    const none = { ...run, requests: [] };
    assert.match(
      renderSent({ ...none, engine: 'builtin' }),
      /Nothing was sent: the built-in diagnosis was used/,
    );
    assert.match(renderSent({ ...none, live: true }), /Nothing was sent yet/);
    assert.match(renderSent(none), /by this window/);
    assert.match(renderSent({ ...none, dropped: 3 }), /no longer kept in memory/);
    assert.match(renderSent(undefined), /knows nothing of this run/);
  });

  it('is said to be incomplete where it is', () => {
    assert.match(renderSent({ ...run, dropped: 2 }), /The first 2 requests are no longer kept/);
  });
});

describe('The requests that are kept', () => {
  it('are those of each run, in their order', () => {
    const sent = new SentRequests();
    sent.add('a', request(1, []));
    sent.add('b', request(1, [first]));
    sent.add('a', request(2, []));
    assert.deepEqual(
      sent.of('a').requests.map(({ number }) => number),
      [1, 2],
    );
    assert.deepEqual(sent.runs(), ['a', 'b']);
    assert.deepEqual(sent.of('c'), { requests: [], dropped: 0 });
  });

  it('are bounded: the oldest go, and it is known how many', () => {
    const big = (number: number) => ({ ...request(number, []), body: 'x'.repeat(400) });
    const sent = new SentRequests(1000);
    for (const number of [1, 2, 3, 4]) sent.add('a', big(number));
    assert.deepEqual(
      sent.of('a').requests.map(({ number }) => number),
      [3, 4],
    );
    assert.equal(sent.of('a').dropped, 2);
    sent.add('b', { ...big(1), body: 'x'.repeat(5000) });
    assert.equal(sent.of('a').dropped, 4);
    assert.equal(sent.of('b').requests.length, 1, 'the one that was just sent can be seen, however long');
  });

  it('are bounded in the number of runs too', () => {
    const sent = new SentRequests();
    for (let run = 0; run < 30; run++) sent.add(`run ${run}`, request(1, []));
    assert.equal(sent.runs().length, 20);
    assert.equal(sent.runs()[0], 'run 10');
  });
});

/** Reading an answer: no further than a bound, and no longer than somebody waits. */
import assert from 'node:assert/strict';
import { boundedText, redirectHost, TooLarge } from '../../../src/domain/bounded-text.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** A body of these pieces, and whether it was let go of. */
function body(pieces: readonly Uint8Array[], ends = true) {
  const left = [...pieces];
  const state = { letGo: false };
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = left.shift();
      if (piece !== undefined) controller.enqueue(piece);
      else if (ends) controller.close();
      else return new Promise<void>(() => undefined);
      return undefined;
    },
    cancel() {
      state.letGo = true;
    },
  });
  return { stream, state };
}

describe('The text of an answer', () => {
  const signal = () => new AbortController().signal;

  it('is put together from its pieces, also where one ends in the middle of a character', async () => {
    const whole = bytes('grün 🔥 end');
    const pieces = [...whole].map((byte) => Uint8Array.of(byte));
    assert.equal(await boundedText(body(pieces).stream, 100, signal()), 'grün 🔥 end');
    assert.equal(await boundedText(null, 100, signal()), '');
  });

  it('is refused beyond its bound, and the connection let go of', async () => {
    const { stream, state } = body([bytes('12345'), bytes('67890')], false);
    await assert.rejects(boundedText(stream, 9, signal()), TooLarge);
    assert.equal(state.letGo, true);
    assert.equal(await boundedText(body([bytes('123456789')]).stream, 9, signal()), '123456789');
  });

  it('is given up when nobody waits any more, and the connection let go of', async () => {
    const gone = new AbortController();
    const { stream, state } = body([bytes('12345')], false);
    const work = boundedText(stream, 100, gone.signal);
    gone.abort(new Error('gone'));
    await assert.rejects(work, /gone/);
    assert.equal(state.letGo, true);
  });
});

describe('The host of a redirect', () => {
  const base = new URL('https://api.pagerduty.com/incidents');

  it('is all that is said of it', () => {
    assert.equal(redirectHost('https://me:secret@evil.example:8443/a?b=c#d', base), 'evil.example:8443');
    assert.equal(redirectHost('/login', base), 'api.pagerduty.com');
    assert.equal(redirectHost('//evil.example/x', base), 'evil.example');
  });

  it('is plain and short, whatever it holds', () => {
    assert.equal(redirectHost(null, base), 'nowhere');
    assert.equal(redirectHost('javascript:alert(1)', base), 'an address without a host');
    assert.equal(redirectHost('http://[', base), 'an address without a host');
    assert.match(redirectHost('https://\u202egerduty.com/', base), /^[\x21-\x7e ]+$/);
    assert.ok(redirectHost(`https://${'a'.repeat(60)}.${'b'.repeat(60)}.example`, base).length <= 100);
  });
});

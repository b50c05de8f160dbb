/** What stands in the place of a credential. */
import { createHmac, randomBytes } from 'node:crypto';

/** Every placeholder in a text. */
export const placeholders = /\[redacted:[0-9a-f]{4}\]/g;

/**
 * The key of this process. Each bundle has a copy of this module and all of them must agree, so that the key is kept
 * where they all see it; it is never written anywhere.
 */
const place = Symbol.for('oncall-agent.redaction-key');
const shared = globalThis as { [place]?: Buffer };

/**
 * `[redacted:1a2b]`, with the same digits for the same credential as long as the process lives. Without the key nobody
 * can tell from the digits whether a guess is right, and with 16 bits of a keyed hash there is nothing to compute back.
 */
export function placeholder(secret: string): string {
  shared[place] ??= randomBytes(32);
  const digest = createHmac('sha256', shared[place]).update(secret).digest('hex');
  return `[redacted:${digest.slice(0, 4)}]`;
}

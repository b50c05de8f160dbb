/** Reads an answer that came over the network: no further than a bound, and no longer than somebody waits for it. */

/** The answer is larger than any that is expected. */
export class TooLarge extends Error {
  constructor(bytes: number) {
    super(`The answer is larger than ${String(Math.floor(bytes / 1024 / 1024))} MB`);
  }
}

/**
 * The whole body as text. When `signal` aborts, or the body is too large, the connection is given back at once.
 * @param maxBytes of the body
 * @throws TooLarge, the signal's reason, or why the body broke off
 */
export async function boundedText(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
  signal: AbortSignal,
): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader();
  const letGo = () => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener('abort', letGo, { once: true });
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return text + decoder.decode();
      bytes += value.byteLength;
      if (bytes > maxBytes) throw new TooLarge(maxBytes);
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    letGo();
    throw error;
  } finally {
    signal.removeEventListener('abort', letGo);
  }
}

/** The host that a redirect points to, as plain text for a message. */
export function redirectHost(location: string | null | undefined, base: URL): string {
  if (!location) return 'nowhere';
  const host = URL.parse(location, base.href)?.host ?? '';
  return host.slice(0, 100) || 'an address without a host';
}

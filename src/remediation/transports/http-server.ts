/** An MCP server that somebody else started, spoken to over streamable HTTP: one POST a message, answered in its own body. */
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { JSONRPCMessageSchema, type JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { redirectHost } from '../../domain/bounded-text.ts';
import { within } from '../../domain/time-limit.ts';
import { eventsIn } from './server-events.ts';

/** Larger answers are none that a step could wait for. */
const maxAnswerBytes = 4 * 1024 * 1024;
/** How much of an answer that is none is quoted. */
const mostQuoted = 200;
/** How long is waited for what is quoted, milliseconds. */
const quoteMs = 1000;

/**
 * Unlike the SDK's own: nothing is resumed, sent again or followed to another address, an answer is bounded, and one that
 * ends without a response is an error at once. So a call is sent once, and nobody waits for an answer that cannot come
 * (https://modelcontextprotocol.io/specification/2025-06-18/basic/transports#streamable-http).
 */
export class HttpServer implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  private readonly url: URL;
  private readonly ending = new AbortController();
  private session: string | undefined;
  private version: string | undefined;

  constructor(url: URL) {
    this.url = url;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  setProtocolVersion(version: string): void {
    this.version = version;
  }

  /** Resolves once what answers the message has been handed on. @throws Error where no response came, saying why */
  async send(message: JSONRPCMessage): Promise<void> {
    const response = await this.ask('POST', JSON.stringify(message));
    this.session = response.headers.get('mcp-session-id') ?? this.session;
    if (!response.ok) throw new Error(await this.complaint(response));
    if (!('method' in message && 'id' in message)) {
      response.body?.cancel().catch(() => undefined);
      return;
    }
    for await (const text of this.messagesOf(response)) {
      const answer = messageIn(text);
      this.onmessage?.(answer);
      if (!('method' in answer) && answer.id === message.id) return;
    }
    throw new Error('Its answer ended without a response');
  }

  /** Frees what the server keeps for the session; it forgets by itself where this does not arrive. */
  async takeLeave(signal: AbortSignal): Promise<void> {
    if (this.session === undefined) return;
    const response = await this.ask('DELETE', undefined, signal);
    response.body?.cancel().catch(() => undefined);
  }

  close(): Promise<void> {
    this.ending.abort();
    this.onclose?.();
    return Promise.resolve();
  }

  private async ask(method: string, body?: string, until?: AbortSignal): Promise<Response> {
    const { session, version } = this;
    const signal = until === undefined ? this.ending.signal : AbortSignal.any([this.ending.signal, until]);
    try {
      return await fetch(this.url, {
        method,
        headers: {
          accept: 'application/json, text/event-stream',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(session === undefined ? {} : { 'mcp-session-id': session }),
          ...(version === undefined ? {} : { 'mcp-protocol-version': version }),
        },
        ...(body === undefined ? {} : { body }),
        // Another address is another server than the one that somebody has set up.
        redirect: 'manual',
        signal,
      });
    } catch (error) {
      // `fetch failed` alone says nothing.
      const { cause } = error as { cause?: unknown };
      throw cause instanceof Error && cause.message !== '' ? cause : error;
    }
  }

  /** The messages in an answer, each as text. @throws Error where it is none, or too large */
  private async *messagesOf(response: Response): AsyncGenerator<string> {
    const type = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
    if (type === 'text/event-stream') {
      yield* eventsIn(textOf(response, this.ending.signal));
      return;
    }
    if (type !== 'application/json') throw new Error(await this.complaint(response));
    let text = '';
    for await (const piece of textOf(response, this.ending.signal)) text += piece;
    yield text;
  }

  /** What an answer that is none of the protocol says. */
  private async complaint(response: Response): Promise<string> {
    const { status, headers } = response;
    if (status >= 300 && status < 400) {
      const to = redirectHost(headers.get('location'), this.url);
      return `It answers with HTTP status ${status}, which points to ${to}: that is not followed`;
    }
    let text = '';
    try {
      await within(quoteMs, this.ending.signal, async (signal) => {
        for await (const piece of textOf(response, signal)) {
          text += piece;
          if (text.length > mostQuoted) break;
        }
      });
    } catch {
      // What came before it broke off is quoted.
    }
    const type = headers.get('content-type') ?? 'nothing';
    const what = response.ok ? `with ${type}, not with MCP` : `with HTTP status ${status}`;
    return `It answers ${what}${text === '' ? '' : `: ${text.slice(0, mostQuoted)}`}`;
  }
}

function messageIn(text: string): JSONRPCMessage {
  try {
    return JSONRPCMessageSchema.parse(JSON.parse(text));
  } catch {
    throw new Error(`It answers what is no message of MCP: ${text.slice(0, mostQuoted)}`);
  }
}

/** The text of a body, piece by piece, until `signal` aborts: then the connection is given back at once. */
async function* textOf({ body }: Response, signal: AbortSignal): AsyncGenerator<string> {
  if (body === null) return;
  const reader = body.getReader();
  const letGo = () => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener('abort', letGo, { once: true });
  const decoder = new TextDecoder();
  let bytes = 0;
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.byteLength;
      if (bytes > maxAnswerBytes) throw new Error(`Its answer is larger than ${maxAnswerBytes} bytes`);
      yield decoder.decode(value, { stream: true });
    }
    yield decoder.decode();
  } finally {
    signal.removeEventListener('abort', letGo);
    letGo();
  }
}

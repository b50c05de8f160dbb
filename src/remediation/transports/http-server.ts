/** An MCP server that somebody else started, spoken to over streamable HTTP: one POST a message, answered in its own body. */
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { JSONRPCMessageSchema, type JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { eventsIn } from './server-events.ts';

/** Larger answers are none that a step could wait for. */
const maxAnswerBytes = 4 * 1024 * 1024;
/** How much of an answer that is none is quoted. */
const mostQuoted = 200;

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
    if (!response.ok) throw new Error(await complaint(response));
    if (!('method' in message && 'id' in message)) return response.body?.cancel();
    for await (const text of messagesOf(response)) {
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
    await response.body?.cancel();
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
}

function messageIn(text: string): JSONRPCMessage {
  try {
    return JSONRPCMessageSchema.parse(JSON.parse(text));
  } catch {
    throw new Error(`It answers what is no message of MCP: ${text.slice(0, mostQuoted)}`);
  }
}

/** The messages in an answer, each as text. @throws Error where it is none, or too large */
async function* messagesOf(response: Response): AsyncGenerator<string> {
  const type = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type === 'text/event-stream') {
    yield* eventsIn(textOf(response));
    return;
  }
  if (type !== 'application/json') throw new Error(await complaint(response));
  let text = '';
  for await (const piece of textOf(response)) text += piece;
  yield text;
}

async function* textOf({ body }: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxAnswerBytes) throw new Error(`Its answer is larger than ${maxAnswerBytes} bytes`);
    yield decoder.decode(chunk, { stream: true });
  }
  yield decoder.decode();
}

/** What an answer that is none of the protocol says. */
async function complaint(response: Response): Promise<string> {
  let text = '';
  try {
    for await (const piece of textOf(response)) {
      text += piece;
      if (text.length > mostQuoted) break;
    }
  } catch {
    // What came before it broke off is quoted.
  }
  const type = response.headers.get('content-type') ?? 'nothing';
  const what = response.ok ? `with ${type}, not with MCP` : `with HTTP status ${response.status}`;
  return `It answers ${what}${text === '' ? '' : `: ${text.slice(0, mostQuoted)}`}`;
}

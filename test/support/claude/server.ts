/** A stand-in for Anthropic's Messages API on loopback: speaks its streaming protocol and does as scripted. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { problemOf } from './protocol.ts';

/** One answer. */
export type Reply =
  /** A plan through the tool `submit_plan`, after some words. */
  | { readonly type: 'plan'; readonly input: unknown; readonly text?: string; readonly tool?: string }
  /** Words and no tool call. */
  | {
      readonly type: 'text';
      readonly text: string;
      readonly stopReason?: string;
      readonly stopDetails?: object;
    }
  /** An error instead of a stream. */
  | {
      readonly type: 'status';
      readonly status: number;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Some words, then the connection dies. */
  | { readonly type: 'cut'; readonly text?: string }
  /** Some words, then an error event. */
  | { readonly type: 'error-event'; readonly error: string; readonly message?: string }
  /** Some words, then nothing, or nothing at all. */
  | { readonly type: 'hang'; readonly text?: string };

/** A request as it came in. */
export interface ClaudeRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into it freely
  readonly body: any;
  /** The body to the letter. */
  readonly raw: string;
}

export interface ClaudeStandIn {
  readonly baseURL: string;
  readonly apiKey: string;
  readonly requests: readonly ClaudeRequest[];
  /** The next answers, in order. */
  script(...replies: readonly Reply[]): void;
  /** The answer to everything that is not scripted. */
  otherwise(reply: Reply | ((request: ClaudeRequest) => Reply)): void;
  close(): Promise<void>;
}

const errorTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

/** Starts the stand-in on 127.0.0.1. */
export async function startClaude(options: { apiKey?: string; port?: number } = {}): Promise<ClaudeStandIn> {
  const apiKey = options.apiKey ?? 'test-key';
  const requests: ClaudeRequest[] = [];
  const replies: Reply[] = [];
  let fallback: Reply | ((request: ClaudeRequest) => Reply) = {
    type: 'status',
    status: 500,
    message: 'nothing is scripted',
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString('utf8');
      if (request.method !== 'POST' || request.url !== '/v1/messages') {
        refuse(response, 404, 'Not found');
        return;
      }
      const received = { headers: request.headers, body: parse(raw), raw };
      requests.push(received);
      if (request.headers.authorization !== `Bearer ${apiKey}`) {
        refuse(response, 401, 'invalid authentication credentials');
        return;
      }
      const problem =
        request.headers['anthropic-version'] === undefined
          ? 'anthropic-version: header is required'
          : problemOf(received.body);
      if (problem !== undefined) {
        refuse(response, 400, problem);
        return;
      }
      answer(response, replies.shift() ?? (typeof fallback === 'function' ? fallback(received) : fallback));
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));

  return {
    baseURL: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    apiKey,
    requests,
    script: (...more) => {
      replies.push(...more);
    },
    otherwise: (reply) => {
      fallback = reply;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function parse(raw: string): unknown {
  try {
    return JSON.parse(raw) as unknown;
  } catch {
    return undefined;
  }
}

function refuse(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'request-id': 'req_test',
    // The SDK repeats 429 and 5xx; here without a pause.
    'retry-after-ms': '1',
    ...headers,
  });
  const type = errorTypes[status] ?? 'api_error';
  response.end(JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_test' }));
}

function answer(response: ServerResponse, reply: Reply): void {
  if (reply.type === 'status') {
    refuse(response, reply.status, reply.message ?? `status ${String(reply.status)}`, reply.headers);
    return;
  }
  if (reply.type === 'hang' && reply.text === undefined) return;
  const stream = new EventStream(response);
  stream.start();
  stream.thinking('The replicas are gone because the image does not start.');
  switch (reply.type) {
    case 'plan':
      if (reply.text !== undefined) stream.text(reply.text);
      stream.tool(reply.tool ?? 'submit_plan', reply.input);
      stream.end('tool_use');
      break;
    case 'text':
      if (reply.text !== '') stream.text(reply.text);
      stream.end(reply.stopReason ?? 'end_turn', reply.stopDetails);
      break;
    case 'error-event':
      stream.text('Looking');
      stream.send('error', { error: { type: reply.error, message: reply.message ?? reply.error } });
      response.end();
      break;
    case 'cut':
      stream.text(reply.text ?? 'Looking');
      // After the words have left, not instead of them.
      setImmediate(() => response.destroy());
      break;
    case 'hang':
      stream.text(reply.text ?? '');
      break;
  }
}

/** Writes one message as server-sent events. */
class EventStream {
  readonly #response: ServerResponse;
  #index = 0;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_test' });
  }

  send(type: string, data: object): void {
    this.#response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  }

  start(): void {
    this.send('message_start', {
      message: {
        id: 'msg_test',
        type: 'message',
        role: 'assistant',
        model: 'claude-opus-5-5',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 10, output_tokens: 1 },
      },
    });
    this.send('ping', {});
  }

  thinking(text: string): void {
    this.#block({ type: 'thinking', thinking: '', signature: '' }, [
      { type: 'thinking_delta', thinking: text },
      { type: 'signature_delta', signature: 'c2lnbmF0dXJl' },
    ]);
  }

  text(text: string): void {
    const deltas = (text.match(/[\s\S]{1,20}/g) ?? []).map((part) => ({ type: 'text_delta', text: part }));
    this.#block({ type: 'text', text: '' }, deltas);
  }

  tool(name: string, input: unknown): void {
    const parts = JSON.stringify(input).match(/[\s\S]{1,40}/g) ?? [];
    this.#block(
      { type: 'tool_use', id: `toolu_${String(this.#index)}`, name, input: {} },
      parts.map((part) => ({ type: 'input_json_delta', partial_json: part })),
    );
  }

  end(stopReason: string, stopDetails?: object): void {
    this.send('message_delta', {
      delta: { stop_reason: stopReason, stop_sequence: null, stop_details: stopDetails ?? null },
      usage: { output_tokens: 100 },
    });
    this.send('message_stop', {});
    this.#response.end();
  }

  #block(block: object, deltas: readonly object[]): void {
    const index = this.#index++;
    this.send('content_block_start', { index, content_block: block });
    for (const delta of deltas) this.send('content_block_delta', { index, delta });
    this.send('content_block_stop', { index });
  }
}

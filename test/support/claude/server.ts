/** A stand-in for Anthropic's Messages API on loopback: speaks its streaming protocol and does as scripted. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { problemOf } from './protocol.ts';

/** What a request is said to have used. */
export interface Usage {
  readonly input_tokens?: number;
  readonly cache_creation_input_tokens?: number;
  readonly cache_read_input_tokens?: number;
  readonly output_tokens?: number;
}

/** One answer. */
export type Reply =
  /** A plan through the tool `submit_plan`, after some words. */
  (
    | { readonly type: 'plan'; readonly input: unknown; readonly text?: string; readonly tool?: string }
    /** Calls of tools that read, all in one answer. */
    | { readonly type: 'calls'; readonly calls: readonly Call[]; readonly text?: string }
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
    | { readonly type: 'hang'; readonly text?: string }
  ) & { readonly usage?: Usage };

export interface Call {
  readonly name: string;
  readonly input: unknown;
}

/** A model of the account, as far as tests care; the rest is filled in. */
export interface Model {
  readonly id: string;
  readonly display_name?: string;
  readonly lifecycle?: 'active' | 'deprecated' | 'retired';
  readonly max_input_tokens?: number | null;
  /** Whether it can be told not to think. */
  readonly thinkingCanBeDisabled?: boolean;
  readonly structuredOutputs?: boolean;
}

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
  /** What of {@link plant} came in, and which requests were not as the API takes them. A good test ends with none. */
  readonly faults: readonly string[];
  /** The account's models; those it has not got are not found. */
  models: readonly Model[];
  /** Texts that must never come in. */
  plant(...secrets: readonly string[]): void;
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
  const faults: string[] = [];
  const planted: string[] = [];
  /** Thinking that was sent: it must come back to the letter. */
  const thoughts = new Set<string>();
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
      for (const secret of planted) if (raw.includes(secret)) faults.push(`leaked: ${secret}`);
      if (request.method === 'GET' && request.url?.startsWith('/v1/models') === true) {
        if (request.headers.authorization === `Bearer ${apiKey}`)
          giveModels(response, request.url, standIn.models);
        else refuse(response, 401, 'invalid authentication credentials');
        return;
      }
      if (request.method !== 'POST' || request.url !== '/v1/messages') {
        refuse(response, 404, 'Not found');
        return;
      }
      const received: ClaudeRequest = { headers: request.headers, body: parse(raw), raw };
      requests.push(received);
      if (request.headers.authorization !== `Bearer ${apiKey}`) {
        refuse(response, 401, 'invalid authentication credentials');
        return;
      }
      const problem =
        request.headers['anthropic-version'] === undefined
          ? 'anthropic-version: header is required'
          : (problemOf(received.body) ?? inventedThought(received.body, thoughts));
      if (problem !== undefined) {
        faults.push(problem);
        refuse(response, 400, problem);
        return;
      }
      const reply = replies.shift() ?? (typeof fallback === 'function' ? fallback(received) : fallback);
      const thought = `Thought ${String(requests.length)}: the replicas are gone because the image does not start.`;
      thoughts.add(thought);
      answer(response, reply, { id: requests.length, model: received.body.model, thought });
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));

  const standIn: ClaudeStandIn = {
    faults,
    models: [],
    plant: (...secrets) => {
      planted.push(...secrets);
    },
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
  return standIn;
}

/** The list of models (one page), or one model. */
function giveModels(response: ServerResponse, url: string, models: readonly Model[]): void {
  const id = /^\/v1\/models\/([^/?]+)/.exec(url)?.[1];
  const known = models.map(modelInfo);
  const found = id === undefined ? undefined : known.find((model) => model.id === decodeURIComponent(id));
  if (id !== undefined && found === undefined) {
    refuse(response, 404, `model: ${id}`);
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json', 'request-id': 'req_test' });
  const list = {
    data: known,
    has_more: false,
    first_id: known[0]?.id ?? null,
    last_id: known.at(-1)?.id ?? null,
  };
  response.end(JSON.stringify(found ?? list));
}

function modelInfo({ thinkingCanBeDisabled = true, structuredOutputs = true, ...model }: Model) {
  const supported = { supported: true };
  return {
    type: 'model',
    display_name: model.id,
    created_at: '2026-09-01T00:00:00Z',
    lifecycle: 'active',
    max_input_tokens: 200_000,
    max_tokens: 64_000,
    capabilities: {
      structured_outputs: { supported: structuredOutputs },
      thinking: {
        supported: true,
        types: { adaptive: supported, disabled: { supported: thinkingCanBeDisabled } },
      },
    },
    ...model,
  };
}

/** Thinking in the conversation that this server never sent: the API checks its signature. */
function inventedThought(
  { messages }: { messages: { content: string | Record<string, unknown>[] }[] },
  sent: ReadonlySet<string>,
): string | undefined {
  const thoughts = messages
    .flatMap(({ content }) => (typeof content === 'string' ? [] : content))
    .filter(({ type }) => type === 'thinking');
  return thoughts.every(
    ({ thinking, signature }) => sent.has(String(thinking)) && signature === 'c2lnbmF0dXJl',
  )
    ? undefined
    : 'messages: Invalid `signature` in `thinking` block';
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

interface Turn {
  /** Counts the requests: ids are made of it. */
  readonly id: number;
  readonly model: string;
  readonly thought: string;
}

function answer(response: ServerResponse, reply: Reply, turn: Turn): void {
  if (reply.type === 'status') {
    refuse(response, reply.status, reply.message ?? `status ${String(reply.status)}`, reply.headers);
    return;
  }
  if (reply.type === 'hang' && reply.text === undefined) return;
  const stream = new EventStream(response, turn, reply.usage ?? {});
  stream.start();
  stream.thinking(turn.thought);
  switch (reply.type) {
    case 'plan':
      if (reply.text !== undefined) stream.text(reply.text);
      stream.tool(reply.tool ?? 'submit_plan', reply.input);
      stream.end('tool_use');
      break;
    case 'calls':
      if (reply.text !== undefined) stream.text(reply.text);
      for (const { name, input } of reply.calls) stream.tool(name, input);
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
  readonly #turn: Turn;
  readonly #usage: Usage;
  #index = 0;

  constructor(response: ServerResponse, turn: Turn, usage: Usage) {
    this.#response = response;
    this.#turn = turn;
    this.#usage = usage;
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
        model: this.#turn.model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 10, ...this.#usage, output_tokens: 1 },
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
      { type: 'tool_use', id: `toolu_${String(this.#turn.id)}_${String(this.#index)}`, name, input: {} },
      parts.map((part) => ({ type: 'input_json_delta', partial_json: part })),
    );
  }

  end(stopReason: string, stopDetails?: object): void {
    this.send('message_delta', {
      delta: { stop_reason: stopReason, stop_sequence: null, stop_details: stopDetails ?? null },
      usage: { output_tokens: this.#usage.output_tokens ?? 100 },
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

/** Claude as an analyst: one streamed conversation that ends in a checked plan, or in an error that says what to do. */
import Anthropic, { type ClientOptions } from '@anthropic-ai/sdk';
import { OncallError } from '../../domain/error.ts';
import type { Analysis, Analyst, Investigation } from '../analyst.ts';
import { brokeOff, ended, failure, Silence, unusable, type Situation } from './failures.ts';
import { PLAN_TOOL, planTool, type Offer } from './plan-tool.ts';
import { incidentMessage, systemPrompt } from './prompt.ts';

export interface ClaudeOptions {
  readonly apiKey: string;
  /** Where the API is: `https:`, or `http:` on loopback. */
  readonly baseURL?: string;
  readonly model?: string;
  /** `low`, `medium`, `high`, `xhigh` or `max`; the model's default where not given. */
  readonly effort?: string;
  /** Bound of one answer, thinking included. */
  readonly maxTokens?: number;
  /** The actions on offer. */
  readonly catalogue: readonly Offer[];
  /** How long an open stream may be silent, in milliseconds. */
  readonly idleTimeoutMs?: number;
}

const DEFAULT_URL = 'https://api.anthropic.com';
const DEFAULT_MODEL = 'claude-opus-5-5';
const DEFAULT_MAX_TOKENS = 16_000;
const DEFAULT_IDLE_MS = 60_000;
/** A pause that the API asks for is waited out up to here, in seconds; beyond it people learn at once. */
const LONGEST_PAUSE = 15;
const MOST_PAUSED_TURNS = 3;

/** An analyst that asks Claude. Nothing is sent before `analyse` is called. */
export function createClaudeAnalyst(options: ClaudeOptions): Analyst {
  return {
    engine: 'claude',
    analyse: async (investigation, { signal, onText }) =>
      new Conversation(options, signal, onText ?? (() => undefined)).hold(investigation),
  };
}

/** One analysis. */
class Conversation {
  readonly #options: ClaudeOptions;
  readonly #signal: AbortSignal;
  readonly #onText: (text: string) => void;
  readonly #client: Anthropic;
  readonly #plan: ReturnType<typeof planTool>;
  readonly #situation: Situation;
  #restarted = false;

  constructor(options: ClaudeOptions, signal: AbortSignal, onText: (text: string) => void) {
    const url = checkedUrl(options.baseURL ?? DEFAULT_URL);
    this.#options = options;
    this.#signal = signal;
    this.#onText = onText;
    this.#client = new Anthropic(clientOptions(checkedKey(options.apiKey), url, idleMs(options)));
    this.#plan = planTool(options.catalogue);
    this.#situation = {
      model: options.model ?? DEFAULT_MODEL,
      host: url.host,
      maxTokens: options.maxTokens ?? DEFAULT_MAX_TOKENS,
    };
  }

  async hold(investigation: Investigation): Promise<Analysis> {
    const messages = [incidentMessage(investigation)];
    let corrected = false;
    let pauses = 0;
    for (;;) {
      const message = await this.#answer(messages);
      if (message.stop_reason === 'pause_turn' && pauses < MOST_PAUSED_TURNS) {
        pauses += 1;
        messages.push({ role: 'assistant', content: message.content });
        continue;
      }
      if (message.stop_reason !== 'tool_use' && message.stop_reason !== 'end_turn') {
        throw ended(message, this.#situation);
      }
      const call = message.content.find((block) => block.type === 'tool_use' && block.name === PLAN_TOOL);
      const reading = call?.type === 'tool_use' ? this.#plan.read(call.input) : undefined;
      if (reading?.ok === true) return reading.analysis;
      if (corrected) {
        throw reading === undefined
          ? ended(message, this.#situation)
          : unusable(reading.problem, this.#situation);
      }
      corrected = true;
      messages.push(...correction(message, reading?.problem));
    }
  }

  /** One answer; a stream that breaks off is asked for once more. */
  async #answer(messages: Anthropic.MessageParam[]): Promise<Anthropic.Message> {
    for (;;) {
      let started = false;
      try {
        return await this.#stream(messages, () => (started = true));
      } catch (error) {
        if (this.#signal.aborted) throw cancelled(error);
        if (this.#restarted || !brokeOff(error, started)) throw failure(error, this.#situation);
        this.#restarted = true;
        this.#onText('\n\n(The connection broke off. Asking again.)\n\n');
      }
    }
  }

  async #stream(messages: Anthropic.MessageParam[], onStart: () => void): Promise<Anthropic.Message> {
    const { effort } = this.#options;
    const idle = idleMs(this.#options);
    const watchdog = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const alive = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => watchdog.abort(), idle);
    };
    const stream = this.#client.messages.stream(
      {
        model: this.#situation.model,
        max_tokens: this.#situation.maxTokens,
        system: systemPrompt(),
        messages,
        tools: [this.#plan.tool],
        // Summaries keep the stream alive while the model thinks.
        thinking: { type: 'adaptive', display: 'summarized' },
        ...(effort === undefined
          ? {}
          : { output_config: { effort: effort as NonNullable<Anthropic.OutputConfig['effort']> } }),
      },
      { signal: AbortSignal.any([this.#signal, watchdog.signal]) },
    );
    stream.on('connect', () => {
      onStart();
      alive();
    });
    stream.on('streamEvent', alive);
    stream.on('text', this.#onText);
    try {
      return await stream.finalMessage();
    } catch (error) {
      throw watchdog.signal.aborted && !this.#signal.aborted ? new Silence(idle) : error;
    } finally {
      clearTimeout(timer);
    }
  }
}

function idleMs({ idleTimeoutMs }: ClaudeOptions): number {
  return idleTimeoutMs ?? DEFAULT_IDLE_MS;
}

function clientOptions(apiKey: string, url: URL, idle: number): ClientOptions {
  return {
    // Given here, so that neither the environment nor a profile on disk decides who is asked and who pays.
    apiKey,
    baseURL: url.href.replace(/\/$/, ''),
    timeout: idle,
    maxRetries: 2,
    logLevel: 'off',
    openTelemetry: false,
    fetch: fetchWithoutLongPauses,
  };
}

/** The SDK waits as long as `retry-after` says, be it hours; its `x-should-retry` makes it give up at once instead. */
async function fetchWithoutLongPauses(...request: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...request);
  const after = response.headers.get('retry-after');
  if (response.ok || after === null) return response;
  const seconds = Number.isNaN(Number(after)) ? (Date.parse(after) - Date.now()) / 1000 : Number(after);
  if (!(seconds > LONGEST_PAUSE)) return response;
  const headers = new Headers(response.headers);
  headers.set('x-should-retry', 'false');
  return new Response(response.body, { status: response.status, headers });
}

/** What goes back after an answer without a usable plan: every tool call answered, and what is wrong. */
function correction(message: Anthropic.Message, problem: string | undefined): Anthropic.MessageParam[] {
  const calls = message.content.filter((block) => block.type === 'tool_use');
  const complaint =
    problem === undefined
      ? `There is no plan yet. Call ${PLAN_TOOL} now.`
      : `The plan was not accepted:\n${problem}\nCorrect it and call ${PLAN_TOOL} again.`;
  const content: Anthropic.ContentBlockParam[] =
    calls.length === 0
      ? [{ type: 'text', text: complaint }]
      : calls.map((call) => ({
          type: 'tool_result',
          tool_use_id: call.id,
          is_error: true,
          content: call.name === PLAN_TOOL ? complaint : `There is no tool ${call.name}. ${complaint}`,
        }));
  return [
    // The API takes no empty message.
    ...(message.content.length === 0 ? [] : [{ role: 'assistant' as const, content: message.content }]),
    { role: 'user', content },
  ];
}

/** The key, if it can be one. @throws OncallError without showing it */
function checkedKey(key: string): string {
  const trimmed = key.trim();
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  throw new OncallError(
    'claude-failed',
    'The Anthropic API key is empty or holds characters that no key has',
    'Set a valid key with "Oncall: Set Anthropic API Key".',
  );
}

/** An address that a key may be sent to. */
function checkedUrl(text: string): URL {
  const url = URL.parse(text);
  const loopback = url?.protocol === 'http:' && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (url !== null && (url.protocol === 'https:' || loopback) && url.username === '') return url;
  throw new OncallError(
    'claude-failed',
    'oncall.claude.baseUrl is not an https address',
    'Use an https address without user name; http is taken on loopback only.',
  );
}

function cancelled(cause: unknown): OncallError {
  return new OncallError('cancelled', 'The analysis was cancelled', 'Start it again when you need it.', {
    cause,
  });
}

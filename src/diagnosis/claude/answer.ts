/** One answer of the model: streamed, watched, and asked for once more when it breaks off. */
import type Anthropic from '@anthropic-ai/sdk';
import type { RequestTokens } from './prices.ts';
import { brokeOff, Silence } from './failures.ts';

export interface Answering {
  readonly client: Anthropic;
  readonly signal: AbortSignal;
  /** How long an open stream may be silent, milliseconds. */
  readonly idleMs: number;
  readonly onText: (text: string) => void;
  /** A request is on its way. */
  readonly onRequest: () => void;
  /** What it has used so far. */
  readonly onTokens: (tokens: Partial<RequestTokens>) => void;
}

/** @throws whatever the SDK throws, or {@link Silence} */
export async function answerTo(
  body: Anthropic.MessageStreamParams,
  answering: Answering,
): Promise<Anthropic.Message> {
  for (let again = false; ; again = true) {
    let started = false;
    try {
      return await stream(body, answering, () => (started = true));
    } catch (error) {
      if (again || answering.signal.aborted || !brokeOff(error, started)) throw error;
      answering.onText('\n\n(The connection broke off. Asking again.)\n\n');
    }
  }
}

async function stream(
  body: Anthropic.MessageStreamParams,
  { client, signal, idleMs, onText, onRequest, onTokens }: Answering,
  onStart: () => void,
): Promise<Anthropic.Message> {
  const watchdog = new AbortController();
  const silence = Promise.withResolvers<never>();
  silence.promise.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      watchdog.abort();
      // Whether or not anybody heeds that.
      silence.reject(new Silence(idleMs));
    }, idleMs);
  };
  onRequest();
  const answer = client.messages.stream(body, { signal: AbortSignal.any([signal, watchdog.signal]) });
  answer.on('connect', () => {
    onStart();
    alive();
  });
  // Pings are none: a stream of nothing else is silent.
  answer.on('streamEvent', (event) => {
    alive();
    const tokens = tokensOf(event);
    if (tokens !== undefined) onTokens(tokens);
  });
  answer.on('text', onText);
  try {
    return await Promise.race([answer.finalMessage(), silence.promise]);
  } catch (error) {
    throw watchdog.signal.aborted && !signal.aborted ? new Silence(idleMs) : error;
  } finally {
    clearTimeout(timer);
  }
}

/** Usage comes at the beginning, and cumulated at the end. */
function tokensOf(event: Anthropic.MessageStreamEvent): Partial<RequestTokens> | undefined {
  if (event.type === 'message_start') {
    const { usage } = event.message;
    return {
      input: usage.input_tokens,
      written: usage.cache_creation_input_tokens ?? 0,
      cached: usage.cache_read_input_tokens ?? 0,
      output: usage.output_tokens,
    };
  }
  return event.type === 'message_delta' ? { output: event.usage.output_tokens } : undefined;
}

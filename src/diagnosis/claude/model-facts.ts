/** What the API says of the model in use. Asked for beside the first request; where it does not answer, the safe side is taken. */
import type Anthropic from '@anthropic-ai/sdk';

/** Tokens that every model on offer can read. */
const smallestWindow = 200_000;
/** Part of the window that one tool result may fill. */
const resultPart = 0.15;
/** Tokens of one tool result at most, however large the window: they are paid for in every request that follows. */
const longestResult = 25_000;
const patienceMs = 5000;

export class ModelFacts {
  readonly #info: Promise<Anthropic.ModelInfo | undefined>;

  constructor(client: Anthropic, model: string, signal: AbortSignal) {
    this.#info = client.models
      .retrieve(model, {}, { signal, timeout: patienceMs, maxRetries: 0 })
      .catch(() => undefined);
  }

  /** Tokens that one tool result may take. */
  async resultTokens(): Promise<number> {
    const window = (await this.#info)?.max_input_tokens ?? smallestWindow;
    return Math.min(longestResult, Math.floor(window * resultPart));
  }

  /** Whether the model can be made to call a tool: only where it can be told not to think. */
  async canBeForced(): Promise<boolean> {
    return (await this.#info)?.capabilities?.thinking.types.disabled?.supported === true;
  }
}

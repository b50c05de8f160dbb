/** What one analysis may use up: counted as it goes, and told apart into "go on", "come to an end" and "over". */
import type { AnalysisLimits, AnalysisUsage } from '../../domain/analysis.ts';
import { costOf, priceOf, type RequestTokens } from './prices.ts';

/** Enough for the hard cases that others report (a minute, a quarter of a dollar), with room to spare. */
export const defaultLimits: AnalysisLimits = {
  requests: 20,
  toolCalls: 40,
  tokens: 600_000,
  dollars: 1,
  elapsedMs: 240_000,
};

const nothing: RequestTokens = { input: 0, written: 0, cached: 0, output: 0 };
/** The plan, and one correction of it, must still fit when the reading ends. */
const keptRequests = 2;

interface Amounts {
  readonly requests: number;
  readonly tokens: number;
  readonly dollars: number;
  readonly elapsedMs: number;
}

export class Budget {
  readonly #model: string;
  readonly #limits: AnalysisLimits;
  readonly #now: () => number;
  readonly #onUsage: (usage: AnalysisUsage) => void;
  readonly #started: number;
  #requests = 0;
  #toolCalls = 0;
  #settled = nothing;
  #settledDollars = 0;
  /** Of the request that goes on. */
  #current = nothing;
  /** Before the last request, to tell what it took. */
  #before: Amounts;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(
    model: string,
    limits: Partial<AnalysisLimits>,
    onUsage: (usage: AnalysisUsage) => void,
    now: () => number,
  ) {
    this.#model = model;
    this.#limits = { ...defaultLimits, ...limits };
    this.#onUsage = onUsage;
    this.#now = now;
    this.#started = now();
    this.#before = this.#amounts();
  }

  get limits(): AnalysisLimits {
    return this.#limits;
  }

  /** Whether money can be counted. */
  get priced(): boolean {
    return priceOf(this.#model) !== undefined;
  }

  get usage(): AnalysisUsage {
    const { input, written, cached, output } = sum(this.#settled, this.#current);
    const { dollars, elapsedMs } = this.#amounts();
    return {
      model: this.#model,
      requests: this.#requests,
      toolCalls: this.#toolCalls,
      inputTokens: input + written + cached,
      cachedTokens: cached,
      outputTokens: output,
      ...(this.priced ? { dollars } : {}),
      elapsedMs,
      limits: this.#limits,
    };
  }

  /** Another request is on its way. */
  request(): void {
    this.#settle();
    this.#before = this.#amounts();
    this.#requests++;
    this.#onUsage(this.usage);
  }

  /** What the request that goes on has used so far; a later word replaces an earlier one. */
  used(tokens: Partial<RequestTokens>): void {
    this.#current = { ...this.#current, ...tokens };
    this.#onUsage(this.usage);
  }

  /** @returns how many of so many calls may still be made; they are counted */
  call(wanted: number): number {
    const granted = Math.max(0, Math.min(wanted, this.#limits.toolCalls - this.#toolCalls));
    this.#toolCalls += granted;
    this.#onUsage(this.usage);
    return granted;
  }

  /** What is used up altogether, in words; undefined while there is something of everything. */
  over(): string | undefined {
    return this.#exhausted((used) => used);
  }

  /** What is nearly used up, in words: after the requests that the plan needs, each like the last one, there is no room for another. */
  nearlyOver(): string | undefined {
    if (this.#toolCalls >= this.#limits.toolCalls) return `${String(this.#limits.toolCalls)} tool calls`;
    return this.#exhausted((used, last) => used + keptRequests * last);
  }

  #exhausted(reckon: (used: number, last: number) => number): string | undefined {
    const now = this.#amounts();
    const { requests, tokens, dollars, elapsedMs } = this.#limits;
    const words: Record<keyof Amounts, string> = {
      requests: `${String(requests)} requests`,
      tokens: `${String(tokens)} tokens`,
      dollars: `$${String(dollars)}`,
      elapsedMs: `${String(elapsedMs / 1000)} s`,
    };
    const names = Object.keys(words) as (keyof Amounts)[];
    const name = names.find((one) => reckon(now[one], now[one] - this.#before[one]) >= this.#limits[one]);
    return name === undefined ? undefined : words[name];
  }

  #amounts(): Amounts {
    const { input, written, cached, output } = sum(this.#settled, this.#current);
    const price = priceOf(this.#model);
    return {
      requests: this.#requests,
      tokens: input + written + cached + output,
      dollars: price === undefined ? 0 : this.#settledDollars + costOf(price, this.#current),
      elapsedMs: this.#now() - this.#started,
    };
  }

  #settle(): void {
    const price = priceOf(this.#model);
    if (price !== undefined) this.#settledDollars += costOf(price, this.#current);
    this.#settled = sum(this.#settled, this.#current);
    this.#current = nothing;
  }
}

function sum(a: RequestTokens, b: RequestTokens): RequestTokens {
  return {
    input: a.input + b.input,
    written: a.written + b.written,
    cached: a.cached + b.cached,
    output: a.output + b.output,
  };
}

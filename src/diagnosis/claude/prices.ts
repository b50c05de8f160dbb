/**
 * List prices of models, US dollars for a million tokens, as of October 2026
 * (https://platform.claude.com/docs/en/about-claude/pricing). Writing to the cache for five minutes costs 1.25 times the
 * price of reading anew, on every model. What an account really pays can differ.
 */

export interface Price {
  readonly input: number;
  readonly output: number;
  /** What a token from the cache costs, as a part of `input`. */
  readonly cached: number;
  /** Prices of a request that reads more tokens than `above`. */
  readonly long?: { readonly above: number; readonly input: number; readonly output: number };
}

const cacheWrite = 1.25;

/** By the beginning of the model's id, dates and the like may follow. The first that fits counts. */
const prices: readonly (readonly [prefix: string, price: Price])[] = [
  ['claude-fable-5-1', { input: 10, output: 50, cached: 0.025 }],
  ['claude-mythos-5-1', { input: 10, output: 50, cached: 0.025 }],
  ['claude-opus-5-5', { input: 4, output: 20, cached: 0.05 }],
  ['claude-opus-5', { input: 5, output: 25, cached: 0.1 }],
  ['claude-opus-4-8', { input: 5, output: 25, cached: 0.1 }],
  ['claude-opus-4-7', { input: 5, output: 25, cached: 0.1 }],
  ['claude-opus-4-6', { input: 5, output: 25, cached: 0.1 }],
  ['claude-opus-4-5', { input: 5, output: 25, cached: 0.1 }],
  ['claude-sonnet-5-5', { input: 2, output: 10, cached: 0.05 }],
  ['claude-sonnet-5', { input: 2, output: 10, cached: 0.1 }],
  ['claude-sonnet-4-6', { input: 3, output: 15, cached: 0.1 }],
  ['claude-sonnet-4-5', { input: 3, output: 15, cached: 0.1 }],
  [
    'claude-haiku-5-5',
    { input: 0.1, output: 0.5, cached: 0.1, long: { above: 100_000, input: 0.5, output: 2.5 } },
  ],
  ['claude-haiku-4-5', { input: 1, output: 5, cached: 0.1 }],
];

/** The price of a model; undefined for one that the table does not have. */
export function priceOf(model: string): Price | undefined {
  // Another number after the prefix is another version, not a date of eight digits.
  return prices.find(
    ([prefix]) => model.startsWith(prefix) && /^(?:$|-(?!\d{1,2}(?:-|$)))/.test(model.slice(prefix.length)),
  )?.[1];
}

/** Tokens of one request, by what they cost. */
export interface RequestTokens {
  /** Read anew. */
  readonly input: number;
  /** Read and kept in the cache. */
  readonly written: number;
  /** Read from the cache. */
  readonly cached: number;
  readonly output: number;
}

/** What a request costs, US dollars. */
export function costOf(price: Price, { input, written, cached, output }: RequestTokens): number {
  const { long } = price;
  const rate = long !== undefined && input + written + cached > long.above ? long : price;
  const inputs = input + written * cacheWrite + cached * price.cached;
  return (inputs * rate.input + output * rate.output) / 1_000_000;
}

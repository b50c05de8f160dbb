/** What an analysis by a model uses up, and what it sends. */

/** Where an analysis ends, whatever it has found by then. */
export interface AnalysisLimits {
  /** Requests to the model. */
  readonly requests: number;
  readonly toolCalls: number;
  /** Tokens read and written, in all requests together. */
  readonly tokens: number;
  /** US dollars; without effect where the price of the model is not known. */
  readonly dollars: number;
  /** Milliseconds. */
  readonly elapsedMs: number;
}

/** What an analysis has used up so far. */
export interface AnalysisUsage {
  readonly model: string;
  readonly requests: number;
  readonly toolCalls: number;
  /** Tokens that the model read, those from the cache included. */
  readonly inputTokens: number;
  /** How many of them came from the cache. */
  readonly cachedTokens: number;
  readonly outputTokens: number;
  /** US dollars, by list price; absent where the price of the model is not known. */
  readonly dollars?: number;
  readonly elapsedMs: number;
  readonly limits: AnalysisLimits;
}

/** One request to a model, exactly as it left this machine. */
export interface SentRequest {
  /** Counts from 1 within an analysis. */
  readonly number: number;
  /** ISO 8601. */
  readonly time: string;
  /** The address that it went to. */
  readonly url: string;
  /** The body to the letter: JSON, redacted; it holds no key. */
  readonly body: string;
}

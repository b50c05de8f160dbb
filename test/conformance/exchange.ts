/** What the comparison is made of: questions that the API server was asked, and what it answered. */

export interface Question {
  readonly method: string;
  /** With its query, names replaced by what {@link ./names.ts} calls them. */
  readonly path: string;
  readonly accept: string;
  readonly contentType?: string;
  readonly body?: string;
}

export interface Answer {
  readonly code: number;
  readonly contentType: string;
  /** An object, the lines of a text, or the events of a watch; normalised. */
  readonly body: unknown;
}

export interface Exchange {
  readonly question: Question;
  readonly answer: Answer;
}

/** One command, or one run of the agent, with everything that it asked and nobody before it did. */
export interface Call {
  /** As a person would write it, names replaced. */
  readonly call: string;
  /** Something changed on the server. */
  readonly changes?: true;
  readonly exchanges: readonly Exchange[];
}

/** All calls over one scenario. */
export interface Recording {
  readonly scenario: string;
  readonly calls: readonly Call[];
}

/** An exchange as it went over the wire. */
export interface RawExchange {
  readonly method: string;
  readonly path: string;
  readonly accept: string;
  readonly contentType?: string;
  readonly body?: string;
  readonly answer: { readonly code: number; readonly contentType: string; readonly text: string };
}

/** Whether a request asks for events that go on. */
export function isWatch(path: string): boolean {
  return /[?&]watch=(true|1)\b/.test(path);
}

/** Whether a request changes something: what is asked with `dryRun` or as a review does not. */
export function isChange({ method, path, body }: Pick<Question, 'method' | 'path' | 'body'>): boolean {
  return (
    method !== 'GET' && !/[?&]dryRun=All\b/.test(path) && !/reviews?(\?|$)/.test(path) && !dryRuns(body ?? '')
  );
}

function dryRuns(body: string): boolean {
  return /"dryRun":\["All"\]/.test(body);
}

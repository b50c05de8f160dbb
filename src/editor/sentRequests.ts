/** The requests to models that this window has sent, in memory and bounded: they are never written to disk. */
import type { SentRequest } from '../domain/analysis.ts';

const mostRuns = 20;
/** Characters of all bodies together. */
const mostCharacters = 16_000_000;

interface Kept {
  readonly requests: SentRequest[];
  dropped: number;
}

export class SentRequests {
  readonly #runs = new Map<string, Kept>();
  readonly #most: number;
  #characters = 0;

  /** @param most characters of all bodies together */
  constructor(most = mostCharacters) {
    this.#most = most;
  }

  /** Keeps a request; the oldest ones make room for it. */
  add(runId: string, request: SentRequest): void {
    const kept = this.#runs.get(runId) ?? { requests: [], dropped: 0 };
    this.#runs.set(runId, kept);
    kept.requests.push(request);
    this.#characters += request.body.length;
    for (const run of this.#runs.values()) {
      while (this.#characters > this.#most && run.requests.length > 0 && run.requests[0] !== request) {
        this.#characters -= run.requests.shift()?.body.length ?? 0;
        run.dropped++;
      }
    }
    const [oldest] = this.#runs.keys();
    if (this.#runs.size <= mostRuns || oldest === undefined) return;
    for (const { body } of this.#runs.get(oldest)?.requests ?? []) this.#characters -= body.length;
    this.#runs.delete(oldest);
  }

  /** Those of a run, in the order in which they left. */
  of(runId: string): { readonly requests: readonly SentRequest[]; readonly dropped: number } {
    return this.#runs.get(runId) ?? { requests: [], dropped: 0 };
  }

  /** The runs that something was sent for, the newest last. */
  runs(): string[] {
    return [...this.#runs.keys()];
  }
}

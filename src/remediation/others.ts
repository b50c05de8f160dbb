/** What other runs did since a plan was made, as far as it was not told yet. */
import type { Step } from '../domain/plan.ts';
import { newsFor, type MadePlan, type News } from './outdated.ts';
import { longestStepSeconds } from './run-policy.ts';
import type { RunContext } from './step-runner.ts';

export class Others {
  readonly #context: RunContext;
  /** What was told with a question: see {@link News.key}. */
  readonly #heard = new Set<string>();
  /** When the look at the cluster began that the plan rests on. */
  lookedFrom: Date;

  constructor(context: RunContext) {
    this.#context = context;
    this.lookedFrom = context.now();
  }

  /** The plan that is carried out. */
  get plan(): MadePlan {
    const { runId, incidentId, cluster } = this.#context;
    return { runId, incidentId, context: cluster.context, at: this.lookedFrom.toISOString() };
  }

  /** What nobody was told, the newest first. An undo has a look of its own at what it takes back. */
  async unheard(step: Step): Promise<readonly News[]> {
    if (!step.risk.mutates || step.undoes !== undefined) return [];
    const { journal, now, policy } = this.#context;
    const news = newsFor(await journal.history(), this.plan, step, now(), longestStepSeconds(policy()));
    return news.filter(({ key }) => !this.#heard.has(key));
  }

  /** @returns what is told of it: the newest */
  hear(news: readonly News[]): string | undefined {
    for (const { key } of news) this.#heard.add(key);
    return news[0]?.text;
  }
}

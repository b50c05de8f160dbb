/** Claude as an analyst: a conversation in which it may read more, and that ends in a checked plan or in an error that says what to do. */
import type { AnalysisLimits } from '../../domain/analysis.ts';
import type { Analyst } from '../analyst.ts';
import type { Access } from './client.ts';
import { Conversation } from './conversation.ts';
import type { Offer } from './plan-tool.ts';

export { listModels } from './models.ts';

export interface ClaudeOptions extends Access {
  readonly model?: string;
  /** `low`, `medium`, `high`, `xhigh` or `max`; the model's default where not given. */
  readonly effort?: string;
  /** Bound of one answer, thinking included. */
  readonly maxTokens?: number;
  /** Takes out e-mail addresses beside credentials [false]. */
  readonly redactEmails?: boolean;
  /** The actions on offer. */
  readonly catalogue: readonly Offer[];
  /** Where an analysis ends; the defaults are those of `defaultLimits`. */
  readonly limits?: Partial<AnalysisLimits>;
}

/** An analyst that asks Claude. Nothing is sent before `analyse` is called. */
export function createClaudeAnalyst(options: ClaudeOptions): Analyst {
  return {
    engine: 'claude',
    analyse: async (investigation, run) => new Conversation(options, investigation, run).hold(),
  };
}

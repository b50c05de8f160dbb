/** The body of a request: the conversation with the marks up to which it is cached. */
import type Anthropic from '@anthropic-ai/sdk';
import { PLAN_TOOL } from './plan-tool.ts';
import { systemPrompt } from './prompt.ts';

type Message = Anthropic.MessageParam;

export interface RequestParts {
  readonly model: string;
  readonly maxTokens: number;
  readonly effort: string | undefined;
  /** In the order in which they are sent, the plan last; the same in every request, or nothing is found in the cache. */
  readonly tools: readonly Anthropic.Tool[];
  readonly messages: readonly Message[];
  /** Leaves the model no choice but to hand in its plan, without thinking: the API takes no forced tool beside it. */
  readonly forced: boolean;
}

const mark = { type: 'ephemeral' } as const;

/**
 * Four marks, the most that the API takes (https://platform.claude.com/docs/en/build-with-claude/prompt-caching):
 * after the tools and after the rules, which are the same for every incident; after the evidence, which stays what it is;
 * and at the end, so that each request finds the one before it in the cache.
 */
export function requestBody({
  model,
  maxTokens,
  effort,
  tools,
  messages,
  forced,
}: RequestParts): Anthropic.MessageStreamParams {
  const said = forced ? withoutThinking(messages) : messages;
  return {
    model,
    max_tokens: maxTokens,
    system: systemPrompt().map((block, index, all) => marked(block, index === all.length - 1)),
    tools: tools.map((tool, index) => marked(tool, index === tools.length - 1)),
    messages: said.map((message, index) =>
      index === 0 || index === said.length - 1 ? markedAtEnd(message) : message,
    ),
    ...(forced
      ? { thinking: { type: 'disabled' as const }, tool_choice: { type: 'tool' as const, name: PLAN_TOOL } }
      : // Summaries keep the stream alive while the model thinks.
        { thinking: { type: 'adaptive' as const, display: 'summarized' as const } }),
    ...(effort === undefined
      ? {}
      : { output_config: { effort: effort as NonNullable<Anthropic.OutputConfig['effort']> } }),
  };
}

function marked<T extends object>(block: T, last: boolean): T {
  return last ? { ...block, cache_control: mark } : block;
}

function markedAtEnd(message: Message): Message {
  const { role, content } = message;
  // Thinking takes no mark, and an assistant's turn at the end (after a pause) may end with it.
  if (typeof content === 'string' || role !== 'user') return message;
  return { role, content: content.map((block, index) => marked(block, index === content.length - 1)) };
}

function withoutThinking(messages: readonly Message[]): Message[] {
  return messages.flatMap((message) => {
    if (typeof message.content === 'string') return message;
    const rest = message.content.filter(({ type }) => type !== 'thinking' && type !== 'redacted_thinking');
    return rest.length === 0 ? [] : ({ ...message, content: rest } as Message);
  });
}

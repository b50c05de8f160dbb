/** Makes room in a conversation that has grown too long. */
import type Anthropic from '@anthropic-ai/sdk';

type Message = Anthropic.MessageParam;

/**
 * The conversation with the older tool results cut down to one line each; the newest ones too where there are no others.
 * @param lines what remains of a result, by the id of its call
 * @returns undefined where there is nothing left to cut
 */
export function compacted(
  messages: readonly Message[],
  lines: ReadonlyMap<string, string>,
): Message[] | undefined {
  const last = messages.findLastIndex(holdsResults);
  if (last === -1) return undefined;
  const older = cut(messages, lines, (index) => index < last);
  return older ?? cut(messages, lines, () => true);
}

function cut(
  messages: readonly Message[],
  lines: ReadonlyMap<string, string>,
  here: (index: number) => boolean,
): Message[] | undefined {
  let changed = false;
  const result = messages.map((message, index): Message => {
    if (!here(index) || typeof message.content === 'string') return message;
    const content = message.content.map((block) => {
      const line = block.type === 'tool_result' ? lines.get(block.tool_use_id) : undefined;
      if (block.type !== 'tool_result' || line === undefined) return block;
      const content = `${line} (left out to make room)`;
      if (typeof block.content !== 'string' || block.content.length <= content.length) return block;
      changed = true;
      return { ...block, content };
    });
    return { ...message, content } as Message;
  });
  return changed ? result : undefined;
}

function holdsResults({ content }: Message): boolean {
  return typeof content !== 'string' && content.some(({ type }) => type === 'tool_result');
}

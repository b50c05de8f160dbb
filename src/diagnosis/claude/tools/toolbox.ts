/** The tools that the model may call to read more, and how a call is answered: checked, bounded, and as citable evidence. */
import type Anthropic from '@anthropic-ai/sdk';
import { en } from 'zod/locales';
import * as z from 'zod/mini';
import type { Evidence } from '../../../domain/diagnosis.ts';
import { redact, redactForms, type RedactionOptions } from '../../../domain/redaction.ts';
import { told } from '../../../domain/redaction/told.ts';
import { TimeLimit } from '../../../domain/time-limit.ts';
import { dataBlock, shorten, uncut } from '../data-block.ts';
import { compareRevisions } from './compare-revisions.ts';
import { getObject } from './get-object.ts';
import { listObjects } from './list-objects.ts';
import { readEvents } from './read-events.ts';
import { readLogs } from './read-logs.ts';
import { WrongCall, type Found, type ReadingTool, type ToolContext } from './tool.ts';

const tools = [getObject, listObjects, readLogs, readEvents, compareRevisions] as readonly ReadingTool[];

/** The tools as the API takes them. Only the plan is strict: the grammars of all strict tools share one limit. */
export const readingTools: readonly Anthropic.Tool[] = tools.map(({ name, description, input }) => {
  const schema = z.toJSONSchema(input, { io: 'input' });
  delete schema.$schema;
  return { name, description, input_schema: schema as Anthropic.Tool.InputSchema };
});

/** Time limit of one call, milliseconds; the same as for collecting. */
const callTimeoutMs = 8000;
/** Characters that a token takes at least, in JSON of a cluster: counting too many is the safe side. */
const charactersPerToken = 3;
/** Characters of what was read that the diagnosis keeps. */
const keptCharacters = 20_000;

const english = en().localeError;

export interface ToolCall {
  readonly name: string;
  readonly input: unknown;
}

export interface ToolAnswer {
  /** For the model. */
  readonly content: string;
  readonly isError: boolean;
  /** What remains of it when room is needed. */
  readonly line: string;
}

export interface ToolboxOptions extends Omit<ToolContext, 'signal'> {
  /** The evidence that is there already: new ids go on after it. */
  readonly evidence: readonly Evidence[];
  /** Tokens of one result at most. */
  readonly resultTokens: () => Promise<number>;
  readonly onProgress: (message: string) => void;
  /** What else is taken out of what the model sees. */
  readonly redaction?: RedactionOptions;
  readonly timeoutMs?: number;
}

/** The tools of one analysis. */
export class Toolbox {
  /** What was read, in the order of its ids. */
  readonly evidence: Evidence[] = [];
  /** How many calls asked again for what was there already. */
  repeated = 0;
  readonly #options: ToolboxOptions;
  readonly #firstId: number;
  readonly #known = new Map<string, string>();

  constructor(options: ToolboxOptions) {
    this.#options = options;
    const numbers = options.evidence.map(({ id }) => Number(/^e(\d{1,6})$/.exec(id)?.[1] ?? 0));
    this.#firstId = Math.max(0, ...numbers) + 1;
  }

  /**
   * Answers a call. Only cancelling makes it throw; everything else is an answer that says what was wrong.
   * @throws the reason of `signal`
   */
  async answer(call: ToolCall, signal: AbortSignal): Promise<ToolAnswer> {
    try {
      return await this.#read(call, signal);
    } catch (error) {
      signal.throwIfAborted();
      const problem = error instanceof WrongCall ? error.message : redactForms(told(error)).slice(0, 1000);
      return { content: problem, isError: true, line: problem.slice(0, 200) };
    }
  }

  /** Whatever was read may be asked for again: its text has been taken out of the conversation. */
  forget(): void {
    this.#known.clear();
  }

  async #read({ name, input }: ToolCall, signal: AbortSignal): Promise<ToolAnswer> {
    const tool = tools.find((one) => one.name === name);
    if (tool === undefined) throw new WrongCall(`There is no tool ${name.slice(0, 100)}.`);
    const parsed = tool.input.safeParse(input, { error: english });
    if (!parsed.success) {
      throw new WrongCall(`The call is not as it must be:\n${z.prettifyError(parsed.error).slice(0, 2000)}`);
    }
    const key = JSON.stringify([name, Object.entries(parsed.data as object).sort()]);
    const known = this.#known.get(key);
    if (known !== undefined) {
      this.repeated++;
      throw new WrongCall(`You have read that already: see ${known}. Go on from there.`);
    }
    this.#known.set(key, 'the other call');
    try {
      const { id, answer } = await this.#found(tool, parsed.data, signal);
      this.#known.set(key, id);
      return answer;
    } catch (error) {
      this.#known.delete(key);
      throw error;
    }
  }

  async #found(
    tool: ReadingTool,
    input: unknown,
    signal: AbortSignal,
  ): Promise<{ readonly id: string; readonly answer: ToolAnswer }> {
    this.#options.onProgress(tool.progress(input));
    const found = await within(this.#options.timeoutMs ?? callTimeoutMs, signal, (limited) =>
      tool.read(input, { ...this.#options, signal: limited }),
    );
    const limit = await this.#options.resultTokens();
    const framing = { ...uncut, ...this.#options.redaction };
    const tokens = Math.ceil(dataBlock('', found.data, framing).length / charactersPerToken);
    if (tokens > limit) {
      throw new WrongCall(
        `The result would take about ${String(tokens)} tokens, and at most ${String(limit)} fit. ${tool.narrower}`,
      );
    }
    const { id, summary } = this.#keep(found);
    const content = dataBlock(id, { summary, data: found.data }, framing);
    return { id, answer: { content, isError: false, line: `${id}: ${summary}` } };
  }

  #keep({ source, summary, data }: Found): Evidence {
    const id = `e${String(this.#firstId + this.evidence.length)}`;
    const detail = typeof data === 'string' ? data : JSON.stringify(data, undefined, 2);
    const evidence = {
      id,
      source,
      summary: redact(summary).slice(0, 300),
      detail: shorten(redact(detail), keptCharacters),
    };
    this.evidence.push(evidence);
    return evidence;
  }
}

/** Does a read that may take so long and no longer, and that is given up at once when it is cancelled, even if it does not heed it. */
async function within<T>(
  ms: number,
  signal: AbortSignal,
  work: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const limit = new TimeLimit(ms, signal);
  try {
    return await limit.of(work(limit.signal));
  } catch (error) {
    if (limit.reached) throw new WrongCall(`There was no answer within ${String(ms / 1000)} s.`);
    throw error;
  } finally {
    limit.end();
  }
}

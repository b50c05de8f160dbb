/** One analysis: ask, answer what the model wants to read, ask again, until a plan is handed in or a limit is reached. */
import type Anthropic from '@anthropic-ai/sdk';
import { isOncallError } from '../../domain/error.ts';
import { TimeLimit } from '../../domain/time-limit.ts';
import type { Analysis, AnalysisOptions, Investigation } from '../analyst.ts';
import { answerTo } from './answer.ts';
import { Budget } from './budget.ts';
import type { ClaudeOptions } from './claude.ts';
import { connect, idleMs } from './client.ts';
import { compacted } from './compact.ts';
import {
  cancelled,
  ended,
  failure,
  isTooComplex,
  isTooLong,
  unfinished,
  unusable,
  type Situation,
} from './failures.ts';
import { ModelFacts } from './model-facts.ts';
import { PLAN_TOOL, planTool, type PlanReading } from './plan-tool.ts';
import { incidentMessage } from './prompt.ts';
import { requestBody } from './request.ts';
import { scopeOf } from './tools/scope.ts';
import { readingTools, Toolbox, type ToolAnswer } from './tools/toolbox.ts';

const defaultModel = 'claude-opus-5-5';
const defaultMaxTokens = 16_000;
const mostPausedTurns = 3;
const parallelCalls = 4;
/** Calls for what was read before, after which the reading ends. */
const mostRepeatedCalls = 3;
/** Requests for a plan after the reading has ended. */
const closingRequests = 2;

export class Conversation {
  readonly #options: ClaudeOptions;
  readonly #run: AnalysisOptions;
  /** Fires when the analysis is cancelled, when its time is over, and when it has ended. */
  readonly #end = new AbortController();
  readonly #signal = this.#end.signal;
  readonly #client: Anthropic;
  readonly #situation: Situation;
  readonly #budget: Budget;
  readonly #facts: ModelFacts;
  readonly #plan: ReturnType<typeof planTool>;
  /** Absent where nothing more can be read. */
  readonly #toolbox: Toolbox | undefined;
  #tools: readonly Anthropic.Tool[];
  #messages: Anthropic.MessageParam[];
  /** What is left of each tool result when room is needed, by the id of its call. */
  readonly #lines = new Map<string, string>();
  #sent = 0;
  #compacted = false;
  /** Why the reading has ended, and how many requests there were since. */
  #closing: { readonly why: string; requests: number } | undefined;

  /** @throws OncallError for a key or an address that cannot be used */
  constructor(options: ClaudeOptions, investigation: Investigation, run: AnalysisOptions) {
    const { client, host } = connect(options, (url, body) => {
      this.#sent++;
      run.onSent?.({ number: this.#sent, time: new Date().toISOString(), url, body });
    });
    const { model = defaultModel, maxTokens = defaultMaxTokens, redactEmails: emails = false } = options;
    const redaction = { emails };
    this.#options = options;
    this.#run = run;
    this.#client = client;
    this.#situation = { model, host, maxTokens };
    this.#budget = new Budget(
      model,
      options.limits ?? {},
      (usage) => run.onUsage?.(usage),
      () => performance.now(),
    );
    this.#facts = new ModelFacts(client, model, this.#signal);
    this.#plan = planTool(options.catalogue);
    this.#toolbox =
      run.reading === undefined
        ? undefined
        : new Toolbox({
            cluster: run.reading.cluster,
            scope: scopeOf(investigation.target.namespace, run.reading.namespaces),
            evidence: investigation.evidence,
            resultTokens: () => this.#facts.resultTokens(),
            onProgress: (message) => run.onProgress?.(message),
            redaction,
          });
    this.#tools = [...(this.#toolbox === undefined ? [] : readingTools), this.#plan.tool];
    this.#messages = [incidentMessage(investigation, redaction)];
  }

  /** @throws OncallError (`claude-failed`, `cancelled`) */
  async hold(): Promise<Analysis> {
    const { elapsedMs } = this.#budget.limits;
    const limit = new TimeLimit(elapsedMs, this.#run.signal);
    const giveUp = () => this.#end.abort(limit.signal.reason);
    if (limit.signal.aborted) giveUp();
    else limit.signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await limit.of(this.#converse());
    } catch (error) {
      if (this.#run.signal.aborted) throw cancelled(error);
      if (limit.reached) throw unfinished(`${String(elapsedMs / 1000)} s went by`, this.#situation);
      throw isOncallError(error) ? error : failure(error, this.#situation);
    } finally {
      limit.end();
      this.#end.abort();
    }
  }

  async #converse(): Promise<Analysis> {
    let pauses = 0;
    let rejected = 0;
    let planless = 0;
    for (;;) {
      const message = await this.#ask();
      if (message.stop_reason === 'pause_turn' && pauses < mostPausedTurns) {
        pauses++;
        this.#messages.push({ role: 'assistant', content: message.content });
        continue;
      }
      if (message.stop_reason !== 'tool_use' && message.stop_reason !== 'end_turn') {
        throw ended(message, this.#situation);
      }
      const calls = message.content.filter((block) => block.type === 'tool_use');
      const handedIn = calls.find(({ name }) => name === PLAN_TOOL);
      const reading = handedIn === undefined ? undefined : this.#plan.read(handedIn.input);
      if (reading?.ok === true) return this.#finished(reading.analysis);
      if (reading !== undefined && ++rejected > 1) throw unusable(reading.problem, this.#situation);
      if (calls.length === 0 && ++planless > 1) throw ended(message, this.#situation);
      // The API takes no empty message.
      if (message.content.length > 0) this.#messages.push({ role: 'assistant', content: message.content });
      this.#messages.push({ role: 'user', content: await this.#reply(calls, reading) });
    }
  }

  /** One answer to the conversation so far; where it has grown too long, it is cut down once. */
  async #ask(): Promise<Anthropic.Message> {
    for (;;) {
      const over = this.#budget.over();
      if (over !== undefined) throw unfinished(`its budget of ${over} is used up`, this.#situation);
      if (this.#closing !== undefined && this.#closing.requests++ >= closingRequests) {
        throw unfinished(`it was told to: ${this.#closing.why}`, this.#situation);
      }
      try {
        const message = await answerTo(await this.#body(), {
          client: this.#client,
          signal: this.#signal,
          idleMs: idleMs(this.#options),
          onText: (text) => this.#run.onText?.(text),
          onRequest: () => this.#budget.request(),
          onTokens: (tokens) => this.#budget.used(tokens),
        });
        if (message.stop_reason !== 'model_context_window_exceeded' || !this.#compact()) return message;
      } catch (error) {
        if (isTooComplex(error) && this.#tools.some(({ strict }) => strict === true)) {
          // What the grammar would have kept the model from is found when the plan is read.
          this.#tools = this.#tools.map(({ strict: _, ...tool }) => tool);
        } else if (!isTooLong(error) || !this.#compact()) {
          throw error;
        }
      }
    }
  }

  async #body(): Promise<Anthropic.MessageStreamParams> {
    const { model, maxTokens } = this.#situation;
    const last = this.#closing?.requests === closingRequests;
    return requestBody({
      model,
      maxTokens,
      effort: this.#options.effort,
      tools: this.#tools,
      messages: this.#messages,
      forced: last && (await this.#facts.canBeForced()),
    });
  }

  #compact(): boolean {
    const shorter = this.#compacted ? undefined : compacted(this.#messages, this.#lines);
    if (shorter === undefined) return false;
    this.#compacted = true;
    this.#messages = shorter;
    this.#toolbox?.forget();
    return true;
  }

  /** What goes back after an answer without a usable plan: every tool call answered, and what is wanted now. */
  async #reply(
    calls: readonly Anthropic.ToolUseBlock[],
    reading: PlanReading | undefined,
  ): Promise<Anthropic.ContentBlockParam[]> {
    const answers = await this.#answers(calls, reading);
    const results = calls.map(({ id }, index): Anthropic.ToolResultBlockParam => {
      const { content, isError, line } = answers[index] ?? refusal('It was not answered.');
      this.#lines.set(id, line);
      return { type: 'tool_result', tool_use_id: id, content, ...(isError ? { is_error: true } : {}) };
    });
    const words = [
      ...(calls.length === 0 ? [`There is no plan yet. Call ${PLAN_TOOL} now.`] : []),
      ...this.#closingWords(),
    ];
    return [...results, ...words.map((text) => ({ type: 'text' as const, text }))];
  }

  /** The answers to the calls, in their order; reads run side by side, a few at a time. */
  async #answers(
    calls: readonly Anthropic.ToolUseBlock[],
    reading: PlanReading | undefined,
  ): Promise<ToolAnswer[]> {
    const answers: ToolAnswer[] = [];
    const reads: number[] = [];
    calls.forEach(({ name }, index) => {
      if (name !== PLAN_TOOL) reads.push(index);
      else if (reading?.ok === false) answers[index] = refusal(rejection(reading.problem));
    });
    const allowed = this.#closing === undefined ? this.#budget.call(reads.length) : 0;
    for (const index of reads.splice(allowed)) {
      answers[index] = refusal(`There is no more reading. Call ${PLAN_TOOL} now, from what you have.`);
    }
    const work = async (): Promise<void> => {
      for (let index = reads.shift(); index !== undefined; index = reads.shift()) {
        const call = calls[index];
        if (call !== undefined) {
          answers[index] =
            (await this.#toolbox?.answer(call, this.#signal)) ??
            refusal(`There is no tool ${call.name.slice(0, 100)}. Call ${PLAN_TOOL} now.`);
        }
      }
    };
    await Promise.all(Array.from({ length: parallelCalls }, work));
    return answers;
  }

  /** Ends the reading when a budget is nearly used up, or when it goes in circles; the model is told once. */
  #closingWords(): string[] {
    if (this.#closing !== undefined) return [];
    const budget = this.#budget.nearlyOver();
    const circles = (this.#toolbox?.repeated ?? 0) >= mostRepeatedCalls;
    if (budget === undefined && !circles) return [];
    const why =
      budget === undefined ? 'it read the same again and again' : `the budget of ${budget} is nearly used up`;
    this.#closing = { why, requests: 0 };
    return [
      `The reading ends here: ${why.replace(/^it/, 'you')}. Call ${PLAN_TOOL} now with what you have. Say in hypotheses what remains open, and propose nothing that the evidence does not bear.`,
    ];
  }

  #finished(analysis: Analysis): Analysis {
    const notes = [
      ...(this.#closing === undefined
        ? []
        : [
            `Claude was told to stop reading, because ${this.#closing.why}: the plan is made from what it had`,
          ]),
      ...(this.#budget.priced
        ? []
        : [`What ${this.#situation.model} costs is not known: the limit on money had no effect`]),
    ];
    return { ...analysis, evidence: this.#toolbox?.evidence ?? [], notes };
  }
}

function refusal(content: string): ToolAnswer {
  return { content, isError: true, line: content.slice(0, 200) };
}

function rejection(problem: string): string {
  return `The plan was not accepted:\n${problem}\nCorrect it and call ${PLAN_TOOL} again.`;
}

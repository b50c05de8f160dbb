/** A run of this window: its records so far, and what streams by beside them and is kept nowhere else. */
import type { AnalysisUsage } from '../domain/analysis.ts';
import type { JournalRecord } from '../domain/record.ts';
import type { RunEvent, RunView } from '../domain/run.ts';
import type { RunningAgent } from './runningAgent.ts';

/** What an analysis had used up, and when it was heard, so that its time can go on in between. */
export interface UsageSeen {
  readonly usage: AnalysisUsage;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A run before and beside its view: what can be said of it although no record, or no further record, was written. */
export interface RunStart {
  readonly incidentId: string;
  readonly title: string;
  /** Why it could not go on: what happened and what to do next. */
  readonly failure?: string;
}

export interface LiveRunParts {
  readonly runId: string;
  readonly incidentId: string;
  readonly title: string;
  /** The agent that made the run: practice and the real cluster have one each. */
  readonly agent: RunningAgent;
  /** Those that are known already. */
  readonly records: readonly JournalRecord[];
  /** What is shown until the records tell more. */
  readonly view?: RunView;
}

/** The most lines of a command's output kept for showing while it runs. */
const outputKept = 500;
const analysisKept = 20_000;

export class LiveRun {
  readonly runId: string;
  readonly incidentId: string;
  readonly title: string;
  readonly agent: RunningAgent;
  readonly controller = new AbortController();
  readonly records: JournalRecord[];
  /** By step id, or by the empty string where it is about the run. */
  readonly progress = new Map<string, string>();
  /** By step id: the lines that the running command has printed. */
  readonly output = new Map<string, readonly string[]>();
  /** The end of what the analysis has written. */
  analysis = '';
  usage?: UsageSeen;
  ended = false;
  /** Resolves when it has ended. */
  readonly over: Promise<undefined>;
  readonly #isOver: () => void;
  view?: RunView;
  failure?: string;
  /** Why its plan is outdated; a sentence. */
  outdated?: string | undefined;

  constructor({ runId, incidentId, title, agent, records, view }: LiveRunParts) {
    this.runId = runId;
    this.incidentId = incidentId;
    this.title = title;
    this.agent = agent;
    this.records = [...records];
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.over = promise;
    this.#isOver = () => resolve(undefined);
    if (view !== undefined) this.view = view;
  }

  /** What it is for, from the first moment on. */
  get start(): RunStart {
    const { incidentId, title, failure } = this;
    return { incidentId, title, ...(failure === undefined ? {} : { failure }) };
  }

  /** Nothing more comes of it. */
  end(): void {
    this.ended = true;
    this.#isOver();
  }

  /**
   * Takes in what the run reports.
   * @returns what there is to look at anew: the view, only what streams beside it, or nothing that is drawn at once
   */
  take(event: RunEvent): 'view' | 'stream' | undefined {
    switch (event.type) {
      case 'record':
        this.records.push(event.record);
        this.progress.clear();
        this.#forgetOutput(event.record);
        return 'view';
      case 'analysis':
        this.analysis = (this.analysis + event.text).slice(-analysisKept);
        return undefined;
      case 'usage':
        this.usage = { usage: event.usage, at: Date.now() };
        return undefined;
      case 'progress':
        this.progress.set(event.stepId ?? '', event.message);
        return 'stream';
      case 'output': {
        const lines = this.output.get(event.stepId) ?? [];
        this.output.set(event.stepId, [...lines, event.line].slice(-outputKept));
        return 'stream';
      }
      default:
        return undefined;
    }
  }

  /** What was streamed belongs to one command: it goes when the command changes, starts anew, or is kept in a record. */
  #forgetOutput(record: JournalRecord): void {
    if (record.type === 'StepReplaced') this.output.delete(record.data.step.id);
    if (record.type === 'DryRunFinished' || record.type === 'ExecutionStarted') {
      this.output.delete(record.data.stepId);
    }
  }
}

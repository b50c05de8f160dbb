/** What the doctor looks at, as it was seen: values, or why there are none. */
import type { BreakerStatus, Mode } from '../../domain/decision.ts';
import type { Settings } from '../settings.ts';
import type { YoloState } from '../yoloGate.ts';
import type { NeededRight } from './needed-rights.ts';

/** What was seen, or the sentences of what came in the way. */
export type Seen<T> = { readonly value: T } | { readonly failure: string };

/** A right that was asked about. */
export interface AskedRight extends NeededRight {
  readonly allowed: boolean;
  /** Absent: in every namespace, or of no namespace. */
  readonly namespace?: string;
}

/** What a token was tried with. */
export interface TokenRead {
  /** What follows `reads`: `users`. */
  readonly what: string;
  /** What is missing without it, as it follows `there is no`. */
  readonly neededFor: string;
  readonly seen: Seen<unknown>;
}

/** PagerDuty, once it has listed incidents. */
export interface PagerDutySeen {
  readonly open: number;
  /** The e-mail address of the token's user; undefined for an account key, which belongs to nobody. */
  readonly writesAs: Seen<string | undefined>;
  readonly reads: readonly TokenRead[];
}

/** The MCP server, once it has taken up a session. */
export interface McpSeen {
  /** Its program or address. */
  readonly server: string;
  /** By us, with the pinned context alone; else it was there already. */
  readonly started: boolean;
  readonly missingTools: readonly string[];
  /** How many tools steps go through in all. */
  readonly wantedTools: number;
  /** Why it is not sure that it reaches the pinned cluster, without a full stop. */
  readonly doubt?: string;
  /** What it takes beside kubectl's rights; absent where the server has rights of its own, or no API server answers. */
  readonly rights?: Seen<readonly AskedRight[]>;
}

export interface Observed {
  readonly settings: Settings;
  /** The mode in the context, capped. */
  readonly mode: Mode;
  /** Whether YOLO mode is wished for and was agreed to. */
  readonly yolo: YoloState;
  readonly practice: boolean;
  readonly trusted: boolean;
  readonly breaker: BreakerStatus;
  readonly automationStopped: Seen<boolean>;
  /** What a person has to look at before automation goes on; a sentence. */
  readonly mustLook?: string;
  /** The folder of the journal, once it could be written. */
  readonly journal: Seen<string>;
  /** Lines of it that decisions should know of and that could not be read as records. */
  readonly leftOut: number;
  readonly kubectl: Seen<{ readonly path: string; readonly version: string }>;
  readonly cluster: Seen<{ readonly context: string; readonly kubeconfig: string; readonly server: string }>;
  /** Absent where there is no cluster to ask. */
  readonly server?: Seen<{
    readonly version: string;
    /** Milliseconds by which this machine's clock is ahead; absent where the server does not tell the time. */
    readonly ahead?: number;
  }>;
  readonly rights?: Seen<readonly AskedRight[]>;
  /** Absent where kubectl alone carries steps out. */
  readonly mcp?: Seen<McpSeen>;
  /** `undefined`: no token is set. */
  readonly pagerduty: Seen<PagerDutySeen> | undefined;
  /** `undefined`: no key is set. */
  readonly claude: Seen<{ readonly models: readonly string[] }> | undefined;
}

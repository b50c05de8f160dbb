/** Whether a step may run, and who must say so. */
import * as z from 'zod/mini';

export const modes = ['plan', 'approval', 'yolo'] as const;
/** From the strictest to the most permissive. */
export type Mode = (typeof modes)[number];
export const modeSchema = z.enum(modes);

export type Outcome = 'execute' | 'ask' | 'skip' | 'preview' | 'refuse';

export interface Decision {
  readonly outcome: Outcome;
  /** One sentence, naming the setting or the condition that decided. */
  readonly reason: string;
  /** Set when approval takes typing this object name. */
  readonly typeToConfirm?: string;
}

/** Confidence thresholds, 0 to 1. */
export interface Thresholds {
  readonly minimum: number;
  readonly autoLowAndMedium: number;
  readonly autoHigh: number;
}

export const defaultThresholds: Thresholds = { minimum: 0.7, autoLowAndMedium: 0.8, autoHigh: 0.9 };

/** How much automation may change before it asks. 0: nothing by itself. */
export interface BrakeLimits {
  /** In one context. */
  readonly changesPerHour: number;
  /** In all contexts together. */
  readonly changesAtOnce: number;
}

export const defaultBrakeLimits: BrakeLimits = { changesPerHour: 10, changesAtOnce: 2 };

export type BreakerState = 'closed' | 'open' | 'half-open';

/** The breaker as people and decisions see it. */
export interface BreakerStatus {
  readonly state: BreakerState;
  readonly consecutiveFailures: number;
  /** ISO 8601; set while open. */
  readonly opensUntil?: string;
}

/** Everything besides the assessment that a decision depends on. */
export interface Situation {
  /** The stricter of the setting and the context's cap. */
  readonly mode: Mode;
  /** Computed, 0 to 1. */
  readonly confidence: number;
  readonly destructiveOperations: boolean;
  readonly autoApproveLowRisk: boolean;
  /** Empty allows every namespace. */
  readonly allowedNamespaces: readonly string[];
  readonly thresholds: Thresholds;
  readonly breaker: BreakerState;
  /** The user stopped all automation, or has to look at the audit log before it goes on. */
  readonly automationStopped: boolean;
  /** Why it is stopped, where the user did not do it; a sentence. */
  readonly stopReason?: string;
  /** Actions already executed automatically for this incident. */
  readonly automaticActions: number;
  readonly maxActionsPerIncident: number;
  /** The same target was changed automatically within the cool-down. */
  readonly coolingDown: boolean;
  /** Changes that automation began in this context within the last hour, in all windows. With its limit absent: not checked. */
  readonly changesThisHour?: number;
  readonly maxChangesPerHour?: number;
  /** Changes of automation that are under way, in all windows. With its limit absent: not checked. */
  readonly changesAtOnce?: number;
  readonly maxChangesAtOnce?: number;
  /** Who holds the remediation lock, if somebody else does. */
  readonly lockHolder?: string;
  /** Why it cannot be told whether somebody else remediates the incident; a sentence. */
  readonly lockTrouble?: string;
  /** A person skipped or edited a step of this plan: what is left of it is theirs. */
  readonly steppedIn?: boolean;
  /** Why things are not as the plan found them; a sentence. */
  readonly stale?: string;
  /** What the API server refuses of it, as its dry run said; a sentence. */
  readonly wouldBeRefused?: string;
  /** Why it is not sure that this is the right cluster and object; one clause. */
  readonly doubt?: string;
  /** Its confidence rests on what others than the API server can write: a log, the message of an event, an annotation, a model. */
  readonly restsOnWritten?: boolean;
  /** What a model objects to what the built-in rules propose, citing evidence; a sentence. */
  readonly objection?: string;
  /** What applies the object from Git and takes back what is changed beside it: `Argo CD`. */
  readonly takenBackBy?: string;
}

/** What the circuit breaker counts, in the order in which it happened. */
export interface BreakerEvent {
  /** ISO 8601. */
  readonly time: string;
  /** `failure`: an execution error or a failed verification. `reset`: a person closed the breaker. */
  readonly outcome: 'success' | 'failure' | 'reset';
}

export interface BreakerSettings {
  readonly failureThreshold: number;
  readonly resetAfterSeconds: number;
  readonly successesToClose: number;
}

export const defaultBreakerSettings: BreakerSettings = {
  failureThreshold: 5,
  resetAfterSeconds: 300,
  successesToClose: 2,
};

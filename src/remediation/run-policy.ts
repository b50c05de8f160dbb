/** The settings that govern a run. Read anew before each decision, so that a stricter setting holds from the next step on. */
import type { BrakeLimits, BreakerSettings, Mode, Thresholds } from '../domain/decision.ts';
import type { RiskRule } from '../domain/risk.ts';
import type { TransportSettings } from './transports/session.ts';

export interface RunPolicy {
  /** The stricter of the setting and the cap of the pinned context. */
  readonly mode: Mode;
  readonly destructiveOperations: boolean;
  readonly autoApproveLowRisk: boolean;
  /** Empty allows every namespace. */
  readonly allowedNamespaces: readonly string[];
  readonly thresholds: Thresholds;
  readonly maxActionsPerIncident: number;
  readonly cooldownSeconds: number;
  /** Changes by automation before it asks. Absent: the defaults, never none. */
  readonly brake?: BrakeLimits;
  readonly breaker: BreakerSettings;
  readonly verification: {
    readonly timeoutSeconds: number;
    readonly settleSeconds: number;
    /** How long a cluster that cannot be read is asked again; see `patienceOf`. */
    readonly patienceSeconds?: number;
  };
  /** After a failed verification in YOLO mode, put back what was. */
  readonly automaticUndo: boolean;
  readonly riskRules: readonly RiskRule[];
  /** Hold a Lease in the target's namespace while executing. */
  readonly coordination: boolean;
  /** What carries steps out. */
  readonly transport: TransportSettings;
  /** How long one command may take, in seconds. */
  readonly commandTimeoutSeconds: number;
}

/**
 * The settings for a run that began in `mode`. It may become stricter at any time; that YOLO mode was switched on meanwhile gives
 * nothing to automation that a person was at.
 */
export function policySince(mode: Mode, policy: RunPolicy): RunPolicy {
  return policy.mode === 'yolo' && mode !== 'yolo' ? { ...policy, mode: 'approval' } : policy;
}

/** The most that a step can take from its start to the end of its verification, outages aside and some slack included. */
export function longestStepSeconds({ commandTimeoutSeconds, verification }: RunPolicy): number {
  return commandTimeoutSeconds + verification.timeoutSeconds + verification.settleSeconds + 60;
}

/**
 * How long a cluster that cannot be read is asked again, all outages of a step together, seconds: five times as long as a step may
 * take to show its effect. By default that is ten minutes, as long as a control plane takes to be upgraded; then a person has to
 * know.
 */
export function patienceOf(limits: {
  readonly timeoutSeconds: number;
  readonly patienceSeconds?: number;
}): number {
  return limits.patienceSeconds ?? 5 * limits.timeoutSeconds;
}

/** What the doctor looks at, as it was seen: values, or why there are none. */
import type { BreakerStatus, Mode } from '../../domain/decision.ts';
import type { Settings } from '../settings.ts';
import type { NeededRight } from './needed-rights.ts';

/** What was seen, or the sentences of what came in the way. */
export type Seen<T> = { readonly value: T } | { readonly failure: string };

/** A right that was asked about. */
export interface AskedRight extends NeededRight {
  readonly allowed: boolean;
  /** Absent: in every namespace, or of no namespace. */
  readonly namespace?: string;
}

export interface Observed {
  readonly settings: Settings;
  /** The mode in the context, capped. */
  readonly mode: Mode;
  readonly practice: boolean;
  readonly trusted: boolean;
  readonly breaker: BreakerStatus;
  readonly automationStopped: Seen<boolean>;
  /** The folder of the journal, once it could be written. */
  readonly journal: Seen<string>;
  readonly kubectl: Seen<{ readonly path: string; readonly version: string }>;
  readonly cluster: Seen<{ readonly context: string; readonly kubeconfig: string; readonly server: string }>;
  /** Absent where there is no cluster to ask. */
  readonly server?: Seen<{
    readonly version: string;
    /** Milliseconds by which this machine's clock is ahead; absent where the server does not tell the time. */
    readonly ahead?: number;
  }>;
  readonly rights?: Seen<readonly AskedRight[]>;
  /** `undefined`: no token is set. */
  readonly pagerduty: Seen<{ readonly open: number; readonly writesAs?: string }> | undefined;
  /** `undefined`: no key is set. */
  readonly claude: Seen<{ readonly models: readonly string[] }> | undefined;
}

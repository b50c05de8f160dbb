/** The options of an agent, and the policy that they make of a run. Pure. */
import type { AnalysisLimits } from '../domain/analysis.ts';
import {
  defaultBrakeLimits,
  defaultBreakerSettings,
  type BreakerSettings,
  type Mode,
  type Thresholds,
} from '../domain/decision.ts';
import type { RiskRule } from '../domain/risk.ts';
import type { RunbookFile } from '../domain/runbook.ts';
import { effectiveMode, raisedThresholds } from '../policy/decide.ts';
import type { RunPolicy } from './run-policy.ts';
import type { McpServerSettings, TransportChoice } from './transports/session.ts';

/** How an agent works. Everything has a safe default: plan mode, destructive operations off. */
export interface AgentOptions {
  readonly mode?: Mode;
  /** A cap on the mode by kubeconfig context; the stricter wins. */
  readonly modeByContext?: Readonly<Record<string, Mode>>;
  /** The contexts that YOLO mode may act in; anywhere else it counts as approval. All contexts by default. */
  readonly yoloContexts?: readonly string[];
  /** Path of a kubeconfig; by default `KUBECONFIG`, then `~/.kube/config`. */
  readonly kubeconfig?: string;
  /** The kubeconfig's current context by default; pinned from then on. */
  readonly context?: string;
  /** Contexts by the name that monitoring tools have for a cluster; an alert that names one is handled there. */
  readonly contextByCluster?: Readonly<Record<string, string>>;
  /** Path of kubectl; by default the first one on PATH. */
  readonly kubectl?: string;
  readonly allowedNamespaces?: readonly string[];
  readonly destructiveOperations?: boolean;
  readonly autoApproveLowRisk?: boolean;
  readonly maxActionsPerIncident?: number;
  readonly cooldownSeconds?: number;
  /** Changes by automation in one context within an hour, over all agents of the journal, before the next one asks [10]; 0: none by itself, 1000 at most. */
  readonly maxChangesPerHour?: number;
  /** Changes by automation at once, over all agents of the journal, before the next one asks [2]; 0: none by itself, 100 at most. */
  readonly maxChangesAtOnce?: number;
  /** Raise the confidence thresholds; values below the defaults have no effect. */
  readonly thresholds?: Partial<Thresholds>;
  readonly journalDirectory?: string;
  /** The file that stop and breaker are kept in beside the journal, so that they outlive it; by default next to its directory. */
  readonly interlockFile?: string;
  /** Older files of the journal are moved into its folder `archive`, in days, 7 at least; 0 keeps all in place [0]. */
  readonly retentionDays?: number;
  /** Who is named in the audit log and in locks. */
  readonly user?: string;
  readonly analyst?: {
    /** `auto`: Claude when a key is there, else the built-in diagnosis. */
    readonly engine?: 'auto' | 'claude' | 'builtin';
    readonly apiKey?: string;
    readonly baseURL?: string;
    readonly model?: string;
    readonly effort?: string;
    readonly maxTokens?: number;
    /** Takes e-mail addresses out of what Claude sees, beside credentials [false]. */
    readonly redactEmails?: boolean;
    /** Where an analysis by Claude ends, whatever it has found by then. */
    readonly limits?: Partial<AnalysisLimits>;
  };
  /** The team's runbooks, Markdown with front matter: the files, or what reads them anew for each run. */
  readonly runbooks?: readonly RunbookFile[] | (() => Promise<readonly RunbookFile[]>);
  readonly breaker?: Partial<BreakerSettings>;
  /** Seconds. */
  readonly verification?: { readonly timeoutSeconds?: number; readonly settleSeconds?: number };
  /** In YOLO mode, put back what a step changed when its verification fails. */
  readonly automaticUndo?: boolean;
  readonly riskRules?: readonly RiskRule[];
  /** Hold a Lease while executing, so that two agents never remediate one incident at once. */
  readonly coordination?: boolean;
  /** What carries steps out [kubectl]. `mcp`: the Kubernetes MCP server where a tool does exactly the same, else kubectl; `auto`: as `mcp` where `mcp` says where a server is. */
  readonly transport?: TransportChoice;
  /** The Kubernetes MCP server: started from `serverPath`, or reached at `host`, or started from the search path. */
  readonly mcp?: McpServerSettings;
  readonly commandTimeoutSeconds?: number;
  /** The environment that kubectl's own is reduced from; by default this process's. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** The policy of a run in a context, with the safe default for everything that is not given. */
export function runPolicy(options: AgentOptions, context: string): RunPolicy {
  return {
    mode: modeIn(options, context),
    destructiveOperations: options.destructiveOperations ?? false,
    autoApproveLowRisk: options.autoApproveLowRisk ?? true,
    allowedNamespaces: options.allowedNamespaces ?? [],
    thresholds: raisedThresholds(options.thresholds ?? {}),
    maxActionsPerIncident: options.maxActionsPerIncident ?? 3,
    cooldownSeconds: options.cooldownSeconds ?? 600,
    brake: {
      changesPerHour: Math.min(options.maxChangesPerHour ?? defaultBrakeLimits.changesPerHour, 1000),
      changesAtOnce: Math.min(options.maxChangesAtOnce ?? defaultBrakeLimits.changesAtOnce, 100),
    },
    breaker: breakerSettings(options),
    verification: {
      timeoutSeconds: options.verification?.timeoutSeconds ?? 120,
      settleSeconds: options.verification?.settleSeconds ?? 10,
    },
    automaticUndo: options.automaticUndo ?? true,
    riskRules: options.riskRules ?? [],
    coordination: options.coordination ?? true,
    transport: { choice: options.transport ?? 'kubectl', mcp: options.mcp ?? {} },
    commandTimeoutSeconds: options.commandTimeoutSeconds ?? 60,
  };
}

function modeIn({ mode = 'plan', modeByContext = {}, yoloContexts }: AgentOptions, context: string): Mode {
  const allowed = mode !== 'yolo' || yoloContexts === undefined || yoloContexts.includes(context);
  return effectiveMode(allowed ? mode : 'approval', modeByContext, context);
}

/** The breaker's settings, with the default for what is not given. */
export function breakerSettings(options: Pick<AgentOptions, 'breaker'>): BreakerSettings {
  return { ...defaultBreakerSettings, ...options.breaker };
}

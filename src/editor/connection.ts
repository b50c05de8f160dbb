/** What settings and keys make of the agent and of PagerDuty, and what practice changes about it. Pure. */
import type { AgentOptions } from '../agent.ts';
import type { RunbookFile } from '../domain/runbook.ts';
import type { Settings } from './settings.ts';

/** Where a running practice can be reached. */
export interface PracticeConnection {
  readonly pagerduty: { readonly baseUrl: string; readonly token: string };
  readonly kubernetes: { readonly kubeconfig: string; readonly context: string };
}

/** The agent's options. */
export function agentOptions(
  settings: Settings,
  more: {
    readonly apiKey?: string;
    readonly journalDirectory: string;
    /** The contexts that a person has agreed to let YOLO mode act in; none by default. */
    readonly yoloContexts?: readonly string[];
    /** Reads the runbooks of these folders and of the workspace. */
    readonly readRunbooks?: (folders: readonly string[]) => Promise<readonly RunbookFile[]>;
  },
): AgentOptions {
  const { kubernetes, claude } = settings;
  const { readRunbooks } = more;
  return {
    mode: settings.mode,
    modeByContext: settings.modeByContext,
    yoloContexts: more.yoloContexts ?? [],
    ...(kubernetes.kubeconfig === undefined ? {} : { kubeconfig: kubernetes.kubeconfig }),
    ...(kubernetes.context === undefined ? {} : { context: kubernetes.context }),
    ...(kubernetes.kubectlPath === undefined ? {} : { kubectl: kubernetes.kubectlPath }),
    contextByCluster: kubernetes.contextByCluster,
    allowedNamespaces: kubernetes.allowedNamespaces,
    coordination: kubernetes.coordination,
    transport: kubernetes.transport,
    mcp: settings.mcp,
    destructiveOperations: settings.destructiveOperations,
    autoApproveLowRisk: settings.autoApproveLowRisk,
    maxActionsPerIncident: settings.maxActionsPerIncident,
    cooldownSeconds: settings.cooldownSeconds,
    maxChangesPerHour: settings.maxChangesPerHour,
    maxChangesAtOnce: settings.maxChangesAtOnce,
    thresholds: settings.thresholds,
    breaker: settings.breaker,
    verification: settings.verification,
    automaticUndo: settings.automaticUndo,
    riskRules: settings.riskRules,
    ...(readRunbooks === undefined ? {} : { runbooks: () => readRunbooks(settings.runbooks) }),
    journalDirectory: more.journalDirectory,
    retentionDays: settings.auditRetentionDays,
    analyst: {
      engine: settings.engine,
      redactEmails: settings.redactEmails,
      ...(more.apiKey === undefined ? {} : { apiKey: more.apiKey }),
      ...(claude.baseUrl === undefined ? {} : { baseURL: claude.baseUrl }),
      ...(claude.model === undefined ? {} : { model: claude.model }),
      ...(claude.effort === undefined ? {} : { effort: claude.effort }),
      ...(claude.maxTokens === undefined ? {} : { maxTokens: claude.maxTokens }),
    },
  };
}

/**
 * The settings while practice runs. They belong to an agent of their own, which knows no other cluster,
 * so what practice allows is never allowed anywhere else.
 */
export function practiceSettings(settings: Settings, practice: PracticeConnection): Settings {
  return {
    ...settings,
    mode: settings.modeIsChosen ? settings.mode : 'approval',
    modeByContext: {},
    destructiveOperations: true,
    // Without an e-mail address: the practice account knows its own users only.
    pagerduty: {
      region: settings.pagerduty.region,
      writeNotes: settings.pagerduty.writeNotes,
      resolveAutomatically: settings.pagerduty.resolveAutomatically,
      baseUrl: practice.pagerduty.baseUrl,
      // Practice incidents come quickly, and belong to no team and to nobody.
      pollIntervalSeconds: 5,
      assignedToMe: false,
      teamIds: [],
      serviceIds: [],
      urgencies: ['high', 'low'],
    },
    kubernetes: {
      ...settings.kubernetes,
      kubeconfig: practice.kubernetes.kubeconfig,
      context: practice.kubernetes.context,
      contextByCluster: {},
      allowedNamespaces: [],
    },
    // A server that runs already reaches some other cluster.
    mcp: settings.mcp.serverPath === undefined ? {} : { serverPath: settings.mcp.serverPath },
  };
}

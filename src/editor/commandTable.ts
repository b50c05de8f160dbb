/** Every command that package.json contributes, once, with who may invoke it. A test proves both to be the same. */

/**
 * Where a command is invoked from. `palette`: a person, without arguments. `incident`: a row of the tree. `step`: CodeLens or a
 * panel's button, with run id, step id and, for approvals, the hash of the command. `run`: a panel's button, with a run id.
 */
export type Invoker = 'palette' | 'incident' | 'step' | 'run';

export const commandTable = {
  'oncall.remediateIncident': ['palette', 'incident'],
  'oncall.openIncident': ['incident'],
  'oncall.acknowledge': ['palette', 'incident'],
  'oncall.resolveIncident': ['palette', 'incident'],
  'oncall.snoozeIncident': ['palette', 'incident'],
  'oncall.reassignIncident': ['palette', 'incident'],
  'oncall.handOver': ['palette', 'incident'],
  'oncall.addIncidentNote': ['palette', 'incident'],
  'oncall.copyIncidentLink': ['palette', 'incident'],
  'oncall.filterIncidents': ['palette'],
  'oncall.clearIncidentFilter': ['palette'],
  'oncall.groupByStatus': ['palette'],
  'oncall.groupByService': ['palette'],
  'oncall.groupByUrgency': ['palette'],
  'oncall.exportIncidentReport': ['palette', 'incident', 'run'],
  'oncall.openInPagerDuty': ['palette', 'incident'],
  'oncall.refresh': ['palette'],
  'oncall.setPagerDutyToken': ['palette'],
  'oncall.removePagerDutyToken': ['palette'],
  'oncall.setAnthropicKey': ['palette'],
  'oncall.removeAnthropicKey': ['palette'],
  'oncall.approveStep': ['palette', 'step'],
  'oncall.approveTogether': ['palette', 'run'],
  'oncall.dryRunStep': ['palette', 'step'],
  'oncall.editStep': ['palette', 'step'],
  'oncall.skipStep': ['palette', 'step'],
  'oncall.undoStep': ['palette', 'step'],
  'oncall.checkInterrupted': ['palette', 'step'],
  'oncall.copyManifestChange': ['palette', 'step'],
  'oncall.stopRun': ['palette', 'run'],
  'oncall.showPlan': ['palette', 'incident', 'run'],
  'oncall.showPlanDocument': ['palette', 'incident', 'run'],
  'oncall.openEvidence': ['palette'],
  'oncall.openRunbook': ['palette', 'incident'],
  'oncall.refreshEvidence': ['palette'],
  'oncall.showWhatWasSent': ['palette', 'run'],
  'oncall.chooseClaudeModel': ['palette'],
  'oncall.showAuditLog': ['palette'],
  'oncall.verifyAuditLog': ['palette'],
  'oncall.showOutput': ['palette'],
  'oncall.showStatus': ['palette'],
  'oncall.getStarted': ['palette'],
  'oncall.doctor': ['palette'],
  'oncall.copyDoctorReport': ['palette'],
  'oncall.assessCommand': ['palette'],
  'oncall.switchMode': ['palette'],
  'oncall.switchContext': ['palette'],
  'oncall.chooseNotifications': ['palette'],
  'oncall.stopAutomation': ['palette'],
  'oncall.resumeAutomation': ['palette'],
  'oncall.resetBreaker': ['palette'],
  'oncall.startPractice': ['palette'],
  'oncall.stopPractice': ['palette'],
  'oncall.practiceDebrief': ['palette'],
  'oncall.breakTestCluster': ['palette'],
  'oncall.cleanUpTestCluster': ['palette'],
} as const satisfies Record<string, readonly Invoker[]>;

export type CommandId = keyof typeof commandTable;

/** What a command does. Arguments come from outside: any extension can invoke a command. */
export type Handlers = Readonly<Record<CommandId, (...args: unknown[]) => unknown>>;

/** A step as CodeLens (three texts) or a panel (one object) names it; undefined for anything else. */
export function stepArgument(
  args: readonly unknown[],
): { runId: string; stepId: string; argvHash?: string } | undefined {
  const [first, second, third] = args;
  if (typeof first === 'string' && typeof second === 'string') {
    return { runId: first, stepId: second, ...(typeof third === 'string' ? { argvHash: third } : {}) };
  }
  if (typeof first !== 'object' || first === null) return undefined;
  const { runId, stepId, argvHash } = first as Record<string, unknown>;
  if (typeof runId !== 'string' || typeof stepId !== 'string') return undefined;
  return { runId, stepId, ...(typeof argvHash === 'string' ? { argvHash } : {}) };
}

/** Loads everything about runs, and whatever a person asks for by a command, on first use, once. */
import type { Disposable } from 'vscode';
import type { IncidentCommandParts, IncidentCommands } from './incidentCommands.ts';
import type { Runs, RunsParts } from './runs.ts';

/** Commands that are loaded with the runs; those of an incident reach them through its row. */
const runCommandIds = [
  'oncall.approveStep',
  'oncall.approveTogether',
  'oncall.dryRunStep',
  'oncall.editStep',
  'oncall.skipStep',
  'oncall.undoStep',
  'oncall.checkInterrupted',
  'oncall.copyManifestChange',
  'oncall.stopRun',
  'oncall.showPlan',
  'oncall.showPlanDocument',
  'oncall.assessCommand',
  'oncall.openEvidence',
  'oncall.refreshEvidence',
  'oncall.showWhatWasSent',
  'oncall.chooseClaudeModel',
  'oncall.showAuditLog',
  'oncall.verifyAuditLog',
  'oncall.exportIncidentReport',
  'oncall.setPagerDutyToken',
  'oncall.removePagerDutyToken',
  'oncall.setAnthropicKey',
  'oncall.removeAnthropicKey',
  'oncall.switchMode',
  'oncall.switchContext',
  'oncall.chooseNotifications',
  'oncall.stopAutomation',
  'oncall.resumeAutomation',
  'oncall.resetBreaker',
  'oncall.showOutput',
  'oncall.showStatus',
  'oncall.getStarted',
  'oncall.doctor',
  'oncall.copyDoctorReport',
  'oncall.startPractice',
  'oncall.stopPractice',
  'oncall.practiceDebrief',
  'oncall.breakTestCluster',
  'oncall.cleanUpTestCluster',
] as const satisfies readonly (keyof Runs['commands'])[];
type RunCommandId = (typeof runCommandIds)[number];

/** Commands about incidents, which take rows of the tree: loaded with the rest of what a person asks for. */
const incidentCommandIds = {
  'oncall.remediateIncident': 0,
  'oncall.openIncident': 0,
  'oncall.acknowledge': 0,
  'oncall.resolveIncident': 0,
  'oncall.snoozeIncident': 0,
  'oncall.reassignIncident': 0,
  'oncall.handOver': 0,
  'oncall.addIncidentNote': 0,
  'oncall.copyIncidentLink': 0,
  'oncall.openInPagerDuty': 0,
  'oncall.openRunbook': 0,
  'oncall.filterIncidents': 0,
} satisfies Record<keyof IncidentCommands, 0>;

export class LazyRuns implements Disposable {
  readonly #parts: RunsParts;
  readonly #onRunChanged: (incidentId: string) => void;
  #loading: Promise<Runs> | undefined;
  #loaded: Runs | undefined;
  #disposed = false;

  /** @param onRunChanged told of each change of a run, with the id of its incident */
  constructor(parts: RunsParts, onRunChanged: (incidentId: string) => void) {
    this.#parts = parts;
    this.#onRunChanged = onRunChanged;
  }

  /** What is loaded; undefined while nothing has asked for it. */
  get loaded(): Runs | undefined {
    return this.#loaded;
  }

  load(): Promise<Runs> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /** A handler that loads what it needs. */
  command<Id extends keyof Runs['commands']>(id: Id): (...args: unknown[]) => Promise<unknown> {
    return async (...args) => {
      const run: (...args: never[]) => unknown = (await this.load()).commands[id];
      return (run as (...args: unknown[]) => unknown)(...args);
    };
  }

  /** The handlers of every command that needs nothing but the runs. */
  commands(): Record<RunCommandId, (...args: unknown[]) => Promise<unknown>> {
    const entries = runCommandIds.map((id) => [id, this.command(id)]);
    return Object.fromEntries(entries) as ReturnType<typeof this.commands>;
  }

  /** The handlers of the commands about incidents. */
  incidentCommands(
    parts: IncidentCommandParts,
  ): Record<keyof IncidentCommands, (...args: unknown[]) => Promise<unknown>> {
    const entries = Object.keys(incidentCommandIds).map((id) => [
      id,
      async (...args: unknown[]) =>
        (await this.load()).incidentCommands(parts)[id as keyof IncidentCommands](...args),
    ]);
    return Object.fromEntries(entries) as ReturnType<typeof this.incidentCommands>;
  }

  dispose(): void {
    this.#disposed = true;
    this.#loaded?.dispose.dispose();
  }

  async #load(): Promise<Runs> {
    const { buildRuns } = await import('./runs.ts');
    const runs = buildRuns(this.#parts);
    if (this.#disposed) runs.dispose.dispose();
    runs.desk.onDidChange((runId) => {
      const start = runs.desk.startOf(runId);
      if (start !== undefined) this.#onRunChanged(start.incidentId);
    });
    this.#loaded = runs;
    return runs;
  }
}

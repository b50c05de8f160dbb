/** What runs in this window need of an agent. */
import type { ClusterSource, SourceNow } from '../diagnosis/reopen.ts';
import type { Alert, IncidentBackground } from '../domain/incident.ts';
import type { Actor, JournalRecord } from '../domain/record.ts';
import type { Approver, RemediationResult, RunEvent, RunView, TargetChooser } from '../domain/run.ts';
import type { InterruptionFinding } from '../remediation/recovery.ts';

/** An agent as the {@link RunDesk} uses it; `OncallAgent` is one. */
export interface RunningAgent {
  handleAlert(
    alert: Alert,
    options: {
      autoRemediate: boolean;
      signal: AbortSignal;
      approve: Approver;
      onProgress: (event: RunEvent) => void;
      runId: string;
      triggeredBy?: Actor;
      chooseTarget?: TargetChooser;
      background?: IncidentBackground;
    },
  ): Promise<RemediationResult>;
  undo(
    runId: string,
    stepId: string,
    options: { signal: AbortSignal; approve: Approver; onProgress: (event: RunEvent) => void },
  ): Promise<unknown>;
  /** Looks at the cluster for what became of an interrupted step; runs nothing. */
  checkInterrupted(
    runId: string,
    stepId: string,
    options: { signal: AbortSignal },
  ): Promise<InterruptionFinding>;
  runViews(): Promise<readonly RunView[]>;
  /** Reads the source of a piece of evidence again. */
  readSource(context: string, source: ClusterSource, signal: AbortSignal): Promise<SourceNow>;
  /** Where its runs are written down. */
  readonly journal: { recordsOf(runId: string): Promise<readonly JournalRecord[]> };
}

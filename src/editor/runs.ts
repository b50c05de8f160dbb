/** Everything about runs that people see: desk, plan document, panels and their commands. Loaded with the first of them. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { runView } from '../journal/runs.ts';
import { assessInteractively } from './assess.ts';
import { AuditPanel } from './auditPanel.ts';
import { SessionAudit } from './auditSource.ts';
import { auditCommands } from './auditCommands.ts';
import { watchRuns } from './contextKeys.ts';
import { provideEvidence } from './evidenceDocument.ts';
import { linesFor } from './outputLines.ts';
import type { Output } from './output.ts';
import { PlanDecorations } from './planDocument/decorations.ts';
import { PlanDocuments } from './planDocument/document.ts';
import { PlanLenses } from './planDocument/lenses.ts';
import { PlanPanel } from './planPanel.ts';
import { remediate } from './remediate.ts';
import { runCommands } from './runCommands.ts';
import { RunDesk } from './runDesk.ts';
import type { Session } from './session.ts';
import { askName } from './typedName.ts';

export interface RunsParts {
  readonly extensionUri: vscode.Uri;
  readonly session: Session;
  readonly output: Output;
}

export type Runs = ReturnType<typeof buildRuns>;

/** Builds and wires them, for the life of the window. */
export function buildRuns({ extensionUri, session, output }: RunsParts) {
  const desk = new RunDesk({
    agent: () => session.agent,
    alertFor: (incident) => session.alertFor(incident),
    view: (records, runId, live) => runView(records, runId, { liveRuns: new Set(live ? [runId] : []) }),
    askName,
    newRunId: () => randomUUID(),
  });
  const documents = new PlanDocuments(desk);
  // A rehearsal stays one after practice has ended.
  const rehearsals = new Set<string>();
  const panel = new PlanPanel(extensionUri, desk, {
    breaker: () => session.agent.circuitBreaker(),
    mode: () => session.settings.mode,
    practice: (runId) => rehearsals.has(runId),
  });
  const source = new SessionAudit(session);
  const audit = new AuditPanel(extensionUri, source);
  const parts = { session, desk, documents, panel, output, audit };
  return {
    desk,
    commands: {
      ...runCommands(parts),
      ...auditCommands(parts),
      'oncall.remediateIncident': remediate(parts),
      'oncall.assessCommand': () => {
        assessInteractively(session, extensionUri);
      },
    },
    dispose: vscode.Disposable.from(
      desk,
      documents,
      panel,
      source,
      audit,
      new PlanLenses(documents, desk),
      new PlanDecorations(documents, desk, extensionUri),
      provideEvidence(desk),
      watchRuns(desk),
      desk.onDidChange((runId) => {
        if (session.practice.kind !== 'off') rehearsals.add(runId);
      }),
      desk.onDidStream((event) => {
        for (const line of linesFor(event)) output.write(line);
      }),
    ),
  };
}

/** Everything about runs that people see: desk, plan document, panels and their commands. Loaded with the first of them. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { runView } from '../journal/runs.ts';
import type { Alert, Incident } from '../domain/incident.ts';
import type { RunView } from '../domain/run.ts';
import { assessInteractively } from './assess.ts';
import { AuditPanel } from './auditPanel.ts';
import { SessionAudit } from './auditSource.ts';
import { auditCommands } from './auditCommands.ts';
import { breakCommands } from './breakCluster.ts';
import { watchRuns } from './contextKeys.ts';
import { watchDoubts } from './doubtNotice.ts';
import { evidenceCommands } from './evidenceCommands.ts';
import { DoctorDocument, doctorCommands } from './doctor/document.ts';
import { EvidenceDocuments } from './evidenceDocument.ts';
import { manifestCommands } from './manifestCommands.ts';
import { incidentActions } from './incidents/actions.ts';
import { linesFor } from './outputLines.ts';
import type { Output } from './output.ts';
import { PlanDecorations } from './planDocument/decorations.ts';
import { PlanDocuments } from './planDocument/document.ts';
import { PlanLenses } from './planDocument/lenses.ts';
import { linkEvidence } from './planDocument/links.ts';
import { ManifestFolds } from './planDocument/manifestFolds.ts';
import { PlanPanel } from './planPanel.ts';
import { recoveryCommands, tellOfInterrupted } from './recoveryCommands.ts';
import { Rehearsal } from './rehearsal.ts';
import { remediate } from './remediate.ts';
import { reportCommands } from './reportCommand.ts';
import { runbookCommands } from './runbookCommands.ts';
import { readRunbooks } from './runbooks.ts';
import { modelCommands } from './claudeModel.ts';
import { runCommands } from './runCommands.ts';
import { RunDesk } from './runDesk.ts';
import { SentDocuments, sentCommands } from './sentDocument.ts';
import type { Secrets } from './secrets.ts';
import type { Session } from './session.ts';
import { sessionCommands } from './sessionCommands.ts';
import { chooseTarget } from './targetPick.ts';
import { toolAnswers } from './toolAnswers.ts';
import { askName } from './typedName.ts';

export interface RunsParts {
  readonly extensionUri: vscode.Uri;
  readonly session: Session;
  readonly secrets: Secrets;
  readonly output: Output;
}

export type Runs = ReturnType<typeof buildRuns>;

/** Builds and wires them, for the life of the window. */
export function buildRuns({ extensionUri, session, secrets, output }: RunsParts) {
  // Alerts about what was broken on purpose: PagerDuty knows nothing of them.
  const ownAlerts = new Map<string, Alert>();
  const alertFor = async (incident: Incident): Promise<Alert> =>
    ownAlerts.get(incident.id) ?? session.alertFor(incident);
  const desk = new RunDesk({
    agent: () => session.agent,
    alertFor,
    view: (records, runId, live) => runView(records, runId, { liveRuns: new Set(live ? [runId] : []) }),
    askName,
    newRunId: () => randomUUID(),
    chooseTarget,
    backgroundOf: (incident) => (ownAlerts.has(incident.id) ? undefined : session.backgroundOf(incident)),
  });
  // What a run is when it is first heard of it stays, whether practice begins or ends meanwhile.
  const rehearsals = new Map<string, boolean>();
  const isRehearsal = (runId: string): boolean => {
    const known = rehearsals.get(runId) ?? session.practice.kind !== 'off';
    rehearsals.set(runId, known);
    return known;
  };
  const documents = new PlanDocuments(desk, isRehearsal);
  const evidence = new EvidenceDocuments(desk);
  const sent = new SentDocuments(desk);
  const doctor = new DoctorDocument({ session, secrets, trusted: () => vscode.workspace.isTrusted });
  const panel = new PlanPanel(extensionUri, desk, evidence, {
    breaker: () => session.agent.circuitBreaker(),
    mode: () => session.settings.mode,
    practice: isRehearsal,
    incidentIsOpen: (incidentId) => session.incidents.incidents.some(({ id }) => id === incidentId),
  });
  const source = new SessionAudit(session);
  const audit = new AuditPanel(extensionUri, source);
  const parts = { session, desk, documents, panel, output, audit };
  const script = vscode.Uri.joinPath(extensionUri, 'dist', 'practice.js').fsPath;
  const rehearsal = new Rehearsal({
    session,
    output,
    script,
    stopRuns: () => {
      desk.stopAll(session.agent);
    },
    whenIdle: (incidentId) => whenIdle(desk, incidentId),
  });
  const showRun = remediate(parts);
  return {
    desk,
    rehearsal,
    tellOfInterrupted: (runs: readonly RunView[]) => tellOfInterrupted(parts, runs),
    incidents: incidentActions(session, output),
    tools: toolAnswers(session),
    readRunbooks,
    commands: {
      ...rehearsal.commands,
      ...breakCommands({
        session,
        output,
        script,
        choose: (title) => rehearsal.choose(title, 'What breaks: the cause is yours to find'),
        remediate: async (alert) => {
          ownAlerts.set(alert.id, alert);
          await showRun(incidentOf(alert));
        },
      }),
      ...runCommands(parts),
      ...recoveryCommands(parts),
      ...auditCommands(parts),
      ...reportCommands({ session, desk, source }),
      ...evidenceCommands({ desk, evidence }),
      ...sentCommands({ desk, sent }),
      ...doctorCommands(doctor),
      ...sessionCommands({ session, secrets, output }),
      ...modelCommands(session),
      ...runbookCommands({ session, desk, alertFor }),
      ...manifestCommands(desk),
      'oncall.remediateIncident': showRun,
      'oncall.assessCommand': () => {
        assessInteractively(session, extensionUri);
      },
    },
    dispose: vscode.Disposable.from(
      rehearsal,
      desk,
      documents,
      panel,
      source,
      audit,
      new PlanLenses(documents, desk),
      new PlanDecorations(documents, desk, extensionUri),
      new ManifestFolds(),
      evidence,
      sent,
      doctor,
      linkEvidence(desk),
      watchRuns(desk),
      watchDoubts(desk),
      desk.onDidChange(isRehearsal),
      desk.onDidStream((event) => {
        const mark = isRehearsal(event.type === 'record' ? (event.record.runId ?? '') : event.runId);
        for (const { level, text } of linesFor(event)) {
          output.write({ level, text: mark ? `practice ${text}` : text });
        }
      }),
    ),
  };
}

/** Resolves once no run for an incident goes on. */
function whenIdle(desk: RunDesk, incidentId: string): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (desk.liveRuns().some((runId) => desk.startOf(runId)?.incidentId === incidentId)) return;
      changes.dispose();
      resolve();
    };
    const changes = desk.onDidChange(look);
    look();
  });
}

/** An alert that came by no incident, as the incident that it would have been. */
function incidentOf({ id, title }: Alert): Incident {
  const now = new Date().toISOString();
  return {
    id,
    title,
    status: 'triggered',
    urgency: 'high',
    createdAt: now,
    updatedAt: now,
    assignees: [],
    acknowledgedBy: [],
  };
}

/** Everything about runs that people see: desk, plan document, panels and their commands. Loaded with the first of them. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { runView } from '../journal/runs.ts';
import { appearanceOf } from '../domain/context-appearance.ts';
import type { BreakerStatus } from '../domain/decision.ts';
import type { Alert, Incident } from '../domain/incident.ts';
import type { RunView } from '../domain/run.ts';
import { assessInteractively } from './assess.ts';
import { AuditPanel } from './auditPanel.ts';
import { Automation } from './automation.ts';
import { auditExport } from './auditExportCommand.ts';
import { SessionAudit } from './auditSource.ts';
import { auditCommands } from './auditCommands.ts';
import { breakCommands } from './breakCluster.ts';
import { watchRuns } from './contextKeys.ts';
import { watchDoubts } from './doubtNotice.ts';
import { evidenceCommands } from './evidenceCommands.ts';
import { DoctorDocument, doctorCommands } from './doctor/document.ts';
import { EvidenceDocuments } from './evidenceDocument.ts';
import { FirstRun } from './firstRun.ts';
import { manifestCommands } from './manifestCommands.ts';
import { incidentCommands, type IncidentCommandParts } from './incidentCommands.ts';
import { incidentActions } from './incidents/actions.ts';
import { ExecutingItem } from './executingItem.ts';
import { Notices } from './notices.ts';
import { linesFor } from './outputLines.ts';
import { OutputLinks } from './outputLinks.ts';
import type { Output } from './output.ts';
import { commandActions } from './planDocument/codeActions.ts';
import { PlanDecorations } from './planDocument/decorations.ts';
import { PlanDiagnostics } from './planDocument/diagnostics.ts';
import { PlanDocuments } from './planDocument/document.ts';
import { EditDocuments } from './planDocument/editDocument.ts';
import { judgeFor } from './planDocument/judge.ts';
import { PlanLenses } from './planDocument/lenses.ts';
import { linkEvidence } from './planDocument/links.ts';
import { ManifestFolds } from './planDocument/manifestFolds.ts';
import { outlinePlans } from './planDocument/outline.ts';
import { planNews } from './planNews.ts';
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
import { sessionCommands, tellToLook } from './sessionCommands.ts';
import { statusCommands } from './statusPick.ts';
import { switchCommands } from './switching.ts';
import { breakerOpened, newIncidents, watchApprovals } from './tellings.ts';
import { chooseTarget } from './targetPick.ts';
import { toolAnnouncements } from './toolAnnouncements.ts';
import { toolAnswers } from './toolAnswers.ts';
import { askName } from './typedName.ts';
import { yoloAsking } from './yoloAsking.ts';
import { linkOpener } from './uriHandler.ts';

export interface RunsParts {
  readonly extensionUri: vscode.Uri;
  readonly session: Session;
  readonly secrets: Secrets;
  readonly output: Output;
  /** What outlives the window. */
  readonly memory: vscode.Memento;
}

export type Runs = ReturnType<typeof buildRuns>;

/** Builds and wires them, for the life of the window. */
export function buildRuns({ extensionUri, session, secrets, output, memory }: RunsParts) {
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
    newsOf: (view) => planNews(view, session.agent.known, new Date(), session.agent.longestStepSeconds),
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
  const judge = (runId: string) => judgeFor(desk.view(runId), session.settings);
  const edits = new EditDocuments({ desk, documents, judge });
  const evidence = new EvidenceDocuments(desk);
  const sent = new SentDocuments(desk);
  const firstRun = new FirstRun({ session, secrets });
  const doctor = new DoctorDocument({
    session,
    secrets,
    extensionUri,
    trusted: () => vscode.workspace.isTrusted,
    onClusterAnswered: () => {
      firstRun.clusterAnswered();
    },
  });
  const panel = new PlanPanel(extensionUri, desk, evidence, {
    breaker: () => session.agent.circuitBreaker(),
    mode: () => session.settings.mode,
    practice: isRehearsal,
    appearance: (context) => appearanceOf(session.settings.kubernetes.contextAppearance, context),
    incidentIsOpen: (incidentId) => session.incidents.incidents.some(({ id }) => id === incidentId),
  });
  const source = new SessionAudit(session, () => desk.liveRuns());
  const audit = new AuditPanel(extensionUri, source, auditExport(source, output));
  const parts = { session, desk, documents, edits, panel, output, audit };
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
  const notices = new Notices({ memory, output, shows: (runId) => panel.shows(runId) });
  const automation = new Automation({ session, desk, notices, output });
  const runbooks = runbookCommands({ session, desk, alertFor });
  const ofRuns = runCommands(parts);
  return {
    desk,
    rehearsal,
    tellOfInterrupted: (runs: readonly RunView[]) => tellOfInterrupted(parts, runs),
    incidentCommands: (given: IncidentCommandParts) =>
      incidentCommands({
        ...given,
        actions: incidentActions(session, output, (incidentId) => desk.stopFor(incidentId)),
        remediate: showRun,
        openRunbook: (incident) => runbooks['oncall.openRunbook'](incident),
        showPlan: (id) => ofRuns['oncall.showPlan'](id),
      }),
    tools: toolAnswers(session),
    toolAnnouncements,
    openLink: linkOpener({
      session,
      desk,
      output,
      showPlan: (runId) => {
        panel.show(runId, { preserveFocus: true });
      },
    }),
    readRunbooks,
    yolo: yoloAsking(output),
    tell: {
      newIncidents: (incidents: readonly [Incident, ...Incident[]]) => {
        notices.tell(newIncidents(incidents));
      },
      mustLook: tellToLook,
      breakerOpened: (status: BreakerStatus) => {
        notices.tell(breakerOpened(session, status));
      },
    },
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
      ...ofRuns,
      ...recoveryCommands(parts),
      ...auditCommands(parts),
      ...reportCommands({ session, desk, panel, source }),
      ...evidenceCommands({ desk, panel, evidence }),
      ...sentCommands({ desk, panel, sent }),
      ...doctorCommands(doctor),
      ...firstRun.commands,
      ...sessionCommands({ session, secrets, output }),
      ...statusCommands({ session, desk, notices }),
      ...switchCommands(session),
      ...notices.commands,
      ...modelCommands(session),
      ...runbooks,
      ...manifestCommands({ desk, panel }),
      'oncall.remediateIncident': showRun,
      'oncall.assessCommand': (...[first]: unknown[]) => {
        assessInteractively(session, extensionUri, typeof first === 'string' ? first : '');
      },
    },
    dispose: vscode.Disposable.from(
      rehearsal,
      desk,
      documents,
      panel,
      source,
      audit,
      edits,
      new PlanLenses(desk, edits),
      new PlanDecorations({ desk, edits, judge, extensionUri }),
      new PlanDiagnostics(desk, edits, judge),
      commandActions({ desk, edits, judge }),
      outlinePlans(),
      new ManifestFolds(),
      evidence,
      sent,
      doctor,
      firstRun,
      linkEvidence(desk),
      watchRuns(desk),
      watchDoubts(desk),
      automation,
      watchApprovals(desk, notices, (runId) => automation.hasStarted(runId)),
      new ExecutingItem(desk),
      new OutputLinks(desk),
      desk.onDidChange(isRehearsal),
      session.onDidChange(() => {
        panel.refresh();
      }),
      session.onDidAppend(() => {
        desk.hearOthers();
      }),
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

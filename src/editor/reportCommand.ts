/** "Oncall: Export Incident Report": what the journal holds of an incident, as a Markdown document for the post-mortem. */
import * as vscode from 'vscode';
import { explain, OncallError } from '../domain/error.ts';
import type { JournalRecord } from '../domain/record.ts';
import type { FoldOptions } from '../journal/run-fold.ts';
import { incidentReport, reportedIncidents } from '../journal/report.ts';
import type { AuditSource } from './auditPanel.ts';
import { renderReport } from './reportText.ts';
import type { Session } from './session.ts';
import { subject, type SubjectParts } from './subject.ts';
import { plain, withoutIcons } from './text.ts';
import { age } from './words.ts';

export interface ReportCommandParts extends SubjectParts {
  readonly session: Session;
  readonly source: Pick<AuditSource, 'verify' | 'practice'>;
}

export function reportCommands(parts: ReportCommandParts) {
  return {
    'oncall.exportIncidentReport': async (...args: unknown[]) => {
      const { session, desk, source } = parts;
      // What holds now holds for the whole report, also when practice ends meanwhile.
      const { agent } = session;
      const { practice } = source;
      const options: FoldOptions = { liveRuns: new Set(desk.liveRuns()) };
      const records = await agent.journal.records();
      // A row names the incident itself.
      const about =
        typeof args[0] === 'string'
          ? undefined
          : await subject(parts, args, 'known', vscode.l10n.t('nothing is reported'));
      const named = about?.kind === 'run' ? [about.runId] : args;
      const incidentId = await chooseIncident(records, options, named);
      if (incidentId === undefined) return;
      const [pagedAt, chain] = await Promise.all([
        openedAt(session, incidentId),
        source.verify().catch((error: unknown) => ({ intact: false, message: explain(error) })),
      ]);
      const report = incidentReport(records, incidentId, {
        ...options,
        ...(pagedAt === undefined ? {} : { pagedAt }),
      });
      if (report === undefined) throw noRun(incidentId);
      await show(renderReport(report, { chain, practice, now: new Date() }));
    },
  };
}

const noRun = (named: string) =>
  new OncallError(
    'run-unknown',
    `There was no run for incident ${plain(named, 60)}`,
    'Remediate the incident first: the report tells what a run found and did.',
  );

/** The incident that an argument names by its own id or by a run's; else the person picks one. */
async function chooseIncident(
  records: readonly JournalRecord[],
  options: FoldOptions,
  args: readonly unknown[],
): Promise<string | undefined> {
  const [first] = args;
  if (typeof first === 'string') {
    const named = records.find(({ incidentId, runId }) => incidentId === first || runId === first);
    if (named === undefined || named.incidentId === null) throw noRun(first);
    return named.incidentId;
  }
  const incidents = reportedIncidents(records, options);
  if (incidents.length === 0) {
    await vscode.window.showInformationMessage(
      'There was no run for any incident yet: there is nothing to report.',
    );
    return undefined;
  }
  const now = new Date();
  const chosen = await vscode.window.showQuickPick(
    incidents.map(({ incidentId, title, runs, latestAt, phase }) => ({
      label: withoutIcons(plain(title, 150)),
      description: withoutIcons(
        `${plain(incidentId, 60)} · ${phase} · ${runs} run${runs === 1 ? '' : 's'} · ${age(latestAt, now)}`,
      ),
      incidentId,
    })),
    { title: 'Report which incident?', placeHolder: 'Incidents, the latest first', matchOnDescription: true },
  );
  return chosen?.incidentId;
}

/** When PagerDuty opened the incident; undefined where it cannot be asked, which the report says. */
async function openedAt(session: Session, incidentId: string): Promise<string | undefined> {
  const listed = session.incidents.incidents.find(({ id }) => id === incidentId);
  try {
    const created = listed?.createdAt ?? (await session.pagerduty?.createdAt(incidentId));
    // What PagerDuty did not say stands at the beginning of time.
    return created === undefined || Date.parse(created) <= 0 ? undefined : created;
  } catch {
    return undefined;
  }
}

/** Opens the report unsaved, and offers to keep it. */
async function show(content: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  const save = 'Save As…';
  const preview = 'Show Preview';
  // Not awaited: the report is there, although its message is still there to be read.
  void vscode.window
    .showInformationMessage('The report is made of the journal and not saved yet.', save, preview)
    .then(async (chosen) => {
      if (chosen === undefined) return;
      await vscode.window.showTextDocument(document, { viewColumn: editor.viewColumn, preview: false });
      await vscode.commands.executeCommand(
        chosen === save ? 'workbench.action.files.saveAs' : 'markdown.showPreviewToSide',
      );
    });
}

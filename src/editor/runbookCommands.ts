/** "Open Runbook": those that fit an incident, or how to write one. */
import * as vscode from 'vscode';
import type { Alert, Incident } from '../domain/incident.ts';
import { subjectOf } from '../diagnosis/runbooks/incident.ts';
import { readRunbooks as readShelf } from '../diagnosis/runbooks/runbook.ts';
import { matching } from '../diagnosis/runbooks/runbooks.ts';
import { targetHints } from '../pagerduty/alert.ts';
import type { RunDesk } from './runDesk.ts';
import { readRunbooks, showRunbook } from './runbooks.ts';
import { runbookTemplate } from './runbookTemplate.ts';
import type { Session } from './session.ts';
import { notice, plain, withoutIcons } from './text.ts';

export interface RunbookCommandParts {
  readonly session: Session;
  readonly desk: RunDesk;
  readonly alertFor: (incident: Incident) => Promise<Alert>;
}

export function runbookCommands({ session, desk, alertFor }: RunbookCommandParts) {
  return {
    'oncall.openRunbook': async (incident: Incident): Promise<void> => {
      const [files, alert] = await Promise.all([
        readRunbooks(session.settings.runbooks),
        // Without PagerDuty there are still the incident's own words.
        alertFor(incident).catch((): Alert => ({ id: incident.id, title: incident.title })),
      ]);
      const service = alert.service ?? incident.service?.name;
      const run = desk.latestFor(incident.id);
      const target = (run === undefined ? undefined : desk.view(run)?.target) ?? targetHints(alert)[0];
      const shelf = readShelf(files);
      const subject = subjectOf(
        { title: alert.title, ...(service === undefined ? {} : { service }) },
        target,
      );
      const fitting = matching(shelf.runbooks, subject);
      if (fitting.length === 0) {
        await offerToWrite(incident, shelf.problems, service);
        return;
      }
      const chosen = await vscode.window.showQuickPick(
        fitting.map(({ runbook, why }) => ({
          label: withoutIcons(plain(runbook.title, 120)),
          description: withoutIcons(plain(why.join(', '), 200)),
          detail: withoutIcons(plain(vscode.workspace.asRelativePath(runbook.path), 200)),
          runbook,
        })),
        {
          title: `Runbooks for ${plain(incident.title, 80)}`,
          placeHolder:
            shelf.problems.length === 0
              ? 'The closest first'
              : notice(`The closest first. ${shelf.problems.length} left out: ${shelf.problems[0] ?? ''}`),
          matchOnDescription: true,
          matchOnDetail: true,
        },
      );
      if (chosen === undefined) return;
      const { path, line } = chosen.runbook;
      await showRunbook({ type: 'runbook', path, line }, { viewColumn: vscode.ViewColumn.One });
    },
  };
}

/** Says what there is to say about none, and begins one for who wants to write it. */
async function offerToWrite(
  incident: Incident,
  problems: readonly string[],
  service: string | undefined,
): Promise<void> {
  const write = 'Write One';
  const where = vscode.workspace.isTrusted
    ? 'Runbooks are Markdown files in .oncall/runbooks of the workspace, or in the folders of oncall.runbooks.'
    : 'The runbooks of this workspace are not read, because you have not trusted it; those of the folders in oncall.runbooks are.';
  const broken =
    problems.length === 0 ? '' : ` ${problems.length} could not be read: ${plain(problems[0] ?? '', 200)}`;
  const answer = await vscode.window.showInformationMessage(
    notice(`No runbook fits "${plain(incident.title, 80)}". ${where}${broken}`),
    write,
  );
  if (answer !== write) return;
  const document = await vscode.workspace.openTextDocument({
    language: 'markdown',
    content: runbookTemplate(service, incident.title),
  });
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One });
}

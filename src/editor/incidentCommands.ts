/** What can be done with an incident. */
import * as vscode from 'vscode';
import { OncallError } from '../domain/error.ts';
import type { Incident } from '../domain/incident.ts';
import type { Handlers } from './commandTable.ts';
import { browsableUrl } from './incidents/present.ts';
import type { IncidentTree } from './incidents/tree.ts';
import type { Output } from './output.ts';
import type { Session } from './session.ts';
import { plain, withoutIcons } from './text.ts';
import { age } from './words.ts';

export interface IncidentCommandParts {
  readonly session: Session;
  readonly tree: IncidentTree;
  readonly output: Output;
  /** Starts a run for an incident and shows it. */
  readonly remediate: (incident: Incident) => Promise<unknown>;
  readonly openRunbook: (incident: Incident) => Promise<unknown>;
  /** Shows the plan of an incident's newest run. */
  readonly showPlan: (incidentId: string) => Promise<unknown>;
}

export function incidentCommands(parts: IncidentCommandParts) {
  const { session, tree } = parts;
  return {
    'oncall.remediateIncident': async (...args) => {
      const incident = await chooseIncident(tree, args, 'Remediate which incident?');
      if (incident !== undefined) await parts.remediate(incident);
    },
    'oncall.openIncident': async () => {
      // A row is selected before what it opens is invoked.
      if (tree.selected !== undefined) await parts.showPlan(tree.selected.id);
    },
    'oncall.acknowledge': async (...args) => {
      const incident = await chooseIncident(tree, args, 'Acknowledge which incident?', isTriggered);
      if (incident === undefined) return;
      await vscode.window.withProgress({ location: { viewId: 'oncall.incidents' } }, () =>
        session.acknowledge(incident),
      );
      parts.output.info(`Incident ${incident.id} was acknowledged`);
    },
    'oncall.openInPagerDuty': async (...args) => {
      const incident = await chooseIncident(tree, args, 'Open which incident?');
      if (incident === undefined) return;
      const url = browsableUrl(incident.url);
      if (url === undefined) {
        throw new OncallError(
          'pagerduty-rejected',
          `Incident ${incident.id} has no web address that is safe to open`,
          'Look it up in PagerDuty by its id.',
        );
      }
      await vscode.env.openExternal(vscode.Uri.parse(url, true));
    },
    'oncall.openRunbook': async (...args) => {
      const incident = await chooseIncident(tree, args, 'Open the runbook for which incident?');
      if (incident !== undefined) await parts.openRunbook(incident);
    },
    'oncall.refresh': () => session.refresh(),
  } satisfies Partial<Handlers>;
}

const isTriggered = (incident: Incident) => incident.status === 'triggered';

/** The incident that a row names; with `selection` (a key press) the selected one; else the person picks one. */
async function chooseIncident(
  tree: IncidentTree,
  args: readonly unknown[],
  question: string,
  fits: (incident: Incident) => boolean = () => true,
): Promise<Incident | undefined> {
  const [first] = args;
  if (first === 'selection') return tree.selected;
  if (typeof first === 'string') {
    const incident = tree.incident(first);
    if (incident !== undefined) return incident;
    throw new OncallError(
      'pagerduty-rejected',
      `Incident ${plain(first, 60)} is not open any more`,
      'Refresh the list.',
    );
  }
  const now = new Date();
  const chosen = await vscode.window.showQuickPick(
    tree
      .incidents()
      .filter(fits)
      .map((incident) => ({
        label: withoutIcons(plain(incident.title, 150)),
        description: withoutIcons(
          [incident.service?.name ?? '', incident.status, age(incident.createdAt, now)]
            .filter((part) => part !== '')
            .map((part) => plain(part, 60))
            .join(' · '),
        ),
        incident,
      })),
    { title: question, placeHolder: 'Open incidents', matchOnDescription: true },
  );
  return chosen?.incident;
}

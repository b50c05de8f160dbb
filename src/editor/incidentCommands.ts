/** What can be done with an incident. Loaded on first use. */
import * as vscode from 'vscode';
import { OncallError } from '../domain/error.ts';
import type { Incident } from '../domain/incident.ts';
import type { Handlers } from './commandTable.ts';
import type { IncidentActions } from './incidents/actions.ts';
import { browsableUrl } from './incidents/present.ts';
import type { IncidentTree } from './incidents/tree.ts';
import { plain, withoutIcons } from './text.ts';
import { age } from './words.ts';

/** What is there from the start. */
export interface IncidentCommandParts {
  readonly tree: IncidentTree;
  /** Acknowledges or resolves an incident in PagerDuty, and keeps it in the journal. */
  readonly tell: (kind: 'acknowledge' | 'resolve', incident: Incident) => Promise<unknown>;
}

/** What is loaded with them. */
export interface IncidentDeeds {
  readonly actions: IncidentActions;
  /** Starts a run for an incident and shows it. */
  readonly remediate: (incident: Incident) => unknown;
  readonly openRunbook: (incident: Incident) => unknown;
  /** Shows the plan of a run, or of an incident's newest one. */
  readonly showPlan: (id: string) => unknown;
}

export type IncidentCommands = ReturnType<typeof incidentCommands>;

export function incidentCommands(parts: IncidentCommandParts & IncidentDeeds) {
  const { tree } = parts;
  return {
    'oncall.remediateIncident': async (...args) => {
      const incident = await chooseIncident(tree, args, 'Remediate which incident?');
      if (incident !== undefined) await parts.remediate(incident);
    },
    // A row is selected before what it opens is invoked.
    'oncall.openIncident': () => openSelected(parts),
    'oncall.acknowledge': async (...args) => {
      const incident = await chooseIncident(tree, args, 'Acknowledge which incident?', isTriggered);
      if (incident === undefined) return;
      await busy(() => parts.tell('acknowledge', incident));
    },
    'oncall.resolveIncident': async (...args) => {
      const incident = await chooseIncident(tree, args, 'Resolve which incident in PagerDuty?');
      if (incident === undefined) return;
      if (await parts.actions.isToBeResolved(incident)) await busy(() => parts.tell('resolve', incident));
    },
    'oncall.snoozeIncident': async (...args) => {
      const incident = await chooseIncident(tree, args, 'Snooze which incident?');
      if (incident === undefined) return;
      await parts.actions.snooze(incident, (one) => parts.tell('acknowledge', one));
    },
    'oncall.reassignIncident': async (...args) => {
      const incident = await chooseIncident(tree, args, 'Reassign which incident?');
      if (incident !== undefined) await parts.actions.reassign(incident);
    },
    'oncall.handOver': async (...args) => {
      const incident = await chooseIncident(tree, args, 'Hand over which incident?');
      if (incident !== undefined) await parts.actions.handOver(incident);
    },
    'oncall.addIncidentNote': async (...args) => {
      const incident = await chooseIncident(tree, args, 'Add a note to which incident?');
      if (incident !== undefined) await parts.actions.addNote(incident);
    },
    'oncall.copyIncidentLink': async (...args) => {
      const incident = await chooseIncident(tree, args, 'Copy the link of which incident?');
      if (incident === undefined) return;
      await vscode.env.clipboard.writeText(pageOf(incident));
      vscode.window.setStatusBarMessage('Link copied', 3000);
    },
    'oncall.openInPagerDuty': async (...args) => {
      const incident = await chooseIncident(tree, args, 'Open which incident?');
      if (incident === undefined) return;
      await vscode.env.openExternal(vscode.Uri.parse(pageOf(incident), true));
    },
    'oncall.openRunbook': async (...args) => {
      const incident = await chooseIncident(tree, args, 'Open the runbook for which incident?');
      if (incident !== undefined) await parts.openRunbook(incident);
    },
    'oncall.filterIncidents': () => parts.actions.filter(tree),
  } satisfies Partial<Handlers>;
}

/** Runs something with the bar at the top of the view. */
async function busy(work: () => Promise<unknown>): Promise<void> {
  await vscode.window.withProgress({ location: { viewId: 'oncall.incidents' } }, work);
}

/** @throws OncallError where the incident has no page that is safe to open */
function pageOf(incident: Incident): string {
  const url = browsableUrl(incident.url);
  if (url !== undefined) return url;
  throw new OncallError(
    'pagerduty-rejected',
    `Incident ${plain(incident.id, 40)} has no web address that is safe to open`,
    'Look it up in PagerDuty by its id.',
  );
}

/** Opens what the selected row stands for: an incident's plan, a run's, or a page. */
async function openSelected({ tree, showPlan }: IncidentCommandParts & IncidentDeeds): Promise<void> {
  const opens = tree.selectedOpens;
  if (opens?.kind === 'run') await showPlan(opens.runId);
  else if (opens?.kind === 'page') await vscode.env.openExternal(vscode.Uri.parse(opens.url, true));
  else if (opens?.kind === 'again') tree.readAgain();
  else if (tree.selected !== undefined) await showPlan(tree.selected.id);
}

const isTriggered = (incident: Incident) => incident.status === 'triggered';

/** The incident that a row names; with `selection` (a key press) the one that the keyboard is on; else the person picks one. */
async function chooseIncident(
  tree: IncidentTree,
  args: readonly unknown[],
  question: string,
  fits: (incident: Incident) => boolean = () => true,
): Promise<Incident | undefined> {
  const [first] = args;
  if (first === 'selection') return tree.focused();
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

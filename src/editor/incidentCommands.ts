/** What can be done with an incident. */
import * as vscode from 'vscode';
import { OncallError } from '../domain/error.ts';
import type { Incident } from '../domain/incident.ts';
import type { Handlers } from './commandTable.ts';
import type { IncidentActions } from './incidents/actions.ts';
import { browsableUrl } from './incidents/present.ts';
import { incidentsView, type IncidentTree } from './incidents/tree.ts';
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
  readonly actions: () => Promise<IncidentActions>;
  readonly openRunbook: (incident: Incident) => Promise<unknown>;
  /** Acknowledges or resolves an incident in PagerDuty, and keeps it in the journal. */
  readonly tell: (kind: 'acknowledge' | 'resolve', incident: Incident) => Promise<unknown>;
  /** Shows the plan of a run, or of an incident's newest one. */
  readonly showPlan: (id: string) => Promise<unknown>;
}

export function incidentCommands(parts: IncidentCommandParts) {
  const { session, tree } = parts;
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
      const { isToBeResolved } = await parts.actions();
      if (await isToBeResolved(incident)) await busy(() => parts.tell('resolve', incident));
    },
    'oncall.snoozeIncident': async (...args) => {
      const incident = await chooseIncident(tree, args, 'Snooze which incident?');
      if (incident === undefined) return;
      await (await parts.actions()).snooze(incident, (one) => parts.tell('acknowledge', one));
    },
    'oncall.reassignIncident': async (...args) => {
      const incident = await chooseIncident(tree, args, 'Reassign which incident?');
      if (incident !== undefined) await (await parts.actions()).reassign(incident);
    },
    'oncall.handOver': async (...args) => {
      const incident = await chooseIncident(tree, args, 'Hand over which incident?');
      if (incident !== undefined) await (await parts.actions()).handOver(incident);
    },
    'oncall.addIncidentNote': async (...args) => {
      const incident = await chooseIncident(tree, args, 'Add a note to which incident?');
      if (incident !== undefined) await (await parts.actions()).addNote(incident);
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
    'oncall.refresh': () => session.refresh(),
    'oncall.filterIncidents': async () => (await parts.actions()).filter(tree),
    'oncall.clearIncidentFilter': () => {
      tree.setFilter({});
    },
    'oncall.groupByStatus': () => tree.setGrouping('status'),
    'oncall.groupByService': () => tree.setGrouping('service'),
    'oncall.groupByUrgency': () => tree.setGrouping('urgency'),
  } satisfies Partial<Handlers>;
}

/** Handlers that go by an incident's id, so that they take rows of the tree as well. */
export function takingRows<Id extends string>(
  tree: IncidentTree,
  handlers: Readonly<Record<Id, (...args: unknown[]) => unknown>>,
): Record<Id, (...args: unknown[]) => unknown> {
  const entries = Object.entries<(...args: unknown[]) => unknown>(handlers);
  return Object.fromEntries(
    entries.map(([id, run]) => [id, (...args: unknown[]) => run(...args.map((one) => tree.idOf(one)))]),
  ) as ReturnType<typeof takingRows<Id>>;
}

/** Runs something with the bar at the top of the view. */
async function busy(work: () => Promise<unknown>): Promise<void> {
  await vscode.window.withProgress({ location: { viewId: incidentsView } }, work);
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
async function openSelected({ tree, showPlan }: IncidentCommandParts): Promise<void> {
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

/** The view "Incidents": open incidents of PagerDuty, redrawn only where they have changed. */
import * as vscode from 'vscode';
import { isOncallError } from '../../domain/error.ts';
import type { Incident } from '../../domain/incident.ts';
import type { IncidentsState, Session } from '../session.ts';
import { plain } from '../text.ts';
import { difference, inOrder, rowOf, type Row } from './present.ts';

export const incidentsView = 'oncall.incidents';
/** The context key that the view's welcome texts depend on. */
const stateKey = 'oncall.incidentsState';
const minute = 60_000;

/** What the view's welcome text is about. */
export function stateWord(state: IncidentsState): string {
  if (state.kind === 'no-token' || state.kind === 'loading') return state.kind;
  if (state.kind === 'ok') return state.incidents.length === 0 ? 'none' : 'listed';
  const code = isOncallError(state.error) ? state.error.code : undefined;
  if (code === 'pagerduty-unauthorized' || code === 'pagerduty-forbidden') return 'refused';
  if (code === 'pagerduty-rate-limited') return 'rate-limited';
  if (code === 'pagerduty-rejected' || code === 'setting-invalid') return 'rejected';
  return 'unreachable';
}

/** An element is an incident's id: its row is looked up when it is drawn. */
export class IncidentTree implements vscode.TreeDataProvider<string> {
  readonly #session: Session;
  readonly #hasRun: (incidentId: string) => boolean;
  readonly #changed = new vscode.EventEmitter<string | string[] | undefined>();
  readonly #view: vscode.TreeView<string>;
  readonly #disposables: vscode.Disposable[] = [];
  #incidents = new Map<string, Incident>();
  #rows = new Map<string, Row>();
  #loaded: (() => void) | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  /** @param hasRun whether there is a plan to show when a row is clicked */
  constructor(session: Session, hasRun: (incidentId: string) => boolean) {
    this.#session = session;
    this.#hasRun = hasRun;
    this.#view = vscode.window.createTreeView(incidentsView, { treeDataProvider: this });
    // Ages grow without a poll; rows whose text stays the same are not drawn again.
    const clock = setInterval(() => {
      this.#draw([...this.#incidents.values()]);
    }, minute);
    this.#disposables.push(
      this.#view,
      this.#changed,
      session.onDidPoll((state) => {
        this.#show(state);
      }),
      session.onDidChange(() => {
        this.#show(session.incidents);
      }),
      { dispose: () => clearInterval(clock) },
    );
    this.#show(session.incidents);
  }

  getChildren(element?: string): string[] {
    return element === undefined ? [...this.#rows.keys()] : [];
  }

  getParent(): undefined {
    return undefined;
  }

  getTreeItem(id: string): vscode.TreeItem {
    const row = this.#rows.get(id);
    if (row === undefined) return new vscode.TreeItem(id);
    const item = new vscode.TreeItem(row.label, vscode.TreeItemCollapsibleState.None);
    item.id = row.id;
    item.description = row.description;
    item.tooltip = row.tooltip;
    item.iconPath = new vscode.ThemeIcon(
      row.icon,
      row.colour === undefined ? undefined : new vscode.ThemeColor(row.colour),
    );
    item.accessibilityInformation = { label: row.spoken, role: 'treeitem' };
    item.contextValue = this.#hasRun(id) ? `${row.contextValue}.run` : row.contextValue;
    // Without arguments: the editor keeps those aside, and loses them for a moment when the row is drawn again.
    if (this.#hasRun(id)) item.command = { command: 'oncall.openIncident', title: 'Show Plan' };
    return item;
  }

  /** An open incident by its id. */
  incident(id: string): Incident | undefined {
    return this.#incidents.get(id);
  }

  /** Every open incident, in the order of the view. */
  incidents(): Incident[] {
    return [...this.#incidents.values()];
  }

  /** The incident that is selected in the view. */
  get selected(): Incident | undefined {
    const id = this.#view.selection[0];
    return id === undefined ? undefined : this.#incidents.get(id);
  }

  /** Draws one row again, because it has got a run. */
  touch(incidentId: string | undefined): void {
    if (incidentId !== undefined && this.#rows.has(incidentId)) this.#changed.fire([incidentId]);
  }

  dispose(): void {
    this.#loaded?.();
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #show(state: IncidentsState): void {
    const word = stateWord(state);
    void vscode.commands.executeCommand('setContext', stateKey, word);
    this.#busy(state.kind === 'loading');
    // What was known stays while PagerDuty cannot be reached; with a token that may not read, it must not.
    const known = word === 'refused' || state.kind === 'no-token' ? [] : inOrder(state.incidents);
    this.#draw(known);
    void vscode.commands.executeCommand('setContext', 'oncall.incidentsListed', known.length > 0);
    const practice = this.#session.practice;
    this.#view.title = practice.kind === 'off' ? 'Incidents' : 'Incidents (Practice)';
    this.#view.message = known.length === 0 ? undefined : this.#message(state, word);
    const triggered = known.filter((incident) => incident.status === 'triggered').length;
    this.#view.badge =
      triggered === 0
        ? undefined
        : { value: triggered, tooltip: `${triggered} triggered incident${triggered === 1 ? '' : 's'}` };
  }

  #message(state: IncidentsState, word: string): string | undefined {
    if (state.kind === 'error') {
      const since = new Date(state.at).toLocaleTimeString();
      const why = isOncallError(state.error) ? plain(state.error.message, 200) : word;
      return `Not current since ${since}: ${why}.`;
    }
    return this.#session.practice.kind === 'off'
      ? undefined
      : 'Practice: these incidents and their cluster are stand-ins on this machine.';
  }

  #draw(incidents: readonly Incident[]): void {
    const now = new Date();
    const rows = new Map(incidents.map((incident) => [incident.id, rowOf(incident, now)]));
    const { structure, changed } = difference(this.#rows, rows);
    this.#incidents = new Map(incidents.map((incident) => [incident.id, incident]));
    this.#rows = rows;
    if (structure) this.#changed.fire(undefined);
    else if (changed.length > 0) this.#changed.fire([...changed]);
  }

  /** The bar at the top of the view, while the first answer is awaited. */
  #busy(busy: boolean): void {
    if (!busy) {
      this.#loaded?.();
      this.#loaded = undefined;
    } else if (this.#loaded === undefined) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.#loaded = () => {
        resolve(undefined);
      };
      void vscode.window.withProgress({ location: { viewId: incidentsView } }, () => promise);
    }
  }
}

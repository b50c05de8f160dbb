/** The view "Incidents": open incidents of PagerDuty, redrawn only where they have changed. */
import * as vscode from 'vscode';
import { isOncallError } from '../../domain/error.ts';
import type { Incident } from '../../domain/incident.ts';
import type { Handlers } from '../commandTable.ts';
import type { LazyRuns } from '../lazyRuns.ts';
import type { IncidentsState, Session } from '../session.ts';
import { plain } from '../text.ts';
import { doubtOf, doubtWords, isRefused } from './current.ts';
import { IncidentDecorations } from './decorations.ts';
import { isNewer, sections, type DetailRow, type Opens, type Section } from './sections.ts';
import { DetailStore, type LoadSection } from './detailStore.ts';
import { filterWords, isFiltering, matches, type TreeFilter } from './filter.ts';
import { detailItem, groupItem, incidentItem, sectionItem } from './items.ts';
import {
  changedKeys,
  emptyListing,
  leafAt,
  listingOf,
  withMark,
  type Listing,
  type ListingOptions,
} from './listing.ts';
import { tooltipOf, type Grouping, type RunMark } from './present.ts';
import { runMarks } from './runMarks.ts';

export const incidentsView = 'oncall.incidents';
/** The context key that the view's welcome texts depend on. */
const stateKey = 'oncall.incidentsState';
const groupingKey = 'oncall.incidentGrouping';
const minute = 60_000;

/** What the view's welcome text is about. */
export function stateWord(state: IncidentsState, shown = state.incidents.length): string {
  if (state.kind === 'no-token' || state.kind === 'loading') return state.kind;
  if (state.kind === 'ok') {
    return shown > 0 ? 'listed' : state.incidents.length === 0 ? 'none' : 'filtered';
  }
  if (isRefused(state.error)) return 'refused';
  const code = isOncallError(state.error) ? state.error.code : undefined;
  // What was known of an account that cannot be reached is still filtered, and can be had back.
  if (state.incidents.length > 0 && shown === 0) return 'filtered';
  if (code === 'pagerduty-rate-limited') return 'rate-limited';
  if (code === 'pagerduty-rejected' || code === 'setting-invalid') return 'rejected';
  return 'unreachable';
}

export interface IncidentTreeParts {
  readonly session: Session;
  readonly runs: LazyRuns;
  /** Keeps the grouping for the next window. */
  readonly memory: vscode.Memento;
}

/** A part of an opened incident. */
interface Part {
  readonly parent: string;
  readonly incidentId: string;
  readonly section: Section;
  /** Undefined for the section itself. */
  readonly row?: DetailRow;
}

/** An element is a key: what it stands for is looked up when it is drawn. */
export class IncidentTree implements vscode.TreeDataProvider<string> {
  readonly #session: Session;
  readonly #markOf: (incidentId: string) => RunMark | undefined;
  readonly #memory: vscode.Memento;
  readonly #details: DetailStore;
  readonly #decorations: IncidentDecorations;
  readonly #changed = new vscode.EventEmitter<string[] | undefined>();
  readonly #view: vscode.TreeView<string>;
  readonly #disposables: vscode.Disposable[] = [];
  readonly #parts = new Map<string, Part>();
  #incidents = new Map<string, Incident>();
  #listing: Listing = emptyListing;
  #grouping: Grouping;
  #filter: TreeFilter = {};
  #loaded: (() => void) | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor({ session, runs, memory }: IncidentTreeParts) {
    this.#session = session;
    this.#markOf = runMarks(runs, session);
    this.#memory = memory;
    const kept: unknown = memory.get(groupingKey);
    this.#grouping = kept === 'service' || kept === 'urgency' ? kept : 'status';
    // Each key that is set is a call to the window, and its start waits for this: an unset one means by status, and loading.
    if (this.#grouping !== 'status')
      void vscode.commands.executeCommand('setContext', groupingKey, this.#grouping);
    this.#details = new DetailStore(
      (...wanted) => this.#load(...wanted),
      (incidentId, section) => {
        const key = this.#listing.leaves.get(incidentId)?.key;
        if (key !== undefined) this.#changed.fire([`${key}\n${section}`]);
      },
    );
    this.#decorations = new IncidentDecorations((id) => this.#listing.leaves.get(id));
    this.#view = vscode.window.createTreeView(incidentsView, {
      treeDataProvider: this,
      showCollapseAll: true,
    });
    // Ages grow without a poll; rows whose text stays the same are not drawn again.
    const clock = setInterval(() => {
      this.#show();
    }, minute);
    this.#disposables.push(
      this.#view,
      this.#changed,
      this.#decorations,
      session.onDidPoll(() => {
        this.#show();
      }),
      session.onDidChange(() => {
        this.#show();
      }),
      // Other windows have runs as well.
      session.onDidAppend(() => {
        for (const { incidentId } of session.agent.known?.incidents.recent() ?? []) this.touch(incidentId);
      }),
      { dispose: () => clearInterval(clock) },
    );
  }

  readonly commands = {
    'oncall.refresh': () => this.#session.refresh(),
    'oncall.clearIncidentFilter': () => {
      this.setFilter({});
    },
    'oncall.groupByStatus': () => this.setGrouping('status'),
    'oncall.groupByService': () => this.setGrouping('service'),
    'oncall.groupByUrgency': () => this.setGrouping('urgency'),
  } satisfies Partial<Handlers>;

  getChildren(element?: string): string[] {
    if (element === undefined) return [...this.#listing.groups.keys()];
    const group = this.#listing.groups.get(element);
    if (group !== undefined) return [...group.children];
    const leaf = leafAt(this.#listing, element);
    if (leaf !== undefined) {
      return (Object.keys(sections) as Section[]).map((section) =>
        this.#part(`${element}\n${section}`, { parent: element, incidentId: leaf.incident.id, section }),
      );
    }
    const part = this.#parts.get(element);
    if (part === undefined || part.row !== undefined) return [];
    const { incidentId, section } = part;
    return this.#details
      .rows(incidentId, section)
      .map((row, index) => this.#part(`${element}\n${index}`, { parent: element, incidentId, section, row }));
  }

  getParent(element: string): string | undefined {
    return leafAt(this.#listing, element)?.parent ?? this.#parts.get(element)?.parent;
  }

  getTreeItem(element: string): vscode.TreeItem {
    const group = this.#listing.groups.get(element);
    if (group !== undefined) return groupItem(group);
    const leaf = leafAt(this.#listing, element);
    if (leaf !== undefined) return incidentItem(leaf);
    const part = this.#parts.get(element);
    if (part === undefined) return new vscode.TreeItem('');
    return part.row === undefined ? sectionItem(element, part.section) : detailItem(element, part.row);
  }

  resolveTreeItem(item: vscode.TreeItem, element: string): vscode.TreeItem {
    const leaf = leafAt(this.#listing, element);
    if (leaf !== undefined) item.tooltip = tooltipOf(leaf.incident, leaf.row.mark);
    return item;
  }

  /** An open incident by its id, or by the key of its row or of a row below it. */
  incident(id: string): Incident | undefined {
    return this.#incidents.get(
      this.#parts.get(id)?.incidentId ?? leafAt(this.#listing, id)?.incident.id ?? id,
    );
  }

  /** What a command is given for a row, where it goes by the incident's id. */
  idOf(argument: unknown): unknown {
    return (typeof argument === 'string' ? this.incident(argument)?.id : undefined) ?? argument;
  }

  /** Whether the view is on screen. */
  get isVisible(): boolean {
    return this.#view.visible;
  }

  /** Every open incident, whatever the filter. */
  incidents(): Incident[] {
    return [...this.#incidents.values()];
  }

  /** The incident whose row, or a row below it, is selected in the view. */
  get selected(): Incident | undefined {
    const key = this.#view.selection[0];
    return key === undefined ? undefined : this.incident(key);
  }

  /**
   * The incident whose row, or a row below it, the keyboard is on, which is selected from then on. Arrow keys move the focus
   * alone, and only the editor knows where it is: what is selected may be another incident.
   */
  async focused(): Promise<Incident | undefined> {
    const before = this.#view.selection[0];
    await vscode.commands.executeCommand('list.toggleSelection');
    const key = this.#view.selection.find((one) => one !== before) ?? before;
    if (key === undefined) return undefined;
    await this.#view.reveal(key, { select: true, focus: true });
    return this.incident(key);
  }

  /** What the selected row below an incident opens. */
  get selectedOpens(): Opens | undefined {
    return this.#parts.get(this.#view.selection[0] ?? '')?.row?.opens;
  }

  /** Selects the row of an open incident. False where the filter hides it. */
  async reveal(incidentId: string): Promise<boolean> {
    const key = this.#listing.leaves.get(incidentId)?.key;
    if (key !== undefined) await this.#view.reveal(key, { select: true, focus: true });
    return key !== undefined;
  }

  /** Reads the section of the selected row again. */
  readAgain(): void {
    const part = this.#parts.get(this.#view.selection[0] ?? '');
    if (part === undefined) return;
    this.#details.expire(part.incidentId, part.section);
    this.#changed.fire([part.parent]);
  }

  get filter(): TreeFilter {
    return this.#filter;
  }

  setFilter(filter: TreeFilter): void {
    this.#filter = filter;
    void vscode.commands.executeCommand('setContext', 'oncall.incidentsFiltered', isFiltering(filter));
    this.#show();
  }

  async setGrouping(grouping: Grouping): Promise<void> {
    this.#grouping = grouping;
    await vscode.commands.executeCommand('setContext', groupingKey, grouping);
    this.#draw();
    await this.#memory.update(groupingKey, grouping);
  }

  /** Draws one row again, where its run has become something else. */
  touch(incidentId: string | undefined): void {
    if (incidentId === undefined) return;
    this.#listed(withMark(this.#listing, incidentId, this.#options()));
    if (!this.#details.opened(incidentId).some((section) => section === 'runs' || section === 'target'))
      return;
    const key = this.#listing.leaves.get(incidentId)?.key;
    for (const section of ['runs', 'target'] as const) this.#details.expire(incidentId, section);
    this.#changed.fire([`${key}\nruns`, `${key}\ntarget`].filter((one) => this.#parts.has(one)));
  }

  dispose(): void {
    this.#loaded?.();
    this.#details.keep(() => false);
    for (const disposable of this.#disposables) disposable.dispose();
  }

  readonly #load: LoadSection = async (incidentId, section, signal) => {
    const { agent } = this.#session;
    const incident = this.#incidents.get(incidentId);
    if (incident === undefined) return [];
    return this.#session.connected().details(incident, section, () => agent.runViews(), signal);
  };

  #part(key: string, part: Part): string {
    this.#parts.set(key, part);
    return key;
  }

  #show(): void {
    const state = this.#session.incidents;
    this.#busy(state.kind === 'loading');
    // What was known stays, whatever PagerDuty answers: only who signs out sees it go.
    const known = state.incidents;
    for (const incident of known) {
      const before = this.#incidents.get(incident.id);
      if (before !== undefined && isNewer(before, incident)) this.#renew(incident.id);
    }
    this.#incidents = new Map(known.map((incident) => [incident.id, incident]));
    this.#draw();
    this.#details.keep((id) => this.#incidents.has(id));
    for (const [key, { incidentId }] of this.#parts) {
      if (!this.#incidents.has(incidentId)) this.#parts.delete(key);
    }
    const shown = this.#listing.leaves.size;
    const word = stateWord(state, shown);
    void vscode.commands.executeCommand('setContext', stateKey, word);
    void vscode.commands.executeCommand('setContext', 'oncall.incidentsListed', known.length > 0);
    const practice = this.#session.practice;
    const title = practice.kind === 'off' ? 'Incidents' : 'Incidents (Practice)';
    const message = shown === 0 ? undefined : this.#message(state, word);
    // Each of them is a call to the window.
    if ((this.#view.title ?? 'Incidents') !== title) this.#view.title = title;
    if (this.#view.message !== message) this.#view.message = message;
    const triggered = known.filter((incident) => incident.status === 'triggered').length;
    // All of them, whatever the filter: it must not hide that something is on fire.
    this.#view.badge =
      triggered === 0
        ? undefined
        : {
            value: triggered,
            tooltip: `${triggered} triggered incident${triggered === 1 ? '' : 's'}${doubtOf(state) === undefined ? '' : ', not current'}`,
          };
  }

  #message(state: IncidentsState, word: string): string | undefined {
    const doubt = doubtOf(state);
    if (state.kind === 'error' && doubt !== undefined) {
      const why = isOncallError(state.error) ? plain(state.error.message, 200) : word;
      const next = doubt.refused ? ' "Oncall: Set PagerDuty Token" signs in.' : '';
      return `Not current. ${doubtWords(doubt, new Date())}: ${why}. Oncall asks again by itself.${next}`;
    }
    // Not the view's description: the editor leaves that out where a container has one view.
    if (isFiltering(this.#filter)) {
      const { leaves } = this.#listing;
      return vscode.l10n.t(
        'Filter: {0} ({1} of {2}).',
        filterWords(this.#filter),
        leaves.size,
        this.#incidents.size,
      );
    }
    return this.#session.practice.kind === 'off'
      ? undefined
      : 'Practice: these incidents and their cluster are stand-ins on this machine.';
  }

  #options(): ListingOptions {
    return { grouping: this.#grouping, now: new Date(), markOf: this.#markOf };
  }

  #draw(): void {
    const all = [...this.#incidents.values()];
    const wanted = isFiltering(this.#filter) ? all.filter((one) => matches(this.#filter, one)) : all;
    this.#listed(listingOf(wanted, this.#options(), this.#listing));
  }

  /** Takes up a listing and draws what differs from the one before. */
  #listed(listing: Listing): void {
    const before = this.#listing;
    const selected = this.#view.visible ? this.#view.selection[0] : undefined;
    const moved = selected === undefined ? undefined : leafAt(before, selected);
    this.#listing = listing;
    const changed = changedKeys(before, listing);
    if (changed === undefined) this.#changed.fire(undefined);
    else if (changed.length > 0) this.#changed.fire([...changed]);
    this.#decorations.refresh(decorated(before, listing));
    // Whoever acknowledges by keyboard stays on the incident, although its row moves to another group.
    const key = moved === undefined ? undefined : listing.leaves.get(moved.incident.id)?.key;
    if (key !== undefined && key !== selected) this.#stayOn(key);
  }

  /** Selects a row that has just come. The editor knows nothing of it until it has asked for the group anew. */
  #stayOn(key: string, attempts = 20): void {
    this.#view.reveal(key, { select: true, focus: false }).then(undefined, () => {
      const isListed = (one: string) => leafAt(this.#listing, one) !== undefined;
      if (attempts === 0 || !isListed(key) || this.#view.selection.some(isListed)) return;
      setTimeout(() => {
        this.#stayOn(key, attempts - 1);
      }, 100);
    });
  }

  /** Reads what is open of an incident anew, because something has happened to it. */
  #renew(incidentId: string): void {
    const key = this.#listing.leaves.get(incidentId)?.key;
    const opened = this.#details.opened(incidentId);
    if (key === undefined || opened.length === 0) return;
    this.#details.expire(incidentId);
    this.#changed.fire(opened.map((section) => `${key}\n${section}`).filter((one) => this.#parts.has(one)));
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

/** The incidents that are marked in another way than before. */
function decorated(before: Listing, after: Listing): string[] {
  return [...after.leaves.values()].flatMap(({ incident, row }) => {
    const was = before.leaves.get(incident.id);
    // What comes back may have changed while it was not listed.
    if (was === undefined) return before.leaves.size === 0 ? [] : [incident.id];
    return was.incident.status === incident.status && was.row.mark?.badge === row.mark?.badge
      ? []
      : [incident.id];
  });
}

/** What an incident's row holds when it is opened, and how each part says that it loads, is empty or could not be read. */
import { explain } from '../../domain/error.ts';
import type { Incident } from '../../domain/incident.ts';
import { plain } from '../text.ts';

export type Section = 'target' | 'alerts' | 'notes' | 'past' | 'runs';

interface SectionWords {
  readonly label: string;
  readonly icon: string;
  /** Shown where there is nothing. */
  readonly empty: string;
}

export const sections: Readonly<Record<Section, SectionWords>> = {
  target: { label: 'Target', icon: 'target', empty: 'The alert names no object; a run looks for it' },
  alerts: { label: 'Alerts', icon: 'bell', empty: 'No alerts' },
  notes: { label: 'Notes', icon: 'note', empty: 'No notes' },
  past: { label: 'Past Incidents', icon: 'history', empty: 'None like this one is known' },
  runs: { label: 'Runs', icon: 'run-all', empty: 'No runs yet' },
};

/** What choosing a row does. */
export type Opens =
  | { readonly kind: 'run'; readonly runId: string }
  | { readonly kind: 'page'; readonly url: string }
  | { readonly kind: 'again' };

/** A row below a section. All texts are plain. */
export interface DetailRow {
  readonly label: string;
  /** The label whole, for screen readers, where it is shortened. */
  readonly spoken?: string;
  readonly description?: string;
  readonly tooltip?: string;
  readonly icon: string;
  readonly opens?: Opens;
}

export const loadingRow: DetailRow = { label: 'Loading…', icon: 'loading~spin' };

export function emptyRow(section: Section): DetailRow {
  return { label: sections[section].empty, icon: 'dash' };
}

/** What went wrong, in words; choosing the row tries again. */
export function errorRow(error: unknown): DetailRow {
  const words = plain(explain(error), 300);
  return {
    label: 'Try Again',
    description: words,
    tooltip: words,
    icon: 'warning',
    opens: { kind: 'again' },
  };
}

/** Whether anything of an incident changed that its sections may show. */
export function isNewer(before: Incident, after: Incident): boolean {
  return before.updatedAt !== after.updatedAt || before.status !== after.status;
}

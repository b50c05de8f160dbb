/** What was asked about opened incidents: nothing before a row is opened, each thing once until the incident changes. */
import { emptyRow, errorRow, loadingRow, type DetailRow, type Section } from './sections.ts';

/** Reads what a section shows. */
export type LoadSection = (
  incidentId: string,
  section: Section,
  signal: AbortSignal,
) => Promise<readonly DetailRow[]>;

interface Loaded {
  rows: readonly DetailRow[];
  /** Set while it is being read. */
  reading?: AbortController;
  /** What was read does not hold any more: it is shown until it is read anew. */
  stale: boolean;
}

export class DetailStore {
  readonly #load: LoadSection;
  readonly #onRead: (incidentId: string, section: Section) => void;
  readonly #sections = new Map<string, Map<Section, Loaded>>();

  /** @param onRead told when a section has other rows than before */
  constructor(load: LoadSection, onRead: (incidentId: string, section: Section) => void) {
    this.#load = load;
    this.#onRead = onRead;
  }

  /** The rows of a section: while they are read for the first time, one that says so. */
  rows(incidentId: string, section: Section): readonly DetailRow[] {
    const known = this.#sections.get(incidentId)?.get(section);
    if (known !== undefined && (!known.stale || known.reading !== undefined)) return known.rows;
    const loaded: Loaded = known ?? { rows: [loadingRow], stale: true };
    this.#of(incidentId).set(section, loaded);
    void this.#read(incidentId, section, loaded);
    return loaded.rows;
  }

  /** The sections of an incident that were opened. */
  opened(incidentId: string): Section[] {
    return [...(this.#sections.get(incidentId)?.keys() ?? [])];
  }

  /** Reads a section anew when it is looked at next; all of an incident's where none is named. */
  expire(incidentId: string, section?: Section): void {
    const opened = this.#sections.get(incidentId);
    if (opened === undefined) return;
    for (const one of section === undefined ? opened.values() : [opened.get(section)]) {
      if (one === undefined) continue;
      one.reading?.abort();
      delete one.reading;
      one.stale = true;
    }
  }

  /** Forgets incidents that are listed no more. */
  keep(isListed: (incidentId: string) => boolean): void {
    for (const [incidentId, opened] of this.#sections) {
      if (isListed(incidentId)) continue;
      for (const { reading } of opened.values()) reading?.abort();
      this.#sections.delete(incidentId);
    }
  }

  #of(incidentId: string): Map<Section, Loaded> {
    const opened = this.#sections.get(incidentId) ?? new Map<Section, Loaded>();
    this.#sections.set(incidentId, opened);
    return opened;
  }

  async #read(incidentId: string, section: Section, loaded: Loaded): Promise<void> {
    const reading = new AbortController();
    loaded.reading = reading;
    let rows: readonly DetailRow[];
    try {
      rows = await this.#load(incidentId, section, reading.signal);
      if (rows.length === 0) rows = [emptyRow(section)];
    } catch (error) {
      rows = [errorRow(error)];
    }
    if (loaded.reading !== reading) return;
    delete loaded.reading;
    loaded.stale = false;
    loaded.rows = rows;
    this.#onRead(incidentId, section);
  }
}

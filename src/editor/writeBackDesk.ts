/** Decides what PagerDuty is told about the runs of one agent, and lets it be sent. Loaded with the connection to PagerDuty. */
import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import type { OncallAgent } from '../agent.ts';
import { OncallError } from '../domain/error.ts';
import type { Incident } from '../domain/incident.ts';
import type { Actor, JournalRecord, NewRecord } from '../domain/record.ts';
import type { WriteBack, WriteBackKind } from '../domain/write-back.ts';
import { OutboxReader } from '../journal/outbox-reader.ts';
import { WriteBackSender, type Outbox, type WritableClient } from '../pagerduty/write-back.ts';
import type { OutputLine } from './outputLines.ts';
import type { Settings } from './settings.ts';
import { plain } from './text.ts';
import { writeBackLine } from './writeBackLines.ts';

export interface WriteBackParts {
  /** The agent whose runs it is about, and the folder of its journal. */
  readonly agent: Pick<OncallAgent, 'journal' | 'open' | 'runViews'>;
  readonly directory: string;
  /** The name under which this window wants and takes things. */
  readonly window: string;
  readonly settings: () => Pick<Settings['pagerduty'], 'writeNotes' | 'resolveAutomatically'>;
  /** The open incidents, as they are shown. */
  readonly incidents: () => readonly Incident[];
  /** Whether PagerDuty answers at all, as far as is known. */
  readonly answers: () => boolean;
  readonly write: (line: OutputLine) => void;
  /** Told of what went wrong before anything could be sent. */
  readonly onFailed: (error: unknown) => void;
  /** Told after an incident's status has changed. */
  readonly onChanged: () => void;
  /** Told of an incident that a run has verified to be over, where a person is to decide. */
  readonly offerResolve: (incident: Incident, runId: string) => void;
}

const system: Actor = { type: 'system', name: 'oncall-agent' };

/** No run waits for any of this: that PagerDuty is down, or the journal full, holds up no remediation. */
export class WriteBackDesk {
  readonly #address: string;
  readonly #parts: WriteBackParts;
  readonly #reader: OutboxReader;
  readonly #sender: WriteBackSender;
  readonly #deaf: () => void;

  constructor(client: WritableClient, parts: WriteBackParts) {
    this.#address = client.address;
    this.#parts = parts;
    this.#reader = new OutboxReader(parts.directory);
    this.#sender = new WriteBackSender(client, this.#outbox(), {
      window: parts.window,
      forbidden: (one) => this.#forbidden(one),
      answers: parts.answers,
      log: (level, message) => {
        parts.write({ level, text: plain(message, 2000) });
      },
      onWritten: ({ kind }) => {
        if (kind !== 'note') parts.onChanged();
      },
    });
    this.#deaf = parts.agent.journal.onAppend((record) => {
      this.#hear(record).catch(parts.onFailed);
    });
    this.#sender.start();
  }

  /** Ends what is under way. What is not sent stays in the journal. */
  stop(): void {
    this.#deaf();
    this.#sender.stop();
  }

  /** Sends what there is to send now; never rejects. */
  wake(): Promise<void> {
    return this.#sender.wake();
  }

  /**
   * Acknowledges or resolves an incident, in the name of the user; the journal has it before PagerDuty is told.
   * @returns `later` where PagerDuty does not take it now
   * @throws OncallError `pagerduty-rejected` where it never will
   */
  async tell(kind: 'acknowledge' | 'resolve', incident: Incident): Promise<'done' | 'later'> {
    const id = `${kind}/${incident.id}/${randomBytes(6).toString('hex')}`;
    const by: Actor = { type: 'user', name: userInfo().username };
    await this.#want(id, kind, { runId: null, incidentId: incident.id, by });
    await this.wake();
    const done = (await this.#reader.read()).find((one) => one.id === id)?.done;
    if (done?.outcome !== 'given-up') return done === undefined ? 'later' : 'done';
    throw new OncallError(
      'pagerduty-rejected',
      `Incident ${incident.id} was not ${kind}d: ${done.message}`,
      'Look at it in PagerDuty.',
    );
  }

  #outbox(): Outbox {
    const { agent, window } = this.#parts;
    return {
      read: () => this.#reader.read(),
      take: async ({ id, runId, incidentId }) => {
        await this.#append({
          runId,
          incidentId,
          actor: system,
          type: 'WriteBackTaken',
          data: { id, window },
        });
      },
      finish: async ({ id, kind, runId, incidentId }, outcome, message, text) => {
        const data = { id, kind, outcome, message, ...(text === undefined ? {} : { text }) };
        await this.#append({ runId, incidentId, actor: system, type: 'WriteBackDone', data });
      },
      run: async (runId) => (await agent.runViews()).find((view) => view.runId === runId),
    };
  }

  async #append(record: NewRecord): Promise<void> {
    await this.#parts.agent.open();
    await this.#parts.agent.journal.append(record);
  }

  /** What a person asked for is sent in any case. */
  #forbidden({ kind, by }: WriteBack): string | undefined {
    const { writeNotes, resolveAutomatically } = this.#parts.settings();
    if (by.type === 'user') return undefined;
    if (kind === 'resolve') {
      return resolveAutomatically ? undefined : 'oncall.pagerduty.resolveAutomatically was turned off';
    }
    return writeNotes ? undefined : 'oncall.pagerduty.writeNotes was turned off';
  }

  async #hear(record: JournalRecord): Promise<void> {
    switch (record.type) {
      case 'WriteBackWanted':
      case 'WriteBackTaken':
      case 'WriteBackDone':
        this.#parts.write(writeBackLine(record));
        return;
      case 'RunStarted':
        if (record.data.mode !== 'plan') await this.#begun(record);
        return;
      case 'UndoPlanned':
        return this.#goesOn(record);
      case 'RunEnded':
        if (record.data.status === 'resolved') await this.#verified(record);
        await this.wake();
        return;
      default:
    }
  }

  /** PagerDuty knows nothing of an alert that is not in its list. */
  #incidentOf({ incidentId }: JournalRecord): Incident | undefined {
    return this.#parts.incidents().find(({ id }) => id === incidentId);
  }

  async #begun(record: JournalRecord): Promise<void> {
    const incident = this.#incidentOf(record);
    const { runId } = record;
    if (incident === undefined || runId === null || !this.#parts.settings().writeNotes) return;
    const of = { runId, incidentId: incident.id, by: system };
    if (incident.status === 'triggered') await this.#want(`${runId}/acknowledge`, 'acknowledge', of);
    // Wanted now, so that it is not forgotten should the window never see the end of the run.
    await this.#want(`${runId}/note/1`, 'note', of);
    await this.wake();
  }

  /** A run whose note is written goes on with an undo: that deserves a note of its own. */
  async #goesOn({ runId, incidentId }: JournalRecord): Promise<void> {
    if (runId === null || incidentId === null || !this.#parts.settings().writeNotes) return;
    const notes = (await this.#reader.read()).filter((one) => one.runId === runId && one.kind === 'note');
    if (notes.length === 0 || notes.some(({ done }) => done === undefined)) return;
    await this.#want(`${runId}/note/${notes.length + 1}`, 'note', { runId, incidentId, by: system });
  }

  async #verified(record: JournalRecord): Promise<void> {
    const incident = this.#incidentOf(record);
    const { runId } = record;
    if (incident === undefined || runId === null) return;
    const { writeNotes, resolveAutomatically } = this.#parts.settings();
    if (resolveAutomatically) {
      await this.#want(`${runId}/resolve`, 'resolve', { runId, incidentId: incident.id, by: system });
    } else if (writeNotes) this.#parts.offerResolve(incident, runId);
  }

  async #want(
    id: string,
    kind: WriteBackKind,
    of: { readonly runId: string | null; readonly incidentId: string; readonly by: Actor },
  ): Promise<void> {
    const { runId, incidentId, by } = of;
    await this.#append({
      runId,
      incidentId,
      actor: by,
      type: 'WriteBackWanted',
      data: { id, kind, to: this.#address, window: this.#parts.window },
    });
  }
}

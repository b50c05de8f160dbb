/** The audit log of the journal that holds now, for the panel. */
import * as vscode from 'vscode';
import type { AuditFilter } from '../domain/audit-log.ts';
import type { ChainStatus } from '../ipc/audit.ts';
import type { ReliabilityReport } from '../domain/reliability.ts';
import { AuditReading, type AuditReadingOptions } from '../journal/audit-reading.ts';
import { verifyJournal, type VerifyOptions } from '../journal/chain.ts';
import { reliability } from '../journal/reliability.ts';
import type { AuditSource } from './auditPanel.ts';
import type { Session } from './session.ts';
import { leftOutWords } from '../domain/left-out.ts';
import { plain } from './text.ts';

export class SessionAudit implements AuditSource {
  readonly #session: Session;
  readonly #liveRuns: () => readonly string[];
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];

  readonly onDidChange = this.#changed.event;

  /** @param liveRuns the runs that go on in this window */
  constructor(session: Session, liveRuns: () => readonly string[]) {
    this.#session = session;
    this.#liveRuns = liveRuns;
    const changed = () => {
      this.#changed.fire();
    };
    this.#subscriptions = [session.onDidAppend(changed), session.onDidChange(changed), this.#changed];
  }

  get practice(): boolean {
    return this.#session.practice.kind !== 'off';
  }

  get directory(): string {
    return this.#session.journalDirectory;
  }

  begin(filter: AuditFilter, onRun?: AuditReadingOptions['onRun']): Promise<AuditReading> {
    const liveRuns = new Set(this.#liveRuns());
    return AuditReading.begin(this.directory, {
      filter,
      liveRuns,
      ...(onRun === undefined ? {} : { onRun }),
    });
  }

  /** Of the journal that holds now: what rehearsals taught says nothing of the real cluster. */
  async reliability(): Promise<ReliabilityReport> {
    return reliability((await this.#session.agent.journal.history()).judgedSteps());
  }

  /** Walks the chain of every file. */
  async verify(options?: VerifyOptions): Promise<ChainStatus> {
    const { files, intact } = await verifyJournal(this.directory, options);
    const broken = files.find((file) => file.firstBroken !== undefined);
    if (broken?.firstBroken !== undefined) {
      const { line, reason } = broken.firstBroken;
      return { intact: false, message: `${plain(broken.file, 120)}, line ${line}: ${plain(reason, 300)}` };
    }
    const records = files.reduce((sum, file) => sum + file.records, 0);
    const unknown = leftOutWords(files.reduce((sum, { unknownLines }) => sum + unknownLines, 0));
    const torn = files.filter((file) => file.tornLastLine).length;
    const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
    return {
      intact,
      message: `${count(files.length, 'file')}, ${count(records, 'record')}${torn === 0 ? '' : `; ${count(torn, 'file')} with a last line that was cut off while it was written`}${unknown === undefined ? '' : `. ${unknown}`}`,
    };
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

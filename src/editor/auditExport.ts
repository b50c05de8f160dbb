/** What the audit log's filters let through, as a file: written while the journal is read, so that it may be as long as it likes. */
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import type { AuditFilter } from '../domain/audit-log.ts';
import type { ExportFormat } from '../ipc/audit.ts';
import type { AuditReading } from '../journal/audit-reading.ts';
import type { ReadProgress } from '../journal/backwards.ts';
import { auditHead, auditLine, auditTail } from './auditFormats.ts';

export interface AuditExport {
  readonly path: string;
  readonly format: ExportFormat;
  readonly filter: AuditFilter;
  readonly practice: boolean;
  readonly now: Date;
  readonly signal: AbortSignal;
  onProgress(progress: ReadProgress, lines: number): void;
}

const atATime = 500;

/**
 * Writes the file; what stood there before is replaced. Nothing is left of one that was broken off or failed.
 * @returns how many lines of the log are in it, or undefined where it was broken off
 * @throws what the file system throws
 */
export async function exportAudit(reading: AuditReading, wish: AuditExport): Promise<number | undefined> {
  const { path, format, signal } = wish;
  // Beside its place, so that a file of that name is there whole or not at all.
  const draft = `${path}.part`;
  let lines = 0;
  let whole = false;
  let file: FileHandle | undefined;
  try {
    file = await open(draft, 'w', 0o600);
    await file.write(auditHead(format, wish));
    for (;;) {
      const { rows, state, progress } = await reading.next(atATime, signal);
      if (state === 'stopped') return undefined;
      const text = rows.map((row, index) => auditLine(format, row, lines + index === 0)).join('');
      lines += rows.length;
      if (text !== '') await file.write(text);
      wish.onProgress(progress, lines);
      if (state === 'end') break;
    }
    await file.write(auditTail(format, lines));
    whole = true;
  } finally {
    await file?.close();
    await reading.close();
    if (!whole) await rm(draft, { force: true });
  }
  await rename(draft, path);
  return lines;
}

/** A journal of very many records, as the journal writes them: with a chain that holds. */
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { canonical, chainStart, sha256 } from '../../../src/journal/canonical.ts';
import { journalFileName } from '../../../src/journal/files.ts';
import { resolvedRun, step } from '../../unit/journal/records.ts';

const days = 20;
const secondMs = 1000;

/** One run of ten records: its lines without what changes from run to run. */
const records = resolvedRun(step('s1', { rationale: 'The last rollout broke it. '.repeat(4) })).map(
  (record) => {
    const data =
      record.type === 'ExecutionFinished'
        ? { ...record.data, output: 'deployment.apps/checkout rolled back\n'.repeat(8) }
        : record.data;
    return { ...record, data };
  },
);

/** @returns how many records were written, over twenty days and two windows */
export async function generateJournal(directory: string, count: number): Promise<number> {
  await mkdir(directory, { recursive: true });
  const perFile = Math.ceil(count / days / 2 / records.length);
  const templates = records.map(({ actor, data, type }) => ({
    before: `{"actor":${canonical(actor)},"data":${canonical(data)},`,
    type: canonical(type),
  }));
  let written = 0;
  for (let day = 0; day < days; day++) {
    for (const window of ['aaaaaa-1-00000001', 'aaaaaa-2-00000002']) {
      const begin = Date.UTC(2026, 9, 1 + day, window.includes('-2-') ? 12 : 0);
      const name = journalFileName(new Date(begin).toISOString().slice(0, 10), window, 1);
      const file = await open(join(directory, name), 'w', 0o600);
      let hash = chainStart(name);
      let seq = 0;
      let lines: string[] = [];
      for (let run = 0; run < perFile; run++) {
        const runId = `${window}-${day}-${run}`;
        for (const { before, type } of templates) {
          const time = new Date(
            begin + (seq * 12 * 3600 * secondMs) / (perFile * templates.length),
          ).toISOString();
          const after = `"incidentId":"Q${day}${run}","prev":"${hash}","runId":"${runId}","seq":${++seq},"time":"${time}","type":${type}}`;
          hash = sha256(before + after);
          lines.push(`${before}"hash":"${hash}",${after}\n`);
        }
        if (lines.length < 5000) continue;
        await file.write(lines.join(''));
        lines = [];
      }
      await file.write(lines.join(''));
      await file.close();
      written += seq;
    }
  }
  return written;
}

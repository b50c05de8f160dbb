/**
 * `npm run soak [-- --incidents N]`: lets N incidents, 200 by default, go through the product in YOLO mode on the practice
 * cluster. Writes RESULTS.md for 200 or more. Exit code 1 where a run got stuck, did harm, ran a command twice or called
 * resolved what is not, or where memory grew.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { root } from '../support/paths.ts';
import { mustRun } from '../support/processes.ts';
import { growth, page } from './results.ts';
import { soak } from './soak.ts';

const whole = 200;
const { values } = parseArgs({ options: { incidents: { type: 'string', default: String(whole) } } });
const count = Number(values.incidents);
if (!Number.isInteger(count) || count < 1) {
  console.error(`--incidents takes a number, not ${values.incidents}`);
  process.exit(2);
}
await mustRun(process.execPath, ['esbuild.mjs'], { cwd: root, timeoutMs: 300_000 });
const began = Date.now();
const soaked = await soak(count, (line) => console.log(line));
const text = page(soaked, (Date.now() - began) / 60_000);
console.log(`\n${text}`);
if (count >= whole) {
  const options = { ...(await resolveConfig(import.meta.filename)), parser: 'markdown' };
  await writeFile(join(import.meta.dirname, 'RESULTS.md'), await format(text, options));
}
process.exit(soaked.faults.length > 0 || growth(soaked).grows ? 1 : 0);

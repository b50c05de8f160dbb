/**
 * `npm run bench [-- NAME ...]`: measures everything that has a goal; NAME is a file of this folder without its ending.
 * Every other file here exports `row(): Promise<{ name, value, goal, met }>`. Exit code 1 when a goal is missed.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../support/paths.ts';
import { mustRun } from '../support/processes.ts';

const all = (await readdir(import.meta.dirname))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3));
const chosen = process.argv.length > 2 ? process.argv.slice(2) : all;
const unknown = chosen.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${all.join(', ')}`);
  process.exit(2);
}

await mustRun(process.execPath, ['esbuild.mjs', '--production'], { cwd: root, timeoutMs: 300_000 });

let missed = 0;
for (const name of chosen) {
  const { row } = await import(join(import.meta.dirname, `${name}.ts`));
  const result = await row();
  if (!result.met) missed += 1;
  console.log(`${result.met ? 'met   ' : 'MISSED'}  ${result.name}: ${result.value} (goal ${result.goal})`);
}
process.exit(missed > 0 ? 1 : 0);

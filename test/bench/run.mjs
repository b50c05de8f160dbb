/**
 * `npm run bench [-- NAME ...]`: measures everything that has a goal; NAME is a file of this folder without its ending.
 * Every other file here exports `rows(): Promise<Measured[]>`. Writes RESULTS.md when all were measured. Exit code 1 when a goal is missed.
 */
import { readdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
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

const results = [];
for (const name of chosen) {
  const { rows } = await import(join(import.meta.dirname, `${name}.ts`));
  for (const result of await rows()) {
    results.push(result);
    console.log(`${result.met ? 'met   ' : 'MISSED'}  ${result.name}: ${result.value} (goal ${result.goal})`);
  }
}
if (chosen.length === all.length) {
  const lines = results.map(
    ({ name, value, goal, met }) => `| ${name} | ${value} | ${goal} | ${met ? 'met' : 'missed'} |`,
  );
  const text = [
    '# Measured',
    '',
    `By \`npm run bench\` on ${cpus().length} cores. Ratios and times of one run each; the goals are those of the design.`,
    '',
    '| what | measured | goal | |',
    '| --- | --- | --- | --- |',
    ...lines,
    '',
  ];
  const options = { ...(await resolveConfig(import.meta.filename)), parser: 'markdown' };
  await writeFile(join(import.meta.dirname, 'RESULTS.md'), await format(text.join('\n'), options));
}
process.exit(results.every(({ met }) => met) ? 0 : 1);

/**
 * `npm run scenarios [-- --on practice|real] [--only NAME,NAME] [--modes plan,approval,yolo] [--proof]`: plays the catalogue on
 * the practice cluster and on a real Kubernetes and prints what the built-in diagnosis makes of it. A plan run comes with the
 * proof of the scenario itself; `--proof` leaves the product out. Writes RESULTS.md when everything was played.
 * Exit code 1 when a proof does not hold, or the product does harm, says resolved of what is not, or runs anything in plan mode.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { scenarios } from '../../src/practice/scenarios/scenarios.ts';
import { whyNoKubernetes } from '../support/kubernetes/kubernetes.ts';
import { root } from '../support/paths.ts';
import { mustRun } from '../support/processes.ts';
import { groundNames, openGround } from './ground.ts';
import { playCatalogue } from './catalogue.ts';
import { page, remarks, summary, table, lineOf } from './results.ts';

const modes = ['plan', 'approval', 'yolo'];
const names = scenarios.map(({ name }) => name);

/** The words of an option, each one of `known`; all of them where it is not given. */
function chosen(option, value, known) {
  const words = value?.split(',') ?? known;
  const unknown = words.filter((word) => !known.includes(word));
  if (unknown.length > 0) {
    console.error(`--${option} knows no ${unknown.join(', ')}. It knows: ${known.join(', ')}`);
    process.exit(2);
  }
  return words;
}

const text = { type: 'string' };
const { values } = parseArgs({ options: { on: text, only: text, modes: text, proof: { type: 'boolean' } } });
const grounds = chosen('on', values.on, groundNames);
const only = chosen('only', values.only, names);
const parts = values.proof ? ['proof'] : chosen('modes', values.modes, modes);
const whole =
  !values.proof && values.on === undefined && values.only === undefined && values.modes === undefined;

await mustRun(process.execPath, ['esbuild.mjs'], { cwd: root, timeoutMs: 300_000 });

const rows = [];
const notes = [];
for (const name of grounds) {
  const reason = name === 'real' ? whyNoKubernetes() : undefined;
  if (reason) {
    notes.push(`Nothing was played on ${name}: ${reason}`);
    continue;
  }
  console.log(`\n== on ${name} ==`);
  const began = Date.now();
  const ground = await openGround(name);
  try {
    const played = scenarios.filter((scenario) => only.includes(scenario.name));
    rows.push(...(await playCatalogue(played, ground, parts, (line) => console.log(line))));
  } finally {
    await ground.close();
  }
  const minutes = ((Date.now() - began) / 60_000).toFixed(1);
  notes.push(
    `${summary(rows, name)} It took ${minutes} minutes.${ground.note ? ` There, ${ground.note}.` : ''}`,
  );
}
const place = ({ scenario, ground }) => 10 * scenario.number + groundNames.indexOf(ground);
rows.sort((a, b) => place(a) - place(b));
notes.push(...remarks(rows));
console.log(`\n${table(rows.map(lineOf))}\n\n${notes.join('\n')}`);
if (whole) {
  const options = { ...(await resolveConfig(import.meta.filename)), parser: 'markdown' };
  await writeFile(join(import.meta.dirname, 'RESULTS.md'), await format(page(rows, notes), options));
}
process.exit(rows.some(({ faults }) => faults.length > 0) ? 1 : 0);

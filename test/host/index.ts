/** What VS Code calls inside its extension host: runs every `*.test.js` beside this module with mocha. */
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';
import CountingReporter from '../support/reporter.ts';

/** @throws Error when a test failed, as VS Code expects of a test module */
export async function run(): Promise<void> {
  const counts = process.env['ONCALL_TEST_COUNTS'];
  const printed = process.env['ONCALL_TEST_PRINTED'];
  if (!counts || !printed) throw new Error('ONCALL_TEST_COUNTS and ONCALL_TEST_PRINTED must name files');
  // The console of an extension host is shared with everything in it: the report gets a file of its own.
  Object.assign(Mocha.reporters.Base, {
    consoleLog: (...args: unknown[]) => appendFileSync(printed, `${format(...args)}\n`),
  });
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 60_000,
    color: false,
    reporter: CountingReporter,
    reporterOptions: { counts },
  });
  for (const file of readdirSync(__dirname, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.test.js')) mocha.addFile(join(__dirname, file));
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} failed`);
}

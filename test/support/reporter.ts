/** Mocha's spec reporter that also leaves the counts in a file, for whoever started the suite in another process. */
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import type { Counts } from './counts.ts';

const { EVENT_RUN_END, EVENT_TEST_FAIL } = Mocha.Runner.constants;

/** Use with `--reporter-option counts=FILE`; the file exists only once the suite has come to its end. */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const reporterOptions: Record<string, string> = options.reporterOptions ?? {};
    const file = reporterOptions['counts'];
    if (!file) throw new Error('The counting reporter needs --reporter-option counts=FILE');
    const failures: string[] = [];
    runner.on(EVENT_TEST_FAIL, (test: Mocha.Test, error: Error) => {
      failures.push(`${test.fullTitle()}\n  ${error.message.slice(0, 1000).replaceAll('\n', '\n  ')}`);
    });
    runner.once(EVENT_RUN_END, () => {
      const counts: Counts = {
        passed: this.stats.passes,
        failed: this.stats.failures,
        skipped: this.stats.pending,
        failures,
      };
      writeFileSync(file, JSON.stringify(counts));
    });
  }
}

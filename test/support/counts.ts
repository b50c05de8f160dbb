/** What a suite reports, and the lines that say so. */
import * as z from 'zod/mini';

const count = z.int().check(z.minimum(0));
export const countsSchema = z.object({
  passed: count,
  failed: count,
  skipped: count,
  /** What failed: name and message, to be said once more at the end of a long output. */
  failures: z.array(z.string()),
});
export type Counts = z.infer<typeof countsSchema>;

export const none: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] };

export function add(a: Counts, b: Counts): Counts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    failures: [...a.failures, ...b.failures],
  };
}

/** `12 passed, 0 failed, 1 skipped`: the form that continuous integration reads. */
export function sumLine(counts: Counts): string {
  return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
}

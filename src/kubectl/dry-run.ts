/** The rehearsal of a command. */
import { assessCommand } from './assess.ts';
import type { AssessOptions } from './assess.ts';
import { verbs } from './verbs.ts';

/**
 * The same command as a dry run on the server.
 * @returns undefined where the verb has no dry run, where the command changes nothing anyway, and where it is rejected
 */
export function withDryRun(
  argv: readonly string[],
  options: AssessOptions = {},
): readonly string[] | undefined {
  const assessment = assessCommand(argv, options);
  if (assessment.rejected || !assessment.mutates) return undefined;
  if (verbs.get(assessment.commandType)?.flags.has('dry-run') !== true) return undefined;
  const dashes = argv.indexOf('--');
  const end = dashes < 0 ? argv.length : dashes;
  const rehearsal = [...argv.slice(0, end), '--dry-run=server', ...argv.slice(end)];
  const rehearsed = assessCommand(rehearsal, options);
  return rehearsed.rejected || rehearsed.mutates ? undefined : rehearsal;
}

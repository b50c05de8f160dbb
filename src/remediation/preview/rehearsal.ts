/** With which commands a step is rehearsed: the same as a dry run, or where kubectl has none, one that asks for the same. Pure. */
import { parseCommand } from '../../kubectl/grammar.ts';
import { withDryRun } from '../../kubectl/dry-run.ts';
import type { AssessOptions } from '../../kubectl/assess.ts';
import type { RiskAssessment } from '../../domain/risk.ts';

/** What to run in the place of a command. */
export type RehearsalPlan =
  | {
      readonly possible: true;
      readonly commands: readonly (readonly string[])[];
      /** Whether kubectl prints the objects as they would be; otherwise that is worked out from the words. */
      readonly prints: boolean;
    }
  | { readonly possible: false; readonly reason: string };

/** Stands where the time of a restart will stand: what is shown must not change by itself. */
const whenRestarted = 'when it runs';

/** kubectl prints these objects as they were before, or says only that they would change. */
const printsNoResult = new Set(['delete', 'scale', 'rollout undo', 'cordon', 'uncordon']);

/** What kubectl itself sends for the verbs that it has no dry run of (`pkg/cmd/rollout` of kubectl). */
export const rolloutPatches: Readonly<Record<string, object>> = {
  'rollout restart': {
    spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': whenRestarted } } } },
  },
  'rollout pause': { spec: { paused: true } },
  'rollout resume': { spec: { paused: null } },
};

/**
 * @param risk what was said about the command; it is not rejected, and it changes something
 */
export function rehearsalOf(risk: RiskAssessment, options: AssessOptions): RehearsalPlan {
  const { argv, commandType } = risk;
  const patch = rolloutPatches[commandType];
  if (patch !== undefined) return patched(risk, patch, options);
  if (commandType === 'drain') return drained(risk, options);
  const parsed = parseCommand(argv);
  const prints = !printsNoResult.has(commandType) && parsed.ok && parsed.command.verb.flags.has('output');
  const command = withDryRun(prints ? withWords(argv, ['-o', 'json']) : argv, options);
  return command === undefined
    ? { possible: false, reason: `kubectl ${commandType} has no dry run` }
    : { possible: true, commands: [command], prints };
}

/** Words at the end of the flags: the last of repeated flags counts. */
function withWords(argv: readonly string[], words: readonly string[]): string[] {
  const dashes = argv.indexOf('--');
  const end = dashes < 0 ? argv.length : dashes;
  return [...argv.slice(0, end), ...words, ...argv.slice(end)];
}

function patched(
  { targets, commandType }: RiskAssessment,
  patch: object,
  options: AssessOptions,
): RehearsalPlan {
  if (targets.length === 0 || targets.some(({ name }) => name === '*')) {
    return {
      possible: false,
      reason: `kubectl ${commandType} has no dry run for objects that it does not name`,
    };
  }
  const commands = targets.map(({ kind, name, namespace }) => {
    const where = namespace === undefined ? [] : ['-n', namespace];
    const argv = ['kubectl', 'patch', `${kind.toLowerCase()}/${name}`, ...where];
    return withDryRun([...argv, '--patch', JSON.stringify(patch), '-o', 'json'], options);
  });
  const known = commands.filter((command) => command !== undefined);
  return known.length === commands.length
    ? { possible: true, commands: known, prints: true }
    : { possible: false, reason: `kubectl ${commandType} has no dry run` };
}

/** Evicting in a dry run waits for budgets like evicting itself: what goes is counted instead, and the nodes are rehearsed. */
function drained({ targets }: RiskAssessment, options: AssessOptions): RehearsalPlan {
  const nodes = targets.filter(({ kind, name }) => kind === 'Node' && name !== '*').map(({ name }) => name);
  const command = nodes.length === 0 ? undefined : withDryRun(['kubectl', 'cordon', ...nodes], options);
  return command === undefined
    ? { possible: false, reason: 'kubectl drain has no dry run for nodes that it does not name' }
    : { possible: true, commands: [command], prints: false };
}

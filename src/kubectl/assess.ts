/** Risk assessment: the table "Command language and risk", applied to one command. */
import type { ObjectRef } from '../domain/kubernetes.ts';
import type { RiskAssessment, RiskLevel, RiskRule } from '../domain/risk.ts';
import { nameCharacter, unshowableAt } from './characters.ts';
import { parseCommand } from './grammar.ts';
import type { Command } from './grammar.ts';
import { findGrounds } from './grounds.ts';
import { selectFromManifest } from './manifest-selection.ts';
import type { ManifestReading } from './manifest.ts';
import { anyName, selectObjects } from './objects.ts';
import type { Selected } from './objects.ts';
import { applyRules } from './rules.ts';
import { sentence } from './sentence.ts';
import { splitWords } from './words.ts';

export interface AssessOptions {
  readonly rules?: readonly RiskRule[];
  /** Where a command without `--namespace` goes; `default` where it is not given. */
  readonly defaultNamespace?: string;
  /** The pinned context; rules may match it. */
  readonly context?: string;
  /** What `readManifest` read from the text that the command will get on standard input. */
  readonly manifest?: ManifestReading;
}

const maximumWords = 1000;
const maximumWordLength = 32_768;

/**
 * Judges one command. Total: whatever it is given, it never throws; what it does not understand is rejected.
 *
 * @param command an argv array whose first word is `kubectl`, or text that is exactly one plain simple command
 * @returns the assessment. Its targets have a namespace of `*` for all namespaces, none for cluster-scoped objects and
 *   for types whose scope we cannot know, and a name of `*` where the command leaves it open.
 */
export function assessCommand(
  command: string | readonly string[],
  options: AssessOptions = {},
): RiskAssessment {
  if (typeof command === 'string') {
    const split = splitWords(command);
    if (!split.ok) return rejected(`Not one plain command: ${split.message}.`, '', []);
    return assessWords(split.words, options);
  }
  if (!isArgv(command)) return rejected('It is no list of words.', '', []);
  const argv = [...command];
  for (const word of argv) {
    if (word.length > maximumWordLength)
      return rejected('One of its words is too long to be checked.', '', argv);
    const hidden = unshowableAt(word);
    if (hidden >= 0)
      return rejected(`A word holds ${nameCharacter(word, hidden)}, which hides what runs.`, '', argv);
  }
  return assessWords(argv, options);
}

function isArgv(command: unknown): command is readonly string[] {
  return Array.isArray(command) && command.every((word) => typeof word === 'string');
}

function assessWords(argv: readonly string[], options: AssessOptions): RiskAssessment {
  if (argv.length > maximumWords) return rejected(`It has more than ${maximumWords} words.`, '', argv);
  const parsed = parseCommand(argv);
  if (!parsed.ok) return rejected(parsed.reason, parsed.commandType, argv);
  const { command } = parsed;
  const selection = command.flags.has('filename')
    ? selectFromManifest(command, options.manifest)
    : selectObjects(command);
  if (!selection.ok) return rejected(selection.reason, command.verb.name, argv);

  const objects = selection.objects;
  const everywhere =
    command.flags.get('all-namespaces') === 'true' || command.verb.name === 'cluster-info dump';
  const namespace = everywhere
    ? '*'
    : (command.flags.get('namespace') ?? options.defaultNamespace ?? 'default');
  const grounds = findGrounds(command, objects, selection.rest, namespace);
  if (grounds.rejected !== undefined) return rejected(grounds.rejected, command.verb.name, argv);

  const level: RiskLevel = grounds.high !== undefined ? 'high' : grounds.mutates ? command.verb.risk : 'low';
  const ruled =
    options.rules === undefined || options.rules.length === 0
      ? undefined
      : rule(command, objects, namespace, level, grounds.mutates, options);
  const reason = sentence(command, objects, namespace, grounds);
  return {
    riskLevel: ruled?.riskLevel ?? level,
    commandType: command.verb.name,
    affectsAll: grounds.affectsAll,
    forbidden: grounds.forbidden || ruled?.forbidden === true,
    rejected: false,
    mutates: grounds.mutates,
    sensitive: grounds.sensitive,
    reversible:
      !grounds.mutates ||
      (command.verb.reversible && command.flags.get('force') !== 'true' && objects.every(isNamed)),
    reason: ruled?.reason === undefined ? reason : `${reason.slice(0, -1)} (${ruled.reason}).`,
    targets: targetsOf(command, objects, namespace),
    argv,
  };
}

function isNamed(object: Selected): boolean {
  return object.name !== anyName;
}

function targetsOf(command: Command, objects: readonly Selected[], namespace: string): ObjectRef[] {
  const raw = command.flags.get('raw');
  if (raw !== undefined) return [{ kind: 'raw path', name: raw }];
  return objects.map(({ type, name, namespace: own }) =>
    type.namespaced === true || own !== undefined
      ? { kind: type.kind, name, namespace: own ?? namespace }
      : { kind: type.kind, name },
  );
}

function rule(
  command: Command,
  objects: readonly Selected[],
  namespace: string,
  level: RiskLevel,
  mutates: boolean,
  options: AssessOptions,
): ReturnType<typeof applyRules> {
  const subject = {
    verb: command.verb.name,
    context: options.context,
    objects: objects.map(({ type, name, namespace: own }) => ({
      kind: type.kind,
      name,
      namespace: type.namespaced === false ? undefined : (own ?? namespace),
    })),
  };
  return applyRules(options.rules ?? [], subject, level, mutates);
}

/** The verdict on what cannot be judged: the worst of everything, and it never runs. */
function rejected(reason: string, commandType: string, argv: readonly string[]): RiskAssessment {
  return {
    riskLevel: 'high',
    commandType,
    affectsAll: false,
    forbidden: false,
    rejected: true,
    mutates: true,
    sensitive: false,
    reversible: false,
    reason,
    targets: [],
    argv,
  };
}

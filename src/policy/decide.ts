/** Whether a step may run, and who must say so: the table "Decision", first row that holds wins. */
import { defaultThresholds, modes } from '../domain/decision.ts';
import type { Decision, Mode, Situation, Thresholds } from '../domain/decision.ts';
import type { RiskAssessment } from '../domain/risk.ts';
import { percent } from '../domain/words.ts';

/**
 * Decides about one command. Total: values that make no sense decide for the stricter side.
 * @param assessment what `assessCommand` said about it
 */
export function decide(assessment: RiskAssessment, situation: Situation): Decision {
  if (assessment.rejected) return { outcome: 'refuse', reason: assessment.reason };
  const outside = namespaceOutside(assessment, situation.allowedNamespaces);
  if (outside !== undefined) return { outcome: 'refuse', reason: outside };

  if (situation.mode === 'plan') {
    return { outcome: 'preview', reason: 'oncall.mode is plan: commands are shown and nothing runs.' };
  }
  if (assessment.mutates && situation.destructiveOperations !== true) {
    return {
      outcome: 'refuse',
      reason: 'It changes the cluster, and oncall.destructiveOperations.enabled is off.',
    };
  }
  const thresholds = raisedThresholds(situation.thresholds);
  const { confidence } = situation;
  if (!(confidence >= thresholds.minimum)) {
    return {
      outcome: 'skip',
      reason: `Confidence ${percent(confidence)} is below oncall.confidence.minimum, ${percent(thresholds.minimum)}.`,
    };
  }
  if (assessment.forbidden) {
    return {
      outcome: 'ask',
      reason: 'Never automatic: approving it takes typing what it is about.',
      typeToConfirm: nameToType(assessment),
    };
  }
  if (assessment.mutates && situation.takenBackBy !== undefined) {
    return {
      outcome: 'ask',
      reason: `${situation.takenBackBy} takes back what kubectl changes of it: make the change in Git. Running the command all the same takes typing what it is about.`,
      typeToConfirm: nameToType(assessment),
    };
  }
  if (changesAccess(assessment)) {
    return { outcome: 'ask', reason: 'It changes who may do what: that is never done without a person.' };
  }
  const obstacle = obstacleToAutomation(situation) ?? (assessment.mutates ? brakeOn(situation) : undefined);
  if (obstacle !== undefined) return { outcome: 'ask', reason: obstacle };
  if ((assessment.mutates || assessment.sensitive) && situation.restsOnWritten === true) {
    return {
      outcome: 'ask',
      reason:
        'It rests on what others can write (a log, an event, an annotation, a model): a person looks first.',
    };
  }

  if (situation.mode === 'yolo') return decideYolo(assessment, confidence, thresholds);
  if (situation.mode !== 'approval') return { outcome: 'ask', reason: 'The mode is not known.' };
  if (assessment.riskLevel !== 'low' || assessment.mutates) {
    return { outcome: 'ask', reason: 'oncall.mode is approval: a person approves each change.' };
  }
  return situation.autoApproveLowRisk === true
    ? { outcome: 'execute', reason: 'It only reads, and oncall.approval.autoApproveLowRisk is on.' }
    : { outcome: 'ask', reason: 'oncall.approval.autoApproveLowRisk is off: a person approves reads too.' };
}

function decideYolo(assessment: RiskAssessment, confidence: number, thresholds: Thresholds): Decision {
  const isHigh = assessment.riskLevel !== 'low' && assessment.riskLevel !== 'medium';
  const setting = isHigh ? 'autoHigh' : 'autoLowAndMedium';
  const needed = thresholds[setting];
  const reached = confidence >= needed;
  const reason = `Confidence ${percent(confidence)} ${reached ? 'reaches' : 'is below'} the ${percent(needed)} that oncall.confidence.${setting} wants for ${assessment.riskLevel} risk.`;
  return { outcome: reached ? 'execute' : 'ask', reason };
}

/** Kinds that say who may do what, of Kubernetes and of those who serve the same under a group of their own; in lower case. */
const accessKind =
  /^(?:cluster)?role(?:binding)?s?$|^serviceaccounts?$|^(?:certificatesigningrequests?|csr)$|^securitycontextconstraints$/;
/** Commands that change as whom a workload acts, whatever object they name. */
const accessVerbs: ReadonlySet<string> = new Set(['auth reconcile', 'set subject', 'set serviceaccount']);

/** By the targets of the assessment, which has resolved every spelling of a built-in type to its kind. */
function changesAccess({ mutates, commandType, targets, argv }: RiskAssessment): boolean {
  return (
    mutates &&
    (accessVerbs.has(commandType) ||
      targets.some(({ kind }) => accessKind.test((kind.split('.')[0] ?? '').toLowerCase())) ||
      argv.some(namesAccount))
  );
}

/** Whether a word is a patch that sets as which account pods run. Read as JSON first: a key may be written with escapes. */
function namesAccount(word: string): boolean {
  if (!/^\s*[[{]/.test(word)) return false;
  try {
    return JSON.stringify(JSON.parse(word)).includes('serviceAccount');
  } catch {
    return true;
  }
}

/** @returns a sentence where a target lies outside the list */
function namespaceOutside(assessment: RiskAssessment, allowed: readonly string[]): string | undefined {
  if (allowed.length === 0) return undefined;
  for (const { kind, namespace } of assessment.targets) {
    if (namespace === undefined) {
      return `${kind} is not known to live in one namespace, and oncall.kubernetes.allowedNamespaces allows only ${allowed.join(', ')}.`;
    }
    if (!allowed.includes(namespace)) {
      const where = namespace === '*' ? 'All namespaces together are' : `Namespace ${namespace} is`;
      return `${where} outside oncall.kubernetes.allowedNamespaces.`;
    }
  }
  return undefined;
}

function obstacleToAutomation(situation: Situation): string | undefined {
  if (situation.doubt !== undefined)
    return `It is not sure that this is the right place: ${situation.doubt}.`;
  if (situation.automationStopped !== false)
    return situation.stopReason ?? 'Automation was stopped by a person.';
  if (situation.breaker !== 'closed' && situation.breaker !== 'half-open') {
    return 'The circuit breaker is open after repeated failures.';
  }
  if (!(situation.automaticActions < situation.maxActionsPerIncident)) {
    return `oncall.yolo.maxActionsPerIncident (${situation.maxActionsPerIncident}) is reached for this incident.`;
  }
  if (situation.coolingDown !== false) {
    return 'The same object was changed automatically within oncall.yolo.cooldownSeconds.';
  }
  if (situation.lockHolder !== undefined) return `${situation.lockHolder} is remediating this incident.`;
  if (situation.lockTrouble !== undefined) return situation.lockTrouble;
  if (situation.stale !== undefined) return situation.stale;
  if (situation.wouldBeRefused !== undefined) return situation.wouldBeRefused;
  if (situation.objection !== undefined) return situation.objection;
  return situation.mode === 'yolo' && situation.steppedIn === true
    ? 'A person skipped or edited a step of this plan: what is left of it waits for them too.'
    : undefined;
}

/** What holds automation back however good each single change may be: they are too many. Undefined where nothing does. */
function brakeOn(situation: Situation): string | undefined {
  const { changesThisHour, maxChangesPerHour, changesAtOnce, maxChangesAtOnce } = situation;
  if (reached(changesThisHour, maxChangesPerHour)) {
    return `oncall.yolo.maxChangesPerHour (${maxChangesPerHour}) is reached: automation has begun ${changesThisHour} changes in this context within the last hour.`;
  }
  return reached(changesAtOnce, maxChangesAtOnce)
    ? `oncall.yolo.maxChangesAtOnce (${maxChangesAtOnce}) is reached: ${changesAtOnce} changes by automation are under way.`
    : undefined;
}

/** A count without a limit, or a limit without a count, counts as reached. */
function reached(count: number | undefined, limit: number | undefined): boolean {
  if (count === undefined && limit === undefined) return false;
  return count === undefined || limit === undefined || !(count < limit);
}

/** The names, or for what has no names the kinds, so that nobody types it by habit. */
function nameToType({ targets, commandType }: RiskAssessment): string {
  const words = targets.map(({ kind, name }) => (name === '*' ? `all ${kind}` : name));
  return words.length > 0 ? [...new Set(words)].join(', ') : commandType;
}

/**
 * The mode that counts in a context: the stricter of the mode and the context's cap.
 * An entry that is no mode counts as `plan`.
 */
export function effectiveMode(
  mode: Mode,
  modeByContext: Readonly<Record<string, Mode>>,
  context: string,
): Mode {
  const cap = Object.hasOwn(modeByContext, context) ? modeByContext[context] : mode;
  const strictest = Math.min(modes.indexOf(mode), cap === undefined ? 0 : modes.indexOf(cap));
  return modes[Math.max(0, strictest)] ?? 'plan';
}

/**
 * Thresholds as a user may set them: at or above the defaults, and never easier for high risk than for less.
 * Values below a default, or that are no numbers, give the default.
 */
export function raisedThresholds(wished: Partial<Thresholds>): Thresholds {
  const minimum = raised(wished.minimum, defaultThresholds.minimum);
  const autoLowAndMedium = raised(wished.autoLowAndMedium, defaultThresholds.autoLowAndMedium);
  return {
    minimum,
    autoLowAndMedium,
    autoHigh: Math.max(raised(wished.autoHigh, defaultThresholds.autoHigh), autoLowAndMedium),
  };
}

function raised(wish: number | undefined, floor: number): number {
  return wish !== undefined && wish > floor ? wish : floor;
}

/** Custom rules of `oncall.risk.rules`. */
import { globMatches } from '../domain/glob.ts';
import { riskLevels, riskRule } from '../domain/risk.ts';
import type { RiskLevel, RiskRule } from '../domain/risk.ts';

/** A mistake in the setting. Automation must stay stopped while there is one. */
export interface RiskRuleError {
  /** Which rule, from 0; -1 where the setting is no list. */
  readonly index: number;
  readonly message: string;
}

/**
 * Checks the setting. Rules that are right come back in their order; each wrong one is an error with its index.
 * @param value whatever the settings hold; undefined means no rules
 */
export function parseRiskRules(value: unknown): { rules: RiskRule[]; errors: RiskRuleError[] } {
  if (value === undefined || value === null) return { rules: [], errors: [] };
  if (!Array.isArray(value)) {
    return { rules: [], errors: [{ index: -1, message: 'oncall.risk.rules must be a list of rules' }] };
  }
  const rules: RiskRule[] = [];
  const errors: RiskRuleError[] = [];
  value.forEach((candidate: unknown, index) => {
    const parsed = riskRule.safeParse(candidate);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const path = issue === undefined || issue.path.length === 0 ? 'the rule' : issue.path.join('.');
      const detail =
        issue?.code === 'unrecognized_keys' ? `unknown ${issue.keys.join(', ')}` : 'missing or not allowed';
      errors.push({ index, message: `rule ${index}: ${path}: ${detail}` });
    } else if (Object.values(parsed.data.match).every((glob) => glob === undefined)) {
      errors.push({ index, message: `rule ${index}: match names nothing; write "*" to match everything` });
    } else {
      rules.push(parsed.data);
    }
  });
  return { rules, errors };
}

/** What rules are matched against. */
export interface RuleSubject {
  readonly verb: string;
  readonly context: string | undefined;
  readonly objects: readonly {
    readonly kind: string;
    /** `*` where the command leaves it open. */
    readonly name: string;
    /** `*` for all; undefined for cluster-scoped objects. */
    readonly namespace: string | undefined;
  }[];
}

/** What the rules make of a level. */
export interface RuleEffect {
  readonly riskLevel: RiskLevel;
  readonly forbidden: boolean;
  /** Why, where a rule changed anything. */
  readonly reason: string | undefined;
}

/**
 * Applies the rules to a level. Every rule that matches raises by one step; all rules together lower by at most one,
 * and never to low what mutates.
 *
 * In doubt a rule is applied only where that makes things stricter: raise and forbid match when one object may match,
 * lower only when every object surely does.
 */
export function applyRules(
  rules: readonly RiskRule[],
  subject: RuleSubject,
  level: RiskLevel,
  mutates: boolean,
): RuleEffect {
  const before = riskLevels.indexOf(level);
  let raised = 0;
  let lowered = 0;
  let forbidden = false;
  let reason: string | undefined;
  rules.forEach((rule, index) => {
    if (!ruleMatches(rule, subject)) return;
    if (rule.effect === 'raise') raised++;
    else if (rule.effect === 'forbid') forbidden = true;
    else lowered = 1;
    reason ??= rule.reason ?? `rule ${index} of oncall.risk.rules ${effectVerbs[rule.effect]} it`;
  });
  if (reason === undefined) return { riskLevel: level, forbidden: false, reason };
  const floor = mutates ? 1 : 0;
  const after = Math.min(2, Math.max(floor, before + raised - lowered));
  return { riskLevel: forbidden ? 'high' : (riskLevels[after] ?? 'high'), forbidden, reason };
}

const effectVerbs = { raise: 'raises', lower: 'lowers', forbid: 'forbids' } as const;

function ruleMatches(rule: RiskRule, subject: RuleSubject): boolean {
  const { verb, kind, namespace, name, context } = rule.match;
  const strict = rule.effect === 'lower';
  const [command = ''] = subject.verb.split(' ');
  if (verb !== undefined && !globMatches(verb, subject.verb) && !globMatches(verb, command)) return false;
  if (context !== undefined) {
    if (subject.context === undefined ? strict && context !== '*' : !globMatches(context, subject.context))
      return false;
  }
  if (kind === undefined && namespace === undefined && name === undefined) return true;
  const matches = (object: RuleSubject['objects'][number]): boolean =>
    (kind === undefined || globMatches(kind.toLowerCase(), object.kind.toLowerCase())) &&
    openMatches(namespace, object.namespace ?? '', strict) &&
    openMatches(name, object.name, strict);
  return strict
    ? subject.objects.length > 0 && subject.objects.every(matches)
    : subject.objects.some(matches);
}

function openMatches(glob: string | undefined, text: string, strict: boolean): boolean {
  if (glob === undefined) return true;
  return text === '*' ? !strict || glob === '*' : globMatches(glob, text);
}

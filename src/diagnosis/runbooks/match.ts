/** Whether a runbook is for an incident, and how closely it says so. */
import { globMatches } from '../../domain/glob.ts';
import { redact } from '../../domain/redaction.ts';
import { conditionNames, type ConditionName, type Conditions } from './front-matter.ts';

/** An incident as runbooks name it. */
export interface RunbookSubject {
  /** PagerDuty's service. */
  readonly service?: string;
  /** The alert's or incident's title. */
  readonly alert: string;
  readonly namespace?: string;
  readonly kind?: string;
  readonly name?: string;
}

export interface Fit {
  /** One sentence part for each condition. */
  readonly why: readonly string[];
  /** How closely: conditions that exclude something, those without a wildcard, letters that had to be right. */
  readonly weight: readonly [number, number, number];
}

const wildcards = /[*?]/g;

/** Undefined where a condition does not fit, or speaks of something that is not known of the incident. Case does not count. */
export function fitOf(conditions: Conditions, subject: RunbookSubject): Fit | undefined {
  const fits = conditionNames.flatMap((name) => {
    const globs = conditions[name];
    return globs === undefined ? [] : [closest(name, globs, subject[name])];
  });
  if (fits.some((fit) => fit === undefined)) return undefined;
  const met = fits.filter((fit) => fit !== undefined);
  return {
    why: met.map(({ why }) => why),
    weight: [
      met.filter(({ letters }) => letters > 0).length,
      met.filter(({ exact }) => exact).length,
      met.reduce((sum, { letters }) => sum + letters, 0),
    ],
  };
}

function closest(
  name: ConditionName,
  globs: readonly string[],
  value: string | undefined,
): { why: string; exact: boolean; letters: number } | undefined {
  if (value === undefined || value === '') return undefined;
  const [best] = globs
    .filter((glob) => globMatches(glob.toLowerCase(), value.toLowerCase()))
    .map((glob) => {
      const letters = glob.replace(wildcards, '').length;
      const exact = letters === glob.length;
      return { why: `${name} ${redact(value)}${exact ? '' : ` fits "${redact(glob)}"`}`, exact, letters };
    })
    .sort((a, b) => Number(b.exact) - Number(a.exact) || b.letters - a.letters);
  return best;
}

/** The closest first. */
export function byCloseness(a: Fit, b: Fit): number {
  const [i, j, k] = a.weight;
  const [x, y, z] = b.weight;
  return x - i || y - j || z - k;
}

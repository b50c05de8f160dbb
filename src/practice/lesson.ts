/** What is said of a rehearsed incident once it is over: the truth, which nobody is told before. */
import type { Difficulty, Scenario } from './scenarios/scenario.ts';

export interface Lesson {
  /** PagerDuty's id of the incident, and its title. */
  readonly incidentId: string;
  readonly incidentTitle: string;
  /** ISO 8601: when somebody was paged, and when the monitoring tool was content again. */
  readonly firedAt: string;
  readonly endedAt?: string;
  readonly title: string;
  readonly difficulty: Difficulty;
  readonly teaches: string;
  readonly rootCause: { readonly kind: string; readonly name: string; readonly findings: readonly string[] };
  readonly fixes: readonly {
    readonly says: string;
    /** Source of a regular expression over kubectl commands that do it; absent where it is done by hand. */
    readonly command?: string;
  }[];
}

/** What is known of an incident besides its scenario. */
export type Occurrence = Pick<Lesson, 'incidentId' | 'incidentTitle' | 'firedAt' | 'endedAt'>;

export function lessonOf(
  { title, difficulty, teaches, rootCause, fixes }: Scenario,
  occurrence: Occurrence,
): Lesson {
  const { target, findings } = rootCause;
  return {
    ...occurrence,
    title,
    difficulty,
    teaches,
    rootCause: { kind: target.kind, name: target.name, findings },
    fixes: fixes.map(({ says, command }) => ({
      says,
      ...(command === undefined ? {} : { command: command.source }),
    })),
  };
}

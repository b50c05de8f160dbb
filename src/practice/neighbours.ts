/** Which scenarios get in the way of others that are played at the same time. */
import type { Scenario } from './scenarios/scenario.ts';

/** Kinds whose objects hold for everything in their namespace. */
const governing: ReadonlySet<string> = new Set(['ResourceQuota', 'LimitRange']);

/** The kind of a rule that it makes for its whole namespace; undefined where it makes none. */
export function ruleOfNamespace({ healthy, breakage, namespace }: Scenario): string | undefined {
  const made = breakage.flatMap((each) => (each.deed === 'create' ? [each.manifest(namespace)] : []));
  return [...healthy(namespace), ...made].find(({ resource }) => governing.has(resource.kind))?.resource.kind;
}

/** Whether a machine falls silent, with everything that runs on it. */
export function takesMachine({ breakage }: Scenario): boolean {
  return breakage.some(({ deed }) => deed === 'stop the node');
}

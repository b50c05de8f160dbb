/** Which steps of a plan have nothing to do with each other. Pure. */
import { sameRef, type ObjectRef } from '../domain/kubernetes.ts';
import type { Step } from '../domain/plan.ts';

/**
 * Marks the steps that answer another finding on other objects than every other step: the failure of one says nothing
 * about them. What is not sure to be something else counts as the same: objects of one name, and a workload and its pods.
 */
export function withIndependence(steps: readonly Step[]): Step[] {
  return steps.map((step) =>
    steps.length > 1 && steps.every((other) => other === step || apart(step, other))
      ? { ...step, independent: true }
      : step,
  );
}

function apart(one: Step, other: Step): boolean {
  if (one.finding === undefined || other.finding === undefined) return false;
  if (one.finding.name === other.finding.name) return false;
  return objectsOf(one).every((mine) => objectsOf(other).every((theirs) => !related(mine, theirs)));
}

function objectsOf({ finding, risk }: Step): readonly ObjectRef[] {
  return [...(finding === undefined ? [] : [finding.target]), ...risk.targets];
}

function related(one: ObjectRef, other: ObjectRef): boolean {
  if (sameRef(one, other)) return true;
  // All objects of a kind, or a place that is not known, may be anything.
  if ([one, other].some(({ name, namespace }) => name === '*' || name === '' || namespace === '*'))
    return true;
  if (one.namespace !== other.namespace) return false;
  const [short, long] =
    one.name.length <= other.name.length ? [one.name, other.name] : [other.name, one.name];
  return long === short || long.startsWith(`${short}-`);
}

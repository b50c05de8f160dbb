/** All scenarios, in the order of their numbers. */
import { catalogue } from './catalogue.ts';
import type { Scenario } from './scenario.ts';

export const scenarios: readonly Scenario[] = [...catalogue].sort((a, b) => a.number - b.number);

/** @throws Error that lists the names there are */
export function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found) return found;
  const names = scenarios.map((scenario) => scenario.name).join(', ');
  throw new Error(`There is no scenario "${name}"; there are: ${names}`);
}

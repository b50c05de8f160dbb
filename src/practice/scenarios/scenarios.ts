/** All scenarios, in the order of their numbers. */
import { badRollout } from './bad-rollout.ts';
import { crashloop } from './crashloop.ts';
import { imagePull } from './image-pull.ts';
import { nothingWrong } from './nothing-wrong.ts';
import { oomKill } from './oom-kill.ts';
import type { Scenario } from './scenario.ts';
import { serviceDown } from './service-down.ts';

export const scenarios: readonly Scenario[] = [
  crashloop,
  imagePull,
  oomKill,
  badRollout,
  serviceDown,
  nothingWrong,
];

/** @throws Error that lists the names there are */
export function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found) return found;
  const names = scenarios.map((scenario) => scenario.name).join(', ');
  throw new Error(`There is no scenario "${name}"; there are: ${names}`);
}

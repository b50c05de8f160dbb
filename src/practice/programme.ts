/** What can be rehearsed, told without giving a cause away, and what is drawn where a person leaves the choice to chance. */
import { ruleOfNamespace, takesMachine } from './neighbours.ts';
import type { Difficulty, Scenario } from './scenarios/scenario.ts';

/** A scenario as somebody sees it who is to find out for themselves. */
export interface Offer {
  readonly number: number;
  /** For programs: it may give the cause away. */
  readonly name: string;
  readonly title: string;
  readonly difficulty: Difficulty;
}

/** One incident of a rehearsal. */
export interface Act {
  readonly scenario: Scenario;
  /** Seconds after the incident before it. */
  readonly afterSeconds: number;
}

/** A number from 0 up to but not including 1. */
export type Chance = () => number;

/** Draws one scenario. */
export const atRandom = 'random';
/** Draws several, with one that leads nowhere among them. */
export const gameDay = 'game-day';
/** How many real incidents a game day has. */
const incidentsOfGameDay = 3;
/** Seconds between two incidents of a game day: so close that nobody is through with the first when the second comes. */
const secondsBetween = 6;
/** Scenarios whose alarm is false, or whose loudest sign is not the cause. */
const decoys: ReadonlySet<string> = new Set(['nothing-wrong', 'red-herring']);

const order: Record<Difficulty, number> = { easy: 0, medium: 1, hard: 2 };

/** Every scenario, the easy ones first. */
export function offersOf(scenarios: readonly Scenario[]): Offer[] {
  return scenarios
    .toSorted((a, b) => order[a.difficulty] - order[b.difficulty] || a.number - b.number)
    .map(({ number, name, title, difficulty }) => ({ number, name, title, difficulty }));
}

/**
 * The incidents that somebody asked for.
 * @param choice a scenario's name or number, {@link atRandom} or {@link gameDay}
 * @throws Error that lists what there is
 */
export function programmeOf(
  choice: string,
  scenarios: readonly Scenario[],
  chance: Chance = Math.random,
): Act[] {
  if (choice === gameDay) return gameDayOf(scenarios, chance);
  const chosen =
    choice === atRandom
      ? shuffled(scenarios, chance)[0]
      : scenarios.find(({ name, number }) => name === choice || String(number) === choice);
  if (chosen !== undefined) return [{ scenario: chosen, afterSeconds: 0 }];
  const names = scenarios.map(({ name }) => name).join(', ');
  throw new Error(`There is no scenario "${choice}"; there are: ${names}`);
}

function gameDayOf(scenarios: readonly Scenario[], chance: Chance): Act[] {
  const drawn = shuffled(
    scenarios.filter((scenario) => canHaveNeighbours(scenario, scenarios)),
    chance,
  );
  const real = drawn.filter(({ name }) => !decoys.has(name)).slice(0, incidentsOfGameDay);
  const decoy = drawn.filter(({ name }) => decoys.has(name)).slice(0, 1);
  return shuffled([...real, ...decoy], chance).map((scenario, index) => ({
    scenario,
    afterSeconds: index === 0 ? 0 : secondsBetween,
  }));
}

function canHaveNeighbours(scenario: Scenario, all: readonly Scenario[]): boolean {
  if (takesMachine(scenario)) return false;
  const shares = all.some((other) => other !== scenario && other.namespace === scenario.namespace);
  return !shares || ruleOfNamespace(scenario) === undefined;
}

/** Fisher and Yates: every order is as likely as any other. */
export function shuffled<T>(items: readonly T[], chance: Chance): T[] {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = Math.floor(chance() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other] as T, mixed[last] as T];
  }
  return mixed;
}

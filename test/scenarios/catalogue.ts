/** Plays scenarios on one cluster and gathers what was found out into one row each. */
import type { Scenario } from '../../src/practice/scenarios/scenario.ts';
import { whyNotPlayed } from './ground.ts';
import type { Ground } from './ground.ts';
import type { Answers, Part } from './rehearsal.ts';
import type { Row } from './results.ts';
import { playAll } from './schedule.ts';
import type { Job } from './schedule.ts';

/** @param report is told in a line what each play came to */
export async function playCatalogue(
  scenarios: readonly Scenario[],
  ground: Ground,
  parts: readonly Part[],
  report: (line: string) => void,
): Promise<Row[]> {
  const rows = new Map<string, Row>();
  const playable: Scenario[] = [];
  for (const scenario of scenarios) {
    const notPlayed = await whyNotPlayed(ground, scenario);
    const row = { scenario, ground: ground.name, answers: {}, faults: [] };
    rows.set(scenario.name, notPlayed === undefined ? row : { ...row, notPlayed });
    if (notPlayed === undefined) playable.push(scenario);
  }
  // Part by part: the proofs take longest and begin first.
  const jobs: Job[] = parts.flatMap((part) => playable.map((scenario) => ({ scenario, part })));
  await playAll(jobs, ground, ({ scenario, part }, outcome, seconds) => {
    const failed = outcome instanceof Error;
    const answers: Answers = failed ? {} : outcome;
    const faults = failed
      ? [`${part}: ${outcome.message}`]
      : Object.values(answers).flatMap(({ fault }) => fault ?? []);
    const before = rows.get(scenario.name);
    if (before === undefined) throw new Error(`${scenario.name} was played unasked`);
    rows.set(scenario.name, {
      ...before,
      answers: { ...before.answers, ...answers },
      faults: [...before.faults, ...faults],
    });
    const says = failed
      ? outcome.message
      : Object.entries(answers)
          .map(([question, verdict]) => `${question}: ${verdict.says}`)
          .join(', ');
    report(
      `${scenario.name} ${part} (${seconds.toFixed(0)} s): ${says}${faults.length > 0 ? `  FAILS: ${faults.join(' ')}` : ''}`,
    );
  });
  return [...rows.values()];
}

/** What a comparison comes to: counts, what has no reason, reasons that nothing needs, and the page about it. */
import type { Difference } from './compare.ts';
import { reasonFor, reasons, spellings, type Reason } from './differences.ts';
import type { Comparison } from './replay.ts';

export interface Outcome {
  readonly compared: number;
  readonly equal: number;
  readonly explained: number;
  /** Sentences. */
  readonly faults: readonly string[];
  readonly uses: ReadonlyMap<Reason, number>;
  readonly comparisons: readonly Comparison[];
}

/** Sentences of one sort that are shown; there may be thousands. */
const shown = 40;

/** @param whole the whole catalogue was compared: every reason must have been needed */
export function outcomeOf(comparisons: readonly Comparison[], whole: boolean): Outcome {
  const uses = new Map<Reason, number>();
  const faults = new Map<string, number>();
  let [equal, explained] = [0, 0];
  for (const { scenario, call, question, differences } of comparisons) {
    const open = differences.filter((difference) => {
      const reason = reasonFor(question, difference);
      if (reason !== undefined) uses.set(reason, (uses.get(reason) ?? 0) + 1);
      return reason === undefined;
    });
    if (differences.length === 0) equal += 1;
    else if (open.length === 0) explained += 1;
    for (const difference of open) {
      const fault = `${sentence(difference)} (${scenario}: ${call}: ${question.method} ${question.path})`;
      faults.set(sentence(difference), (faults.get(sentence(difference)) ?? 0) + 1);
      if (faults.get(sentence(difference)) === 1) faults.set(fault, 0);
    }
  }
  const first = [...faults].filter(([, count]) => count === 0).map(([fault]) => fault);
  const unneeded = whole ? reasons.filter((reason) => reason.momentary !== true && !uses.has(reason)) : [];
  return {
    compared: comparisons.length,
    ...{ equal, explained, uses, comparisons },
    faults: [
      ...first.slice(0, shown),
      ...(first.length > shown ? [`… and ${first.length - shown} more differences without a reason`] : []),
      ...unneeded.map(({ why }) => `No difference needs this reason any more: ${why}`),
    ],
  };
}

function sentence({ at, real, practice }: Difference): string {
  const brief = (text: string | undefined): string => (text === undefined ? 'nothing' : text.slice(0, 300));
  return `${at}: the real one has ${brief(real)}, practice has ${brief(practice)}`;
}

/** RESULTS.md. @param versions of client and server, a sentence */
export function resultsPage(outcome: Outcome, versions: string): string {
  const byScenario = new Map<string, Comparison[]>();
  for (const one of outcome.comparisons)
    byScenario.set(one.scenario, [...(byScenario.get(one.scenario) ?? []), one]);
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  return [
    '# The practice cluster beside a real Kubernetes',
    '',
    `By \`npm run conformance\`. ${versions}`,
    '',
    `${outcome.compared} answers compared: ${outcome.equal} equal, ${outcome.explained} differing with a reason, ${outcome.compared - outcome.equal - outcome.explained} without.`,
    '',
    'Each question is one that kubectl or the product really asked of the real cluster while the scenario stood there; a question is compared once a scenario.',
    '',
    '| scenario | commands | answers | equal | with a reason |',
    '| --- | --- | --- | --- | --- |',
    ...[...byScenario].map(([scenario, all]) => {
      const same = all.filter(({ differences }) => differences.length === 0).length;
      return `| ${scenario} | ${new Set(all.map(({ call }) => call)).size} | ${all.length} | ${same} | ${all.length - same} |`;
    }),
    '',
    '## Differences that are all right',
    '',
    '| times | reason |',
    '| --- | --- |',
    ...[...outcome.uses]
      .sort(([, a], [, b]) => b - a)
      .map(([{ why }, times]) => `| ${times} | ${cell(why)} |`),
    '',
    '## Two ways of saying one thing',
    '',
    ...spellings.map(({ why }) => `- ${why}`),
    '',
  ].join('\n');
}

/** Which scenarios can come about on somebody's own cluster. Pure. */
import { ruleOfNamespace } from '../neighbours.ts';
import type { Chance } from '../programme.ts';
import { shuffled } from '../programme.ts';
import type { Need, Scenario } from '../scenarios/scenario.ts';
import type { Choice } from './options.ts';

const missing: Record<Need, string> = {
  'simulated node': 'it takes a machine away, and yours are left alone',
  metrics: 'this cluster has no metrics API (metrics-server)',
};

/** What is played, and what is not, with the reason. */
export interface Selection {
  readonly play: readonly Scenario[];
  readonly skipped: readonly { readonly scenario: Scenario; readonly why: string }[];
}

/** @param has what the cluster has */
export function selected(
  choice: Choice,
  scenarios: readonly Scenario[],
  has: ReadonlySet<Need>,
  chance: Chance = Math.random,
): Selection {
  if (choice.kind === 'random') {
    const able = scenarios.filter((scenario) => whyNot(scenario, has) === undefined);
    return { play: shuffled(able, chance).slice(0, 1), skipped: [] };
  }
  const wanted = choice.kind === 'all' ? scenarios : choice.scenarios;
  const reasons = wanted.map((scenario) => ({
    scenario,
    why: whyNot(scenario, has) ?? (wanted.length > 1 ? beside(scenario) : undefined),
  }));
  return {
    play: reasons.filter(({ why }) => why === undefined).map(({ scenario }) => scenario),
    skipped: reasons.flatMap(({ scenario, why }) => (why === undefined ? [] : [{ scenario, why }])),
  };
}

function beside(scenario: Scenario): string | undefined {
  const rule = ruleOfNamespace(scenario);
  return rule === undefined ? undefined : `its ${rule} would hold for the others too: break with it alone`;
}

function whyNot(scenario: Scenario, has: ReadonlySet<Need>): string | undefined {
  const lacking = scenario.needs.find((need) => !has.has(need));
  if (lacking !== undefined) return missing[lacking];
  return staysInside(scenario) ? undefined : 'it makes or changes objects that belong to no namespace';
}

/** Whether everything that it makes, changes or deletes is in its namespace. */
export function staysInside({ healthy, breakage, namespace }: Scenario): boolean {
  const made = healthy(namespace).concat(
    breakage.flatMap((each) => (each.deed === 'create' ? [each.manifest(namespace)] : [])),
  );
  const touched = breakage.flatMap((each) =>
    each.deed === 'patch' || each.deed === 'delete' ? [each.resource] : [],
  );
  return (
    made.every(({ resource, object }) => resource.namespaced && object.metadata.namespace === namespace) &&
    touched.every(({ namespaced }) => namespaced) &&
    breakage.every(({ deed }) => deed === 'patch' || deed === 'create' || deed === 'delete')
  );
}

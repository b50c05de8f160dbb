/** What somebody asked `break` to do. Pure. */
import { parseArgs } from 'node:util';
import { atRandom } from '../programme.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { Refusal } from './refusal.ts';

export interface BreakOptions {
  /** `clean`, or what to break. */
  readonly task: 'clean' | Choice;
  readonly context: string;
  /** The kubeconfig that kubectl finds by itself where absent. */
  readonly kubeconfig?: string;
  readonly kubectl: string;
  /** The image that plays the shop's images: it must hold busybox with `sh`, `httpd` and `tail`. */
  readonly image: string;
  /** The context's name once more, in place of asking for it. */
  readonly yes?: string;
  /** JSON lines in place of text. */
  readonly json: boolean;
}

export type Choice =
  | { readonly kind: 'named'; readonly scenarios: readonly Scenario[] }
  | { readonly kind: 'all' }
  | { readonly kind: 'random' };

/** In every registry mirror, small, and with all that the shop's entry point needs. */
const publicImage = 'docker.io/library/busybox:1.36';
/** Names another one, for clusters that cannot reach it. */
const imageVariable = 'ONCALL_BREAK_IMAGE';

export const usage = `Breaks a test cluster of yours, in the namespace oncall-practice and nowhere else.

  break WHAT… --context NAME     WHAT: names or numbers of scenarios, all, or random
  break clean --context NAME     deletes the namespace with everything in it

  --kubeconfig FILE    in place of the one that kubectl finds by itself
  --kubectl FILE       in place of the one on PATH
  --image NAME         a busybox image that the cluster can pull (${imageVariable}, else ${publicImage})
  --yes-context NAME   the context's name once more, for scripts: nothing is asked then
  --json               JSON lines, for programs`;

/** @throws Refusal */
export function optionsOf(args: readonly string[], scenarios: readonly Scenario[]): BreakOptions {
  const { values, positionals } = parsed(args);
  const task = taskOf(positionals, scenarios);
  const { context, kubeconfig, 'yes-context': yes } = values;
  if (context === undefined || context === '') {
    throw new Refusal('Name the context of your test cluster with --context: no other is ever touched.');
  }
  return {
    task,
    context,
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    kubectl: values.kubectl,
    image: values.image,
    ...(yes === undefined ? {} : { yes }),
    json: values.json,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        context: { type: 'string' },
        kubeconfig: { type: 'string' },
        kubectl: { type: 'string', default: 'kubectl' },
        image: { type: 'string', default: process.env[imageVariable] ?? publicImage },
        'yes-context': { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Refusal(error instanceof Error ? error.message : String(error));
  }
}

function taskOf(words: readonly string[], scenarios: readonly Scenario[]): BreakOptions['task'] {
  const [first] = words;
  if (first === undefined) throw new Refusal(`Say what to break: ${namesOf(scenarios)}, all, or random.`);
  if (words.length === 1) {
    if (first === 'clean') return 'clean';
    if (first === 'all' || first === atRandom) return { kind: first };
  }
  const chosen = words.map((word) => {
    const scenario = scenarios.find(({ name, number }) => name === word || String(number) === word);
    if (scenario !== undefined) return scenario;
    throw new Refusal(`There is no scenario "${word}"; there are: ${namesOf(scenarios)}.`);
  });
  return { kind: 'named', scenarios: [...new Set(chosen)] };
}

function namesOf(scenarios: readonly Scenario[]): string {
  return scenarios.map(({ number, name }) => `${String(number)} ${name}`).join(', ');
}

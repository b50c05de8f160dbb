/** The verbs that may run, and those that never do. What is in neither table is refused too. */
import { changingVerbs } from './changing-verbs.ts';
import { interactive } from './flags.ts';
import { readingVerbs } from './reading-verbs.ts';
import type { Verb } from './verb.ts';

/** Every verb that may run, by name with its sub-verb. */
export const verbs: ReadonlyMap<string, Verb> = new Map(
  [...readingVerbs, ...changingVerbs].map((verb) => [verb.name, verb]),
);

/** Other names that kubectl has for a verb. */
export const aliases: ReadonlyMap<string, string> = new Map([
  ['top nodes', 'top node'],
  ['top no', 'top node'],
  ['top pods', 'top pod'],
  ['top po', 'top pod'],
  ['set sa', 'set serviceaccount'],
]);

/** Verbs that need a sub-verb. `cluster-info` does without. */
export const groups: ReadonlySet<string> = new Set(['auth', 'rollout', 'set', 'top', 'cluster-info']);

const local = 'changes or serves from this machine, not the cluster';
const notYet = 'is not among the commands that may run';

/** Verbs of kubectl that never run, and why: the reason follows `kubectl <verb>`. */
export const refusedVerbs: ReadonlyMap<string, string> = new Map([
  ['edit', interactive],
  ['attach', interactive],
  ['config', local],
  ['cp', local],
  ['proxy', local],
  ['port-forward', local],
  ['kustomize', local],
  ['plugin', local],
  ['completion', local],
  ['kuberc', local],
  ['options', 'only prints help'],
  ['help', 'only prints help'],
  ['alpha', 'is not stable enough to be judged'],
  ...[
    ...[
      'apply',
      'autoscale',
      'certificate',
      'create',
      'debug',
      'diff',
      'drain',
      'expose',
      'replace',
      'run',
      'taint',
    ],
    ...['auth reconcile', 'set subject'],
  ].map((name): [string, string] => [name, notYet]),
]);

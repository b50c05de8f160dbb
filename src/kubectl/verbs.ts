/** The verbs that may run, and those that never do. What is in neither table is refused too. */
import { changingVerbs } from './changing-verbs.ts';
import { creatingVerbs } from './creating-verbs.ts';
import { interactive } from './flags.ts';
import { manifestVerbs } from './manifest-verbs.ts';
import { readingVerbs } from './reading-verbs.ts';
import type { Verb } from './verb.ts';

/** Every verb that may run, by name with its sub-verb. */
export const verbs: ReadonlyMap<string, Verb> = new Map(
  [...readingVerbs, ...changingVerbs, ...creatingVerbs, ...manifestVerbs].map((verb) => [verb.name, verb]),
);

/** Other names that kubectl has for a verb. */
export const aliases: ReadonlyMap<string, string> = new Map([
  ['top nodes', 'top node'],
  ['top no', 'top node'],
  ['top pods', 'top pod'],
  ['top po', 'top pod'],
  ['set sa', 'set serviceaccount'],
  ['create cm', 'create configmap'],
  ['create cj', 'create cronjob'],
  ['create deploy', 'create deployment'],
  ['create ing', 'create ingress'],
  ['create ns', 'create namespace'],
  ['create pdb', 'create poddisruptionbudget'],
  ['create pc', 'create priorityclass'],
  ['create resourcequota', 'create quota'],
  ['create svc', 'create service'],
  ['create sa', 'create serviceaccount'],
]);

/** Verbs that have sub-verbs. Those that are also in {@link verbs} do without one as well. */
export const groups: ReadonlySet<string> = new Set([
  ...['apply', 'auth', 'certificate', 'cluster-info', 'create', 'rollout', 'set', 'top'],
  ...['create secret', 'create service'],
]);

const local = 'changes or serves from this machine, not the cluster';
const reads = 'needs local files';

/** Verbs of kubectl that never run, and why: the reason follows `kubectl <verb>`. */
export const refusedVerbs: ReadonlyMap<string, string> = new Map([
  ['edit', interactive],
  ['attach', interactive],
  ['apply edit-last-applied', interactive],
  ['create secret tls', reads],
  ['config', local],
  ['cp', local],
  ['proxy', local],
  ['kustomize', local],
  ['plugin', local],
  ['completion', local],
  ['kuberc', local],
  ['options', 'only prints help'],
  ['help', 'only prints help'],
  ['alpha', 'is not stable enough to be judged'],
]);

/** What is proposed, by the built-in rules and by a model: which object each means, and both put into one list. */
import { isDeepStrictEqual } from 'node:util';
import type { ActionProposal } from '../domain/action.ts';
import type { ObjectRef } from '../domain/kubernetes.ts';

/** What a model proposes, told apart from what the built-in rules propose too, with the very same parameters. */
export function marked(
  proposals: readonly ActionProposal[],
  known: readonly ActionProposal[],
): readonly ActionProposal[] {
  return proposals.map((proposal): ActionProposal =>
    known.some((other) => isSame(other, proposal)) ? proposal : { ...proposal, modelOnly: true },
  );
}

/**
 * The model's proposals in its order, then those of the built-in rules that do something else. What both propose with the same
 * parameters is there once, the way the model has it. Where the parameters differ, the built-in one comes first: findings
 * support it, and the model's must not keep it from running.
 */
export function mergeProposals(
  model: readonly ActionProposal[],
  builtin: readonly ActionProposal[],
): readonly ActionProposal[] {
  const known = new Set<string>();
  const placed = new Set<ActionProposal>();
  const merged = model.flatMap((proposal) => {
    const key = keyOf(proposal);
    if (known.has(key)) return [];
    known.add(key);
    const alike = builtin.filter((other) => keyOf(other) === key);
    const same = alike.find((other) => isSame(other, proposal));
    const before = same === undefined ? alike : [];
    for (const one of same === undefined ? alike : [same]) placed.add(one);
    return [...before, proposal];
  });
  return [...merged, ...builtin.filter((proposal) => !placed.has(proposal))];
}

function isSame(a: ActionProposal, b: ActionProposal): boolean {
  return a.action === b.action && isDeepStrictEqual({ ...a.parameters }, { ...b.parameters });
}

/** Equal for what does the same to the same object; commands of their own are told apart by their words. */
function keyOf(proposal: ActionProposal): string {
  return proposal.action === 'custom_command'
    ? JSON.stringify(proposal.parameters.argv)
    : `${proposal.action} ${JSON.stringify(objectOf(proposal))}`;
}

/** The object that a proposal is about. */
export function objectOf(proposal: ActionProposal): ObjectRef {
  const { parameters } = proposal;
  if ('target' in parameters) return parameters.target;
  const { namespace } = parameters;
  if ('service' in parameters) return { kind: 'Service', namespace, name: parameters.service };
  if ('autoscaler' in parameters)
    return { kind: 'HorizontalPodAutoscaler', namespace, name: parameters.autoscaler };
  if ('ingress' in parameters) return { kind: 'Ingress', namespace, name: parameters.ingress };
  if ('role' in parameters) return { kind: 'Role', namespace, name: parameters.role };
  if ('cronjob' in parameters) return { kind: 'CronJob', namespace, name: parameters.cronjob };
  if ('pod' in parameters) return { kind: 'Pod', namespace, name: parameters.pod };
  return { kind: 'Deployment', namespace, name: parameters.deployment };
}

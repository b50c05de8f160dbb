/** What is proposed, by the built-in rules and by a model: which object each means, and both put into one list. */
import { isDeepStrictEqual } from 'node:util';
import type { ActionProposal, GroundedProposal } from '../domain/action.ts';
import { defaultThresholds } from '../domain/decision.ts';
import { describeRef, type ObjectRef } from '../domain/kubernetes.ts';
import { plain } from '../domain/plain.ts';
import { redact } from '../domain/redaction.ts';
import type { Objection } from './analyst.ts';

/**
 * What a model proposes, told apart from what the built-in rules propose too, with the very same parameters. A model reads what others
 * write: what it says rests on that.
 */
export function marked(
  proposals: readonly ActionProposal[],
  known: readonly ActionProposal[],
): readonly GroundedProposal[] {
  return proposals.map((proposal): GroundedProposal => {
    const said = { ...proposal, grounds: 'written' as const };
    return known.some((other) => isSame(other, proposal)) ? said : { ...said, modelOnly: true };
  });
}

/**
 * The model's proposals in its order, then those of the built-in rules that do something else. What both propose with the same
 * parameters is there once, the way the rules have it: their confidence, evidence and reason stand, whatever the model claims, and its words are kept beside. Where
 * the parameters differ, the built-in one comes first: findings support it, and the model's must not keep it from running.
 */
export function mergeProposals(
  model: readonly GroundedProposal[],
  builtin: readonly GroundedProposal[],
): readonly GroundedProposal[] {
  const known = new Set<string>();
  const placed = new Set<GroundedProposal>();
  const merged = model.flatMap((proposal) => {
    const key = keyOf(proposal);
    if (known.has(key)) return [];
    known.add(key);
    const alike = builtin.filter((other) => keyOf(other) === key);
    const same = alike.find((other) => isSame(other, proposal));
    for (const one of same === undefined ? alike : [same]) placed.add(one);
    return same === undefined ? [...alike, proposal] : [{ ...same, said: shown(proposal.rationale) }];
  });
  return [...merged, ...builtin.filter((proposal) => !placed.has(proposal))];
}

/** The id by which a model is told of a remedy of the built-in rules, and by which it objects to it. */
export function remedyId(index: number): string {
  return `r${index + 1}`;
}

/**
 * The built-in proposals, each with what the model has against it: an objection of its own, or the same step with a confidence that would
 * leave it out. It counts where it cites evidence that exists, and it can do no more than have a person asked; otherwise it is noted.
 * @param claims what the model proposes
 */
export function withObjections(
  builtin: readonly GroundedProposal[],
  claims: readonly ActionProposal[],
  objections: readonly Objection[],
  evidenceIds: ReadonlySet<string>,
): { readonly proposals: readonly GroundedProposal[]; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const proposals = builtin.map((proposal, index): GroundedProposal => {
    const against = [
      ...objections.filter(({ remedy }) => remedy === remedyId(index)),
      ...claims
        .filter((one) => isSame(one, proposal) && !(one.claimedConfidence >= defaultThresholds.minimum))
        .map(({ rationale, evidence }) => ({ reason: rationale, evidence })),
    ];
    const founded = against.find(({ evidence }) => evidence.some((id) => evidenceIds.has(id)));
    for (const one of against) {
      if (one !== founded) {
        notes.push(`Claude objects to ${nameOf(proposal)}: "${shown(one.reason)}"`);
      }
    }
    if (founded === undefined) {
      if (against.length > 0)
        notes.push('It cites no evidence that exists, so that the objection changes nothing');
      return proposal;
    }
    const cited = founded.evidence.filter((id) => evidenceIds.has(id)).slice(0, 5);
    return {
      ...proposal,
      objection: `Claude objects to it, citing ${cited.join(', ')}: "${shown(founded.reason)}"`,
    };
  });
  return { proposals, notes };
}

/** What a model wrote, to be shown as its words: on one line, bounded, without credentials. */
function shown(text: string): string {
  return redact(plain(text, 300));
}

function nameOf(proposal: ActionProposal): string {
  return `${proposal.action} of ${describeRef(objectOf(proposal))}`;
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

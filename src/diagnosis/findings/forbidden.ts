/**
 * Forbidden: the pods' ServiceAccount may not do what its Role was meant to allow, because the Role names a resource that its API group
 * does not have; such a rule grants nothing.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
 */
import type { KubeObject } from '../../domain/kubernetes.ts';
import { isReady, countingPods, refOf } from '../pods.ts';
import { misnamedIn, type Misnamed } from '../misnamed.ts';
import type { StateWith } from '../snapshot.ts';
import type { Review } from '../sources/access.ts';
import { exists } from '../sources/source.ts';
import { fieldEvidence, type EvidenceDraft, type FindingRule } from './rule.ts';

/** A word that names nothing, with the rights that the API server refuses for it, or that it could not be asked about. */
export interface Missed extends Misnamed {
  /** Verbs that the API server was asked about, and refuses. */
  readonly refused: readonly string[];
}

/**
 * The Roles of the pods' own account with the words that name nothing, while pods are not ready. Where the API server says that the
 * account may do all of it all the same, by whatever else is bound to it, the word is harmless.
 */
export function brokenRoles(
  state: StateWith<'access'>,
): { role: KubeObject; binding: KubeObject; misnamed: Missed[] }[] {
  const { access } = state.surroundings;
  if (access === undefined || countingPods(state).every(isReady)) return [];
  return access.grants.flatMap(({ role, binding }) => {
    const misnamed = exists(role) ? misnamedIn(role).flatMap((one) => missed(access.reviews, one)) : [];
    return exists(role) && misnamed.length > 0 ? [{ role, binding, misnamed }] : [];
  });
}

function missed(reviews: readonly Review[], one: Misnamed): Missed[] {
  const own = reviews.filter(
    ({ group, resource, verb }) => group === one.group && resource === one.to && one.verbs.includes(verb),
  );
  const refused = own.filter(({ allowed }) => !allowed).map(({ verb }) => verb);
  return own.length > 0 && own.length === one.verbs.length && refused.length === 0
    ? []
    : [{ ...one, refused }];
}

export const forbidden: FindingRule<'access'> = (state) =>
  brokenRoles(state).map(({ role, binding, misnamed }) => ({
    name: 'Forbidden',
    target: refOf(role),
    ...(state.workload === undefined ? {} : { alsoAbout: [refOf(state.workload)] }),
    summary: `Role ${role.metadata.name} gives ServiceAccount ${state.surroundings.access?.serviceAccount} nothing where it says ${misnamed.map(({ from }) => from).join(', ')}: there is no such resource`,
    evidence: [
      ...misnamed.map(({ rule, from, to, verbs }) =>
        fieldEvidence(
          role,
          `rules[${rule}].resources`,
          `Role ${role.metadata.name} allows ${verbs.join(', ')} of "${from}"; the API calls it "${to}"`,
          role['rules'][rule],
        ),
      ),
      ...misnamed.flatMap(({ refused, group, to }) =>
        refused.map((verb) => reviewEvidence(state, { verb, group, resource: to })),
      ),
      fieldEvidence(
        binding,
        'subjects',
        `RoleBinding ${binding.metadata.name} gives Role ${role.metadata.name} to ServiceAccount ${state.surroundings.access?.serviceAccount}`,
        binding['subjects'] ?? [],
      ),
    ],
  }));

function reviewEvidence(
  { target, surroundings }: StateWith<'access'>,
  right: { readonly verb: string; readonly group: string; readonly resource: string },
): EvidenceDraft {
  const name = surroundings.access?.serviceAccount ?? '';
  const { verb, resource } = right;
  const { namespace } = target;
  return {
    source: { type: 'review', ref: { kind: 'ServiceAccount', namespace, name }, ...right },
    summary: `asked, the API server refuses ServiceAccount ${name} to ${verb} ${resource}`,
    detail: JSON.stringify({ ...right, namespace, serviceAccount: name, allowed: false }, undefined, 2),
  };
}

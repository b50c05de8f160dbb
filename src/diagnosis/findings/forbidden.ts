/**
 * Forbidden: the pods' ServiceAccount may not do what its Role was meant to allow, because the Role names a resource that its API group
 * does not have; such a rule grants nothing.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
 */
import type { KubeObject } from '../../domain/kubernetes.ts';
import { isReady, countingPods, refOf } from '../pods.ts';
import { rightResource } from '../../domain/resource-names.ts';
import type { ClusterState } from '../snapshot.ts';
import { exists } from '../sources/source.ts';
import { fieldEvidence, type FindingRule } from './rule.ts';

/** One word of a rule that names no resource. */
export interface Misnamed {
  /** Places in `rules` and in the rule's `resources`. */
  readonly rule: number;
  readonly resource: number;
  readonly group: string;
  readonly from: string;
  readonly to: string;
  readonly verbs: readonly string[];
}

interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs?: readonly string[];
}

/** Words of a Role that name nothing, with what must be meant. A rule for several groups says too little to tell. */
export function misnamedIn(role: KubeObject): Misnamed[] {
  return ((role['rules'] ?? []) as PolicyRule[]).flatMap(
    ({ apiGroups = [], resources = [], verbs = [] }, rule) => {
      const [group, another] = apiGroups;
      if (group === undefined || another !== undefined) return [];
      return resources.flatMap((from, resource) => {
        const to = rightResource(group, from);
        return to === undefined || resources.includes(to) ? [] : [{ rule, resource, group, from, to, verbs }];
      });
    },
  );
}

/** The Roles of the pods' own account with the words that name nothing, while pods are not ready. */
export function brokenRoles(
  state: ClusterState,
): { role: KubeObject; binding: KubeObject; misnamed: Misnamed[] }[] {
  const { access } = state.surroundings;
  if (access === undefined || countingPods(state).every(isReady)) return [];
  return access.grants.flatMap(({ role, binding }) => {
    const misnamed = exists(role) ? misnamedIn(role) : [];
    return exists(role) && misnamed.length > 0 ? [{ role, binding, misnamed }] : [];
  });
}

export const forbidden: FindingRule = (state) =>
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
      fieldEvidence(
        binding,
        'subjects',
        `RoleBinding ${binding.metadata.name} gives Role ${role.metadata.name} to ServiceAccount ${state.surroundings.access?.serviceAccount}`,
        binding['subjects'] ?? [],
      ),
    ],
  }));

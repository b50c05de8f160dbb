/** Words of a Role that name no resource of their API group: such a rule grants nothing. */
import type { KubeObject } from '../domain/kubernetes.ts';
import { rightResource } from '../domain/resource-names.ts';

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

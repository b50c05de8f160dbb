/** What the pods' ServiceAccount may do in its namespace: RoleBindings of exactly that account, and their Roles. */
import type { KubeObject } from '../../domain/kubernetes.ts';
import { isOncallError } from '../../domain/error.ts';
import { misnamedIn } from '../misnamed.ts';
import { closerLooks, exists, listHere, look, type Place, type Seen } from './source.ts';

export interface Grant {
  readonly binding: KubeObject;
  readonly role: Seen;
}

/** What the API server says of one right of the account. */
export interface Review {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly allowed: boolean;
}

export interface AccessView {
  readonly serviceAccount: string;
  readonly grants: readonly Grant[];
  /** Of the rights that a Role seems to miss by a misspelt word; without those that the API server was not or could not be asked about. */
  readonly reviews: readonly Review[];
}

/** Rights that are asked about at most. */
const mostReviews = 12;

interface Subject {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** Undefined where there is no pod template to tell the account, or the bindings cannot be read. */
export async function readAccess(place: Place, workload: KubeObject): Promise<AccessView | undefined> {
  const spec = workload.kind === 'Pod' ? workload['spec'] : workload['spec']?.template?.spec;
  if (spec === undefined) return undefined;
  const serviceAccount = String(spec.serviceAccountName ?? 'default');
  const bindings = await listHere(place, 'RoleBinding');
  if (bindings === undefined) return undefined;
  const { namespace } = place;
  const own = bindings
    .filter((binding) => binding['roleRef']?.kind === 'Role')
    .filter((binding) => accountsOf(binding, namespace).includes(serviceAccount))
    .slice(0, closerLooks);
  const grants = await Promise.all(
    own.map(async (binding) => ({
      binding,
      role: await look(place, { kind: 'Role', namespace, name: String(binding['roleRef'].name) }),
    })),
  );
  return { serviceAccount, grants, reviews: await reviewsOf(place, serviceAccount, grants) };
}

/** Asks the API server itself about what the Roles were meant to allow: another binding may, and a log can say anything. */
async function reviewsOf(
  { cluster, namespace, reader }: Place,
  name: string,
  grants: readonly Grant[],
): Promise<Review[]> {
  const missing = grants.flatMap(({ role }) => (exists(role) ? misnamedIn(role) : []));
  const rights = missing.flatMap(({ group, to, verbs }) =>
    verbs.filter((verb) => verb !== '*').map((verb) => ({ verb, group, resource: to })),
  );
  const answers = await Promise.all(
    rights.slice(0, mostReviews).map(async (right) => {
      const what = `Whether ServiceAccount ${namespace}/${name} may ${right.verb} ${right.resource}`;
      const allowed = await reader<boolean | undefined>(what, undefined, async (signal) => {
        try {
          return await cluster.accountMay?.({ namespace, name }, right, signal);
        } catch (error) {
          // Whoever may not ask goes without: the right is one that few people have.
          if (isOncallError(error) && error.code === 'cluster-forbidden') return undefined;
          throw error;
        }
      });
      return allowed === undefined ? [] : [{ ...right, allowed }];
    }),
  );
  return answers.flat();
}

/** The ServiceAccounts of this namespace that a binding names one by one; groups of all accounts are not among them. */
export function accountsOf(binding: KubeObject, namespace: string): string[] {
  return ((binding['subjects'] ?? []) as Subject[]).flatMap((subject) =>
    subject.kind === 'ServiceAccount' && (subject.namespace ?? namespace) === namespace
      ? (subject.name ?? [])
      : [],
  );
}

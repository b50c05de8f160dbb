/** What the pods' ServiceAccount may do in its namespace: RoleBindings of exactly that account, and their Roles. */
import type { KubeObject } from '../../domain/kubernetes.ts';
import { closerLooks, listHere, look, type Place, type Seen } from './source.ts';

export interface Grant {
  readonly binding: KubeObject;
  readonly role: Seen;
}

export interface AccessView {
  readonly serviceAccount: string;
  readonly grants: readonly Grant[];
}

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
  const grants = own.map(async (binding) => ({
    binding,
    role: await look(place, { kind: 'Role', namespace, name: String(binding['roleRef'].name) }),
  }));
  return { serviceAccount, grants: await Promise.all(grants) };
}

/** The ServiceAccounts of this namespace that a binding names one by one; groups of all accounts are not among them. */
export function accountsOf(binding: KubeObject, namespace: string): string[] {
  return ((binding['subjects'] ?? []) as Subject[]).flatMap((subject) =>
    subject.kind === 'ServiceAccount' && (subject.namespace ?? namespace) === namespace
      ? (subject.name ?? [])
      : [],
  );
}

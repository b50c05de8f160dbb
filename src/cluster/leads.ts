/** From hints to leads: only what may stand in a request to the API server, and not more of it than an honest alert has. */
import type { TargetHint, Trust } from '../domain/incident.ts';
import { isLabelName, isSubdomainName } from './names.ts';
import { canonicalKind } from './resources.ts';

/** A hint whose parts can stand in a request. */
export interface Lead {
  readonly kind: string | undefined;
  readonly name: string;
  /** Where to look; empty means in all namespaces. */
  readonly namespaces: readonly string[];
  readonly source: string;
}

const maxNamespaces = 5;
/** Leads of one degree of trust. */
const maxLeads = 50;

/**
 * The kinds that an incident can be about, in the order in which they count: what an alert says of an autoscaler or a workload
 * is about that, although it names a pod, a Service or a node too. `undefined` stands for a name without a kind.
 */
export const tiers: readonly (readonly (string | undefined)[])[] = [
  ['HorizontalPodAutoscaler'],
  ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'],
  ['Pod'],
  ['PersistentVolumeClaim'],
  ['Service'],
  ['Ingress'],
  [undefined],
  ['Node'],
];

/** The namespaces that the hints name, as far as a namespace can be called so. */
export function namespacesIn(hints: readonly TargetHint[]): string[] {
  const named = hints.flatMap(({ namespace }) =>
    namespace !== undefined && isLabelName(namespace) ? [namespace] : [],
  );
  return [...new Set(named)].slice(0, maxNamespaces);
}

/**
 * The leads of one degree of trust. One without a namespace is followed into all that other hints name.
 * `cut`: there are more than an honest alert has, and the rest is left out.
 */
export function leadsFrom(
  hints: readonly TargetHint[],
  trust: Trust,
): { readonly leads: readonly Lead[]; readonly cut: boolean } {
  const known = namespacesIn(hints);
  const leads = hints
    .filter((hint) => hint.trust === trust)
    .flatMap(({ kind: word, name, namespace, source }): Lead[] => {
      if (name === undefined || !isSubdomainName(name)) return [];
      if (namespace !== undefined && !isLabelName(namespace)) return [];
      const kind = word === undefined ? undefined : canonicalKind(word);
      if (word !== undefined && kind === undefined) return [];
      if (!tiers.some((tier) => tier.includes(kind))) return [];
      return [{ kind, name, namespaces: namespace === undefined ? known : [namespace], source }];
    });
  return { leads: leads.slice(0, maxLeads), cut: leads.length > maxLeads };
}

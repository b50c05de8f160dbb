/** In which kubeconfig context an alert is handled. Pure. */
import type { TargetHint } from '../domain/incident.ts';

/** A cluster that an alert names. */
export interface NamedCluster {
  readonly cluster: string;
  /** The context that a setting maps it to. */
  readonly context?: string;
}

/**
 * The clusters that an alert names, as its best source has them, and what the settings make of them.
 * @param hints the best first
 */
export function clustersNamed(
  hints: readonly TargetHint[],
  contextByCluster: Readonly<Record<string, string>>,
): NamedCluster[] {
  const best = hints.find(({ cluster }) => cluster !== undefined)?.trust;
  const names = new Set(
    hints.flatMap(({ cluster, trust }) => (trust === best && cluster !== undefined ? [cluster] : [])),
  );
  return [...names].map((cluster) => {
    const context = Object.hasOwn(contextByCluster, cluster) ? contextByCluster[cluster] : undefined;
    return { cluster, ...(context === undefined ? {} : { context }) };
  });
}

/** The context to look in: the one that a cluster of the alert is mapped to, else the pinned one. No alert names a context itself. */
export function contextFor(named: readonly NamedCluster[], pinned: string | undefined): string | undefined {
  return named.find(({ context }) => context !== undefined)?.context ?? pinned;
}

/**
 * Why it is not sure that `context` is the right place, in one clause. A cluster that is called like the context is taken for it.
 * @param context the context that is looked in
 */
export function doubtAbout(named: readonly NamedCluster[], context: string): string | undefined {
  const elsewhere = named.filter((one) => (one.context ?? one.cluster) !== context);
  const [first] = elsewhere;
  if (first === undefined) return undefined;
  if (first.context === undefined) {
    return `the alert names cluster ${first.cluster}, which no setting maps (oncall.kubernetes.contextByCluster); looked in context ${context}`;
  }
  return `the alert names clusters that lie in several contexts (${named.map(({ cluster }) => cluster).join(', ')}); looked in context ${context}`;
}

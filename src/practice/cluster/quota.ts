/**
 * ResourceQuotas, kept as the API server's admission keeps them: an object that would go beyond one, or that does not say how much
 * it takes, is refused. Quotas with scopes are not heeded. Words: those of Kubernetes 1.24 and later; before, a refusal for what a pod
 * leaves out ended without the containers (`must specify limits.cpu`).
 */
import type { Pod, KubeObject as ReadObject } from '../objects.ts';
import type { ResourceQuota } from '../api-groups.ts';
import { quantity } from '../quantity.ts';
import { amountText, totalOf, unspecified, usageOf } from '../quota-usage.ts';
import { forbidden } from './failure.ts';
import type { KubeObject } from './object.ts';
import { resourceOf, type Resource } from './resources.ts';
import type { Store } from './store.ts';

/** Sums of decimal fractions are a little off: 0.1 and 0.2 cores fit into 0.3. */
const rounding = 1e-9;

/**
 * Lets a new object pass, or does not.
 * @throws ApiFailure 403
 */
export function checkQuotas(store: Store, resource: Resource, object: KubeObject, now: number): void {
  const { namespace, name } = object.metadata;
  if (namespace === undefined) return;
  const within = ({ metadata }: KubeObject): boolean => metadata.namespace === namespace;
  const quotas = store.list(resourceOf('', 'resourcequotas'), within) as unknown as ResourceQuota[];
  if (quotas.length === 0) return;
  const wanted = usageOf(resource, object as ReadObject, now);
  for (const quota of quotas) {
    const hard = Object.keys(quota.spec?.hard ?? {});
    const missing = object.kind === 'Pod' ? missingFrom(object as unknown as Pod, hard) : '';
    if (missing === '') continue;
    throw forbidden(resource, name, `failed quota: ${quota.metadata.name ?? ''}: must specify ${missing}`);
  }
  const present = store.list(resource, within).map((each) => usageOf(resource, each as ReadObject, now));
  const used = totalOf(present);
  for (const { metadata, spec } of quotas) {
    const exceeded = Object.entries(spec?.hard ?? {})
      .map(([what, limit]) => ({ what, limit: quantity(limit) ?? 0 }))
      .filter(({ what, limit }) => {
        const more = wanted[what] ?? 0;
        return more > 0 && (used[what] ?? 0) + more > limit + rounding;
      })
      .sort((a, b) => (a.what < b.what ? -1 : 1));
    if (exceeded.length === 0) continue;
    const list = (amount: (one: { what: string; limit: number }) => number): string =>
      exceeded.map((one) => `${one.what}=${amountText(one.what, amount(one))}`).join(',');
    const requested = list(({ what }) => wanted[what] ?? 0);
    const taken = list(({ what }) => used[what] ?? 0);
    const limited = list(({ limit }) => limit);
    throw forbidden(
      resource,
      name,
      `exceeded quota: ${metadata.name ?? ''}, requested: ${requested}, used: ${taken}, limited: ${limited}`,
    );
  }
}

/** `limits.cpu for: app,proxy; limits.memory for: app`. */
function missingFrom({ spec }: Pod, hard: readonly string[]): string {
  const byResource = new Map<string, string[]>();
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
    for (const resource of unspecified(container, hard)) {
      byResource.set(resource, [...(byResource.get(resource) ?? []), container.name]);
    }
  }
  return [...byResource]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([resource, containers]) => `${resource} for: ${containers.sort().join(',')}`)
    .join('; ');
}

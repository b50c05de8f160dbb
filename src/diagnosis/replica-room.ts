/** How many more pods of a template a namespace and its nodes take, as far as that was read. */
import type { KubeObject } from '../domain/kubernetes.ts';
import { containersOf } from './pods.ts';
import { requestedBy, type PlacedSpec } from './placement.ts';
import { parseQuantity } from './quantity.ts';
import type { Machine } from './sources/machines.ts';

/** Pods that fit beside those there are. Only nodes whose pods were counted give room; undefined where there are none. */
export function roomOnNodes(machines: readonly Machine[], spec: PlacedSpec): number | undefined {
  const counted = machines.flatMap(({ free }) => free ?? []);
  if (counted.length === 0) return undefined;
  const [cpu, memory] = [requestedBy(spec, 'cpu'), requestedBy(spec, 'memory')];
  return counted.reduce(
    (sum, free) => sum + Math.max(0, Math.min(times(free.cpu, cpu), times(free.memory, memory))),
    0,
  );
}

/** How often `part` fits; what asks for nothing fits often. */
function times(whole: number, part: number): number {
  // Sums of decimal fractions are a little off.
  return part <= 0 ? 1000 : Math.floor(whole / part + 1e-6);
}

/** Pods that every ResourceQuota of the namespace has room for; undefined where none counts pods or what they use. */
export function roomOfQuotas(quotas: readonly KubeObject[], spec: PlacedSpec): number | undefined {
  const asked: Readonly<Record<string, number>> = {
    pods: 1,
    'count/pods': 1,
    cpu: requestedBy(spec, 'cpu'),
    memory: requestedBy(spec, 'memory'),
    'requests.cpu': requestedBy(spec, 'cpu'),
    'requests.memory': requestedBy(spec, 'memory'),
    'limits.cpu': limits(spec, 'cpu'),
    'limits.memory': limits(spec, 'memory'),
  };
  const rooms = quotas
    // A quota with scopes may not count these pods at all: it is asked when a pod is made.
    .filter(({ spec: quota }) => quota?.scopes === undefined && quota?.scopeSelector === undefined)
    .flatMap((quota) => {
      const { hard = {}, used = {} } = quota['status'] ?? {};
      return Object.keys(hard as object).flatMap((name) => {
        const one = asked[name];
        const most = parseQuantity(hard[name]);
        if (one === undefined || one <= 0 || most === undefined) return [];
        return [Math.max(0, times(most - (parseQuantity(used[name]) ?? 0), one))];
      });
    });
  return rooms.length === 0 ? undefined : Math.min(...rooms);
}

function limits(spec: PlacedSpec, resource: 'cpu' | 'memory'): number {
  return containersOf({ containers: [...(spec.containers ?? [])] }).reduce(
    (sum, container) => sum + (parseQuantity(container.resources?.limits?.[resource]) ?? 0),
    0,
  );
}

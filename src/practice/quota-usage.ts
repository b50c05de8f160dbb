/** What objects count for a ResourceQuota, in the words and amounts of the API server's own evaluators. */
import type { Container, KubeObject, Pod } from './objects.ts';
import { quantity } from './quantity.ts';

/** Amounts in base units (cores, bytes, objects) by the names that a quota has for them: `pods`, `limits.cpu`. */
export type Usage = Readonly<Record<string, number>>;

/** Where objects of a kind are in the API. */
export interface Place {
  /** '' for the core group. */
  readonly group: string;
  readonly plural: string;
}

/** Kinds that quotas also count by their plural alone. */
const counted: ReadonlySet<string> = new Set([
  'configmaps',
  'persistentvolumeclaims',
  'pods',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
]);
/** Resources that a quota also knows without `requests.` before them. */
const plain: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);

/**
 * What one object uses.
 * @param now milliseconds since 1970: a pod that should be gone by now counts no more
 */
export function usageOf({ group, plural }: Place, object: KubeObject, now: number): Usage {
  const isPod = group === '' && plural === 'pods';
  const count = { [`count/${plural}${group === '' ? '' : `.${group}`}`]: 1 };
  if (isPod && isOver(object as Pod, now)) return count;
  return {
    ...count,
    ...(group === '' && counted.has(plural) && { [plural]: 1 }),
    ...(isPod && podUsage(object as Pod)),
    ...(plural === 'persistentvolumeclaims' && claimUsage(object)),
  };
}

function isOver({ metadata, status }: Pod, now: number): boolean {
  const { deletionTimestamp } = metadata;
  return (
    status?.phase === 'Succeeded' ||
    status?.phase === 'Failed' ||
    (deletionTimestamp !== undefined && Date.parse(deletionTimestamp) <= now)
  );
}

/** Containers count together, but not for less than the greediest of those that run before them. */
function podUsage({ spec }: Pod): Usage {
  const of = (container: Container): Usage =>
    Object.fromEntries(
      (['requests', 'limits'] as const).flatMap((part) =>
        Object.entries(container.resources?.[part] ?? {}).flatMap(([resource, value]) => {
          const amount = quantity(value) ?? 0;
          const entry: [string, number] = [`${part}.${resource}`, amount];
          return part === 'requests' && plain.has(resource) ? [entry, [resource, amount]] : [entry];
        }),
      ) as [string, number][],
    );
  const together = totalOf(spec.containers.map(of));
  return (spec.initContainers ?? []).map(of).reduce((most, one) => {
    const greater = Object.entries(one).filter(([name, amount]) => amount > (most[name] ?? 0));
    return { ...most, ...Object.fromEntries(greater) };
  }, together);
}

function claimUsage(claim: KubeObject): Usage {
  const { spec } = claim as KubeObject & { spec?: { resources?: { requests?: Record<string, string> } } };
  return { 'requests.storage': quantity(spec?.resources?.requests?.['storage']) ?? 0 };
}

export function totalOf(usages: readonly Usage[]): Usage {
  const total: Record<string, number> = {};
  for (const usage of usages) {
    for (const [name, amount] of Object.entries(usage)) total[name] = (total[name] ?? 0) + amount;
  }
  return total;
}

/**
 * Resources that a container does not speak of although a quota makes it.
 * @param hard the names that the quota limits
 */
export function unspecified(container: Container, hard: readonly string[]): string[] {
  return hard.filter((name) => {
    const [, part, resource = ''] = /^(?:(requests|limits)\.)?(cpu|memory)$/.exec(name) ?? [];
    return (
      resource !== '' &&
      container.resources?.[part === 'limits' ? part : 'requests']?.[resource] === undefined
    );
  });
}

/** An amount as a quota writes it: `250m`, `1536Mi`, `3`. */
export function amountText(name: string, amount: number): string {
  if (/\bcpu$/.test(name)) {
    const milli = Math.round(amount * 1000);
    return milli % 1000 === 0 ? String(milli / 1000) : `${String(milli)}m`;
  }
  if (amount === 0 || !/\b(memory|storage)$/.test(name)) return String(amount);
  const units = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
  let whole = amount;
  let unit = 0;
  while (whole % 1024 === 0 && unit < units.length - 1) {
    whole /= 1024;
    unit += 1;
  }
  return `${String(whole)}${units[unit] ?? ''}`;
}

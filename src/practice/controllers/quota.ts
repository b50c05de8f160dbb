/** Writes into each ResourceQuota what is used of it. That nothing goes beyond it is admission's part, in the API server. */
import { claims, jobs, quotas } from '../api-groups.ts';
import type { ResourceQuota } from '../api-groups.ts';
import { keyOf } from '../client.ts';
import { configMaps, deployments, pods, replicaSets, secrets, services } from '../objects.ts';
import type { KubeObject, Resource } from '../objects.ts';
import { amountText, totalOf, usageOf } from '../quota-usage.ts';
import type { Usage } from '../quota-usage.ts';
import type { ControllerOptions } from './controllers.ts';
import { startQueue } from './queue.ts';

/** The kinds that are counted. */
const kinds = [
  pods,
  claims,
  configMaps,
  secrets,
  services,
  deployments,
  replicaSets,
  jobs,
  quotas,
] as readonly Resource<KubeObject>[];

function placeOf({ apiVersion, plural }: Resource<KubeObject>): { group: string; plural: string } {
  return { group: apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '', plural };
}

/** Whether objects of a kind can count for a quota. */
function counts(resource: Resource<KubeObject>, quota: ResourceQuota): boolean {
  const { group, plural } = placeOf(resource);
  return Object.keys(quota.spec.hard).some((name) => {
    if (name === plural || name === `count/${plural}${group === '' ? '' : `.${group}`}`) return true;
    if (resource.kind === claims.kind) return name === 'requests.storage';
    return resource.kind === pods.kind && !name.startsWith('count/') && name !== 'requests.storage';
  });
}

/** The status that a usage amounts to. */
export function quotaStatus({ spec }: ResourceQuota, usage: Usage): NonNullable<ResourceQuota['status']> {
  const used = Object.keys(spec.hard).map((name) => [name, amountText(name, usage[name] ?? 0)]);
  return { hard: spec.hard, used: Object.fromEntries(used) as Record<string, string> };
}

export function startQuotaController({ client, clock, signal, report }: ControllerOptions): void {
  const known = new Map<string, ResourceQuota>();
  const queue = startQueue(clock, signal, sync, report);

  async function sync(key: string): Promise<void> {
    const [namespace = '', name = ''] = key.split('/');
    const quota = await client.get(quotas, namespace, name);
    if (!quota) return;
    const usages = await Promise.all(
      kinds
        .filter((resource) => counts(resource, quota))
        .map(async (resource) => {
          const objects = await client.list(resource, { namespace });
          return objects.map((object) => usageOf(placeOf(resource), object, clock.now()));
        }),
    );
    const status = quotaStatus(quota, totalOf(usages.flat()));
    if (isSame(status, quota.status)) return;
    await client.update(quotas, { ...quota, status }, 'status');
  }

  void client.watch(
    quotas,
    {},
    ({ type, object }) => {
      if (type === 'deleted') known.delete(keyOf(object));
      else known.set(keyOf(object), object);
      queue.add(keyOf(object));
    },
    signal,
  );
  for (const resource of kinds) {
    if (resource.kind === quotas.kind) continue;
    void client.watch(
      resource,
      {},
      ({ object }) => {
        for (const [key, quota] of known) {
          if (quota.metadata.namespace === object.metadata.namespace && counts(resource, quota))
            queue.add(key);
        }
      },
      signal,
    );
  }
}

function isSame(a: NonNullable<ResourceQuota['status']>, b: ResourceQuota['status']): boolean {
  const same = (one: Record<string, string> = {}, other: Record<string, string> = {}): boolean =>
    Object.keys({ ...one, ...other }).every((name) => one[name] === other[name]);
  return same(a.hard, b?.hard) && same(a.used, b?.used);
}

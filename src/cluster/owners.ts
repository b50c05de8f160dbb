/** Owner chains: from what a controller made to what a person made, and from a Service or an autoscaler to what it stands for. */
import { sameRef, type KubeObject, type ObjectRef } from '../domain/kubernetes.ts';
import { isSubdomainName } from './names.ts';
import { resourceOf } from './resources.ts';
import type { Search } from './search.ts';

/** Controllers that an incident can be about. A static pod belongs to its Node, which did not choose to run it. */
const controllers: ReadonlySet<string> = new Set([
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'ReplicationController',
]);
/** Pods of a Service that are asked for their owners. */
const podsOfService = 20;

/** A reference to an object that was read; what lives in no namespace has none. */
export function refOf(object: KubeObject): ObjectRef {
  const { namespace, name } = object.metadata;
  return { kind: object.kind, ...(namespace === undefined ? {} : { namespace }), name };
}

/** What controls an object, where that is of one of the kinds and of the API group that Kubernetes itself has. */
export function controllerOf(object: KubeObject, kinds = controllers): ObjectRef | undefined {
  const owner = object.metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined || !kinds.has(owner.kind)) return undefined;
  // Other groups have a Deployment or a Job of their own.
  const group = (version: string): string => (version.includes('/') ? (version.split('/')[0] ?? '') : '');
  if (group(owner.apiVersion) !== group(resourceOf(owner.kind).apiVersion)) return undefined;
  const { namespace } = object.metadata;
  return { kind: owner.kind, ...(namespace === undefined ? {} : { namespace }), name: owner.name };
}

/** A pod's or ReplicaSet's workload: the Deployment above its ReplicaSet, or the Job. Anything else stands for itself. */
export async function workloadOf(search: Search, object: KubeObject): Promise<ObjectRef> {
  let ref = refOf(object);
  let current: KubeObject | undefined = object;
  while (current !== undefined && (ref.kind === 'Pod' || ref.kind === 'ReplicaSet')) {
    const owner = controllerOf(current);
    if (owner === undefined) break;
    ref = owner;
    current = owner.kind === 'ReplicaSet' ? await search.get(owner) : undefined;
  }
  return ref;
}

/** What an object leads on to: a Job's CronJob, an autoscaler's workload, the one workload behind a Service. */
export async function beyond(search: Search, ref: ObjectRef): Promise<ObjectRef | undefined> {
  if (!['Job', 'HorizontalPodAutoscaler', 'Service'].includes(ref.kind)) return undefined;
  const object = await search.get(ref);
  if (object === undefined) return undefined;
  const { namespace } = ref;
  if (ref.kind === 'Job') return controllerOf(object, new Set(['CronJob']));
  if (ref.kind === 'HorizontalPodAutoscaler') {
    const { kind, name } = (object['spec']?.scaleTargetRef ?? {}) as Record<string, unknown>;
    if (typeof kind !== 'string' || typeof name !== 'string' || !controllers.has(kind)) return undefined;
    return { kind, name, ...(namespace === undefined ? {} : { namespace }) };
  }
  return behindService(search, object);
}

async function behindService(search: Search, service: KubeObject): Promise<ObjectRef | undefined> {
  const { namespace } = service.metadata;
  const selector = Object.entries((service['spec']?.selector ?? {}) as Record<string, string>);
  if (namespace === undefined || selector.length === 0) return undefined;
  const labelSelector = selector.map(([key, value]) => `${key}=${value}`).join(',');
  const pods = await search.list('Pod', { namespace, labelSelector, limit: podsOfService });
  const [first, ...others] = await Promise.all(pods.map((pod) => workloadOf(search, pod)));
  return first !== undefined && others.every((other) => sameRef(other, first)) ? first : undefined;
}

/**
 * What the name of an object that is gone may have been made from. Deployments add a hash and five characters, StatefulSets an
 * ordinal, DaemonSets and Jobs five characters (indexed ones an index before them), CronJobs the minute of the run as a number
 * (https://kubernetes.io/docs/concepts/workloads/controllers/).
 */
export function originsOf(
  kind: 'Pod' | 'ReplicaSet' | 'Job',
  name: string,
): { kind: string; name: string }[] {
  const forms: [kind: string, form: RegExp][] =
    kind === 'Job'
      ? [['CronJob', /^(.+)-\d{8,10}$/]]
      : [
          ['Deployment', /^(.+)-[a-z0-9]{1,10}-[a-z0-9]{5}$/],
          ['Deployment', /^(.+)-(?=[a-z]*\d)[a-z0-9]{8,10}$/],
          ['StatefulSet', /^(.+)-\d+$/],
          ['DaemonSet', /^(.+)-[a-z0-9]{5}$/],
          ['Job', /^(.+?)(?:-\d+)?-[a-z0-9]{5}$/],
          ['CronJob', /^(.+)-\d{8,10}-[a-z0-9]{5}$/],
        ];
  return forms.flatMap(([origin, form]) => {
    const stem = form.exec(name)?.[1];
    return stem === undefined || !isSubdomainName(stem) ? [] : [{ kind: origin, name: stem }];
  });
}

/** From an object that runs no pods itself to the workload that it is there for. */
import type { KubeObject, ObjectRef } from '../../domain/kubernetes.ts';
import { conditionOf, refOf } from '../pods.ts';
import { accountsOf } from './access.ts';
import { scaledBy } from './autoscalers.ts';
import { claimsOf } from './claims.ts';
import { backendsOf } from './ingresses.ts';
import { madeBy } from './jobs.ts';
import { listHere, read, type Place } from './source.ts';

/** What carries pods, or should. */
const workloads = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'Pod',
]);

/**
 * The workload (or the one Service) that the object is about; undefined where it leads to none, or to several:
 * that is no reason to accuse one of them.
 */
export async function leadsTo(place: Place, object: KubeObject): Promise<KubeObject | undefined> {
  const { namespace } = place;
  if (workloads.has(object.kind) || object.kind === 'Service') return object;
  switch (object.kind) {
    case 'HorizontalPodAutoscaler': {
      const ref = scaledBy(object);
      return ref && read(place, ref);
    }
    case 'Ingress': {
      const names = [...new Set(backendsOf(object).map(({ service }) => service))];
      const [name] = names;
      return names.length === 1 && name !== undefined
        ? read(place, { kind: 'Service', namespace, name })
        : undefined;
    }
    case 'PersistentVolumeClaim': {
      const pods = (await listHere(place, 'Pod')) ?? [];
      return ownerOf(
        place,
        pods.filter((pod) => claimsOf(pod).includes(object.metadata.name)),
      );
    }
    case 'CronJob':
      return lastRun(await madeBy(place, object));
    case 'Role': {
      const bindings = (await listHere(place, 'RoleBinding')) ?? [];
      const accounts = bindings
        .filter(({ roleRef }) => roleRef?.kind === 'Role' && roleRef.name === object.metadata.name)
        .flatMap((binding) => accountsOf(binding, namespace));
      return ofAccounts(place, accounts);
    }
    case 'RoleBinding':
      return ofAccounts(place, accountsOf(object, namespace));
    case 'ServiceAccount':
      return ofAccounts(place, [object.metadata.name]);
    default:
      return undefined;
  }
}

/** The newest Job that is over, else the newest. */
function lastRun(jobs: readonly KubeObject[]): KubeObject | undefined {
  return (
    jobs.find((job) => ['Complete', 'Failed'].some((type) => conditionOf(job, type)?.status === 'True')) ??
    jobs[0]
  );
}

/** What runs as one of these accounts. */
async function ofAccounts(place: Place, accounts: readonly string[]): Promise<KubeObject | undefined> {
  const names = [...new Set(accounts)];
  const [name] = names;
  if (name === undefined || names.length > 1) return undefined;
  const fieldSelector = `spec.serviceAccountName=${name}`;
  return ownerOf(place, (await listHere(place, 'Pod', { fieldSelector })) ?? []);
}

/** The one workload that all of these pods belong to. */
async function ownerOf(place: Place, pods: readonly KubeObject[]): Promise<KubeObject | undefined> {
  const owners = new Map<string, ObjectRef>();
  for (const pod of pods) {
    const ref = controllerRef(pod) ?? refOf(pod);
    owners.set(`${ref.kind}/${ref.name}`, ref);
  }
  const [ref, another] = owners.values();
  if (ref === undefined || another !== undefined) return severalSets(place, [...owners.values()]);
  if (ref.kind === 'Pod') return pods[0];
  if (!workloads.has(ref.kind)) return undefined;
  const owner = await read(place, ref);
  return owner === undefined ? undefined : aboveSet(place, owner);
}

/** The ReplicaSets of one Deployment in the middle of a rollout lead to it. */
async function severalSets(place: Place, refs: readonly ObjectRef[]): Promise<KubeObject | undefined> {
  if (refs.length === 0 || refs.length > 3 || refs.some(({ kind }) => kind !== 'ReplicaSet'))
    return undefined;
  const sets = await Promise.all(refs.map((ref) => read(place, ref)));
  const above = sets.map((set) => set && controllerRef(set)?.name);
  const [first] = sets;
  return first !== undefined && above.every((name) => name !== undefined && name === above[0])
    ? aboveSet(place, first)
    : undefined;
}

async function aboveSet(place: Place, owner: KubeObject): Promise<KubeObject> {
  const above = owner.kind === 'ReplicaSet' ? controllerRef(owner) : undefined;
  if (above?.kind !== 'Deployment') return owner;
  return (await read(place, above)) ?? owner;
}

function controllerRef(object: KubeObject): ObjectRef | undefined {
  const owner = object.metadata.ownerReferences?.find(({ controller }) => controller === true);
  return owner && { kind: owner.kind, namespace: object.metadata.namespace ?? '', name: owner.name };
}

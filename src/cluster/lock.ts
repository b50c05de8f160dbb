/**
 * The remediation lock: a Lease (coordination.k8s.io/v1), so that two windows or two engineers never remediate one incident at once.
 * Every write carries the resourceVersion that was read; who loses the race reads again.
 */
import type { KubeObject } from '../domain/kubernetes.ts';
import type { LockHolder } from './cluster.ts';
import type { ApiRequest, Reply, Requests } from './requests.ts';
import { objectIn } from './reads.ts';
import { collectionPath, objectPath } from './resources.ts';

const attempts = 4;

const ownLabel = 'app.kubernetes.io/managed-by=oncall-agent';
const byLabel = 'oncall-agent/by';
/** Finds the Leases that are held for steps which run without a person. */
export const automationLocks = `${ownLabel},${byLabel}=automation`;

interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

/** See `Cluster.acquireLock`. Taking a lock that `holder` has already renews it. */
export async function acquireLease(
  requests: Requests,
  namespace: string,
  name: string,
  holder: string,
  seconds: number,
  automatic = false,
  now: () => Date = () => new Date(),
): Promise<{ acquired: true } | { acquired: false; by: LockHolder }> {
  const ref = { kind: 'Lease', namespace, name };
  let by: LockHolder = { holder: 'somebody else', since: now().toISOString() };
  for (let attempt = 0; attempt < attempts; attempt++) {
    const lease = await readLease(requests, namespace, name);
    const time = now();
    const old: LeaseSpec = lease?.['spec'] ?? {};
    const mine = old.holderIdentity === holder;
    if (lease !== undefined && !mine && isHeld(old, time)) {
      by = lockHolderOf(old, time);
      return { acquired: false, by };
    }
    const spec: LeaseSpec = {
      holderIdentity: holder,
      leaseDurationSeconds: seconds,
      acquireTime: mine && old.acquireTime !== undefined ? old.acquireTime : microTime(time),
      renewTime: microTime(time),
      leaseTransitions: (old.leaseTransitions ?? 0) + (lease === undefined || mine ? 0 : 1),
    };
    const marked = marking(lease, ref, automatic);
    if ((await write(requests, ref, lease, spec, marked)).status < 300) return { acquired: true };
  }
  return { acquired: false, by };
}

/** See `Cluster.renewLock`. */
export async function renewLease(
  requests: Requests,
  namespace: string,
  name: string,
  holder: string,
  seconds: number,
  now: () => Date = () => new Date(),
): Promise<{ renewed: true } | { renewed: false; by?: LockHolder }> {
  const lease = await readLease(requests, namespace, name);
  if (lease === undefined) return { renewed: false };
  const old: LeaseSpec = lease['spec'] ?? {};
  const time = now();
  if (old.holderIdentity !== holder) {
    return { renewed: false, by: lockHolderOf(old, time) };
  }
  const spec = { ...old, leaseDurationSeconds: seconds, renewTime: microTime(time) };
  const { status } = await write(requests, { kind: 'Lease', namespace, name }, lease, spec);
  // Somebody wrote between the read and the write: what it is now is read anew.
  return status < 300 ? { renewed: true } : renewLease(requests, namespace, name, holder, seconds, now);
}

/** See `Cluster.releaseLock`. */
export async function releaseLease(
  requests: Requests,
  namespace: string,
  name: string,
  holder: string,
): Promise<void> {
  const ref = { kind: 'Lease', namespace, name };
  const lease = await readLease(requests, namespace, name);
  if (lease === undefined || lease['spec']?.holderIdentity !== holder) return;
  const { uid, resourceVersion } = lease.metadata;
  // 404 and 409: it is gone or somebody else's by now.
  await requests.reply(
    {
      method: 'DELETE',
      path: objectPath(ref),
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } },
      verb: 'delete',
      what: leasesIn(namespace),
    },
    undefined,
    [404, 409],
  );
}

/** As RBAC names them, so that a missing right is named as it would be granted. */
function leasesIn(namespace: string): string {
  return `leases.coordination.k8s.io in namespace ${namespace}`;
}

async function readLease(
  requests: Requests,
  namespace: string,
  name: string,
): Promise<KubeObject | undefined> {
  const ref = { kind: 'Lease', namespace, name };
  const request: ApiRequest = {
    method: 'GET',
    path: objectPath(ref),
    verb: 'get',
    what: leasesIn(namespace),
  };
  return objectIn(requests, ref, await requests.reply(request, undefined, [404]));
}

function write(
  requests: Requests,
  ref: { kind: string; namespace: string; name: string },
  lease: KubeObject | undefined,
  spec: LeaseSpec,
  metadata: object = lease?.metadata ?? { name: ref.name, namespace: ref.namespace },
): Promise<Reply> {
  const body = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata,
    spec,
  };
  const request: ApiRequest =
    lease === undefined
      ? {
          method: 'POST',
          path: collectionPath('Lease', ref.namespace),
          body,
          verb: 'create',
          what: leasesIn(ref.namespace),
        }
      : { method: 'PUT', path: objectPath(ref), body, verb: 'update', what: leasesIn(ref.namespace) };
  return requests.reply(request, undefined, lease === undefined ? [409] : [404, 409]);
}

/** With labels that tell whose it is: others count by them what goes on without a person. */
function marking(
  lease: KubeObject | undefined,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  automatic: boolean,
): object {
  const metadata = lease?.metadata ?? { name, namespace };
  const [key = '', value] = ownLabel.split('=');
  const labels = { [key]: value, [byLabel]: automatic ? 'automation' : 'person' };
  return { ...metadata, labels: { ...metadata.labels, ...labels } };
}

/** Who holds a Lease at this moment; undefined where nobody does. */
export function holderOf(lease: KubeObject, now: Date): string | undefined {
  const spec: LeaseSpec = lease['spec'] ?? {};
  return isHeld(spec, now) ? spec.holderIdentity : undefined;
}

function isHeld(spec: LeaseSpec, now: Date): boolean {
  return Boolean(spec.holderIdentity) && expiryOf(spec) > now.getTime();
}

/** When nobody holds it any more, milliseconds since the epoch; NaN where it does not say. */
function expiryOf({ renewTime = '', leaseDurationSeconds = 0 }: LeaseSpec): number {
  return Date.parse(renewTime) + leaseDurationSeconds * 1000;
}

function lockHolderOf(spec: LeaseSpec, now: Date): LockHolder {
  const expiry = expiryOf(spec);
  return {
    holder: spec.holderIdentity ?? '',
    since: isoTime(spec.acquireTime ?? spec.renewTime, now),
    ...(Number.isNaN(expiry) ? {} : { until: new Date(expiry).toISOString() }),
  };
}

/** Kubernetes' MicroTime: RFC 3339 with exactly six digits of a second. */
function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}

function isoTime(text: string | undefined, otherwise: Date): string {
  const time = text === undefined ? NaN : Date.parse(text);
  return new Date(Number.isNaN(time) ? otherwise : time).toISOString();
}

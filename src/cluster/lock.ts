/**
 * The remediation lock: a Lease (coordination.k8s.io/v1), so that two windows or two engineers never remediate one incident at once.
 * Every write carries the resourceVersion that was read; who loses the race reads again.
 */
import type { KubeObject } from '../domain/kubernetes.ts';
import { describeRef } from '../domain/kubernetes.ts';
import type { LockHolder } from './cluster.ts';
import type { ApiRequest, Reply, Requests } from './requests.ts';
import { getObject } from './reads.ts';
import { collectionPath, objectPath } from './resources.ts';

const attempts = 4;

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
  now: () => Date = () => new Date(),
): Promise<{ acquired: true } | { acquired: false; by: LockHolder }> {
  const ref = { kind: 'Lease', namespace, name };
  let by: LockHolder = { holder: 'somebody else', since: now().toISOString() };
  for (let attempt = 0; attempt < attempts; attempt++) {
    const lease = await getObject(requests, ref);
    const time = now();
    const old: LeaseSpec = lease?.['spec'] ?? {};
    const mine = old.holderIdentity === holder;
    if (lease !== undefined && !mine && isHeld(old, time)) {
      by = { holder: old.holderIdentity ?? '', since: isoTime(old.acquireTime ?? old.renewTime, time) };
      return { acquired: false, by };
    }
    const spec: LeaseSpec = {
      holderIdentity: holder,
      leaseDurationSeconds: seconds,
      acquireTime: mine && old.acquireTime !== undefined ? old.acquireTime : microTime(time),
      renewTime: microTime(time),
      leaseTransitions: (old.leaseTransitions ?? 0) + (lease === undefined || mine ? 0 : 1),
    };
    if ((await write(requests, ref, lease, spec)).status < 300) return { acquired: true };
  }
  return { acquired: false, by };
}

/** See `Cluster.releaseLock`. */
export async function releaseLease(
  requests: Requests,
  namespace: string,
  name: string,
  holder: string,
): Promise<void> {
  const ref = { kind: 'Lease', namespace, name };
  const lease = await getObject(requests, ref);
  if (lease === undefined || lease['spec']?.holderIdentity !== holder) return;
  const { uid, resourceVersion } = lease.metadata;
  // 404 and 409: it is gone or somebody else's by now.
  await requests.reply(
    {
      method: 'DELETE',
      path: objectPath(ref),
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } },
      verb: 'delete',
      what: describeRef(ref),
    },
    undefined,
    [404, 409],
  );
}

function write(
  requests: Requests,
  ref: { kind: string; namespace: string; name: string },
  lease: KubeObject | undefined,
  spec: LeaseSpec,
): Promise<Reply> {
  const body = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: lease?.metadata ?? { name: ref.name, namespace: ref.namespace },
    spec,
  };
  const request: ApiRequest =
    lease === undefined
      ? {
          method: 'POST',
          path: collectionPath('Lease', ref.namespace),
          body,
          verb: 'create',
          what: `leases in namespace ${ref.namespace}`,
        }
      : { method: 'PUT', path: objectPath(ref), body, verb: 'update', what: describeRef(ref) };
  return requests.reply(request, undefined, lease === undefined ? [409] : [404, 409]);
}

function isHeld(spec: LeaseSpec, now: Date): boolean {
  if (!spec.holderIdentity || spec.renewTime === undefined) return false;
  const expires = Date.parse(spec.renewTime) + (spec.leaseDurationSeconds ?? 0) * 1000;
  return expires > now.getTime();
}

/** Kubernetes' MicroTime: RFC 3339 with exactly six digits of a second. */
function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}

function isoTime(text: string | undefined, otherwise: Date): string {
  const time = text === undefined ? NaN : Date.parse(text);
  return new Date(Number.isNaN(time) ? otherwise : time).toISOString();
}

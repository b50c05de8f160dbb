/** What the application does where its environment names a resource of the Kubernetes API in `READS`: it lists it again and again. */
import type { KubeObject, Resource } from '../objects.ts';
import { environmentOf } from './environment.ts';
import type { Host } from './host.ts';
import type { Log } from './logs.ts';
import type { Serving } from './probes.ts';

interface AccessReview extends KubeObject {
  spec: {
    user: string;
    groups: string[];
    resourceAttributes: { namespace: string; verb: string; group: string; resource: string };
  };
  status?: { allowed: boolean; reason?: string };
}

const accessReviews: Resource<AccessReview> = {
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  namespaced: false,
};

/** Milliseconds between two lists. */
const readEvery = 5_000;

/**
 * Keeps the application ready while it can read what it reads; one that reads nothing is ready for good.
 * A refusal goes to its log, and its health check answers 503 until it is allowed.
 * @param log of this run
 * @param setReady writes whether the container is ready
 * @throws when the pod ends
 */
export async function staysReady(
  serving: Serving,
  log: Log | undefined,
  setReady: (ready: boolean) => Promise<void>,
): Promise<void> {
  const { host, container } = serving;
  const { READS: resource } = await environmentOf(host.client, host.pod, container);
  if (resource === undefined) {
    if (!serving.over) await setReady(true);
    return;
  }
  const say = (line: string): void => log?.write(line, host.clock.now());
  const isAsked = container.readinessProbe !== undefined;
  let allowed = false;
  if (!isAsked) await setReady(true);
  while (!serving.over) {
    const before: boolean = allowed;
    const refusal = await refusalOf(host, resource);
    allowed = refusal === undefined;
    if (allowed && !before) say(`INFO follows the ${resource} of its namespace`);
    if (!allowed) say(`ERROR ${refusal ?? ''}`);
    if (isAsked && !allowed) {
      const failure = 'Readiness probe failed: HTTP probe failed with statuscode: 503';
      host.event(container.name, 'Warning', 'Unhealthy', failure);
    }
    if (isAsked && allowed !== before) await setReady(allowed);
    await host.sleep(readEvery);
  }
}

/** Why the pod's service account cannot list: what the API server says to it, or that it says nothing. */
async function refusalOf({ client, pod, signal }: Host, resource: string): Promise<string | undefined> {
  const { namespace = '' } = pod.metadata;
  const user = `system:serviceaccount:${namespace}:${pod.spec.serviceAccountName ?? 'default'}`;
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  const resourceAttributes = { namespace, verb: 'list', group: '', resource };
  const review: AccessReview = { metadata: {}, spec: { user, groups, resourceAttributes } };
  let status: AccessReview['status'];
  try {
    ({ status } = await client.create(accessReviews, review, signal));
  } catch (error) {
    if (signal.aborted) throw error;
    return `${resource} cannot be listed: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (status?.allowed === true) return undefined;
  const because = status?.reason ? `: ${status.reason}` : '';
  return (
    `${resource} is forbidden: User "${user}" cannot list resource "${resource}" in API group "" ` +
    `in the namespace "${namespace}"${because}`
  );
}

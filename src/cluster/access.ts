/** What somebody may do in a cluster, asked of the cluster itself. Nothing is kept there. */
import type { Requests } from './requests.ts';

/** One right, as a Role writes it. */
export interface Right {
  /** Empty for the core group. */
  readonly group: string;
  /** `deployments`, or with a subresource `pods/log`. */
  readonly resource: string;
  readonly verb: string;
}

/** A ServiceAccount. */
export interface AccountRef {
  readonly namespace: string;
  readonly name: string;
}

/** A cluster as one asks it whether one can work with it. Each call throws an OncallError as those of `Cluster` do. */
export interface ClusterAccess {
  readonly context: string;
  readonly kubeconfig: string;
  readonly server: string;
  /** See `Cluster.check`. */
  check(signal?: AbortSignal): Promise<string>;
  /** What the API server takes for the time; undefined where it does not say. */
  time(signal?: AbortSignal): Promise<Date | undefined>;
  /** @param namespace undefined: in all of them */
  mayI(right: Right, namespace: string | undefined, signal?: AbortSignal): Promise<boolean>;
}

/** See {@link ClusterAccess.mayI}. By a SelfSubjectAccessReview (authorization.k8s.io/v1), which everybody may ask for. */
export async function mayI(
  requests: Requests,
  { group, resource, verb }: Right,
  namespace: string | undefined,
  signal?: AbortSignal,
): Promise<boolean> {
  const [plural = '', subresource] = resource.split('/');
  const { status } = await requests.json<{ status?: { allowed?: boolean } }>(
    {
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: {
          resourceAttributes: {
            ...{ group, resource: plural, verb },
            ...(subresource === undefined ? {} : { subresource }),
            ...(namespace === undefined ? {} : { namespace }),
          },
        },
      },
      verb: 'create',
      what: 'selfsubjectaccessreviews',
    },
    signal,
  );
  return status?.allowed === true;
}

/** See `Cluster.accountMay`. By a SubjectAccessReview (authorization.k8s.io/v1): it is answered, and nothing of it is kept. */
export async function accountMay(
  requests: Requests,
  { namespace, name }: AccountRef,
  { group, resource, verb }: Right,
  signal?: AbortSignal,
): Promise<boolean | undefined> {
  const [plural = '', subresource] = resource.split('/');
  const { status } = await requests.json<{ status?: { allowed?: boolean; evaluationError?: string } }>(
    {
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: {
          user: `system:serviceaccount:${namespace}:${name}`,
          groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
          resourceAttributes: {
            ...{ namespace, group, resource: plural, verb },
            ...(subresource === undefined ? {} : { subresource }),
          },
        },
      },
      verb: 'create',
      what: 'subjectaccessreviews',
    },
    signal,
  );
  if (status?.allowed === true) return true;
  // What could not be evaluated to its end is no refusal.
  return status?.allowed === false && !status.evaluationError ? false : undefined;
}

/** See {@link ClusterAccess.time}: the Date of an answer, exact to a second. */
export async function serverTime(requests: Requests, signal?: AbortSignal): Promise<Date | undefined> {
  const { headers } = await requests.reply(
    { method: 'GET', path: '/version', verb: 'get', what: '/version' },
    signal,
  );
  const time = Date.parse(headers['date'] ?? '');
  return Number.isNaN(time) ? undefined : new Date(time);
}

/** What stands around a workload and can be the cause of its trouble: one reader for each kind of thing, all in parallel. */
import type { KubeObject } from '../domain/kubernetes.ts';
import { countingPods, isReady } from './pods.ts';
import type { CoreState } from './snapshot.ts';
import { readAccess, type AccessView } from './sources/access.ts';
import { readAutoscalers, type AutoscalerView } from './sources/autoscalers.ts';
import { readCertificates, type CertificatesView } from './sources/certificates.ts';
import { readClaims, type ClaimView } from './sources/claims.ts';
import { readIngresses, type IngressView } from './sources/ingresses.ts';
import { readJobs, type JobsView } from './sources/jobs.ts';
import { readPolicies } from './sources/policies.ts';
import { exists, type Place } from './sources/source.ts';
import { troubledNodes } from './sources/troubled-nodes.ts';
import { warningsOf } from './sources/warnings.ts';
import { readWebhooks, type WebhookView } from './sources/webhooks.ts';

export interface Surroundings {
  readonly autoscalers: readonly AutoscalerView[];
  readonly claims: readonly ClaimView[];
  readonly ingresses: readonly IngressView[];
  /** Of the Ingresses with certificates that do not exist. */
  readonly certificates: readonly CertificatesView[];
  readonly jobs: JobsView | undefined;
  /** Read only where pods are not ready. */
  readonly access: AccessView | undefined;
  readonly webhooks: readonly WebhookView[];
  /** NetworkPolicies that select the pods. */
  readonly policies: readonly KubeObject[];
  /** The nodes under pods that are in trouble. */
  readonly nodes: readonly KubeObject[];
  /** Warning events about pods that are in trouble, and about pods that cannot be made. */
  readonly warnings: readonly KubeObject[];
}

export type SurroundingName = keyof Surroundings;

export const noSurroundings: Surroundings = {
  autoscalers: [],
  claims: [],
  ingresses: [],
  certificates: [],
  jobs: undefined,
  access: undefined,
  webhooks: [],
  policies: [],
  nodes: [],
  warnings: [],
};

export const allSurroundings = new Set(Object.keys(noSurroundings) as SurroundingName[]);

/** @param wanted the parts to read; the others stay empty */
export async function readSurroundings(
  place: Place,
  state: CoreState,
  wanted: ReadonlySet<SurroundingName>,
): Promise<Surroundings> {
  const { object, workload, replicaSets, pods, services } = state;
  if (object === undefined) return noSurroundings;
  const part = <N extends SurroundingName>(
    name: N,
    holds: boolean,
    read: () => Promise<Surroundings[N]>,
  ): Promise<Surroundings[N]> => (wanted.has(name) && holds ? read() : Promise.resolve(noSurroundings[name]));
  const inTrouble = countingPods(state).some((pod) => !isReady(pod));
  const routes = part('ingresses', true, () => readIngresses(place, object, services));
  const [autoscalers, claims, ingresses, certificates, jobs, access, webhooks, policies, nodes, warnings] =
    await Promise.all([
      part('autoscalers', true, () => readAutoscalers(place, object, workload)),
      part('claims', true, () => readClaims(place, object, workload, pods)),
      routes,
      part('certificates', true, async () =>
        readCertificates(
          place,
          (await routes).map(({ ingress }) => ingress),
        ),
      ),
      part('jobs', true, () => readJobs(place, object, workload)),
      part('access', inTrouble, async () => workload && readAccess(place, workload)),
      part('webhooks', true, async () =>
        workload === undefined ? [] : readWebhooks(place, workload, replicaSets, pods),
      ),
      part('policies', services.length > 0, async () =>
        workload === undefined ? [] : readPolicies(place, workload),
      ),
      part('nodes', true, () => troubledNodes(place, pods)),
      part('warnings', true, async () =>
        workload === undefined ? [] : warningsOf(place, workload, countingPods(state)),
      ),
    ]);
  return {
    autoscalers,
    claims,
    ingresses,
    certificates,
    jobs,
    access,
    webhooks,
    policies,
    nodes,
    warnings,
  };
}

/** The objects around a workload that a remedy may change. */
export function objectsAround({ autoscalers, ingresses, access, jobs }: Surroundings): KubeObject[] {
  return [
    ...autoscalers.map(({ autoscaler }) => autoscaler),
    ...ingresses.map(({ ingress }) => ingress),
    ...(access?.grants ?? []).flatMap(({ role }) => (exists(role) ? [role] : [])),
    ...(jobs?.cronJob === undefined ? [] : [jobs.cronJob]),
  ];
}

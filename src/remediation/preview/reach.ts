/** How far a command reaches beyond the objects that it changes, in numbers. */
import { matches, selects, type Labels, type LabelSelector } from '../../diagnosis/labels.ts';
import { isReady, refOf } from '../../diagnosis/pods.ts';
import { scalingOf } from '../../diagnosis/autoscaling.ts';
import type { KubeObject } from '../../domain/kubernetes.ts';
import type { Reach } from '../../domain/preview.ts';
import type { Command } from '../../kubectl/grammar.ts';
import { serviceNameLabel } from '../conditions/endpoints.ts';
import { impactOf, replicasOf, type Impact, type Touched } from './impact.ts';
import type { Surroundings } from './surroundings.ts';

/** Works out what all of it does together. */
export async function reachOf(
  touched: readonly Touched[],
  command: Command,
  surroundings: Surroundings,
): Promise<Reach> {
  const impacts = await Promise.all(touched.map((one) => impactOf(one, command, surroundings)));
  const sum = (of: (impact: Impact) => number): number =>
    impacts.reduce((total, impact) => total + of(impact), 0);
  // Asked before Services are looked at: their endpoints are pods too, of which none goes.
  const unread = surroundings.isUnread('Pod');
  const [services, budgets, autoscalers] = await Promise.all([
    servicesHit(touched, impacts, surroundings),
    budgetsHit(impacts, surroundings),
    autoscalersHit(touched, surroundings),
  ]);
  const added = sum((impact) => impact.added);
  const [going, replaced, notMade] = [
    sum((impact) => impact.going),
    sum((impact) => impact.replaced),
    sum((impact) => impact.notMade),
  ];
  return {
    pods: unread
      ? { replaced: 0, removed: 0, added, unread }
      : { replaced, removed: going - replaced, added, ...(notMade === 0 ? {} : { notMade }) },
    rollouts: impacts.flatMap(({ rollout }) => rollout ?? []),
    services,
    budgets,
    autoscalers,
  };
}

/** Endpoints that a Service loses because pods go, because they are labelled otherwise, or because the Service itself changes. */
async function servicesHit(
  touched: readonly Touched[],
  impacts: readonly Impact[],
  surroundings: Surroundings,
): Promise<Reach['services']> {
  const namespaces = namespacesOf([
    ...impacts.flatMap(({ pods }) => pods),
    ...touched.flatMap(({ ref, before }) =>
      before !== undefined && (ref.kind === 'Service' || ref.kind === 'Pod') ? [before] : [],
    ),
  ]);
  const hits = await Promise.all(
    namespaces.map(async (namespace) => {
      const services = await surroundings.list('Service', { namespace });
      return Promise.all(
        services.map((service) => serviceHit(service, namespace, touched, impacts, surroundings)),
      );
    }),
  );
  return hits.flat().filter((hit) => hit !== undefined);
}

async function serviceHit(
  service: KubeObject,
  namespace: string,
  touched: readonly Touched[],
  impacts: readonly Impact[],
  surroundings: Surroundings,
): Promise<Reach['services'][number] | undefined> {
  const ref = refOf(service);
  const own = touched.find(
    (one) => one.ref.kind === 'Service' && one.ref.name === ref.name && one.ref.namespace === namespace,
  );
  const selector: Labels = service['spec']?.selector ?? {};
  const going = impacts.map(({ pods, readyLeft }) =>
    Math.max(
      0,
      pods.filter((pod) => isReady(pod) && isSelected(pod, namespace, selector)).length - readyLeft,
    ),
  );
  const relabelled = touched.filter(
    ({ before, after }) =>
      before?.kind === 'Pod' &&
      after !== undefined &&
      isReady(before) &&
      isSelected(before, namespace, selector) &&
      !isSelected(after, namespace, selector),
  );
  const lostByPods = going.reduce((sum, count) => sum + count, relabelled.length);
  if (own === undefined && lostByPods === 0) return undefined;

  const ready = await readyEndpoints(ref.name, namespace, surroundings);
  if (own === undefined) {
    return ready === 0
      ? undefined
      : { ref, ready, lost: Math.min(ready, lostByPods), forGood: relabelled.length > 0 };
  }
  const lost = await lostByItself(own, ready, namespace, selector, surroundings);
  return lost === 0 ? undefined : { ref, ready, lost, forGood: true };
}

/** What a change of the Service itself costs it. */
async function lostByItself(
  { after }: Touched,
  ready: number,
  namespace: string,
  selector: Labels,
  surroundings: Surroundings,
): Promise<number> {
  if (after === undefined) return ready;
  const next: Labels = after['spec']?.selector ?? {};
  const pods = (await surroundings.list('Pod', { namespace })).filter(isReady);
  const [now, then] = [selector, next].map((labels) =>
    pods.filter((pod) => isSelected(pod, namespace, labels)),
  );
  return Math.min(ready, now?.filter((pod) => then?.includes(pod) !== true).length ?? 0);
}

function isSelected(pod: KubeObject, namespace: string, selector: Labels): boolean {
  return pod.metadata.namespace === namespace && matches(selector, pod.metadata.labels);
}

interface Endpoint {
  readonly addresses?: readonly string[];
  readonly conditions?: { readonly ready?: boolean | null };
  readonly targetRef?: { readonly name?: string };
}

/** A pod with addresses of two families stands in two slices: it counts once. */
async function readyEndpoints(
  service: string,
  namespace: string,
  surroundings: Surroundings,
): Promise<number> {
  const slices = await surroundings.list('EndpointSlice', {
    namespace,
    labelSelector: `${serviceNameLabel}=${service}`,
  });
  const ready = slices
    .flatMap((slice) => (slice['endpoints'] ?? []) as Endpoint[])
    .filter(({ conditions }) => conditions?.ready !== false);
  return new Set(ready.map(({ targetRef, addresses }) => targetRef?.name ?? addresses?.[0])).size;
}

async function budgetsHit(impacts: readonly Impact[], surroundings: Surroundings): Promise<Reach['budgets']> {
  const pods = impacts.flatMap((impact) => impact.pods);
  const asked = impacts.some(({ evicted }) => evicted);
  const hits = await Promise.all(
    namespacesOf(pods).map(async (namespace) => {
      const budgets = await surroundings.list('PodDisruptionBudget', { namespace });
      return budgets.flatMap((budget) => {
        const selector: LabelSelector | undefined = budget['spec']?.selector;
        const covered = pods.filter(
          (pod) =>
            selector !== undefined &&
            pod.metadata.namespace === namespace &&
            selects(selector, pod.metadata.labels ?? {}),
        ).length;
        if (covered === 0) return [];
        const allowed = Number(budget['status']?.disruptionsAllowed ?? 0);
        return [{ ref: refOf(budget), allowed, covered, asked }];
      });
    }),
  );
  return hits.flat();
}

/** Autoscalers of workloads whose number of replicas is set by hand. */
async function autoscalersHit(
  touched: readonly Touched[],
  surroundings: Surroundings,
): Promise<Reach['autoscalers']> {
  const hits = await Promise.all(
    touched.map(async ({ ref, before, after }) => {
      if (before === undefined || after === undefined || ref.namespace === undefined) return [];
      if (before['spec']?.replicas === after['spec']?.replicas) return [];
      const { namespace } = ref;
      const autoscalers = await surroundings.list('HorizontalPodAutoscaler', { namespace });
      return autoscalers
        .filter(
          ({ spec }) => spec?.scaleTargetRef?.kind === ref.kind && spec.scaleTargetRef.name === ref.name,
        )
        .map((autoscaler) => {
          const { minReplicas: minimum, maxReplicas: maximum } = scalingOf(autoscaler);
          return { ref: refOf(autoscaler), minimum, maximum, replicas: replicasOf(after) };
        });
    }),
  );
  return hits.flat();
}

function namespacesOf(objects: readonly KubeObject[]): string[] {
  return [...new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []))];
}

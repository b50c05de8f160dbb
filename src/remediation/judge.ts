/** What has to be watched for a verification, and how it is judged. */
import type { Cluster } from '../cluster/cluster.ts';
import { isOncallError } from '../domain/error.ts';
import { sameRef, type KubeObject, type ObjectRef } from '../domain/kubernetes.ts';
import type { Verification } from '../domain/plan.ts';
import type { ConditionState } from './conditions/condition.ts';
import { autoscaledCondition } from './conditions/autoscaled.ts';
import { endpointsCondition, serviceNameLabel } from './conditions/endpoints.ts';
import { existsCondition } from './conditions/exists.ts';
import { jobCompleteCondition } from './conditions/job-complete.ts';
import { controllerOf, podReplacedCondition } from './conditions/pod-replaced.ts';
import { replicasCondition } from './conditions/replicas.ts';
import { restoredCondition } from './conditions/restored.ts';
import { rolloutCondition } from './conditions/rollout.ts';
import { labelSelectorText } from './label-selector.ts';
import { labelledSource, objectSource, type Source, type Watching } from './watching.ts';

/** A verification, ready to be watched. */
export interface Judge {
  readonly sources: readonly Source[];
  /** The pods whose containers may not restart meanwhile. */
  readonly steadyPods?: Source;
  /** Why nothing can tell whether the condition holds; a clause. */
  readonly unjudgeable?: string;
  /** The condition, judged over what is watched. */
  state(watching: Watching): ConditionState;
}

/** What the condition of a verification needs; `before` spares reading what was read already. */
export async function judgeFor(
  cluster: Cluster,
  verification: Exclude<Verification, { type: 'none' }>,
  before: readonly KubeObject[],
  signal: AbortSignal,
): Promise<Judge> {
  const { target } = verification;
  const object = objectSource(target);
  const only = (watching: Watching): KubeObject | undefined => watching.objects(object)[0];
  switch (verification.type) {
    case 'rollout': {
      const pods = await podsOf(cluster, target, before, signal);
      return {
        sources: pods === undefined ? [object] : [object, pods],
        ...(pods === undefined ? {} : { steadyPods: pods }),
        state: (watching) => rolloutCondition(target, only(watching)),
      };
    }
    case 'replicas':
      return {
        sources: [object],
        state: (watching) => replicasCondition(target, verification.replicas, only(watching)),
      };
    case 'endpoints': {
      const endpoints = await endpointsOf(cluster, target, signal);
      return {
        sources: [endpoints],
        state: (watching) => endpointsCondition(target, watching.objects(endpoints)),
      };
    }
    case 'exists':
      return { sources: [object], state: (watching) => existsCondition(target, only(watching)) };
    case 'autoscaled':
      return { sources: [object], state: (watching) => autoscaledCondition(target, only(watching)) };
    case 'job-complete':
      return { sources: [object], state: (watching) => jobCompleteCondition(target, only(watching)) };
    case 'restored':
      return {
        sources: [object],
        state: (watching) =>
          restoredCondition(target, verification.specHash, only(watching), verification.was),
      };
    case 'pod-replaced':
      return podReplacedJudge(cluster, target, before, signal);
  }
}

/** What to watch so that a change of a finding on `target` is noticed at once. */
export async function sourcesOfFinding(
  cluster: Cluster,
  target: ObjectRef,
  before: readonly KubeObject[],
  signal: AbortSignal,
): Promise<readonly Source[]> {
  if (target.kind === 'Service') {
    return [objectSource(target), await endpointsOf(cluster, target, signal)];
  }
  const pods = await podsOf(cluster, target, before, signal);
  return pods === undefined ? [objectSource(target)] : [objectSource(target), pods];
}

async function podReplacedJudge(
  cluster: Cluster,
  target: ObjectRef,
  before: readonly KubeObject[],
  signal: AbortSignal,
): Promise<Judge> {
  const old = before.find((one) => sameRef(refOf(one), target));
  const reference = old && controllerOf(old);
  if (old === undefined || reference === undefined) {
    const message =
      old === undefined
        ? `it is not known which pod ${target.name} was`
        : podReplacedCondition(old, undefined, []).message;
    return { sources: [], unjudgeable: message, state: () => ({ met: false, message }) };
  }
  const ownerRef: ObjectRef = {
    kind: reference.kind,
    name: reference.name,
    ...(target.namespace === undefined ? {} : { namespace: target.namespace }),
  };
  const owner = objectSource(ownerRef);
  const pods = (await podsOf(cluster, ownerRef, before, signal)) ?? objectSource(target);
  return {
    sources: [owner, pods],
    state: (watching) => podReplacedCondition(old, watching.objects(owner)[0], watching.objects(pods)),
  };
}

/** The Service's EndpointSlices, or its Endpoints where the cluster (before Kubernetes 1.21) or our rights have no slices. */
async function endpointsOf(cluster: Cluster, service: ObjectRef, signal: AbortSignal): Promise<Source> {
  const slices = labelledSource('EndpointSlice', service.namespace, `${serviceNameLabel}=${service.name}`);
  try {
    await cluster.list(slices.kind, { ...slices.selection, limit: 1 }, signal);
    return slices;
  } catch (error) {
    const absent = isOncallError(error) && ['target-unknown', 'cluster-forbidden'].includes(error.code);
    if (!absent) throw error;
    return objectSource({ ...service, kind: 'Endpoints' });
  }
}

/** The pods that an object selects, or undefined where it selects none. */
async function podsOf(
  cluster: Cluster,
  ref: ObjectRef,
  before: readonly KubeObject[],
  signal: AbortSignal,
): Promise<Source | undefined> {
  const object = before.find((one) => sameRef(refOf(one), ref)) ?? (await cluster.get(ref, signal));
  const selector = labelSelectorText(object?.spec?.selector);
  return selector === undefined ? undefined : labelledSource('Pod', ref.namespace, selector);
}

function refOf(object: KubeObject): ObjectRef {
  const { name, namespace } = object.metadata;
  return { kind: object.kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

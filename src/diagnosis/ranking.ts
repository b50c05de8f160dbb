/** Root cause first: which findings follow from others, by what stands behind what, by what came before, and by what explains more. */
import type { FindingName } from '../domain/diagnosis.ts';
import { sameRef, type ObjectRef } from '../domain/kubernetes.ts';
import { mistakeOf } from './findings/mistaken-probe.ts';
import { failingProbes } from './findings/unhealthy.ts';
import { matches } from './labels.ts';
import { refOf } from './pods.ts';
import { podLabels, selectorOf } from './read.ts';
import type { ClusterState } from './snapshot.ts';

interface Ranked {
  readonly name: FindingName;
  readonly target: ObjectRef;
  readonly alsoAbout?: readonly ObjectRef[];
}

/** A volume claim that keeps pods from starting. */
const claims: readonly FindingName[] = ['ProvisioningFailed', 'ClaimUnbound', 'ClaimLost'];

/** What keeps the pods of a new revision away, so that its rollout does not end. */
const keepsPodsAway: readonly FindingName[] = [
  'NodeNotReady',
  'NodePressure',
  'OOMKilled',
  'ImagePullBackOff',
  'CreateContainerConfigError',
  'FailedMount',
  'CrashLoopBackOff',
  'FailedScheduling',
  'FailedCreate',
  ...claims,
  'WebhookUnavailable',
  'Forbidden',
];

/** By finding: those that explain it, wherever they show. */
const explainedBy: Readonly<Partial<Record<FindingName, readonly FindingName[]>>> = {
  RolloutStuck: keepsPodsAway,
  Unhealthy: ['NodeNotReady', 'OOMKilled', 'CrashLoopBackOff', 'ScaledToZero', 'Forbidden'],
  FailedScheduling: claims,
  FailedMount: ['ClaimLost'],
  FailedCreate: ['WebhookUnavailable'],
  // Pods that do not run are not measured, and those that are left carry their load.
  FailedGetResourceMetric: keepsPodsAway,
  TooManyReplicas: keepsPodsAway,
};

/** A rollout is stuck because its pods fail; a Service has no endpoints because its workload has none. Only the cause is remedied. */
export function isConsequence(finding: Ranked, findings: readonly Ranked[], state: ClusterState): boolean {
  const others = findings.filter((other) => other !== finding);
  const has = (name: FindingName): boolean => others.some((other) => other.name === name);
  if (explainedBy[finding.name]?.some(has)) return true;
  // A probe that asks the wrong thing holds up a rollout; a release that does not answer a right one is what is wrong itself.
  if (finding.name === 'RolloutStuck' && has('Unhealthy')) return isProbeMistaken(state);
  if (finding.name === 'Unhealthy' && has('RolloutStuck')) return !isProbeMistaken(state);
  return finding.name === 'NoEndpoints' && isInFrontOf(finding.target, others, state);
}

/** Whether the first probe that fails is itself what is wrong. */
function isProbeMistaken(state: ClusterState): boolean {
  const [first] = failingProbes(state);
  return first !== undefined && mistakeOf(state, first.container, first.probe) !== undefined;
}

/** Whether the Service is right, and something is wrong with the workload behind it. */
function isInFrontOf(
  service: ObjectRef,
  others: readonly Ranked[],
  { workload, services }: ClusterState,
): boolean {
  if (workload === undefined) return false;
  const view = services.find((one) => sameRef(refOf(one.service), service));
  const isBehind = view !== undefined && matches(selectorOf(view.service), podLabels(workload));
  return (
    isBehind &&
    others.some(({ name, target, alsoAbout = [] }) => {
      const about = keepsPodsAway.includes(name) ? [target, ...alsoAbout] : [target];
      return about.some((object) => sameRef(object, refOf(workload)));
    })
  );
}

/** Causes in the order in which they are given, then what follows from them. */
export function ranked<T extends Ranked>(findings: readonly T[], state: ClusterState): T[] {
  const follows = new Set(findings.filter((finding) => isConsequence(finding, findings, state)));
  return [...findings.filter((finding) => !follows.has(finding)), ...follows];
}

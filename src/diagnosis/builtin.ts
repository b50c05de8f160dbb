/** The built-in analyst: rules only, no model, no network. Logs are evidence for people here; no text in them becomes an action. */
import type { GroundedProposal } from '../domain/action.ts';
import type { Finding, FindingName } from '../domain/diagnosis.ts';
import { describeRef } from '../domain/kubernetes.ts';
import type { ConcreteAnalysis, Investigation } from './analyst.ts';
import { isConsequence } from './ranking.ts';
import { forConfigError, forFailedMount } from './remedies/configuration.ts';
import { forFailedCreate } from './remedies/creation.ts';
import { forFailedGetMetric, forFailedGetScale, forMaxed, forMissingMetrics } from './remedies/autoscaler.ts';
import { forLost, forProvisioning, forUnbound, forVolume } from './remedies/claim.ts';
import { forForbidden } from './remedies/forbidden.ts';
import { forIngressBackend, forIngressClass, forIngressSecret } from './remedies/ingress.ts';
import { forFailedJob, forSchedule, forSuspended } from './remedies/job.ts';
import { forOomKill } from './remedies/memory.ts';
import { suspectedPolicies } from './remedies/network-policy.ts';
import { forNodeNotReady, forNodePressure } from './remedies/node.ts';
import { forUnhealthy } from './remedies/probe.ts';
import { forTargetPort } from './remedies/port.ts';
import { onlySuspected, type Remedy, type RemedyContext, type RemedyRule } from './remedies/remedy.ts';
import { forCrashLoop, forImagePull, forStuckRollout } from './remedies/rollback.ts';
import { forScaledToZero } from './remedies/scale.ts';
import { forFailedScheduling } from './remedies/scheduling.ts';
import { forNoEndpoints } from './remedies/selector.ts';
import { forWebhook } from './remedies/webhook.ts';
import type { Snapshot } from './snapshot.ts';

const remedies: Readonly<Record<FindingName, RemedyRule>> = {
  CrashLoopBackOff: forCrashLoop,
  ImagePullBackOff: forImagePull,
  OOMKilled: forOomKill,
  NodeNotReady: forNodeNotReady,
  NodePressure: forNodePressure,
  CreateContainerConfigError: forConfigError,
  FailedMount: forFailedMount,
  FailedScheduling: forFailedScheduling,
  FailedCreate: forFailedCreate,
  Unhealthy: forUnhealthy,
  RolloutStuck: forStuckRollout,
  NoEndpoints: forNoEndpoints,
  ScaledToZero: forScaledToZero,
  ReplicasUnavailable: forUnavailable,
  WebhookUnavailable: forWebhook,
  ProvisioningFailed: forProvisioning,
  ClaimUnbound: forUnbound,
  ClaimLost: forLost,
  VolumeFailed: forVolume,
  Forbidden: forForbidden,
  BackoffLimitExceeded: forFailedJob,
  DeadlineExceeded: forFailedJob,
  JobFailed: forFailedJob,
  JobSuspended: forSuspended,
  CronJobSuspended: forSuspended,
  UnparseableSchedule: forSchedule,
  TargetPortMismatch: forTargetPort,
  IngressClassNotFound: forIngressClass,
  IngressBackendNotFound: forIngressBackend,
  IngressSecretNotFound: forIngressSecret,
  FailedGetScale: forFailedGetScale,
  FailedGetResourceMetric: forMissingMetrics,
  FailedGetMetric: forFailedGetMetric,
  TooManyReplicas: forMaxed,
};

/** That pods are missing explains nothing: what keeps them away is not known, and nothing is proposed on a guess. */
function forUnavailable(context: RemedyContext): Remedy {
  return onlySuspected(
    context,
    '',
    'What keeps the pods away is not known: their events and logs are among the evidence.',
  );
}

/** A finding with what is known of its cause and its remedy. */
export interface RemediedFinding {
  readonly finding: Finding;
  readonly remedy: Remedy;
}

/** The findings that are no mere consequence of another one, the root cause first, each with its remedy. */
export function remediesOf(
  snapshot: Snapshot,
  { findings, evidence }: Pick<Investigation, 'findings' | 'evidence'>,
): RemediedFinding[] {
  return findings
    .filter((finding) => !isConsequence(finding, findings, snapshot))
    .map((finding) => ({ finding, remedy: remedies[finding.name]({ snapshot, finding, evidence }) }));
}

/** The analysis by rules of one snapshot: what remedies need (revisions, labels, limits) is in there. */
export function analyseBuiltin(snapshot: Snapshot, investigation: Investigation): ConcreteAnalysis {
  const { findings, evidence } = investigation;
  const found = remediesOf(snapshot, investigation).map(({ remedy }) => remedy);
  return {
    summary:
      findings.length === 0
        ? nothingWrong(snapshot)
        : findings.map(({ summary }) => summary).join('. ') + '.',
    rootCause: found[0]?.cause ?? '',
    hypotheses:
      findings.length === 0
        ? suspectedPolicies(snapshot, evidence)
        : found.flatMap(({ hypotheses }) => hypotheses),
    proposals: distinct(found.flatMap(({ proposals }) => proposals)),
  };
}

function distinct(proposals: readonly GroundedProposal[]): GroundedProposal[] {
  const key = ({ action, parameters }: GroundedProposal): string => JSON.stringify([action, parameters]);
  return proposals.filter((one, index) => proposals.findIndex((other) => key(other) === key(one)) === index);
}

/** "All is well" is only said of what was seen. */
function nothingWrong({ target, object, workload, gaps }: Snapshot): string {
  const unseen =
    gaps.length === 0
      ? ''
      : ` ${gaps.length === 1 ? 'One thing' : `${gaps.length} things`} could not be read, so that this is not the whole picture.`;
  if (object === undefined) {
    return gaps.length === 0
      ? `${describeRef(target)} does not exist.`
      : `${describeRef(target)} could not be looked at.${unseen}`;
  }
  const status = workload?.['status'];
  const replicas =
    workload === undefined || status?.replicas === undefined
      ? ''
      : `: ${status.availableReplicas ?? status.readyReplicas ?? 0} of ${workload['spec']?.replicas ?? status.replicas} replicas are available`;
  return `Nothing wrong was found on ${describeRef(target)}${replicas}.${unseen}`;
}

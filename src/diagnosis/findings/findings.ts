/** All built-in findings over one snapshot, the root cause first, with numbered evidence. */
import type { Evidence, Finding, FindingName } from '../../domain/diagnosis.ts';
import { sameRef } from '../../domain/kubernetes.ts';
import { backgroundEvidence, eventEvidence, logEvidence } from '../evidence.ts';
import type { ClusterState, Snapshot } from '../snapshot.ts';
import { ranked } from '../ranking.ts';
import { failedGetMetric, failedGetResourceMetric, failedGetScale, tooManyReplicas } from './autoscaler.ts';
import { claimLost, claimUnbound, provisioningFailed } from './claim.ts';
import { configError } from './config-error.ts';
import { crashingContainers, crashLoop } from './crash-loop.ts';
import { failedCreate } from './failed-create.ts';
import { failedMount } from './failed-mount.ts';
import { failedScheduling } from './failed-scheduling.ts';
import { forbidden } from './forbidden.ts';
import { imagePull } from './image-pull.ts';
import { ingressBackendNotFound, ingressClassNotFound, ingressSecretNotFound } from './ingress.ts';
import {
  backoffLimitExceeded,
  cronJobSuspended,
  deadlineExceeded,
  jobFailed,
  jobSuspended,
  unparseableSchedule,
} from './job.ts';
import { noEndpoints } from './no-endpoints.ts';
import { nodeNotReady, nodePressure } from './nodes.ts';
import { oomKilled, oomKilledContainers } from './oom-killed.ts';
import { rolloutStuck } from './rollout-stuck.ts';
import type { EvidenceDraft, FindingDraft, FindingRule } from './rule.ts';
import { scaledToZero } from './scaled-to-zero.ts';
import { targetPortMismatch } from './target-port.ts';
import { replicasUnavailable } from './unavailable.ts';
import { failingProbes, unhealthy } from './unhealthy.ts';
import { volumeFailed } from './volume.ts';
import { webhookUnavailable } from './webhook.ts';

/** In the order of cause before effect: the machine, what kills containers, what keeps them from starting, what follows from it. */
const rules: Readonly<Record<FindingName, FindingRule>> = {
  NodeNotReady: nodeNotReady,
  NodePressure: nodePressure,
  OOMKilled: oomKilled,
  ImagePullBackOff: imagePull,
  CreateContainerConfigError: configError,
  FailedMount: failedMount,
  ProvisioningFailed: provisioningFailed,
  ClaimUnbound: claimUnbound,
  ClaimLost: claimLost,
  VolumeFailed: volumeFailed,
  FailedScheduling: failedScheduling,
  WebhookUnavailable: webhookUnavailable,
  FailedCreate: failedCreate,
  BackoffLimitExceeded: backoffLimitExceeded,
  DeadlineExceeded: deadlineExceeded,
  JobFailed: jobFailed,
  JobSuspended: jobSuspended,
  CronJobSuspended: cronJobSuspended,
  UnparseableSchedule: unparseableSchedule,
  Forbidden: forbidden,
  Unhealthy: unhealthy,
  CrashLoopBackOff: crashLoop,
  ScaledToZero: scaledToZero,
  NoEndpoints: noEndpoints,
  TargetPortMismatch: targetPortMismatch,
  IngressClassNotFound: ingressClassNotFound,
  IngressBackendNotFound: ingressBackendNotFound,
  IngressSecretNotFound: ingressSecretNotFound,
  FailedGetScale: failedGetScale,
  FailedGetResourceMetric: failedGetResourceMetric,
  FailedGetMetric: failedGetMetric,
  TooManyReplicas: tooManyReplicas,
  RolloutStuck: rolloutStuck,
  ReplicasUnavailable: replicasUnavailable,
};

/** Whether a finding holds in this state, by the rule that established it. */
export function holds(state: ClusterState, finding: Pick<Finding, 'name' | 'target'>): boolean {
  return rules[finding.name](state).some(({ target }) => sameRef(target, finding.target));
}

/** A crash loop of nothing but containers that the kernel or a probe kills is told as what it is: lack of memory, or the probe. */
function isPlainCrash(state: ClusterState): boolean {
  const byProbe = failingProbes(state).filter(({ probe }) => probe !== 'readiness');
  const killed = new Set(
    [...oomKilledContainers(state), ...byProbe.map(({ container }) => container)].map(
      ({ status }) => status.name,
    ),
  );
  return crashingContainers(state).some(({ status }) => !killed.has(status.name));
}

/** What is wrong, and everything that was observed. Pure. */
export function findFindings(snapshot: Snapshot): { findings: Finding[]; evidence: Evidence[] } {
  const drafts = ranked(
    Object.values(rules)
      .flatMap((rule) => rule(snapshot))
      .filter(({ name }) => name !== 'CrashLoopBackOff' || isPlainCrash(snapshot))
      // That pods are missing follows from whatever else is wrong, and is told where nothing else is known.
      .filter(({ name }, _, all) => name !== 'ReplicasUnavailable' || all.length === 1),
    snapshot,
  );
  const evidence: Evidence[] = [];
  const ids = new Map<string, string>();
  const number = (draft: EvidenceDraft): string => {
    const key = JSON.stringify([draft.source, draft.summary]);
    const known = ids.get(key);
    if (known !== undefined) return known;
    const id = `e${evidence.length + 1}`;
    ids.set(key, id);
    evidence.push({ id, ...draft });
    return id;
  };
  const findings = drafts.map(({ name, target, alsoAbout, summary, ...draft }) => ({
    name,
    target,
    ...(alsoAbout === undefined ? {} : { alsoAbout }),
    summary,
    evidence: [...new Set([...draft.evidence, ...evidenceBeside(snapshot, draft)].map(number))],
  }));
  backgroundEvidence(snapshot).forEach(number);
  return { findings, evidence };
}

/** Logs and events of the containers that a finding is about. */
function evidenceBeside(
  snapshot: Snapshot,
  { containers = [], pods: further = [] }: Pick<FindingDraft, 'containers' | 'pods'>,
): EvidenceDraft[] {
  const pods = new Set(
    [...containers.map(({ pod }) => pod), ...further].map(({ metadata }) => metadata.name),
  );
  const logs = snapshot.logs.filter((log) =>
    containers.some(({ pod, status }) => pod.metadata.name === log.pod && status.name === log.container),
  );
  const events = snapshot.events.filter(
    (event) => event['type'] === 'Warning' && pods.has(event['involvedObject']?.name),
  );
  return [
    ...logs.slice(0, 2).map((log) => logEvidence(snapshot, log)),
    ...events.slice(0, 3).map((event) => eventEvidence(event)),
  ];
}

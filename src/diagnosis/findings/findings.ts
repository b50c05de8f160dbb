/** All built-in findings over one snapshot, the root cause first, with numbered evidence. */
import type { Evidence, Finding, FindingName } from '../../domain/diagnosis.ts';
import { sameRef } from '../../domain/kubernetes.ts';
import { backgroundEvidence, eventEvidence, logEvidence } from '../evidence.ts';
import type { ClusterState, Snapshot } from '../snapshot.ts';
import type { SurroundingName } from '../surroundings.ts';
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
import { declared, type DeclaredRule, type EvidenceDraft, type FindingDraft } from './rule.ts';
import { scaledToZero } from './scaled-to-zero.ts';
import { targetPortMismatch } from './target-port.ts';
import { replicasUnavailable } from './unavailable.ts';
import { failingProbes, unhealthy } from './unhealthy.ts';
import { volumeFailed } from './volume.ts';
import { webhookUnavailable } from './webhook.ts';

/** In the order of cause before effect: the machine, what kills containers, what keeps them from starting, what follows from it. */
const rules: Readonly<Record<FindingName, DeclaredRule>> = {
  NodeNotReady: declared(nodeNotReady, 'nodes'),
  NodePressure: declared(nodePressure, 'nodes'),
  OOMKilled: declared(oomKilled),
  ImagePullBackOff: declared(imagePull),
  CreateContainerConfigError: declared(configError),
  FailedMount: declared(failedMount, 'warnings'),
  ProvisioningFailed: declared(provisioningFailed, 'claims'),
  ClaimUnbound: declared(claimUnbound, 'claims'),
  ClaimLost: declared(claimLost, 'claims'),
  VolumeFailed: declared(volumeFailed),
  FailedScheduling: declared(failedScheduling),
  WebhookUnavailable: declared(webhookUnavailable, 'webhooks'),
  FailedCreate: declared(failedCreate, 'warnings'),
  BackoffLimitExceeded: declared(backoffLimitExceeded, 'jobs'),
  DeadlineExceeded: declared(deadlineExceeded, 'jobs'),
  JobFailed: declared(jobFailed, 'jobs'),
  JobSuspended: declared(jobSuspended),
  CronJobSuspended: declared(cronJobSuspended),
  UnparseableSchedule: declared(unparseableSchedule),
  Forbidden: declared(forbidden, 'access'),
  Unhealthy: declared(unhealthy, 'warnings'),
  CrashLoopBackOff: declared(crashLoop),
  ScaledToZero: declared(scaledToZero),
  NoEndpoints: declared(noEndpoints),
  TargetPortMismatch: declared(targetPortMismatch),
  IngressClassNotFound: declared(ingressClassNotFound, 'ingresses'),
  IngressBackendNotFound: declared(ingressBackendNotFound, 'ingresses'),
  IngressSecretNotFound: declared(ingressSecretNotFound, 'ingresses', 'certificates'),
  FailedGetScale: declared(failedGetScale, 'autoscalers'),
  FailedGetResourceMetric: declared(failedGetResourceMetric, 'autoscalers'),
  FailedGetMetric: declared(failedGetMetric, 'autoscalers'),
  TooManyReplicas: declared(tooManyReplicas, 'autoscalers'),
  RolloutStuck: declared(rolloutStuck),
  ReplicasUnavailable: declared(replicasUnavailable),
};

/** What has to be read to judge one finding. */
export function surroundingsFor(finding: FindingName): ReadonlySet<SurroundingName> {
  return new Set(rules[finding].needs);
}

/** Whether a finding holds in this state, by the rule that established it. */
export function holds(state: ClusterState, finding: Pick<Finding, 'name' | 'target'>): boolean {
  return rules[finding.name].find(state).some(({ target }) => sameRef(target, finding.target));
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
      .flatMap(({ find }) => find(snapshot))
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

/** All built-in findings over one snapshot, the root cause first, with numbered evidence. */
import type { Evidence, Finding, FindingName } from '../../domain/diagnosis.ts';
import { sameRef } from '../../domain/kubernetes.ts';
import { backgroundEvidence, eventEvidence, logEvidence } from '../evidence.ts';
import type { ClusterState, Snapshot } from '../snapshot.ts';
import { crashingContainers, crashLoop } from './crash-loop.ts';
import { imagePull } from './image-pull.ts';
import { noEndpoints } from './no-endpoints.ts';
import { oomKilled, oomKilledContainers } from './oom-killed.ts';
import { rolloutStuck } from './rollout-stuck.ts';
import type { EvidenceDraft, FindingDraft, FindingRule } from './rule.ts';
import { scaledToZero } from './scaled-to-zero.ts';

/** In the order of cause before effect: what kills containers, what keeps them from starting, what follows from it. */
const rules: Readonly<Record<FindingName, FindingRule>> = {
  OOMKilled: oomKilled,
  ImagePullBackOff: imagePull,
  CrashLoopBackOff: crashLoop,
  ScaledToZero: scaledToZero,
  NoEndpoints: noEndpoints,
  RolloutStuck: rolloutStuck,
};

/** Whether a finding holds in this state, by the rule that established it. */
export function holds(state: ClusterState, finding: Pick<Finding, 'name' | 'target'>): boolean {
  return rules[finding.name](state).some(({ target }) => sameRef(target, finding.target));
}

/** A crash loop of nothing but containers that the kernel kills is told as what it is: lack of memory. */
function isPlainCrash(state: ClusterState): boolean {
  const killed = new Set(oomKilledContainers(state).map(({ status }) => status.name));
  return crashingContainers(state).some(({ status }) => !killed.has(status.name));
}

/** What is wrong, and everything that was observed. Pure. */
export function findFindings(snapshot: Snapshot): { findings: Finding[]; evidence: Evidence[] } {
  const drafts = Object.values(rules)
    .flatMap((rule) => rule(snapshot))
    .filter(({ name }) => name !== 'CrashLoopBackOff' || isPlainCrash(snapshot));
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
  const findings = drafts.map(({ name, target, summary, ...draft }) => ({
    name,
    target,
    summary,
    evidence: [...new Set([...draft.evidence, ...evidenceBeside(snapshot, draft)].map(number))],
  }));
  backgroundEvidence(snapshot).forEach(number);
  return { findings, evidence };
}

/** Logs and events of the containers that a finding is about. */
function evidenceBeside(
  snapshot: Snapshot,
  { containers = [] }: Pick<FindingDraft, 'containers'>,
): EvidenceDraft[] {
  const pods = new Set(containers.map(({ pod }) => pod.metadata.name));
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

/** The built-in analyst: rules only, no model, no network. Logs are evidence for people here; no text in them becomes an action. */
import type { ActionProposal } from '../domain/action.ts';
import type { Finding, FindingName } from '../domain/diagnosis.ts';
import { describeRef, sameRef } from '../domain/kubernetes.ts';
import type { Analysis, Analyst, Investigation } from './analyst.ts';
import { matches } from './labels.ts';
import { refOf } from './pods.ts';
import { podLabels, selectorOf } from './read.ts';
import { forOomKill } from './remedies/memory.ts';
import type { Remedy, RemedyRule } from './remedies/remedy.ts';
import { forCrashLoop, forImagePull, forStuckRollout } from './remedies/rollback.ts';
import { forScaledToZero } from './remedies/scale.ts';
import { forNoEndpoints } from './remedies/selector.ts';
import type { Snapshot } from './snapshot.ts';

const remedies: Readonly<Record<FindingName, RemedyRule>> = {
  CrashLoopBackOff: forCrashLoop,
  ImagePullBackOff: forImagePull,
  OOMKilled: forOomKill,
  RolloutStuck: forStuckRollout,
  NoEndpoints: forNoEndpoints,
  ScaledToZero: forScaledToZero,
};

/** Makes an analyst for one snapshot: what remedies need (revisions, labels, limits) is in there. */
export function createBuiltinAnalyst(snapshot: Snapshot): Analyst {
  return { engine: 'builtin', analyse: (investigation) => Promise.resolve(analyse(snapshot, investigation)) };
}

function analyse(snapshot: Snapshot, { findings, evidence }: Investigation): Analysis {
  const causes = findings.filter((finding) => !isConsequence(finding, findings, snapshot));
  const found = causes.map((finding): Remedy => remedies[finding.name]({ snapshot, finding, evidence }));
  return {
    summary:
      findings.length === 0
        ? nothingWrong(snapshot)
        : findings.map(({ summary }) => summary).join('. ') + '.',
    rootCause: found[0]?.cause ?? '',
    hypotheses: found.flatMap(({ hypotheses }) => hypotheses),
    proposals: distinct(found.flatMap(({ proposals }) => proposals)),
  };
}

/** A rollout is stuck because its pods fail; a Service has no endpoints because its workload has none. Only the cause is remedied. */
function isConsequence(
  finding: Finding,
  findings: readonly Finding[],
  { workload, services }: Snapshot,
): boolean {
  const others = findings.filter((other) => other !== finding);
  if (finding.name === 'RolloutStuck') {
    const killers: FindingName[] = ['OOMKilled', 'ImagePullBackOff', 'CrashLoopBackOff'];
    return others.some(({ name, target }) => killers.includes(name) && sameRef(target, finding.target));
  }
  if (finding.name !== 'NoEndpoints' || workload === undefined) return false;
  const view = services.find(({ service }) => sameRef(refOf(service), finding.target));
  const isBehind = view !== undefined && matches(selectorOf(view.service), podLabels(workload));
  return isBehind && others.some(({ target }) => sameRef(target, refOf(workload)));
}

function distinct(proposals: readonly ActionProposal[]): ActionProposal[] {
  const key = ({ action, parameters }: ActionProposal): string => JSON.stringify([action, parameters]);
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

/** More memory for a container that was killed at its limit. */
import type { GroundedProposal } from '../../domain/action.ts';
import type { Hypothesis } from '../../domain/diagnosis.ts';
import { memoryLimitOf, oomKilledContainers } from '../findings/oom-killed.ts';
import { containersOf, refOf, type ContainerOfPod } from '../pods.ts';
import { formatMemory, parseQuantity } from '../quantity.ts';
import type { Snapshot } from '../snapshot.ts';
import { isInTemplate, notInTemplate } from '../template.ts';
import { cite, claimed, onlySuspected, type RemedyContext, type RemedyRule } from './remedy.ts';

/** The share of a node's memory that one container may ask for. */
const shareOfNode = 0.8;
/** A raise below this factor is not worth a restart. */
const leastRaise = 1.25;

export const forOomKill: RemedyRule = (context) => {
  const { snapshot, finding } = context;
  const containers = oomKilledContainers(snapshot).filter(
    ({ status }, index, all) => all.findIndex((other) => other.status.name === status.name) === index,
  );
  const names = containers.map(({ status }) => status.name).join(', ');
  const cause = `Container ${names} of ${finding.target.name} needs more memory than it is allowed.`;
  if (finding.target.kind !== 'Deployment') {
    return onlySuspected(
      context,
      cause,
      'The memory limit is too low for what the container does, or it leaks memory.',
    );
  }
  const proposals: GroundedProposal[] = [];
  const hypotheses: Hypothesis[] = [];
  for (const container of containers) {
    const outcome = raise(context, container);
    if ('statement' in outcome) hypotheses.push(outcome);
    else proposals.push(outcome);
  }
  if (proposals.length > 0) {
    hypotheses.push({
      statement: `If ${names} is killed again at the new limit, it leaks memory and a higher limit only delays it.`,
      evidence: finding.evidence,
    });
  }
  return { cause, proposals, hypotheses };
};

function raise(context: RemedyContext, container: ContainerOfPod): GroundedProposal | Hypothesis {
  const { snapshot, finding } = context;
  const { name } = container.status;
  if (!isInTemplate(snapshot, name)) {
    return { statement: notInTemplate(name, finding.target.name), evidence: finding.evidence };
  }
  const limit = memoryLimitOf(container);
  const bytes = parseQuantity(limit);
  if (limit === undefined || bytes === undefined || bytes <= 0) {
    return {
      statement: `Container ${name} has no memory limit of its own: the node ran out of memory, or an init container was killed.`,
      evidence: finding.evidence,
    };
  }
  const former = formerLimit(snapshot, name);
  const wanted = Math.max(bytes * 2, former ?? 0, 2 ** 20);
  const nodes = Object.values(snapshot.nodeMemory);
  const room = nodes.length === 0 ? Infinity : Math.min(...nodes) * shareOfNode;
  const next = Math.min(wanted, room);
  if (next < bytes * leastRaise) {
    return {
      statement: `Container ${name} has nearly all the memory of its node (limit ${limit}): it needs a larger node, or less to do.`,
      evidence: finding.evidence,
    };
  }
  const memory = formatMemory(next);
  const how =
    next < wanted
      ? 'as much as the node has room for'
      : former === wanted && former > bytes * 2
        ? 'what an older revision had'
        : 'twice as much';
  return {
    action: 'increase_memory_limit',
    parameters: {
      namespace: finding.target.namespace ?? '',
      deployment: finding.target.name,
      container: name,
      memory,
    },
    rationale: `Container ${name} was killed at its limit of ${limit}; ${memory} is ${how}.`,
    claimedConfidence: claimed(0.9, context),
    grounds: 'observed',
    evidence: cite(context, refOf(container.pod)),
  };
}

/** The highest limit that an older revision gave the container, bytes. */
function formerLimit(snapshot: Snapshot, container: string): number | undefined {
  const limits = snapshot.replicaSets.slice(1).flatMap((set) => {
    const spec = containersOf(set['spec']?.template?.spec).find(({ name }) => name === container);
    const bytes = parseQuantity(spec?.resources?.limits?.['memory']);
    return bytes === undefined ? [] : [bytes];
  });
  return limits.length === 0 ? undefined : Math.max(...limits);
}

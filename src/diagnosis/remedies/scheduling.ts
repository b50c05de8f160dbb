/** For pods that find no node: what is asked of the nodes is taken back to what they are, or to what was asked before. */
import type { GroundedProposal } from '../../domain/action.ts';
import { schedulerSays } from '../findings/failed-scheduling.ts';
import { isWanted, requestedBy, requestOf, takes, type NodeResource, type PlacedSpec } from '../placement.ts';
import { containersOf, controllerUid, countingPods, refOf, type ContainerSpec } from '../pods.ts';
import type { OlderRevision } from '../revisions.ts';
import {
  causeOf,
  format,
  isGrowing,
  isLasting,
  isTooLarge,
  nodesOf,
  situationOf,
  type Situation,
} from './obstacle.ts';
import type { Snapshot } from '../snapshot.ts';
import { isInTemplate } from '../template.ts';
import { cite, claimed, onlySuspected, type Remedy, type RemedyRule } from './remedy.ts';
import { fewerReplicas } from './replicas.ts';
import { rollback } from './rollback.ts';

/** The share of a node's free room that a request is given where nothing but the room is known. */
const shareOfRoom = 0.8;

/** The scheduler says in a condition of the pod's status why it finds no node, and the rest is specs of pods and nodes. */
const grounds = 'observed';

export const forFailedScheduling: RemedyRule = (context) => {
  const { snapshot, finding } = context;
  const situation = situationOf(context);
  if (situation === undefined) return onlySuspected(context, '');
  const { pod, obstacle, older } = situation;
  const cause = causeOf(situation);
  if (finding.target.kind !== 'Deployment') {
    return onlySuspected(context, cause, `The scheduler says: ${schedulerSays(pod)}`);
  }
  if (isGrowing(snapshot, pod)) {
    return onlySuspected(
      context,
      cause,
      'The cluster is being given more nodes: the pods may find one soon.',
    );
  }
  if (older?.isOnlyThat === true)
    return rollback(context, older, cause, {
      confidence: isLasting(situation) ? 1 : 0.78,
      grounds,
    });
  switch (obstacle?.kind) {
    case 'resource':
      return lessRequested(situation, cause);
    case 'placement':
      return otherNodes(situation, cause);
    case 'anti-affinity':
      return fewer(situation, cause);
    default:
      return onlySuspected(context, cause, `The scheduler says: ${schedulerSays(pod)}`);
  }
};

function lessRequested(situation: Situation, cause: string): Remedy {
  const { context, obstacle, older, spec } = situation;
  const resource = obstacle?.resource;
  if (resource !== 'cpu' && resource !== 'memory')
    return onlySuspected(context, cause, 'It takes more nodes, or other ones.');
  const nodes = nodesOf(context.snapshot);
  const before = older && formerRequest(context.snapshot, older, spec, resource);
  if (before !== undefined) {
    const { container, amount } = before;
    return {
      cause,
      hypotheses: [],
      proposals: [
        request(
          situation,
          container,
          resource,
          amount,
          0.88,
          `Revision ${older?.revision ?? 0} asked for ${amount}, and ran.`,
        ),
      ],
    };
  }
  if (!isTooLarge(nodes, spec, resource)) {
    return fewer(situation, cause);
  }
  const [greediest] = (spec.containers ?? [])
    .filter(({ name }) => isInTemplate(context.snapshot, name))
    .toSorted((a, b) => requestOf(b, resource) - requestOf(a, resource));
  const rooms = context.snapshot.means.machines.flatMap(({ free }) =>
    free === undefined ? [] : [free[resource]],
  );
  const others = greediest === undefined ? 0 : requestedBy(spec, resource) - requestOf(greediest, resource);
  const room = (Math.max(0, ...rooms) - others) * shareOfRoom;
  const amount = format(resource, room);
  if (greediest === undefined || room <= 0 || amount.startsWith('0')) {
    return onlySuspected(context, cause, 'How much would fit is not known, so that no request is proposed.');
  }
  return {
    cause,
    hypotheses: [
      {
        statement: `What the application needs is not known: ${amount} is what fits.`,
        evidence: context.finding.evidence,
      },
    ],
    proposals: [
      request(
        situation,
        greediest.name,
        resource,
        amount,
        0.75,
        `${amount} fits into the free room of the largest node.`,
      ),
    ],
  };
}

/** The request of the container whose request was smaller in an older revision. */
function formerRequest(
  snapshot: Snapshot,
  { replicaSet }: OlderRevision,
  spec: PlacedSpec,
  resource: NodeResource,
): { container: string; amount: string } | undefined {
  const former = containersOf(replicaSet['spec']?.template?.spec);
  const own = ((spec.containers ?? []) as ContainerSpec[]).filter(({ name }) => isInTemplate(snapshot, name));
  for (const now of own) {
    const old = former.find(({ name }) => name === now.name);
    const amount = old?.resources?.requests?.[resource];
    if (old !== undefined && amount !== undefined && requestOf(old, resource) < requestOf(now, resource))
      return { container: now.name, amount };
  }
  return undefined;
}

function request(
  { context, pod }: Situation,
  container: string,
  resource: NodeResource,
  amount: string,
  confidence: number,
  why: string,
): GroundedProposal {
  const { target } = context.finding;
  return {
    action: 'set_resource_requests',
    parameters: { namespace: target.namespace ?? '', deployment: target.name, container, [resource]: amount },
    rationale: `Container ${container} asks for more ${resource} than any node can give. ${why}`,
    claimedConfidence: claimed(confidence, context),
    grounds,
    evidence: cite(context, refOf(pod)),
  };
}

/** The node selector as it was, or without what no node has. */
function otherNodes({ context, older, spec, pod }: Situation, cause: string): Remedy {
  const { snapshot, finding } = context;
  const nodes = nodesOf(snapshot);
  const now = spec.nodeSelector ?? {};
  const former = older?.replicaSet['spec']?.template?.spec?.nodeSelector as
    Record<string, string> | undefined;
  const had = (key: string, value: string): boolean =>
    nodes.some(({ metadata }) => metadata.labels?.[key] === value);
  const selector =
    older === undefined
      ? Object.fromEntries(Object.entries(now).filter(([key, value]) => had(key, value)))
      : (former ?? {});
  const isSame = JSON.stringify(selector) === JSON.stringify(now);
  const helps = nodes.some(
    (node) => takes(node, spec) && isWanted(node, { ...spec, nodeSelector: selector }),
  );
  if (isSame || !helps) {
    return onlySuspected(
      context,
      cause,
      'A node of that kind is missing, or its label is: whoever looks after the nodes knows which.',
    );
  }
  const why =
    older === undefined
      ? 'No node has the labels that are taken away; whether the pods are to run elsewhere is for their owners to say.'
      : `Revision ${older.revision} ran without them.`;
  return {
    cause,
    hypotheses: [],
    proposals: [
      {
        action: 'fix_node_selector',
        parameters: { namespace: finding.target.namespace ?? '', deployment: finding.target.name, selector },
        rationale: `No node that is free has what the node selector asks for. ${why}`,
        claimedConfidence: claimed(older === undefined ? 0.72 : 0.88, context),
        grounds,
        evidence: cite(context, refOf(pod)),
      },
    ],
  };
}

/** As many replicas as have found a node; not while another revision's pods take the nodes. */
function fewer({ context, pod, obstacle }: Situation, cause: string): Remedy {
  const placed = countingPods(context.snapshot).filter((one) => one['spec']?.nodeName !== undefined);
  const isRollout = placed.some((one) => controllerUid(one) !== controllerUid(pod));
  if (isRollout) {
    return onlySuspected(
      context,
      cause,
      'Pods of the revision before take the nodes that the new ones need: the rollout cannot go on before they end.',
    );
  }
  const sure = obstacle?.kind === 'anti-affinity' ? 0.87 : 0.75;
  const why = `${placed.length} pods have found a node, and no more can.`;
  return fewerReplicas(context, cause, placed.length, why, { confidence: sure, grounds }, refOf(pod));
}

/** More room for an autoscaler that is at its maximum, and the request back that its aim is a share of. */
import type { GroundedProposal } from '../../domain/action.ts';
import { sameRef } from '../../domain/kubernetes.ts';
import { scalingConditions, scalingOf } from '../autoscaling.ts';
import { countingPods, isReady, refOf } from '../pods.ts';
import { templateSpecOf } from '../sources/references.ts';
import type { PlacedSpec } from '../placement.ts';
import { roomOfQuotas, roomOnNodes } from '../replica-room.ts';
import type { AutoscalerView } from '../sources/autoscalers.ts';
import { missingRequests } from '../missing-requests.ts';
import { cite, claimed, onlySuspected, type Remedy, type RemedyContext, type RemedyRule } from './remedy.ts';

function viewOf({ snapshot, finding }: RemedyContext): AutoscalerView | undefined {
  return snapshot.surroundings.autoscalers.find(({ autoscaler }) =>
    sameRef(refOf(autoscaler), finding.target),
  );
}

export const forFailedGetScale: RemedyRule = (context) =>
  onlySuspected(
    context,
    `${context.finding.summary}.`,
    'What it scaled was renamed or removed: whoever looks after the autoscaler knows which.',
  );

export const forFailedGetMetric: RemedyRule = (context) => {
  const view = viewOf(context);
  const reason =
    view && scalingConditions(view.autoscaler).find(({ type }) => type === 'ScalingActive')?.reason;
  return onlySuspected(
    context,
    `Autoscaler ${context.finding.target.name} gets no value of a metric (${reason ?? 'no reason given'}).`,
    'The metric is not delivered: look at the adapter that serves custom and external metrics, and at what the metric is called.',
  );
};

export const forMissingMetrics: RemedyRule = (context) => {
  const { snapshot, finding } = context;
  const view = viewOf(context);
  const { workload } = snapshot;
  if (view === undefined || workload === undefined) return onlySuspected(context, '');
  const missing = missingRequests(view.autoscaler, workload, snapshot.replicaSets);
  if (missing.length === 0) {
    return onlySuspected(
      context,
      `Autoscaler ${finding.target.name} does not get the usage of its pods, though they request what it aims at.`,
      'The metrics API does not answer for these pods: look at metrics-server, and whether the pods are ready.',
    );
  }
  const what = missing.map(({ container, resource }) => `${container} requests no ${resource}`).join(', ');
  const cause = `Autoscaler ${finding.target.name} aims at a share of what the pods request, and container ${what}.`;
  const known = missing.flatMap(({ former, ...one }) => (former === undefined ? [] : [{ ...one, former }]));
  const [only, another] = known;
  if (workload.kind !== 'Deployment' || only === undefined || another !== undefined || missing.length > 1) {
    return onlySuspected(
      context,
      cause,
      known.length === missing.length
        ? 'An older revision had these requests: set each of them again.'
        : 'No older revision says what it should request: set it to what the container uses under a usual load.',
    );
  }
  const { container, resource, former } = only;
  const proposal: GroundedProposal = {
    action: 'set_resource_requests',
    parameters: {
      namespace: workload.metadata.namespace ?? '',
      deployment: workload.metadata.name,
      container,
      [resource]: former.amount,
    },
    rationale: `Container ${container} requested ${former.amount} ${resource} in revision ${former.revision}, and nothing since; the autoscaler needs a request to compute a share of it.`,
    claimedConfidence: claimed(0.92, context),
    grounds: 'observed',
    evidence: cite(context, refOf(workload), former.ref),
  };
  return { cause, hypotheses: [], proposals: [proposal] };
};

/** What one raise may add at most, in parts of what runs: a metric that is wrong must not flood a cluster. */
const mostGrowth = 2;
/** Above what the load needs now: an autoscaler at its maximum again is the same incident. */
const headroom = 0.25;

export const forMaxed: RemedyRule = (context) => {
  const { snapshot, finding } = context;
  const view = viewOf(context);
  const { workload } = snapshot;
  if (view === undefined || workload === undefined) return onlySuspected(context, '');
  const { maxReplicas, currentReplicas, metrics } = scalingOf(view.autoscaler);
  const ratio = Math.max(...metrics.map((metric) => metric.ratio ?? 0));
  const load = ratio > 0 ? `; what it aims at is used ${Math.round(ratio * 100)} % of what it should be` : '';
  const cause = `Autoscaler ${finding.target.name} may make ${maxReplicas} replicas at most, and the load asks for more${load}.`;
  const suspected = (why: string): Remedy => onlySuspected(context, cause, why);
  const unready = countingPods(snapshot).filter((pod) => !isReady(pod)).length;
  if (unready > 0) {
    return suspected(
      `${unready} of its pods are not ready, so that the others carry their load: see to them before more are made.`,
    );
  }
  if (ratio <= 1 || currentReplicas < 1) {
    return suspected('How many replicas the load needs cannot be told from its metrics.');
  }
  const asked = Math.ceil(currentReplicas * ratio);
  const needed = Math.min(asked, currentReplicas * mostGrowth);
  const wanted = Math.max(needed + Math.max(1, Math.ceil(needed * headroom)), maxReplicas + 1);
  const spec = templateSpecOf(workload) as PlacedSpec;
  const { machines, limits } = snapshot.means;
  const rooms = [roomOnNodes(machines, spec), roomOfQuotas(limits.quotas, spec)];
  const room = Math.min(...rooms.map((one) => one ?? Infinity));
  const maximum = Math.min(wanted, currentReplicas + room, 1000);
  if (maximum < needed || maximum <= maxReplicas) {
    return suspected(
      `It needs ${needed} replicas, and nodes and quota have room for ${room} beside the ${currentReplicas} that run: more room comes first.`,
    );
  }
  return {
    cause,
    hypotheses: [
      {
        statement:
          'Why the load is so high is another question: traffic may be unusual, or each request dearer than before.',
        evidence: finding.evidence,
      },
    ],
    proposals: [
      {
        action: 'raise_hpa_maximum',
        parameters: {
          namespace: finding.target.namespace ?? '',
          autoscaler: finding.target.name,
          maxReplicas: maximum,
        },
        rationale: `${currentReplicas} replicas carry ${Math.round(ratio * 100)} % of what they should: ${asked} are needed now, and ${asked > needed ? `up to ${maximum} are as far as one step goes` : `up to ${maximum} leave it room to scale`}. Its minimum and its target stay.`,
        // Only metrics of the pods' own resources have a ratio: the kubelet measures them, and no application can report them.
        grounds: 'observed',
        claimedConfidence: claimed(asked > needed ? 0.75 : rooms[0] === undefined ? 0.85 : 0.92, context),
        evidence: cite(context, finding.target, refOf(workload)),
      },
    ],
  };
};

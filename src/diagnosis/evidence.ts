/** What was observed besides the findings, as evidence that an analyst may cite. */
import { describeRef, type KubeObject } from '../domain/kubernetes.ts';
import { surroundingEvidence } from './around-evidence.ts';
import { eventTime } from './events.ts';
import { fieldEvidence, type EvidenceDraft } from './findings/rule.ts';
import { labelsToQuery } from './labels.ts';
import { meansEvidence } from './means-evidence.ts';
import { containersOf, countingPods, isReady, refOf } from './pods.ts';
import { revisionOf, selectorOf } from './read.ts';
import { templateChanges } from './revisions.ts';
import type { LogExcerpt, Snapshot } from './snapshot.ts';

const shownRevisions = 4;
const shownWarnings = 15;
const shownOtherEvents = 8;
const shownPods = 5;

/** The end of a container's log. */
export function logEvidence(
  snapshot: Snapshot,
  { pod, container, previous, text }: LogExcerpt,
): EvidenceDraft {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const last = (lines.at(-1) ?? '(empty)').trim();
  return {
    source: {
      type: 'logs',
      ref: { kind: 'Pod', namespace: snapshot.target.namespace, name: pod },
      container,
      previous,
    },
    summary: `${previous ? 'previous log' : 'log'} of ${container} in ${pod}: ${last.slice(0, 160)}`,
    detail: text,
  };
}

export function eventEvidence(event: KubeObject): EvidenceDraft {
  const {
    kind = '',
    name = '',
    namespace,
  } = (event['involvedObject'] ?? {}) as Record<string, string | undefined>;
  const reason = String(event['reason'] ?? '');
  const message = String(event['message'] ?? '');
  const count = Number(event['count'] ?? event['series']?.count ?? 1);
  const time = eventTime(event);
  return {
    source: { type: 'event', ref: { kind, name, ...(namespace === undefined ? {} : { namespace }) }, reason },
    summary: `event of ${kind} ${name}: ${reason}${count > 1 ? ` (${count} times)` : ''}: ${message.slice(0, 160)}`,
    detail: message,
    ...(time === '' ? {} : { time }),
  };
}

/** The workload, its revisions, pods, Services, events and logs. */
export function backgroundEvidence(snapshot: Snapshot): EvidenceDraft[] {
  const { workload, services } = snapshot;
  const warnings = snapshot.events.filter((event) => event['type'] === 'Warning');
  return [
    ...(workload === undefined || workload.kind === 'Pod' ? [] : [workloadEvidence(workload)]),
    ...revisionEvidence(snapshot),
    ...podEvidence(snapshot),
    ...services.map(({ service, endpoints, selected }) =>
      fieldEvidence(
        service,
        'spec',
        `Service ${service.metadata.name}: selector ${labelsToQuery(selectorOf(service)) || 'none'}, ${endpoints?.ready ?? 'unknown'} ready endpoints`,
        { ...service['spec'], endpoints, selectedPods: selected },
      ),
    ),
    ...snapshot.neighbours
      .slice(0, shownPods)
      .map((deployment) =>
        fieldEvidence(
          deployment,
          'spec.template.metadata.labels',
          `Deployment ${deployment.metadata.name}: pods labelled ${labelsToQuery(deployment['spec']?.template?.metadata?.labels ?? {})}, ${deployment['status']?.readyReplicas ?? 0} ready`,
          deployment['spec']?.template?.metadata?.labels ?? {},
        ),
      ),
    ...surroundingEvidence(snapshot.surroundings),
    ...meansEvidence(snapshot),
    ...warnings.slice(0, shownWarnings).map(eventEvidence),
    ...snapshot.events
      .filter((event) => !warnings.includes(event))
      .slice(0, shownOtherEvents)
      .map(eventEvidence),
    ...snapshot.logs.map((log) => logEvidence(snapshot, log)),
  ];
}

function workloadEvidence(workload: KubeObject): EvidenceDraft {
  const {
    replicas = 0,
    readyReplicas = 0,
    updatedReplicas,
    availableReplicas = 0,
    conditions,
  } = workload['status'] ?? {};
  const wanted = workload['spec']?.replicas ?? replicas;
  return fieldEvidence(
    workload,
    'status',
    `${describeRef(refOf(workload))}: ${wanted} wanted, ${readyReplicas} ready, ${availableReplicas} available${updatedReplicas === undefined ? '' : `, ${updatedReplicas} of the newest revision`}`,
    { replicas, readyReplicas, updatedReplicas, availableReplicas, conditions },
  );
}

/** Each revision with what it changed against the one before, and why, if whoever made it said so. */
function revisionEvidence({ replicaSets }: Snapshot): EvidenceDraft[] {
  return replicaSets.slice(0, shownRevisions).map((set, index) => {
    const older = replicaSets[index + 1];
    const changes = older === undefined ? [] : templateChanges(older, set).map(({ text }) => text);
    const why = set.metadata.annotations?.['kubernetes.io/change-cause'];
    const images = containersOf(set['spec']?.template?.spec).map(({ image }) => image);
    return fieldEvidence(
      set,
      'spec.template',
      `revision ${revisionOf(set)}: ${set['status']?.availableReplicas ?? 0} of ${set['spec']?.replicas ?? 0} pods available, image ${images.join(', ')}${why === undefined ? '' : ` (${why.slice(0, 160)})`}${changes.length === 0 ? '' : `; ${changes.join('; ')}`}`,
      set['spec']?.template?.spec ?? {},
      set.metadata.creationTimestamp,
    );
  });
}

function podEvidence(snapshot: Snapshot): EvidenceDraft[] {
  return countingPods(snapshot)
    .filter((pod) => !isReady(pod))
    .slice(0, shownPods)
    .map((pod) =>
      fieldEvidence(
        pod,
        'status',
        `Pod ${pod.metadata.name}: ${pod['status']?.phase ?? 'unknown'}, not ready`,
        {
          conditions: pod['status']?.conditions,
          containerStatuses: pod['status']?.containerStatuses,
        },
      ),
    );
}

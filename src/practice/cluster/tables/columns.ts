/** The columns of `kubectl get`, per kind. Source: k8s.io/kubernetes pkg/printers/internalversion. */
import type {
  CoreV1Event,
  V1DaemonSet,
  V1Deployment,
  V1Endpoints,
  V1EndpointSlice,
  V1Job,
  V1Node,
  V1Pod,
  V1PodSpec,
  V1ReplicaSet,
  V1ReplicationController,
  V1Service,
  V1StatefulSet,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import { at, type KubeObject } from '../object.ts';
import { selectorText } from '../scale.ts';
import { ageOf, humanDuration } from './age.ts';
import { age, column, counted, createdAt, name, plain, wide, type Column, verbatim } from './column.ts';
import { furtherColumns } from './further.ts';
import { podLine } from './pod-status.ts';
import { storageColumns } from './storage.ts';

const containers = (podSpec: (object: KubeObject) => V1PodSpec | undefined): Column[] => [
  wide('Containers', (object) =>
    podSpec(object)
      ?.containers.map((one) => one.name)
      .join(','),
  ),
  wide('Images', (object) =>
    podSpec(object)
      ?.containers.map((one) => one.image)
      .join(','),
  ),
];
const template = (object: KubeObject): V1PodSpec | undefined =>
  at(object, 'spec', 'template', 'spec') as V1PodSpec | undefined;
const selector = wide('Selector', (object) => selectorText(at(object, 'spec', 'selector')));

const node = (role: string): boolean => role.startsWith('node-role.kubernetes.io/');
const address = ({ status }: V1Node, type: string): string | undefined =>
  status?.addresses?.find((one) => one.type === type)?.address;

const byKind: Readonly<Record<string, readonly Column[]>> = {
  ...storageColumns,
  ...furtherColumns,
  Pod: [
    name,
    column<V1Pod>('Ready', (pod, now) => podLine(pod, now).ready),
    column<V1Pod>('Status', (pod, now) => podLine(pod, now).status),
    column<V1Pod>('Restarts', (pod, now) => podLine(pod, now).restarts),
    age,
    wide<V1Pod>('IP', ({ status }) => status?.podIP),
    wide<V1Pod>('Node', ({ spec }) => spec?.nodeName),
    wide<V1Pod>('Nominated Node', ({ status }) => status?.nominatedNodeName),
    wide<V1Pod>('Readiness Gates', () => ''),
  ],
  Deployment: [
    name,
    column<V1Deployment>(
      'Ready',
      ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    ),
    column<V1Deployment>('Up-to-date', ({ status }) => status?.updatedReplicas ?? 0),
    column<V1Deployment>('Available', ({ status }) => status?.availableReplicas ?? 0),
    age,
    ...containers(template),
    selector,
  ],
  ReplicaSet: [
    name,
    counted<V1ReplicaSet>('Desired', ({ spec }) => spec?.replicas ?? 0),
    counted<V1ReplicaSet>('Current', ({ status }) => status?.replicas ?? 0),
    counted<V1ReplicaSet>('Ready', ({ status }) => status?.readyReplicas ?? 0),
    age,
    ...containers(template),
    selector,
  ],
  ReplicationController: [
    name,
    counted<V1ReplicationController>('Desired', ({ spec }) => spec?.replicas ?? 0),
    counted<V1ReplicationController>('Current', ({ status }) => status?.replicas ?? 0),
    counted<V1ReplicationController>('Ready', ({ status }) => status?.readyReplicas ?? 0),
    age,
    ...containers(template),
    selector,
  ],
  StatefulSet: [
    name,
    column<V1StatefulSet>(
      'Ready',
      ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    ),
    age,
    ...containers(template),
  ],
  DaemonSet: [
    name,
    counted<V1DaemonSet>('Desired', ({ status }) => status?.desiredNumberScheduled ?? 0),
    counted<V1DaemonSet>('Current', ({ status }) => status?.currentNumberScheduled ?? 0),
    counted<V1DaemonSet>('Ready', ({ status }) => status?.numberReady ?? 0),
    counted<V1DaemonSet>('Up-to-date', ({ status }) => status?.updatedNumberScheduled ?? 0),
    counted<V1DaemonSet>('Available', ({ status }) => status?.numberAvailable ?? 0),
    column('Node Selector', (object) => selectorText(template(object)?.nodeSelector)),
    age,
    ...containers(template),
    selector,
  ],
  Job: [
    name,
    column<V1Job>('Status', jobStatus),
    column<V1Job>('Completions', ({ spec, status }) => `${status?.succeeded ?? 0}/${spec?.completions ?? 1}`),
    column<V1Job>('Duration', jobDuration),
    age,
    ...containers(template),
    selector,
  ],
  HorizontalPodAutoscaler: [
    name,
    column<V2HorizontalPodAutoscaler>(
      'Reference',
      ({ spec }) => `${spec?.scaleTargetRef.kind}/${spec?.scaleTargetRef.name}`,
    ),
    column<V2HorizontalPodAutoscaler>('Targets', autoscalerTargets),
    column<V2HorizontalPodAutoscaler>('MinPods', ({ spec }) => String(spec?.minReplicas ?? '<unset>')),
    column<V2HorizontalPodAutoscaler>('MaxPods', ({ spec }) => spec?.maxReplicas ?? 0),
    column<V2HorizontalPodAutoscaler>('Replicas', ({ status }) => status?.currentReplicas ?? 0),
    age,
  ],
  Service: [
    name,
    column<V1Service>('Type', ({ spec }) => spec?.type),
    column<V1Service>('Cluster-IP', ({ spec }) => spec?.clusterIP),
    column<V1Service>('External-IP', ({ spec }) =>
      spec?.type === 'LoadBalancer' ? '<pending>' : spec?.externalName,
    ),
    column<V1Service>('Port(s)', ({ spec }) =>
      spec?.ports
        ?.map((one) => `${one.port}${one.nodePort === undefined ? '' : `:${one.nodePort}`}/${one.protocol}`)
        .join(','),
    ),
    age,
    selector,
  ],
  Endpoints: [
    name,
    // Where none of the addresses is ready, there is an empty list of them.
    verbatim<V1Endpoints>('Endpoints', ({ subsets }) => subsets && abbreviated(addresses(subsets))),
    age,
  ],
  EndpointSlice: [
    name,
    column<V1EndpointSlice>('AddressType', ({ addressType }) => addressType),
    column<V1EndpointSlice>('Ports', ({ ports }) =>
      ports && ports.length > 0
        ? abbreviated(
            ports.map((one) => String(one.port ?? '*')),
            ',',
          )
        : '<unset>',
    ),
    column<V1EndpointSlice>('Endpoints', ({ endpoints }) => {
      const all = (endpoints ?? []).flatMap((one) => one.addresses);
      return all.length > 0 ? abbreviated(all) : '<unset>';
    }),
    age,
  ],
  Event: [
    column<CoreV1Event>('Last Seen', (event, now) => {
      const last =
        event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp;
      return ageOf(last, now);
    }),
    column<CoreV1Event>('Type', ({ type }) => type),
    column<CoreV1Event>('Reason', ({ reason }) => reason),
    column<CoreV1Event>(
      'Object',
      ({ involvedObject }) => `${involvedObject.kind?.toLowerCase()}/${involvedObject.name}`,
    ),
    plain<CoreV1Event>('Subobject', ({ involvedObject }) => involvedObject.fieldPath),
    plain<CoreV1Event>('Source', ({ source, reportingComponent }) =>
      [source?.component ?? reportingComponent, source?.host].filter(Boolean).join(', '),
    ),
    column<CoreV1Event>('Message', ({ message }) => message?.trim()),
    wide<CoreV1Event>('First Seen', (event, now) => ageOf(event.firstTimestamp ?? event.eventTime, now)),
    wide<CoreV1Event>('Count', (event) => event.series?.count ?? event.count ?? 1),
    wide('Name', ({ metadata }) => metadata.name),
  ],
  Node: [
    name,
    column<V1Node>('Status', ({ spec, status }) => {
      const isReady = status?.conditions?.find((one) => one.type === 'Ready')?.status;
      const word = isReady === undefined ? 'Unknown' : isReady === 'True' ? 'Ready' : 'NotReady';
      return spec?.unschedulable === true ? `${word},SchedulingDisabled` : word;
    }),
    column('Roles', ({ metadata }) =>
      Object.keys(metadata.labels ?? {})
        .filter(node)
        .map((label) => label.split('/')[1])
        .join(','),
    ),
    age,
    column<V1Node>('Version', ({ status }) => status?.nodeInfo?.kubeletVersion),
    wide<V1Node>('Internal-IP', (one) => address(one, 'InternalIP')),
    wide<V1Node>('External-IP', (one) => address(one, 'ExternalIP')),
    wide<V1Node>('OS-Image', ({ status }) => status?.nodeInfo?.osImage ?? '<unknown>'),
    wide<V1Node>('Kernel-Version', ({ status }) => status?.nodeInfo?.kernelVersion ?? '<unknown>'),
    wide<V1Node>(
      'Container-Runtime',
      ({ status }) => status?.nodeInfo?.containerRuntimeVersion ?? '<unknown>',
    ),
  ],
  Namespace: [name, column('Status', (object) => at(object, 'status', 'phase')), age],
  ConfigMap: [name, column('Data', (object) => entries(object['data']) + entries(object['binaryData'])), age],
  Secret: [
    name,
    column('Type', (object) => object['type']),
    column('Data', (object) => entries(object['data'])),
    age,
  ],
};

/** The columns of a kind; name and moment of creation for a kind that has none of its own. */
export function columnsOf(kind: string): readonly Column[] {
  return byKind[kind] ?? [name, createdAt];
}

function entries(value: unknown): number {
  return Object.keys((value ?? {}) as object).length;
}

function addresses(subsets: V1Endpoints['subsets']): string[] {
  return (subsets ?? []).flatMap(({ addresses: all = [], ports = [] }) =>
    ports.length === 0
      ? all.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => all.map(({ ip }) => `${ip}:${port}`)),
  );
}

/** The first three, and how many more there are. */
function abbreviated(all: readonly string[], separator = ','): string {
  const shownOnes = all.slice(0, 3).join(separator);
  return all.length > 3 ? `${shownOnes} + ${all.length - 3} more...` : shownOnes;
}

/** Each metric as measured and as wished for: `cpu: 76%/75%`. */
function autoscalerTargets({ spec, status }: V2HorizontalPodAutoscaler): string {
  const targets = (spec?.metrics ?? []).map(({ resource }) => {
    if (resource === undefined) return '<unknown>';
    const current = status?.currentMetrics?.find((one) => one.resource?.name === resource.name)?.resource
      ?.current;
    const { averageUtilization: share, averageValue: value } = resource.target;
    if (share === undefined)
      return `${resource.name}: ${current?.averageValue ?? '<unknown>'}/${value ?? '<auto>'}`;
    const measured = current?.averageUtilization;
    return `${resource.name}: ${measured === undefined ? '<unknown>' : `${measured}%`}/${share}%`;
  });
  return abbreviated(targets, ', ') || '<none>';
}

function jobStatus({ status, spec, metadata }: V1Job): string {
  const holds = (type: string): boolean =>
    status?.conditions?.some((one) => one.type === type && one.status === 'True') === true;
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (metadata?.deletionTimestamp !== undefined) return 'Terminating';
  return spec?.suspend === true ? 'Suspended' : 'Running';
}

function jobDuration({ status }: V1Job, now: Date): string {
  if (status?.startTime === undefined) return '';
  const end = status.completionTime === undefined ? now : new Date(status.completionTime);
  return humanDuration(end.getTime() - new Date(status.startTime).getTime());
}

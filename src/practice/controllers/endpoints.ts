/** Keeps Endpoints and an EndpointSlice for each Service, from its selector and the readiness of the pods it selects. */
import { isActive, isReady } from '../conditions.ts';
import { keyOf } from '../client.ts';
import { endpoints, endpointSlices, pods, services } from '../objects.ts';
import type {
  EndpointAddress,
  EndpointSlice,
  EndpointSubset,
  Pod,
  Service,
  ServicePort,
} from '../objects.ts';
import type { ControllerOptions } from './controllers.ts';
import { controlledBy, matches } from './labels.ts';
import { startQueue } from './queue.ts';
import { randomSuffix } from './replicaset.ts';

export const serviceNameLabel = 'kubernetes.io/service-name';

/** Ports as one pod offers them: a port by name that the pod does not have is left out. */
function portsOf(service: Service, pod: Pod): EndpointSubset['ports'] {
  const resolve = ({ port, targetPort = port }: ServicePort): number | undefined =>
    typeof targetPort === 'number'
      ? targetPort
      : pod.spec.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === targetPort)
          ?.containerPort;
  return (service.spec.ports ?? []).flatMap((wanted) => {
    const port = resolve(wanted);
    return port === undefined ? [] : [{ name: wanted.name, port, protocol: wanted.protocol ?? 'TCP' }];
  });
}

/** The Endpoints subsets of a Service: pods that offer the same ports together, ready and not ready ones apart. */
export function subsetsOf(service: Service, candidates: readonly Pod[]): EndpointSubset[] {
  const groups = new Map<string, Required<EndpointSubset>>();
  const selected = candidates
    .filter((pod) => isActive(pod) && pod.status?.podIP !== undefined)
    .filter((pod) => matches({ matchLabels: service.spec.selector }, pod.metadata.labels))
    .toSorted((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
  for (const pod of selected) {
    const ports = portsOf(service, pod) ?? [];
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { addresses: [], notReadyAddresses: [], ports };
    groups.set(key, group);
    const { namespace, name, uid } = pod.metadata;
    const address: EndpointAddress = {
      ip: pod.status?.podIP ?? '',
      nodeName: pod.spec.nodeName,
      targetRef: { kind: 'Pod', namespace, name, uid },
    };
    const ready = isReady(pod) || service.spec.publishNotReadyAddresses === true;
    (ready ? group.addresses : group.notReadyAddresses).push(address);
  }
  return [...groups.values()].map(({ addresses, notReadyAddresses, ports }) => ({
    ...(addresses.length > 0 && { addresses }),
    ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
    ...(ports.length > 0 && { ports }),
  }));
}

function sliceOf(service: Service, subsets: readonly EndpointSubset[]): Omit<EndpointSlice, 'metadata'> {
  const entry = (ready: boolean) => (address: EndpointAddress) => ({
    addresses: [address.ip],
    conditions: { ready },
    nodeName: address.nodeName,
    targetRef: address.targetRef,
  });
  return {
    addressType: 'IPv4',
    endpoints: subsets.flatMap(({ addresses = [], notReadyAddresses = [] }) => [
      ...addresses.map(entry(true)),
      ...notReadyAddresses.map(entry(false)),
    ]),
    ports:
      subsets[0]?.ports ??
      (service.spec.ports ?? []).flatMap(({ name, port, protocol, targetPort = port }) =>
        typeof targetPort === 'number' ? [{ name, port: targetPort, protocol: protocol ?? 'TCP' }] : [],
      ),
  };
}

export function startEndpointsController({ client, clock, signal, report }: ControllerOptions): void {
  const queue = startQueue(clock, signal, sync, report);
  const known = new Map<string, Service>();

  async function sync(key: string): Promise<void> {
    const [namespace = '', name = ''] = key.split('/');
    const service = await client.get(services, namespace, name);
    const labelSelector = `${serviceNameLabel}=${name}`;
    const slices = await client.list(endpointSlices, { namespace, labelSelector });
    if (!service) {
      await client.delete(endpoints, namespace, name);
      for (const { metadata } of slices) await client.delete(endpointSlices, namespace, metadata.name ?? '');
      return;
    }
    // Without a selector somebody else keeps the endpoints.
    if (Object.keys(service.spec.selector ?? {}).length === 0) return;
    const subsets = subsetsOf(service, await client.list(pods, { namespace }));
    const labels = service.metadata.labels;
    const before = await client.get(endpoints, namespace, name);
    if (!before) {
      await client.create(endpoints, { metadata: { name, namespace, labels }, subsets });
    } else if (differ(before.subsets ?? [], subsets)) {
      await client.update(endpoints, { ...before, subsets });
    }
    await writeSlice(service, slices[0], sliceOf(service, subsets));
  }

  async function writeSlice(
    service: Service,
    before: EndpointSlice | undefined,
    next: Omit<EndpointSlice, 'metadata'>,
  ): Promise<void> {
    const { name = '', namespace, labels } = service.metadata;
    if (!before) {
      const metadata = {
        name: `${name}-${randomSuffix()}`,
        generateName: `${name}-`,
        namespace,
        labels: {
          ...labels,
          [serviceNameLabel]: name,
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        },
        ownerReferences: [controlledBy(services, service)],
      };
      await client.create(endpointSlices, { metadata, ...next });
    } else if (differ([before.endpoints ?? [], before.ports ?? []], [next.endpoints, next.ports])) {
      await client.update(endpointSlices, { ...before, ...next });
    }
  }

  void client.watch(
    services,
    {},
    ({ type, object }) => {
      const key = keyOf(object);
      if (type === 'deleted') known.delete(key);
      else known.set(key, object);
      queue.add(key);
    },
    signal,
  );
  void client.watch(
    pods,
    {},
    ({ object }) => {
      // A pod whose labels changed may have left a Service: all Services of its namespace are looked at.
      for (const [key, service] of known) {
        if (service.metadata.namespace === object.metadata.namespace) queue.add(key);
      }
    },
    signal,
  );
}

function differ(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}

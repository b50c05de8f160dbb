/** Makes a node known to the control plane and keeps it alive there. */
import { KubeError } from '../client.ts';
import type { KubeClient } from '../client.ts';
import { timestamp } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { leases, namespaces, nodes } from '../objects.ts';
import type { KubeObject, Node, Resource } from '../objects.ts';

const leaseNamespace = 'kube-node-lease';
/** Milliseconds of real time: the control plane's patience does not depend on the node's speed. */
const heartbeat = 10_000;

/** What a simulated node offers. */
export interface NodeOptions {
  readonly name: string;
  /** Besides the labels that every node has. */
  readonly labels?: Record<string, string>;
  /** Cores, as a quantity; 4 by default. */
  readonly cpu?: string;
  /** Bytes, as a quantity; 8Gi by default. */
  readonly memory?: string;
}

/** @param port where this node serves logs */
export function nodeObject(
  { name, labels, cpu = '4', memory = '8Gi' }: NodeOptions,
  port: number,
  now: string,
): Node {
  const resources = { cpu, memory, pods: '110' };
  const fine = (type: string, reason: string, message: string) => ({
    type,
    status: type === 'Ready' ? ('True' as const) : ('False' as const),
    reason,
    message,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  });
  return {
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        ...labels,
      },
    },
    status: {
      capacity: resources,
      allocatable: resources,
      conditions: [
        fine('MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
        fine('DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
        fine('PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
        fine('Ready', 'KubeletReady', 'kubelet is posting ready status'),
      ],
      // The API server reaches the logs by either, whichever its flags prefer.
      addresses: [
        { type: 'InternalIP', address: '127.0.0.1' },
        { type: 'Hostname', address: 'localhost' },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
      nodeInfo: {
        kubeletVersion: 'v1.36.0-simulated',
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
        osImage: 'Simulated node',
        kernelVersion: '',
        containerRuntimeVersion: 'containerd://2.0.0-simulated',
        machineID: '',
        systemUUID: '',
        bootID: '',
      },
    },
  };
}

/** Creates the node and its lease, then renews the lease until `signal` aborts. */
export async function register(
  client: KubeClient,
  clock: Clock,
  options: NodeOptions,
  port: number,
  signal: AbortSignal,
  report: (error: unknown, key: string) => void,
): Promise<void> {
  const { name } = options;
  const node = nodeObject(options, port, timestamp(clock.now()));
  await createUnlessThere(client, nodes, node);
  await client.patch(nodes, undefined, name, { status: node.status }, { subresource: 'status' });

  const renewal = () => ({
    holderIdentity: name,
    leaseDurationSeconds: 40,
    renewTime: new Date(clock.now()).toISOString().replace('Z', '000Z'),
  });
  await createUnlessThere(client, namespaces, { metadata: { name: leaseNamespace } });
  await createUnlessThere(client, leases, { metadata: { name, namespace: leaseNamespace }, spec: renewal() });
  const renew = (): void => {
    if (signal.aborted) return;
    client.patch(leases, leaseNamespace, name, { spec: renewal() }, { signal }).catch((error: unknown) => {
      if (!signal.aborted) report(error, name);
    });
    schedule();
  };
  const schedule = (): void => {
    clock.after(heartbeat * clock.speed, renew);
  };
  schedule();
}

async function createUnlessThere<T extends KubeObject>(
  client: KubeClient,
  resource: Resource<T>,
  object: T,
): Promise<void> {
  try {
    await client.create(resource, object);
  } catch (error) {
    if (!(error instanceof KubeError && error.reason === 'AlreadyExists')) throw error;
  }
}

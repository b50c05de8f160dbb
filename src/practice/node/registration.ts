/** Makes a node known to the control plane and keeps it alive there. */
import { KubeError } from '../client.ts';
import type { KubeClient } from '../client.ts';
import { timestamp } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { leases, namespaces, nodes } from '../objects.ts';
import type { KubeObject, Node, Resource } from '../objects.ts';

const leaseNamespace = 'kube-node-lease';
/** Milliseconds of the node's own time: never less often than a control plane expects it, whose time goes by as fast or slower. */
const heartbeat = 10_000;

/** What a simulated node offers. */
export interface NodeOptions {
  readonly name: string;
  /** Besides the labels that every node has. */
  readonly labels?: Record<string, string>;
  /** Keep pods away that do not put up with them. */
  readonly taints?: NonNullable<Node['spec']>['taints'];
  /** Cores, as a quantity; 4 by default. */
  readonly cpu?: string;
  /** Bytes, as a quantity; 8Gi by default. */
  readonly memory?: string;
}

/** @param port where this node serves logs */
export function nodeObject(
  { name, labels, taints, cpu = '4', memory = '8Gi' }: NodeOptions,
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
    ...(taints && { spec: { taints } }),
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

/** A node's signs of life. */
export interface Heart {
  stop(): void;
  /** Beats again, and says that the node is ready. */
  resume(): Promise<void>;
}

/** Creates the node and its lease, then renews the lease until `signal` aborts, except while its heart is stopped. */
export async function register(
  client: KubeClient,
  clock: Clock,
  options: NodeOptions,
  port: number,
  signal: AbortSignal,
  report: (error: unknown, key: string) => void,
): Promise<Heart> {
  const { name } = options;
  let stopped = false;
  const postStatus = async (): Promise<void> => {
    const { status } = nodeObject(options, port, timestamp(clock.now()));
    await client.patch(nodes, undefined, name, { status }, { subresource: 'status', signal });
  };
  const renewal = () => ({
    holderIdentity: name,
    leaseDurationSeconds: 40,
    renewTime: new Date(clock.now()).toISOString().replace('Z', '000Z'),
  });
  const renew = async (): Promise<void> => {
    await client.patch(leases, leaseNamespace, name, { spec: renewal() }, { signal });
  };
  await createUnlessThere(client, nodes, nodeObject(options, port, timestamp(clock.now())));
  await postStatus();
  await createUnlessThere(client, namespaces, { metadata: { name: leaseNamespace } });
  await createUnlessThere(client, leases, { metadata: { name, namespace: leaseNamespace }, spec: renewal() });
  const beat = (): void => {
    if (signal.aborted) return;
    if (!stopped) {
      renew().catch((error: unknown) => {
        if (!signal.aborted) report(error, name);
      });
    }
    clock.after(heartbeat, beat);
  };
  clock.after(heartbeat, beat);
  return {
    stop() {
      stopped = true;
    },
    async resume() {
      stopped = false;
      // The sign of life comes first: a ready node without one would be given up again.
      await renew();
      await postStatus();
    },
  };
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

/**
 * A simulator that plays the kubelets: a client of the Kubernetes API like any kubelet, so that the practice cluster and a real
 * control plane without nodes are served by the very same one.
 */
import type { KubeClient } from '../client.ts';
import { wallClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { eventRecorder } from '../events.ts';
import { nodes as nodeResource, pods } from '../objects.ts';
import { startLogServer } from './logs.ts';
import { PodRunner } from './pod.ts';
import { register } from './registration.ts';
import type { NodeOptions } from './registration.ts';

export interface SimulatorOptions {
  readonly client: KubeClient;
  readonly nodes: readonly NodeOptions[];
  /** How many times faster than real time back-offs, probes and starts go by; 1 by default. */
  readonly speed?: number;
  /** In place of the wall clock at `speed`. */
  readonly clock?: Clock;
  /** Is told of failures to speak with the API server; they are ignored by default. */
  readonly report?: (error: unknown, key: string) => void;
}

export interface NodeSimulator {
  /** Stops all pods and heartbeats at once, as if the machines had gone. */
  close(): Promise<void>;
}

/** Registers the nodes and runs the pods that are bound to them. Resolves when the nodes are known to the API server. */
export async function startNodeSimulator({
  client,
  nodes,
  speed = 1,
  clock = wallClock(speed),
  report = () => undefined,
}: SimulatorOptions): Promise<NodeSimulator> {
  const abort = new AbortController();
  const runners = new Map<string, PodRunner>();
  const byName = new Map<string, PodRunner>();
  const logServer = await startLogServer((namespace, pod, container) =>
    byName.get(`${namespace}/${pod}`)?.logs(container),
  );
  const machines = new Map(
    nodes.map(({ name }) => [
      name,
      { pulled: new Set<string>(), recorder: eventRecorder(client, clock, 'kubelet', name) },
    ]),
  );
  let addresses = 0;
  const nextIP = (): string => {
    addresses += 1;
    return `10.88.${String((addresses >> 8) & 255)}.${String(addresses & 255)}`;
  };

  for (const node of nodes) {
    await register(client, clock, node, logServer.port, abort.signal, report);
    const subject = { ...nodeResource, object: { metadata: { name: node.name, uid: node.name } } };
    void machines.get(node.name)?.recorder.record(subject, 'Normal', 'Starting', 'Starting kubelet.');
  }

  const watching = client.watch(
    pods,
    {},
    ({ type, object: pod }) => {
      const machine = machines.get(pod.spec.nodeName ?? '');
      if (!machine) return;
      const { uid = '', namespace = '', name = '' } = pod.metadata;
      const runner = runners.get(uid);
      if (type === 'deleted') {
        runner?.drop();
        runners.delete(uid);
        if (byName.get(`${namespace}/${name}`) === runner) byName.delete(`${namespace}/${name}`);
      } else if (runner) {
        runner.update(pod);
      } else {
        const started = new PodRunner({ client, clock, pod, podIP: nextIP(), report, ...machine });
        runners.set(uid, started);
        byName.set(`${namespace}/${name}`, started);
        started.start();
        started.update(pod);
      }
    },
    abort.signal,
  );

  return {
    async close() {
      abort.abort();
      for (const runner of runners.values()) runner.drop();
      await Promise.all([watching, logServer.close()]);
    },
  };
}

/**
 * A simulator that plays the kubelets: a client of the Kubernetes API like any kubelet, so that the practice cluster and a real
 * control plane without nodes are served by the very same one.
 */
import type { Change, KubeClient } from '../client.ts';
import { wallClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { eventRecorder } from '../events.ts';
import { nodes as nodeResource, pods } from '../objects.ts';
import type { Recorder } from '../events.ts';
import type { Pod } from '../objects.ts';
import type { Machines } from '../scenarios/machines.ts';
import { Line } from './line.ts';
import { startLogServer } from './logs.ts';
import { PodRunner } from './pod.ts';
import { register } from './registration.ts';
import type { Heart, NodeOptions } from './registration.ts';

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

export interface NodeSimulator extends Machines {
  /** Stops all pods and heartbeats at once, as if the machines had gone. */
  close(): Promise<void>;
}

interface Machine {
  readonly line: Line;
  readonly heart: Heart;
  readonly recorder: Recorder;
  /** Images that it has. */
  readonly pulled: Set<string>;
  /** What it has not heard of while its line was cut, by the pod's uid: the last change of each. */
  readonly missed: Map<string, Change<Pod>>;
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
  const byMachine = new Map<string, Machine>();
  const machineOf = (pod: Pod | undefined): Machine | undefined => byMachine.get(pod?.spec.nodeName ?? '');
  const logServer = await startLogServer((namespace, pod, container) => {
    const runner = byName.get(`${namespace}/${pod}`);
    if (machineOf(runner?.pod)?.line.isCut) throw new Error('Nobody answers there');
    return runner?.logs(container);
  });
  let addresses = 0;
  const nextIP = (): string => {
    addresses += 1;
    return `10.88.${String((addresses >> 8) & 255)}.${String(addresses & 255)}`;
  };

  const nodeSubject = (name: string) => ({ ...nodeResource, object: { metadata: { name, uid: name } } });
  for (const node of nodes) {
    const { name } = node;
    const heart = await register(client, clock, node, logServer.port, abort.signal, report);
    const line = new Line(client);
    const recorder = eventRecorder(line.client, clock, 'kubelet', name);
    byMachine.set(name, { line, heart, recorder, pulled: new Set(), missed: new Map() });
    void recorder.record(nodeSubject(name), 'Normal', 'Starting', 'Starting kubelet.');
  }

  const hear = ({ type, object: pod }: Change<Pod>, { line, recorder, pulled }: Machine): void => {
    const { uid = '', namespace = '', name = '' } = pod.metadata;
    const key = `${namespace}/${name}`;
    const runner = runners.get(uid);
    if (type === 'deleted') {
      runner?.drop();
      runners.delete(uid);
      if (byName.get(key) === runner) byName.delete(key);
    } else if (runner) {
      runner.update(pod);
    } else {
      const options = { client: line.client, clock, pod, podIP: nextIP(), report, recorder, pulled };
      const started = new PodRunner(options);
      runners.set(uid, started);
      byName.set(key, started);
      started.start();
      started.update(pod);
    }
  };

  const comeBack = async (name: string, machine: Machine): Promise<void> => {
    await machine.heart.resume();
    machine.line.mend();
    void machine.recorder.record(
      nodeSubject(name),
      'Normal',
      'NodeReady',
      `Node ${name} status is now: NodeReady`,
    );
    const missed = [...machine.missed.values()];
    machine.missed.clear();
    for (const change of missed) hear(change, machine);
  };

  const watching = client.watch(
    pods,
    {},
    (change) => {
      const machine = machineOf(change.object);
      if (machine?.line.isCut) machine.missed.set(change.object.metadata.uid ?? '', change);
      else if (machine) hear(change, machine);
    },
    abort.signal,
  );

  return {
    stop(name) {
      const machine = byMachine.get(name);
      if (machine === undefined) throw new Error(`There is no simulated machine "${name}"`);
      machine.heart.stop();
      machine.line.cut();
    },
    restart() {
      for (const [name, machine] of byMachine) {
        if (!machine.line.isCut) continue;
        comeBack(name, machine).catch((error: unknown) => {
          if (!abort.signal.aborted) report(error, name);
        });
      }
    },
    async close() {
      abort.abort();
      for (const runner of runners.values()) runner.drop();
      await Promise.all([watching, logServer.close()]);
    },
  };
}

/** From a Service's ports to those of the pods behind it (core/v1 ServicePort and ContainerPort). */
import type { KubeObject } from '../domain/kubernetes.ts';
import { matches } from './labels.ts';
import { containersOf, countingPods, isReady } from './pods.ts';
import { askedPort, probeNames } from './probes.ts';
import { hasSelector, selectorOf } from './read.ts';
import type { CoreState } from './snapshot.ts';
import { isInTemplate } from './template.ts';

/** A port that a container declares. */
export interface PortOfContainer {
  readonly container: string;
  readonly name?: string;
  readonly number: number;
  readonly protocol: string;
  /** Whether a probe asks this port and the pod is ready: something answers there. */
  readonly answers: boolean;
}

/** A port of a Service that leads to none of the pods' ports. */
export interface Mismatch {
  readonly port: number;
  readonly name?: string;
  readonly targetPort: number | string;
  readonly protocol: string;
  readonly pod: KubeObject;
  /** What the pods declare at this protocol. */
  readonly declared: readonly PortOfContainer[];
}

interface ServicePort {
  readonly port: number;
  readonly name?: string;
  readonly targetPort?: number | string;
  readonly protocol?: string;
}

/**
 * A name must be a container port's: the endpoints leave the port out otherwise. A number need not be declared to be open, so that it
 * counts only where the pods declare ports, the Service leads to none of them, and no probe finds anything there.
 */
export function mismatches(service: KubeObject, state: CoreState): Mismatch[] {
  if (!hasSelector(service)) return [];
  const pods = countingPods(state).filter((pod) => matches(selectorOf(service), pod.metadata.labels));
  const [pod] = pods;
  if (pod === undefined) return [];
  const perPod = pods.map(declaredPorts);
  const own = (one: PortOfContainer): boolean => isInTemplate(state, one.container);
  const answering = new Set(pods.flatMap(answeringPorts));
  const ports = (service['spec']?.ports ?? []) as ServicePort[];
  const lost = ports.filter(
    (port) =>
      !answering.has(port.targetPort ?? port.port) && perPod.every((declared) => !leadsToOne(port, declared)),
  );
  const none = lost.length === ports.length;
  return lost.flatMap((port) => {
    const { protocol = 'TCP', targetPort = port.port } = port;
    // A Service is not led to what a webhook put beside the application: that is not what anybody meant it to serve.
    const declared = (perPod[0] ?? []).filter((one) => one.protocol === protocol && own(one));
    if (typeof targetPort === 'number' && (!none || declared.length === 0)) return [];
    const { name } = port;
    return [
      { port: port.port, targetPort, protocol, pod, declared, ...(name === undefined ? {} : { name }) },
    ];
  });
}

function leadsToOne(
  { port, targetPort = port, protocol = 'TCP' }: ServicePort,
  declared: readonly PortOfContainer[],
): boolean {
  return declared.some(
    (one) => one.protocol === protocol && (one.number === targetPort || one.name === targetPort),
  );
}

/** Numbers of the ports that probes of a ready pod ask. */
function answeringPorts(pod: KubeObject): (number | string)[] {
  if (!isReady(pod)) return [];
  return containersOf(pod['spec']).flatMap((container) =>
    probeNames.flatMap((name) => askedPort(container, name)?.port ?? []),
  );
}

/** The ports of a pod's containers, those of sidecars among the init containers included. */
function declaredPorts(pod: KubeObject): PortOfContainer[] {
  interface Port {
    readonly name?: string;
    readonly containerPort: number;
    readonly protocol?: string;
  }
  const sidecars = (
    (pod['spec']?.initContainers ?? []) as { name: string; restartPolicy?: string; ports?: unknown }[]
  ).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const answering = answeringPorts(pod);
  return [...containersOf(pod['spec']), ...sidecars].flatMap(({ name: container, ports }) =>
    ((ports ?? []) as Port[]).map(({ name, containerPort, protocol = 'TCP' }) => ({
      container,
      number: containerPort,
      protocol,
      answers: answering.includes(containerPort),
      ...(name === undefined ? {} : { name }),
    })),
  );
}

/** `8080 (http)` */
export function describePort({ number, name }: PortOfContainer): string {
  return name === undefined ? String(number) : `${number} (${name})`;
}

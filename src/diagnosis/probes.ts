/** Probes of a container (core/v1 Probe), and what the kubelet says of them. */
import type { KubeObject } from '../domain/kubernetes.ts';
import { containersOf, type ContainerOfPod, type ContainerSpec } from './pods.ts';

export const probeNames = ['startup', 'liveness', 'readiness'] as const;
export type ProbeName = (typeof probeNames)[number];

export const handlers = ['httpGet', 'tcpSocket', 'grpc'] as const;
export type ProbeHandler = (typeof handlers)[number];

export interface Probe {
  readonly httpGet?: { readonly port?: number | string; readonly path?: string };
  readonly tcpSocket?: { readonly port?: number | string };
  readonly grpc?: { readonly port?: number };
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
}

export function probeOf(container: ContainerSpec | undefined, name: ProbeName): Probe | undefined {
  return container?.[`${name}Probe`] as Probe | undefined;
}

/** The container in its pod's spec. */
export function specOf({ pod, status }: ContainerOfPod): ContainerSpec | undefined {
  return containersOf(pod['spec']).find(({ name }) => name === status.name);
}

/** What asks, and which port; undefined for a command. A port that is named and not declared has no number. */
export function askedPort(
  container: ContainerSpec | undefined,
  name: ProbeName,
): { handler: ProbeHandler; port: number | undefined } | undefined {
  const probe = probeOf(container, name);
  const handler = handlers.find((one) => probe?.[one] !== undefined);
  if (probe === undefined || handler === undefined) return undefined;
  const port = probe[handler]?.port;
  return { handler, port: typeof port === 'number' ? port : portNamed(container, port) };
}

interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol?: string;
}

/** The TCP ports that the container declares. Declaring is optional: none declared says nothing. */
export function declaredPorts(container: ContainerSpec | undefined): ContainerPort[] {
  const ports = (container?.['ports'] ?? []) as ContainerPort[];
  return ports.filter(({ protocol }) => (protocol ?? 'TCP') === 'TCP');
}

function portNamed(container: ContainerSpec | undefined, name: string | undefined): number | undefined {
  return declaredPorts(container).find((port) => port.name === name)?.containerPort;
}

/** Which probe an event of reason `Unhealthy` is about: its message begins with it, in all versions. */
export function probeOfEvent(event: KubeObject): ProbeName | undefined {
  if (event['reason'] !== 'Unhealthy') return undefined;
  const [, word] = /^(startup|liveness|readiness) probe\b/i.exec(String(event['message'])) ?? [];
  return probeNames.find((name) => name === word?.toLowerCase());
}

/**
 * Whether an event is the kubelet's about this container of this pod. Events say so in `involvedObject.fieldPath`, and who writes them
 * in their source. Whoever may create events can write either: this tells other components apart, and proves nothing.
 */
export function isAboutContainer(event: KubeObject, { pod, status }: ContainerOfPod): boolean {
  const about = event['involvedObject'] as { name?: string; uid?: string; fieldPath?: string } | undefined;
  if (about?.name !== pod.metadata.name || (about.uid ?? pod.metadata.uid) !== pod.metadata.uid) return false;
  const writer: unknown = event['source']?.component || event['reportingComponent'] || 'kubelet';
  if (writer !== 'kubelet') return false;
  return about.fieldPath === undefined
    ? containersOf(pod['spec']).length === 1
    : about.fieldPath.endsWith(`{${status.name}}`);
}

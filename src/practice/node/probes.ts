/** Probes of a container that serves: what its application answers does not change while it runs. */
import type { Container, Probe } from '../objects.ts';
import { forever } from './host.ts';
import type { Host } from './host.ts';

/** The kubelet's defaults: https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/ */
const defaultPeriodSeconds = 10;
const defaultFailureThreshold = 3;

/** The one path that the application answers. */
const answered = '/healthz';

/**
 * Why a probe fails, in the kubelet's words; undefined where it succeeds.
 * A command is not run: it counts as one that succeeds.
 * @param listening the port that the application listens on
 */
export function failureOf(
  probe: Probe,
  container: Container,
  podIP: string,
  listening: number,
): string | undefined {
  const { httpGet, tcpSocket } = probe;
  const wanted = httpGet?.port ?? tcpSocket?.port;
  if (wanted === undefined) return undefined;
  const port = portOf(container, wanted);
  const address = `${podIP}:${String(port)}`;
  const path = httpGet?.path ?? '/';
  if (port !== listening) {
    const refused = `dial tcp ${address}: connect: connection refused`;
    return httpGet ? `Get "http://${address}${path}": ${refused}` : refused;
  }
  return httpGet && path !== answered ? 'HTTP probe failed with statuscode: 404' : undefined;
}

function portOf({ ports = [] }: Container, wanted: number | string): number | undefined {
  return typeof wanted === 'number' ? wanted : ports.find(({ name }) => name === wanted)?.containerPort;
}

/** One run of a container that serves. */
export interface Serving {
  readonly host: Host;
  readonly container: Container;
  readonly listening: number;
  /** Set once the run has ended. */
  over: boolean;
}

/** Asks until the application is ready, which resolves it; never where it will not be. @throws when the pod ends */
export async function becomesReady(serving: Serving): Promise<void> {
  const { host, container, listening } = serving;
  const { readinessProbe: probe } = container;
  const failure = probe && failureOf(probe, container, host.podIP, listening);
  await host.sleep((probe?.initialDelaySeconds ?? 0) * 1000);
  while (failure !== undefined && !serving.over) {
    host.event(container.name, 'Warning', 'Unhealthy', `Readiness probe failed: ${failure}`);
    await host.sleep((probe?.periodSeconds ?? defaultPeriodSeconds) * 1000);
  }
}

/**
 * Asks until the liveness probe has failed too often, ends the application then, and resolves when it has ended.
 * Never where the probe is content. @throws when the pod ends
 */
export async function isKilled(serving: Serving): Promise<void> {
  const { host, container, listening } = serving;
  const { livenessProbe: probe } = container;
  const failure = probe && failureOf(probe, container, host.podIP, listening);
  if (probe === undefined || failure === undefined) return forever(host);
  const { initialDelaySeconds = 0, periodSeconds = defaultPeriodSeconds } = probe;
  await host.sleep(initialDelaySeconds * 1000);
  for (let left = probe.failureThreshold ?? defaultFailureThreshold; left > 0; left -= 1) {
    await host.sleep(periodSeconds * 1000);
    host.event(container.name, 'Warning', 'Unhealthy', `Liveness probe failed: ${failure}`);
  }
  const message = `Container ${container.name} failed liveness probe, will be restarted`;
  host.event(container.name, 'Normal', 'Killing', message);
  // The application's last process is a web server that does not heed the signal to stop: it is killed after the grace period.
  await host.sleep((host.pod.spec.terminationGracePeriodSeconds ?? 30) * 1000);
}

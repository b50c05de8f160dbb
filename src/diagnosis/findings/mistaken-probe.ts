/** Whether a failing probe is itself to blame, and not the application that it asks. */
import { containersOf, type ContainerOfPod, type ContainerSpec } from '../pods.ts';
import { askedPort, declaredPorts, specOf, type ProbeName } from '../probes.ts';
import type { ClusterState } from '../snapshot.ts';

/** Whether the container declares ports, and not the one that is asked. */
export function asksElsewhere(container: ContainerOfPod, probe: ProbeName): boolean {
  const spec = specOf(container);
  const asked = askedPort(spec, probe);
  const ports = declaredPorts(spec).map(({ containerPort }) => containerPort);
  return asked !== undefined && ports.length > 0 && !ports.some((port) => port === asked.port);
}

/** Whether the newest revision turned the probe to a port that the container does not declare. */
export function wasTurnedAway(state: ClusterState, container: ContainerOfPod, probe: ProbeName): boolean {
  const before = revisions(state, container)[1];
  if (before === undefined || !asksElsewhere(container, probe)) return false;
  return askedPort(before, probe)?.port !== askedPort(specOf(container), probe)?.port;
}

/**
 * Whether the probe is what is wrong: it asks a port that the container does not declare and that no revision before was asked at,
 * or nothing of the container but the probe was changed by the newest revision.
 */
export function isMistaken(state: ClusterState, container: ContainerOfPod, probe: ProbeName): boolean {
  const [now, before] = revisions(state, container);
  if (before === undefined || now === undefined) return asksElsewhere(container, probe);
  const changed = [...new Set([...Object.keys(now), ...Object.keys(before)])].filter(
    (field) => JSON.stringify(now[field]) !== JSON.stringify(before[field]),
  );
  const onlyProbe = changed.length > 0 && changed.every((field) => field === fieldOf(probe));
  return onlyProbe || wasTurnedAway(state, container, probe);
}

/** The field of the container that holds the probe. */
export function fieldOf(probe: ProbeName): string {
  return `${probe}Probe`;
}

/** The container by revision, the newest first, as far as revisions have it. */
function revisions({ replicaSets }: ClusterState, { status }: ContainerOfPod): ContainerSpec[] {
  return replicaSets.flatMap((set) =>
    containersOf(set['spec']?.template?.spec).filter(({ name }) => name === status.name),
  );
}

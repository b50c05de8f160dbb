/**
 * Whether a failing probe is itself to blame, and not the application that it asks. That the container does not declare the port proves
 * nothing: declaring is for people to read, and an undeclared port may well be open (core/v1 ContainerPort). What it takes beside it:
 * - a name that no port has: the kubelet cannot even ask (established by the specs alone);
 * - nothing but the probe was changed by the newest revision, and it fails since (established by the specs and the status);
 * - the newest revision turned the probe to that port, or there is none before it to compare with, and the kubelet says that the
 *   connection was refused. Any other word of it, such as a status code, comes from something that listens there;
 * - without the kubelet's word the same is only suspected.
 * And it is never so of a container that the workload's template does not hold.
 */
import type { KubeObject } from '../../domain/kubernetes.ts';
import { eventTime } from '../events.ts';
import { containersOf, type ContainerOfPod, type ContainerSpec } from '../pods.ts';
import {
  askedPort,
  declaredPorts,
  isAboutContainer,
  probeOfEvent,
  specOf,
  type ProbeName,
} from '../probes.ts';
import type { CoreState, StateWith } from '../snapshot.ts';
import { isInTemplate } from '../template.ts';

/** Whether the container declares ports, and not the one that is asked. */
export function asksElsewhere(container: ContainerOfPod, probe: ProbeName): boolean {
  const spec = specOf(container);
  const asked = askedPort(spec, probe);
  const ports = declaredPorts(spec).map(({ containerPort }) => containerPort);
  return asked !== undefined && ports.length > 0 && !ports.some((port) => port === asked.port);
}

/** Whether the probe asks a port by a name that no port of the container has. */
export function asksNoPort(container: ContainerOfPod, probe: ProbeName): boolean {
  const asked = askedPort(specOf(container), probe);
  return asked !== undefined && asked.port === undefined;
}

/** Whether the newest revision turned the probe to a port that the container does not declare. */
export function wasTurnedAway(state: CoreState, container: ContainerOfPod, probe: ProbeName): boolean {
  const before = revisions(state, container)[1];
  if (before === undefined || !asksElsewhere(container, probe)) return false;
  return askedPort(before, probe)?.port !== askedPort(specOf(container), probe)?.port;
}

/** The kubelet's latest word on a probe of the container. */
export function lastProbeEvent(
  state: StateWith<'warnings'>,
  container: ContainerOfPod,
  probe: ProbeName,
): KubeObject | undefined {
  return state.surroundings.warnings
    .filter((event) => probeOfEvent(event) === probe && isAboutContainer(event, container))
    .sort((a, b) => eventTime(b).localeCompare(eventTime(a)))[0];
}

/** The whole message: an application words what a probe by HTTP or by a command gives back, and may write the same somewhere in it. */
const refused =
  /^\w+ probe failed: (?:Get "https?:\/\/[^/"]*?(?::(\d+))?(?:\/[^"]*)?": )?(?:dial tcp \S*?:(\d+): )?(?:connect: )?connection refused$/i;

/** Whether the kubelet's latest word is that nothing listens on the port that the probe asks. */
export function wasRefused(
  state: StateWith<'warnings'>,
  container: ContainerOfPod,
  probe: ProbeName,
): boolean {
  const event = lastProbeEvent(state, container, probe);
  const asked = askedPort(specOf(container), probe)?.port;
  const match = event === undefined ? null : refused.exec(String(event['message']));
  // A redirect of the application leads to any port.
  return match !== null && match.slice(1).every((port) => port === undefined || Number(port) === asked);
}

/** Whether the probe is what is wrong. */
export function mistakeOf(
  state: StateWith<'warnings'>,
  container: ContainerOfPod,
  probe: ProbeName,
): 'established' | 'suspected' | undefined {
  if (!isInTemplate(state, container.status.name)) return undefined;
  if (asksElsewhere(container, probe) && asksNoPort(container, probe)) return 'established';
  const [now, before] = revisions(state, container);
  if (before !== undefined && now !== undefined && changesOnlyProbe(now, before, probe)) return 'established';
  const isNew =
    before === undefined || now === undefined
      ? asksElsewhere(container, probe)
      : wasTurnedAway(state, container, probe);
  if (!isNew) return undefined;
  if (wasRefused(state, container, probe)) return 'established';
  return lastProbeEvent(state, container, probe) === undefined ? 'suspected' : undefined;
}

function changesOnlyProbe(now: ContainerSpec, before: ContainerSpec, probe: ProbeName): boolean {
  const changed = [...new Set([...Object.keys(now), ...Object.keys(before)])].filter(
    (field) => JSON.stringify(now[field]) !== JSON.stringify(before[field]),
  );
  return changed.length > 0 && changed.every((field) => field === fieldOf(probe));
}

/** The field of the container that holds the probe. */
export function fieldOf(probe: ProbeName): string {
  return `${probe}Probe`;
}

/** The container by revision, the newest first, as far as revisions have it. */
function revisions({ replicaSets }: CoreState, { status }: ContainerOfPod): ContainerSpec[] {
  return replicaSets.flatMap((set) =>
    containersOf(set['spec']?.template?.spec).filter(({ name }) => name === status.name),
  );
}

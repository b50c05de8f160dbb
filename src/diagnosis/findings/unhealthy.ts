/**
 * Unhealthy: a container runs and does not pass one of its probes: it gets no traffic, or is killed again and again.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/probes/ and the kubelet's events of reason `Unhealthy`.
 */
import type { KubeObject } from '../../domain/kubernetes.ts';
import { eventTime } from '../events.ts';
import { eventEvidence } from '../evidence.ts';
import {
  countingContainers,
  countingPods,
  isReady,
  lastEnd,
  podNames,
  refOf,
  type ContainerOfPod,
} from '../pods.ts';
import { probeOf, specOf, type ProbeName } from '../probes.ts';
import type { StateWith } from '../snapshot.ts';
import { crashingContainers } from './crash-loop.ts';
import { lastProbeEvent, wasRefused, wasTurnedAway } from './mistaken-probe.ts';
import { fieldEvidence, podCount, shownContainers, type FindingRule } from './rule.ts';

/** A container that runs this long after it was killed has got over it, milliseconds. */
const recoveredAfter = 600_000;
/** What a container may take to pass beyond what its probe allows for: applications are slow to start, milliseconds. */
const patience = 60_000;
/**
 * Exit codes of a container that was told to end: 137 and 143 are signals 9 and 15, 130 and 0 those of programs that heed them.
 * One that fails by itself exits otherwise.
 */
const toldToEnd = new Set([0, 130, 137, 143]);

export interface FailingProbe {
  readonly container: ContainerOfPod;
  readonly probe: ProbeName;
  /** The kubelet's latest word on it. */
  readonly event: KubeObject | undefined;
}

/** Containers that their probes kill come before those that only get no traffic. */
export function failingProbes(state: StateWith<'warnings'>): FailingProbe[] {
  const now = Date.parse(state.takenAt);
  const crashing = new Set(crashingContainers(state).map(({ pod, status }) => keyOf(pod, status.name)));
  const failing = countingContainers(state)
    .filter(({ path }) => !path.includes('initContainer'))
    .flatMap((container): FailingProbe[] => {
      const killed = killer(state, container, now);
      if (killed !== undefined) return [killed];
      const crashes = crashing.has(keyOf(container.pod, container.status.name));
      return crashes ? [] : unready(state, container, now);
    });
  return failing.sort((a, b) => Number(a.probe === 'readiness') - Number(b.probe === 'readiness'));
}

function keyOf(pod: KubeObject, container: string): string {
  return `${pod.metadata.name}/${container}`;
}

/** The probe that has the container killed. */
function killer(
  state: StateWith<'warnings'>,
  container: ContainerOfPod,
  now: number,
): FailingProbe | undefined {
  const { status } = container;
  const end = lastEnd(container);
  if ((status.restartCount ?? 0) === 0 && status.state?.terminated === undefined) return undefined;
  if (end === undefined || end.reason === 'OOMKilled' || !toldToEnd.has(end.exitCode)) return undefined;
  const since = status.state?.running?.startedAt;
  for (const probe of ['startup', 'liveness'] as const) {
    if (probeOf(specOf(container), probe) === undefined) continue;
    const event = lastProbeEvent(state, container, probe);
    if (event === undefined) continue;
    const said = Date.parse(eventTime(event));
    const recovered =
      since !== undefined && now - Date.parse(since) >= recoveredAfter && now - said >= recoveredAfter;
    if (!recovered) return { container, probe, event };
  }
  return undefined;
}

/**
 * A container that runs and is not ready for longer than a start takes. Where the newest revision turned the probe to a port that the
 * container does not declare, the kubelet's first word that nothing listens there is enough: the status says no other than it.
 */
function unready(state: StateWith<'warnings'>, container: ContainerOfPod, now: number): FailingProbe[] {
  const { status } = container;
  const since = status.state?.running?.startedAt;
  const probe = probeOf(specOf(container), 'readiness');
  if (since === undefined || status.ready === true || probe === undefined) return [];
  const event = lastProbeEvent(state, container, 'readiness');
  // Times of the API are whole seconds.
  const isOfThisRun = event !== undefined && Date.parse(eventTime(event)) >= Date.parse(since) - 1000;
  const { initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3 } = probe;
  const allowed = (initialDelaySeconds + periodSeconds * failureThreshold) * 1000 + patience;
  const isPlain =
    isOfThisRun && wasTurnedAway(state, container, 'readiness') && wasRefused(state, container, 'readiness');
  if (!isPlain && now - Date.parse(since) < allowed) return [];
  return [{ container, probe: 'readiness', event: isOfThisRun ? event : undefined }];
}

export const unhealthy: FindingRule<'warnings'> = (state) => {
  const { workload } = state;
  const failing = failingProbes(state);
  const [first] = failing;
  if (workload === undefined || first === undefined) return [];
  const { probe, container } = first;
  const same = failing.filter((one) => one.probe === probe);
  const containers = same.map((one) => one.container);
  const pods = podCount(podNames(containers).length, countingPods(state).length, workload);
  const what =
    probe === 'readiness'
      ? `are not ready: container ${container.status.name} runs and fails its readiness probe`
      : `restart again and again: container ${container.status.name} is killed by its ${probe} probe`;
  return [
    {
      name: 'Unhealthy',
      target: refOf(workload),
      summary: `${pods} ${what}`,
      containers,
      evidence: same
        .slice(0, shownContainers)
        .flatMap(({ container: { pod, status, path }, event }) => [
          ...(event === undefined ? [] : [eventEvidence(event)]),
          fieldEvidence(
            pod,
            `spec.containers[${status.name}].${probe}Probe`,
            `${probe} probe of container ${status.name}: ${JSON.stringify(probeOf(specOf({ pod, status, path }), probe))}`,
            probeOf(specOf({ pod, status, path }), probe) ?? {},
          ),
          fieldEvidence(
            pod,
            path,
            `container ${status.name} of ${pod.metadata.name}: ${status.restartCount ?? 0} restarts, ${isReady(pod) ? 'ready' : 'not ready'}`,
            { restartCount: status.restartCount, state: status.state, lastState: status.lastState },
          ),
        ]),
    },
  ];
};

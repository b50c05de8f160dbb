/** Collects the evidence of one incident: parallel reads, each within a time budget, each allowed to fail. */
import type { EvidenceGap } from '../domain/diagnosis.ts';
import { isOncallError, OncallError } from '../domain/error.ts';
import { describeRef, type KubeObject, type ObjectRef, type Target } from '../domain/kubernetes.ts';
import { told } from '../domain/redaction/told.ts';
import { TimeLimit } from '../domain/time-limit.ts';
import { countingPods, isReady, refOf, type ContainerStatus } from './pods.ts';
import { parseQuantity } from './quantity.ts';
import { listLimit, readCore, type ReadableCluster, type Reader } from './read.ts';
import { eventTime, newestEvents } from './events.ts';
import { redacting } from './redacting.ts';
import { remembering } from './remembering.ts';
import type { CoreState, LogExcerpt, Snapshot } from './snapshot.ts';
import { readMeans } from './sources/means.ts';
import { allSurroundings, readSurroundings } from './surroundings.ts';

const logLines = 50;
/** Characters of one log that are kept: its end. */
const logCharacters = 8000;
const logContainers = 3;
const podsWithEvents = 3;
const eventsPerObject = 20;

export interface CollectOptions {
  readonly signal: AbortSignal;
  /** Time limit of each read, milliseconds [8000]. */
  readonly budgetMs?: number;
  readonly now?: () => Date;
}

/**
 * Reads what the target needs and nothing else. What cannot be read becomes a gap.
 * @throws OncallError `cancelled`, or `cluster-unauthorized` when nothing at all can be read
 */
export async function collect(
  cluster: ReadableCluster,
  target: Target,
  options: CollectOptions,
): Promise<Snapshot> {
  const { signal, budgetMs = 8000, now = () => new Date() } = options;
  const gaps: EvidenceGap[] = [];
  const reader: Reader = async (what, otherwise, read) => {
    const limit = new TimeLimit(budgetMs, signal);
    try {
      return await limit.of(read(limit.signal));
    } catch (error) {
      if (signal.aborted)
        throw new OncallError('cancelled', 'The investigation was cancelled', 'Start it again when needed.');
      if (isOncallError(error) && error.code === 'cluster-unauthorized') throw error;
      const reason = limit.reached
        ? `no answer within ${budgetMs / 1000} s`
        : isOncallError(error)
          ? error.message
          : told(error);
      if (!gaps.some((gap) => gap.what === what)) gaps.push({ what, reason });
      return otherwise;
    } finally {
      limit.end();
    }
  };
  const guarded = remembering(redacting(cluster));
  const core = await readCore(guarded, target, reader, now());
  if (core.pods.length >= listLimit) {
    gaps.push({
      what: `Pods beyond the first ${listLimit}`,
      reason: 'a sample is enough to tell what is wrong',
    });
  }
  const place = { cluster: guarded, namespace: target.namespace, reader };
  const [[state, means], events, logs, nodeMemory] = await Promise.all([
    readSurroundings(place, core, allSurroundings).then(async (surroundings) => {
      const whole = { ...core, surroundings };
      return [whole, await readMeans(place, whole)] as const;
    }),
    eventsOf(guarded, core, reader),
    logsOf(guarded, core, reader),
    memoryOfNodes(guarded, core, reader),
  ]);
  return { ...state, events, logs, nodeMemory, means, gaps };
}

/** Pods to look at more closely: the ones in trouble first. */
function byTrouble(state: CoreState): KubeObject[] {
  const trouble = (pod: KubeObject): number =>
    (isReady(pod) ? 0 : 2) + (statusesOf(pod).some(({ restartCount = 0 }) => restartCount > 0) ? 1 : 0);
  // A Job's pods are over when they have something to tell.
  const pods = state.workload?.kind === 'Job' ? [...state.pods] : countingPods(state);
  return pods.sort((a, b) => trouble(b) - trouble(a));
}

function statusesOf(pod: KubeObject): ContainerStatus[] {
  const status = pod['status'] ?? {};
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])] as ContainerStatus[];
}

async function eventsOf(cluster: ReadableCluster, state: CoreState, reader: Reader): Promise<KubeObject[]> {
  const objects = new Map<string, ObjectRef>();
  const troubled = byTrouble(state).slice(0, podsWithEvents);
  for (const object of [state.object, state.workload, state.replicaSets[0], ...troubled]) {
    if (object !== undefined) objects.set(`${object.kind}/${object.metadata.name}`, refOf(object));
  }
  const lists = await Promise.all(
    [...objects.values()].map(({ kind, name, namespace }) =>
      reader<KubeObject[]>(`Events of ${describeRef({ kind, name, namespace })}`, [], (signal) =>
        newestEvents(
          cluster,
          // Events of what lives in no namespace are kept in `default`.
          {
            namespace: namespace ?? 'default',
            fieldSelector: `involvedObject.kind=${kind},involvedObject.name=${name}`,
          },
          eventsPerObject,
          signal,
        ),
      ),
    ),
  );
  return lists.flat().sort((a, b) => eventTime(b).localeCompare(eventTime(a)));
}

/** The end of the logs that may say why: of failing containers before others, of the instance that ended before the one that runs. */
async function logsOf(cluster: ReadableCluster, state: CoreState, reader: Reader): Promise<LogExcerpt[]> {
  const containers = byTrouble(state)
    .flatMap((pod) => statusesOf(pod).map((status) => ({ pod: pod.metadata.name, status })))
    .sort((a, b) => failing(b.status) - failing(a.status))
    .slice(0, logContainers);
  const requests = containers.flatMap(({ pod, status }) => {
    const ended = status.lastState?.terminated !== undefined;
    const started = status.state?.running !== undefined || status.state?.terminated !== undefined;
    return [
      ...(ended ? [{ pod, container: status.name, previous: true }] : []),
      ...(started ? [{ pod, container: status.name, previous: false }] : []),
    ];
  });
  const { namespace } = state.target;
  const excerpts = await Promise.all(
    requests.map(({ pod, container, previous }) =>
      reader<LogExcerpt | undefined>(
        `${previous ? 'Previous log' : 'Log'} of container ${container} in Pod ${namespace}/${pod}`,
        undefined,
        async (signal) => {
          const text = await cluster.logs(
            { namespace, pod, container, previous, tailLines: logLines },
            signal,
          );
          return { pod, container, previous, text: text.trimEnd().slice(-logCharacters) };
        },
      ),
    ),
  );
  return excerpts.filter((excerpt) => excerpt !== undefined);
}

function failing(status: ContainerStatus): number {
  const ended = status.state?.terminated ?? status.lastState?.terminated;
  return (ended !== undefined && ended.exitCode !== 0 ? 2 : 0) + (status.ready === true ? 0 : 1);
}

async function memoryOfNodes(
  cluster: ReadableCluster,
  state: CoreState,
  reader: Reader,
): Promise<Record<string, number>> {
  const nodes = new Set(
    countingPods(state)
      .filter((pod) =>
        statusesOf(pod).some(
          ({ state: at, lastState }) => (at?.terminated ?? lastState?.terminated)?.reason === 'OOMKilled',
        ),
      )
      .map((pod) => pod['spec']?.nodeName as string | undefined)
      .filter((name) => name !== undefined),
  );
  const sizes = await Promise.all(
    [...nodes].slice(0, 3).map(async (name) => {
      const node = await reader(`Node ${name}`, undefined, (signal) =>
        cluster.get({ kind: 'Node', name }, signal),
      );
      return [name, parseQuantity(node?.['status']?.allocatable?.memory)] as const;
    }),
  );
  return Object.fromEntries(
    sizes.filter((entry): entry is readonly [string, number] => entry[1] !== undefined),
  );
}

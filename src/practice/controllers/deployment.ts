/** Moves each Deployment towards its template and count, by way of ReplicaSets. */
import { conditionOf } from '../conditions.ts';
import { timestamp } from '../clock.ts';
import { keyOf, KubeError } from '../client.ts';
import { eventRecorder } from '../events.ts';
import { deployments, replicaSets } from '../objects.ts';
import type { Condition, Deployment, DeploymentStatus, ReplicaSet } from '../objects.ts';
import type { ControllerOptions } from './controllers.ts';
import { deadlineLeft, deploymentStatus, isComplete } from './deployment-status.ts';
import { controlledBy, controllerOf, controls } from './labels.ts';
import { startQueue } from './queue.ts';
import * as rollout from './rollout.ts';

/** Annotations of a Deployment that its ReplicaSets do not inherit. */
const ownAnnotations = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  rollout.revisionAnnotation,
  rollout.historyAnnotation,
  rollout.desiredAnnotation,
  rollout.maximumAnnotation,
]);

export function startDeploymentController({ client, clock, signal, report }: ControllerOptions): void {
  const recorder = eventRecorder(client, clock, 'deployment-controller');
  const queue = startQueue(clock, signal, sync, report);

  async function sync(key: string): Promise<void> {
    const [namespace = '', name = ''] = key.split('/');
    const deployment = await client.get(deployments, namespace, name);
    if (!deployment || deployment.metadata.deletionTimestamp !== undefined) return;
    const owned = (await client.list(replicaSets, { namespace })).filter((set) => controls(deployment, set));
    const { template, paused } = deployment.spec;
    const existing = owned.find((set) => rollout.sameTemplate(set.spec.template, template));
    const olds = owned.filter((set) => set !== existing);

    if (await notePause(deployment)) return;
    const scaling = rollout.isScaling(deployment, owned);
    if (paused || scaling) {
      await resize(deployment, rollout.scaledSizes(deployment, existing, olds), owned);
      await writeStatus(deployment, existing, olds);
      return;
    }
    const current = existing
      ? await markCurrent(deployment, existing, olds)
      : await createReplicaSet(deployment, olds);
    const resizes = rollout.nextResizes(deployment, current, olds);
    await resize(deployment, resizes, []);
    if (resizes.length === 0 && isComplete(deployment, deployment.status ?? {})) {
      for (const set of rollout.expired(deployment, olds)) {
        const { name: oldName = '', uid } = set.metadata;
        await client.delete(replicaSets, namespace, oldName, { uid });
      }
    }
    await writeStatus(deployment, current, olds);
  }

  /** @returns whether the condition was written; the change brings the Deployment back here */
  async function notePause(deployment: Deployment): Promise<boolean> {
    if (deployment.spec.progressDeadlineSeconds === undefined) return false;
    const reason = conditionOf(deployment.status?.conditions, 'Progressing')?.reason;
    if (reason === 'ProgressDeadlineExceeded') return false;
    const paused = deployment.spec.paused === true;
    if (paused === (reason === 'DeploymentPaused')) return false;
    const condition: Condition = paused
      ? {
          type: 'Progressing',
          status: 'Unknown',
          reason: 'DeploymentPaused',
          message: 'Deployment is paused',
        }
      : {
          type: 'Progressing',
          status: 'Unknown',
          reason: 'DeploymentResumed',
          message: 'Deployment is resumed',
        };
    await client.update(deployments, progressing(deployment, condition), 'status');
    return true;
  }

  function progressing(deployment: Deployment, condition: Condition): Deployment {
    const now = timestamp(clock.now());
    const others = (deployment.status?.conditions ?? []).filter(({ type }) => type !== 'Progressing');
    const conditions = [...others, { ...condition, lastUpdateTime: now, lastTransitionTime: now }];
    return { ...deployment, status: { ...deployment.status, conditions } };
  }

  async function createReplicaSet(deployment: Deployment, olds: readonly ReplicaSet[]): Promise<ReplicaSet> {
    const { namespace, name = '' } = deployment.metadata;
    const collisions = deployment.status?.collisionCount ?? 0;
    const hash = rollout.templateHash(deployment.spec.template, collisions);
    const labels = { ...deployment.spec.template.metadata?.labels, [rollout.hashLabel]: hash };
    const revision = String(Math.max(0, ...olds.map(rollout.revisionOf)) + 1);
    const replicas = rollout.newSize(deployment, undefined, olds);
    const set: ReplicaSet = {
      metadata: {
        name: `${name}-${hash}`,
        namespace,
        labels,
        annotations: {
          ...inherited(deployment),
          ...sizeNotes(deployment),
          [rollout.revisionAnnotation]: revision,
        },
        ownerReferences: [controlledBy(deployments, deployment)],
      },
      spec: {
        replicas,
        minReadySeconds: deployment.spec.minReadySeconds,
        selector: {
          ...deployment.spec.selector,
          matchLabels: { ...deployment.spec.selector.matchLabels, [rollout.hashLabel]: hash },
        },
        template: {
          ...deployment.spec.template,
          metadata: { ...deployment.spec.template.metadata, labels },
        },
      },
    };
    try {
      const created = await client.create(replicaSets, set);
      await noteRevision(deployment, revision);
      await noteCreated(deployment, created);
      if (replicas > 0) noteScaling(deployment, created, 0, replicas);
      return created;
    } catch (error) {
      if (error instanceof KubeError && error.reason === 'AlreadyExists') {
        // Either another Deployment's ReplicaSet has the name, or ours was made a moment ago and is found next time.
        const other = await client.get(replicaSets, namespace, set.metadata.name ?? '');
        if (other && !controls(deployment, other)) {
          const status: DeploymentStatus = { ...deployment.status, collisionCount: collisions + 1 };
          await client.update(deployments, { ...deployment, status }, 'status');
        }
      }
      throw error;
    }
  }

  async function noteCreated(deployment: Deployment, created: ReplicaSet): Promise<void> {
    const condition: Condition = {
      type: 'Progressing',
      status: 'True',
      reason: 'NewReplicaSetCreated',
      message: `Created new replica set "${created.metadata.name ?? ''}"`,
    };
    const { namespace, name = '' } = deployment.metadata;
    const status = progressing(deployment, condition).status;
    const written = await client.patch(deployments, namespace, name, { status }, { subresource: 'status' });
    deployment.status = written.status;
  }

  /** Gives a ReplicaSet that is current (again) the newest revision. */
  async function markCurrent(
    deployment: Deployment,
    set: ReplicaSet,
    olds: readonly ReplicaSet[],
  ): Promise<ReplicaSet> {
    const highest = Math.max(0, ...olds.map(rollout.revisionOf)) + 1;
    const own = rollout.revisionOf(set);
    const revision = String(Math.max(highest, own));
    const annotations: Record<string, string> = {
      ...inherited(deployment),
      [rollout.revisionAnnotation]: revision,
    };
    if (own > 0 && own < highest) {
      const history = set.metadata.annotations?.[rollout.historyAnnotation];
      annotations[rollout.historyAnnotation] = history ? `${history},${String(own)}` : String(own);
    }
    const stale = Object.entries(annotations).some(
      ([key, value]) => set.metadata.annotations?.[key] !== value,
    );
    const { namespace, name = '' } = set.metadata;
    const marked = stale
      ? await client.patch(replicaSets, namespace, name, { metadata: { annotations } })
      : set;
    await noteRevision(deployment, revision);
    return marked;
  }

  async function noteRevision(deployment: Deployment, revision: string): Promise<void> {
    if (deployment.metadata.annotations?.[rollout.revisionAnnotation] === revision) return;
    const { namespace, name = '' } = deployment.metadata;
    const metadata = { annotations: { [rollout.revisionAnnotation]: revision } };
    // With the status, where annotations count as no new generation.
    await client.patch(deployments, namespace, name, { metadata }, { subresource: 'status' });
  }

  /** @param all sets whose notes on the wanted size are renewed even where their size stays */
  async function resize(
    deployment: Deployment,
    resizes: readonly rollout.Resize[],
    all: readonly ReplicaSet[],
  ): Promise<void> {
    const annotations = sizeNotes(deployment);
    const resized = new Set(resizes.map(({ set }) => set));
    const kept = all.filter((set) => !resized.has(set) && rollout.desiredOf(set) > 0);
    for (const { set, replicas } of [
      ...resizes,
      ...kept.map((set) => ({ set, replicas: rollout.desiredOf(set) })),
    ]) {
      const before = rollout.desiredOf(set);
      const { namespace, name = '' } = set.metadata;
      await client.patch(replicaSets, namespace, name, { metadata: { annotations }, spec: { replicas } });
      if (before !== replicas) noteScaling(deployment, set, before, replicas);
    }
  }

  function noteScaling(deployment: Deployment, set: ReplicaSet, from: number, to: number): void {
    const direction = to > from ? 'up' : 'down';
    const message = `Scaled ${direction} replica set ${set.metadata.name ?? ''} from ${String(from)} to ${String(to)}`;
    void recorder.record({ ...deployments, object: deployment }, 'Normal', 'ScalingReplicaSet', message);
  }

  async function writeStatus(
    deployment: Deployment,
    current: ReplicaSet | undefined,
    olds: readonly ReplicaSet[],
  ): Promise<void> {
    const now = clock.now();
    const status = deploymentStatus(deployment, current, olds, now, clock.speed);
    const { namespace, name = '' } = deployment.metadata;
    if (JSON.stringify(withoutZeros(status)) !== JSON.stringify(withoutZeros(deployment.status ?? {}))) {
      // Guarded by the version of the object as it was read; a conflict means that there is something new to look at.
      const fresh = await client.get(deployments, namespace, name);
      if (!fresh || fresh.metadata.generation !== deployment.metadata.generation) return;
      await client.update(deployments, { ...fresh, status }, 'status');
    }
    const left = deadlineLeft({ ...deployment, status }, now, clock.speed);
    if (left !== undefined && left > 0) queue.addAfter(keyOf(deployment), left * clock.speed + 1);
  }

  function sizeNotes(deployment: Deployment): Record<string, string> {
    const desired = rollout.desiredOf(deployment);
    return {
      [rollout.desiredAnnotation]: String(desired),
      [rollout.maximumAnnotation]: String(desired + rollout.fences(deployment).surge),
    };
  }

  void client.watch(
    deployments,
    {},
    ({ object }) => {
      queue.add(keyOf(object));
    },
    signal,
  );
  void client.watch(
    replicaSets,
    {},
    ({ object }) => {
      const owner = controllerOf(object);
      if (owner?.kind === 'Deployment') queue.add(`${object.metadata.namespace ?? ''}/${owner.name}`);
    },
    signal,
  );
}

function inherited(deployment: Deployment): Record<string, string> {
  const all = Object.entries(deployment.metadata.annotations ?? {});
  return Object.fromEntries(all.filter(([key]) => !ownAnnotations.has(key)));
}

/** In one order and without counts of zero, which servers may leave out. */
function withoutZeros(status: DeploymentStatus): unknown {
  const { conditions = [], ...counts } = status;
  return [
    Object.entries(counts)
      .filter(([, count]) => count !== undefined && count !== 0)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
    conditions.map(({ type, status: value, reason, message, lastUpdateTime }) => [
      type,
      value,
      reason,
      message,
      lastUpdateTime,
    ]),
  ];
}

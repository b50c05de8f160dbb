/** Tells what differs between two revisions of a workload. */
import * as z from 'zod/mini';
import type { Cluster } from '../../../cluster/cluster.ts';
import { describeRef, type KubeObject } from '../../../domain/kubernetes.ts';
import { selectorToQuery } from '../../labels.ts';
import { containersOf, controllerUid, refOf } from '../../pods.ts';
import { revisionOf } from '../../read.ts';
import { templateChanges } from '../../revisions.ts';
import { namespace, objectName } from './parameters.ts';
import { placeOf } from './scope.ts';
import { WrongCall, type ReadingTool } from './tool.ts';

const mostRevisions = 100;
const revisionNumber = (description: string): z.ZodMiniOptional<z.ZodMiniNumber> =>
  z.optional(z.int().check(z.minimum(1), z.describe(description)));

const input = z.strictObject({
  kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet']),
  name: objectName,
  namespace,
  from: revisionNumber('The older revision; the last but one where not given'),
  to: revisionNumber('The newer revision; the last where not given'),
});

interface Revision {
  readonly number: number;
  /** Holds the pod template at `spec.template`, and can be opened. */
  readonly object: KubeObject;
}

export const compareRevisions: ReadingTool<z.infer<typeof input>> = {
  name: 'compare_revisions',
  description:
    'Lists the revisions of a workload with their images and tells what differs between the pod templates of two of them.',
  input,
  narrower: 'Compare two revisions that lie closer together.',
  progress: (call) => `Comparing revisions of ${call.kind} ${call.name}`,
  async read(call, { cluster, scope, signal }) {
    const ref = { ...placeOf(scope, call.kind, call.namespace), name: call.name };
    const workload = await cluster.get(ref, signal);
    if (workload === undefined) throw new WrongCall(`${describeRef(ref)} does not exist.`);
    const revisions = await revisionsOf(workload, cluster, signal);
    const to = pick(revisions, call.to, revisions[0]);
    const from = pick(revisions, call.from, revisions[revisions.indexOf(to) + 1]);
    return {
      source: { type: 'object', ref: refOf(to.object), path: 'spec.template' },
      summary: `what changed from revision ${String(from.number)} to ${String(to.number)} of ${describeRef(ref)}`,
      data: {
        from: from.number,
        to: to.number,
        changes: templateChanges(from.object, to.object).map(({ text }) => text),
        revisions: revisions.map(({ number, object }) => ({
          revision: number,
          created: object.metadata.creationTimestamp,
          images: containersOf(object['spec']?.template?.spec).map(({ image }) => image),
          cause: object.metadata.annotations?.['kubernetes.io/change-cause'],
        })),
      },
    };
  },
};

/** Newest first: ReplicaSets of a Deployment, ControllerRevisions of the others. */
async function revisionsOf(
  workload: KubeObject,
  cluster: Pick<Cluster, 'list'>,
  signal: AbortSignal,
): Promise<Revision[]> {
  const kept = workload.kind === 'Deployment' ? 'ReplicaSet' : 'ControllerRevision';
  const { namespace: where = '' } = workload.metadata;
  const labelSelector = selectorToQuery(workload['spec']?.selector ?? {});
  const objects = await cluster.list(kept, { namespace: where, labelSelector, limit: mostRevisions }, signal);
  return objects
    .filter((object) => controllerUid(object) === workload.metadata.uid)
    .map((object) =>
      kept === 'ReplicaSet'
        ? { number: revisionOf(object), object }
        : {
            number: Number(object['revision'] ?? 0),
            object: { ...object, spec: { template: object['data']?.spec?.template } },
          },
    )
    .sort((a, b) => b.number - a.number);
}

/** @throws WrongCall that names the revisions there are */
function pick(
  revisions: readonly Revision[],
  number: number | undefined,
  otherwise: Revision | undefined,
): Revision {
  const found = number === undefined ? otherwise : revisions.find((revision) => revision.number === number);
  if (found !== undefined) return found;
  const known = revisions.map((revision) => revision.number).join(', ');
  throw new WrongCall(
    revisions.length < 2
      ? `There are not two revisions to compare${known === '' ? '' : `, only ${known}`}.`
      : `There is no revision ${number === undefined ? 'before that' : String(number)}; there are ${known}.`,
  );
}

/** A patch touches only the containers that a workload's template holds: by a name that is not there it would add one. */
import type { Cluster } from '../cluster/cluster.ts';
import { describeRef, type KubeObject } from '../domain/kubernetes.ts';
import type { RiskAssessment } from '../domain/risk.ts';
import { objectAfter } from './gitops/object-after.ts';
import { whatCanBeRead } from './readable.ts';

/**
 * Why a command may not run, whoever wrote it; undefined where it adds no container.
 * @throws OncallError where the objects cannot be read for another reason than that they may not be
 */
export async function addedContainer(
  cluster: Pick<Cluster, 'get'>,
  { commandType, rejected, mutates, targets, argv }: RiskAssessment,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (rejected || !mutates || commandType !== 'patch') return undefined;
  for (const target of targets) {
    const [object] = await whatCanBeRead(async () => {
      const found = await cluster.get(target, signal);
      return found === undefined ? [] : [found];
    });
    const after = object && objectAfter(object, argv, []);
    if (object === undefined || after === undefined) continue;
    const own = namesIn(object);
    const added = namesIn(after).find((name) => !own.includes(name));
    if (added !== undefined) {
      return `${describeRef(target)} has no container ${added} in its template: the command would add one.`;
    }
  }
  return undefined;
}

interface PodSpec {
  readonly containers?: unknown;
  readonly initContainers?: unknown;
}

/** Init containers are told from the others of their name: a name that moves from one list to the other is added there. */
function namesIn(object: KubeObject): string[] {
  const template = object['spec']?.jobTemplate?.spec?.template ?? object['spec']?.template;
  const spec = (template?.spec ?? {}) as PodSpec;
  return (['containers', 'initContainers'] as const).flatMap((field) => {
    const list = spec[field];
    return Array.isArray(list)
      ? list.map((one: { readonly name?: unknown } | null) => {
          const name = String(one?.name);
          return field === 'containers' ? name : `${name} (init)`;
        })
      : [];
  });
}

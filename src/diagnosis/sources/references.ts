/**
 * Whether the ConfigMaps and Secrets that pods refer to exist. By presence only: of each nothing but its metadata is asked for,
 * and nothing of that is kept. Source: core/v1 EnvFromSource, EnvVarSource, Volume.
 */
import { sameRef, type KubeObject, type ObjectRef } from '../../domain/kubernetes.ts';
import type { ContainerSpec } from '../pods.ts';
import type { Place } from './source.ts';

const mostReferences = 20;

/** An object that a pod template needs. */
export interface Reference {
  readonly ref: ObjectRef & { readonly kind: 'ConfigMap' | 'Secret' };
  /** Undefined where it could not be looked up. */
  readonly exists: boolean | undefined;
}

interface Named {
  readonly name?: string;
  readonly secretName?: string;
  readonly optional?: boolean;
}

/** The ConfigMaps and Secrets without which pods of this spec do not start. Optional ones do not count. */
export function referencesOf(spec: unknown, namespace: string): Reference['ref'][] {
  const { containers = [], initContainers = [], volumes = [] } = (spec ?? {}) as PodSpec;
  const found: Reference['ref'][] = [];
  const note = (kind: 'ConfigMap' | 'Secret', source: Named | undefined): void => {
    const name = source?.name ?? source?.secretName;
    if (source === undefined || name === undefined || source.optional === true) return;
    const ref = { kind, namespace, name };
    if (!found.some((one) => sameRef(one, ref))) found.push(ref);
  };
  for (const { env, envFrom } of [...initContainers, ...containers]) {
    for (const source of (envFrom ?? []) as { configMapRef?: Named; secretRef?: Named }[]) {
      note('ConfigMap', source.configMapRef);
      note('Secret', source.secretRef);
    }
    for (const { valueFrom } of env ?? []) {
      const source = valueFrom as { configMapKeyRef?: Named; secretKeyRef?: Named } | undefined;
      note('ConfigMap', source?.configMapKeyRef);
      note('Secret', source?.secretKeyRef);
    }
  }
  for (const volume of volumes) {
    for (const source of [volume, ...(volume.projected?.sources ?? [])]) {
      note('ConfigMap', source.configMap);
      note('Secret', source.secret);
    }
  }
  return found;
}

interface PodSpec {
  readonly containers?: readonly ContainerSpec[];
  readonly initContainers?: readonly ContainerSpec[];
  readonly volumes?: readonly (VolumeSource & {
    readonly projected?: { readonly sources?: VolumeSource[] };
  })[];
}

interface VolumeSource {
  readonly configMap?: Named;
  readonly secret?: Named;
}

/** @param specs of the pods that do not start, and of the revisions that may be gone back to */
export async function referencesIn(
  { cluster, namespace, reader }: Place,
  specs: readonly unknown[],
): Promise<Reference[]> {
  const all = specs.flatMap((spec) => referencesOf(spec, namespace));
  const distinct = all.filter((ref, index) => all.findIndex((other) => sameRef(other, ref)) === index);
  return Promise.all(
    distinct.slice(0, mostReferences).map(async (ref) => ({
      ref,
      exists: await reader<boolean | undefined>(
        `Whether ${ref.kind} ${namespace}/${ref.name} exists`,
        undefined,
        async (signal) => (await cluster.metadata(ref, signal)) !== undefined,
      ),
    })),
  );
}

/** Whether a reference is known to be there, or known not to be. */
export function existence(references: readonly Reference[], ref: ObjectRef): boolean | undefined {
  return references.find((one) => sameRef(one.ref, ref))?.exists;
}

/** The pod spec of a ReplicaSet or workload. */
export function templateSpecOf(object: KubeObject): unknown {
  return object['spec']?.template?.spec;
}

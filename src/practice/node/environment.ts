/** A container's environment: its own variables and those from ConfigMaps and Secrets. */
import type { KubeClient } from '../client.ts';
import { configMaps, secrets } from '../objects.ts';
import type { Configuration, Container, EnvVar, KeyReference, Pod, Resource } from '../objects.ts';

/** Something that the pod refers to does not exist; the message is the kubelet's: `configmap "shop" not found`. */
export class MissingConfiguration extends Error {}

type Source = Resource<Configuration>;
type Reader = Pick<KubeClient, 'get'>;

async function read(
  client: Reader,
  source: Source,
  namespace: string | undefined,
  name: string,
  optional = false,
): Promise<Record<string, string>> {
  const found = await client.get(source, namespace, name);
  if (!found && !optional) throw new MissingConfiguration(`${source.kind.toLowerCase()} "${name}" not found`);
  const data = Object.entries(found?.data ?? {});
  return source === secrets
    ? Object.fromEntries(data.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]))
    : Object.fromEntries(data);
}

/** @throws MissingConfiguration where a ConfigMap, a Secret or one of their keys does not exist and is not optional */
export async function environmentOf(
  client: Reader,
  pod: Pod,
  container: Container,
): Promise<Record<string, string>> {
  const { namespace } = pod.metadata;
  const environment: Record<string, string> = {};
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const data = {
      ...(configMapRef &&
        (await read(client, configMaps, namespace, configMapRef.name, configMapRef.optional))),
      ...(secretRef && (await read(client, secrets, namespace, secretRef.name, secretRef.optional))),
    };
    for (const [key, value] of Object.entries(data)) environment[prefix + key] = value;
  }
  const fromKey = async (source: Source, { name, key, optional = false }: KeyReference) => {
    const value = (await read(client, source, namespace, name, optional))[key];
    if (value === undefined && !optional) {
      const where = `${source.kind} ${namespace ?? ''}/${name}`;
      throw new MissingConfiguration(`couldn't find key ${key} in ${where}`);
    }
    return value;
  };
  const valueOf = async ({ value, valueFrom }: EnvVar): Promise<string | undefined> => {
    if (valueFrom?.configMapKeyRef) return fromKey(configMaps, valueFrom.configMapKeyRef);
    if (valueFrom?.secretKeyRef) return fromKey(secrets, valueFrom.secretKeyRef);
    if (valueFrom?.fieldRef) return fieldOf(pod, valueFrom.fieldRef.fieldPath);
    return value ?? '';
  };
  for (const variable of container.env ?? []) {
    const value = await valueOf(variable);
    if (value !== undefined) environment[variable.name] = value;
  }
  return environment;
}

function fieldOf(pod: Pod, path: string): string {
  const fields: Record<string, string | undefined> = {
    'metadata.name': pod.metadata.name,
    'metadata.namespace': pod.metadata.namespace,
    'metadata.uid': pod.metadata.uid,
    'spec.nodeName': pod.spec.nodeName,
  };
  return fields[path] ?? '';
}

/**
 * Checks that everything a pod mounts exists.
 * @throws MissingConfiguration with the volume's name before the object's
 */
export async function checkVolumes(client: Reader, pod: Pod): Promise<void> {
  for (const { name, configMap, secret } of pod.spec.volumes ?? []) {
    try {
      if (configMap)
        await read(client, configMaps, pod.metadata.namespace, configMap.name, configMap.optional);
      if (secret) await read(client, secrets, pod.metadata.namespace, secret.secretName, secret.optional);
    } catch (error) {
      if (!(error instanceof MissingConfiguration)) throw error;
      throw new MissingConfiguration(`MountVolume.SetUp failed for volume "${name}" : ${error.message}`);
    }
  }
}

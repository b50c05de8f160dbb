/** Kubernetes objects without credentials, for everything that leaves the collecting. */
import type { KubeObject, ObjectRef } from '../kubernetes.ts';
import { hasFormOfToken, type RedactionOptions } from '../redaction.ts';
import { redactTree } from './tree.ts';

/** Maps and lists of identifiers, which a remedy needs to the letter and which hold no secrets: labels and what selects by them. */
const identifying = new Set([
  'labels',
  'matchLabels',
  'matchExpressions',
  'selector',
  'nodeSelector',
  'ownerReferences',
  'finalizers',
  'tolerations',
  'taints',
]);

/** Fields that hold the name of something wherever they stand in an object. */
const names = new Set([
  ...['name', 'generateName', 'namespace', 'nodeName', 'nominatedNodeName', 'hostname', 'subdomain', 'host'],
  ...['serviceAccountName', 'serviceAccount', 'secretName', 'claimName', 'volumeName', 'configMapName'],
  ...['storageClassName', 'ingressClassName', 'priorityClassName', 'runtimeClassName', 'schedulerName'],
  ...['serviceName', 'containerName', 'container', 'deviceName', 'driver', 'provisioner', 'topologyKey'],
  ...['image', 'imageID', 'containerID', 'uid', 'resourceVersion', 'kind', 'apiVersion', 'apiGroup', 'key'],
  ...['currentRevision', 'updateRevision', 'controllerRevisionHash', 'reportingInstance', 'targetPort'],
]);
/** Maps whose keys are anybody's: a field of them that is called like one of those above is none. */
const anybodys = new Set([
  'annotations',
  'data',
  'stringData',
  'binaryData',
  'parameters',
  'config',
  'values',
]);
/** A DNS subdomain (RFC 1123), as objects are called, and an image with its tag and digest. */
const name = /^[a-z0-9][a-z0-9.-]{0,252}$/;
const image = /^[a-z0-9][a-z0-9._/:-]{0,500}(?::[\w.-]{1,128})?(?:@sha256:[0-9a-f]{64})?$/;

/** A copy with every text redacted but for what stands where an object has a name. Fields that only servers need are left out. */
export function redactObject(object: KubeObject, options: RedactionOptions = {}): KubeObject {
  return redactTree(
    { ...object, metadata: { ...object.metadata, managedFields: undefined } },
    {
      ...options,
      exact: (key, { [key]: value }, within) =>
        identifying.has(key) ||
        (typeof value === 'string' && names.has(key) && !anybodys.has(within) && isIdentifier(key, value)),
    },
  );
}

/** The names of objects that have the form of a token, as {@link RedactionOptions.names}: all others stay anyway. */
export function namesLikeTokens(refs: readonly ObjectRef[]): Set<string> {
  const all = refs.flatMap(({ name: own, namespace = '' }) => [own, namespace]);
  return new Set(all.filter((one) => isObjectName(one) && hasFormOfToken(one)));
}

/** Whether the API server takes a text for the name of an object. */
export function isObjectName(text: string): boolean {
  return name.test(text);
}

function isIdentifier(key: string, value: string): boolean {
  return isObjectName(value) || (key.startsWith('image') && image.test(value));
}

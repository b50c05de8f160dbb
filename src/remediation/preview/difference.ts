/** What is different between an object and what a command would make of it, for people. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import { unifiedDiff } from '../../diagnosis/line-diff.ts';
import { refOf } from '../../diagnosis/pods.ts';
import { redactObject } from '../../domain/redaction/object.ts';
import { describeRef, type KubeObject } from '../../domain/kubernetes.ts';
import type { ObjectChange } from '../../domain/preview.ts';

/** Longer ones nobody reads before an approval. */
const mostCharacters = 12_000;

/** Kept by the API server: they are not what somebody wishes. */
const keptByServer = [
  'managedFields',
  'resourceVersion',
  'generation',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
];

/** Made up anew for each object that is created, by the API server or a controller: one run of it differs from the next. */
const madeUp = new Set(['clusterIP', 'clusterIPs', 'controller-uid', 'batch.kubernetes.io/controller-uid']);
const empty: ReadonlySet<string> = new Set();
const madeUpVolume = /^kube-api-access-[a-z0-9]{5}$/;

/**
 * @param before undefined where the object does not exist yet
 * @param after undefined where it will be gone
 * @returns undefined where nothing is different
 */
export function difference(
  before: KubeObject | undefined,
  after: KubeObject | undefined,
): ObjectChange | undefined {
  const one = after ?? before;
  if (one === undefined) return undefined;
  const created = before === undefined;
  const [was, is] = [before && wished(before, created), after && wished(after, created)];
  if (isDeepStrictEqual(was, is)) return undefined;
  const ref = refOf(one);
  const name = describeRef(ref);
  const diff = unifiedDiff(linesOf(was), linesOf(is), {
    before: was === undefined ? `${name} (does not exist)` : `${name} (as it is)`,
    after: is === undefined ? `${name} (is deleted)` : `${name} (as it would be)`,
  });
  return { ref, diff: bounded(diff) };
}

function wished(object: KubeObject, created: boolean): KubeObject {
  const metadata = Object.fromEntries(
    Object.entries(object.metadata).filter(([field]) => !keptByServer.includes(field)),
  );
  const wish = { ...object, metadata, status: undefined } as unknown as KubeObject;
  return without(wish, created ? madeUp : empty) as KubeObject;
}

/** Also without what is not set, and the empty time that old versions of kubectl and of the API put into templates. */
function without(value: unknown, fields: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((element) => without(element, fields));
  if (typeof value === 'string') {
    return fields === madeUp && madeUpVolume.test(value) ? 'kube-api-access' : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([key, member]) =>
          member !== undefined && !fields.has(key) && !(key === 'creationTimestamp' && member === null),
      )
      .map(([key, member]) => [key, without(member, fields)]),
  );
}

function linesOf(object: KubeObject | undefined): string[] {
  if (object === undefined) return [];
  // One order for both: kubectl sorts the fields, the API server does not.
  const yaml = stringify(redactObject(object), {
    lineWidth: 0,
    aliasDuplicateObjects: false,
    sortMapEntries: true,
  });
  return yaml.trimEnd().split('\n');
}

function bounded(diff: string): string {
  if (diff.length <= mostCharacters) return diff;
  const kept = diff.slice(0, mostCharacters);
  return `${kept.slice(0, kept.lastIndexOf('\n') + 1)}… more is left out\n`;
}

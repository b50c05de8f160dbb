/** A PATCH request: the content type chooses how its body changes the object. */
import { ApiFailure, badRequest } from '../failure.ts';
import { isJsonObject, timestamp, type JsonObject, type KubeObject } from '../object.ts';
import { jsonPatch } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';
import { applied, fieldsOf } from './server-side-apply.ts';
import { strategicMerge } from './strategic-merge.ts';

export const applyType = 'application/apply-patch+yaml';

/**
 * The change that a patch makes.
 * @param contentType without parameters
 * @throws ApiFailure 400 (malformed) or 415 (unknown content type)
 */
export function patchOf(
  contentType: string,
  body: unknown,
  fieldManager: string,
  now: Date,
): (current: KubeObject) => KubeObject {
  if (contentType === 'application/json-patch+json') return (current) => asObject(jsonPatch(current, body));
  if (!isJsonObject(body)) throw badRequest('error decoding patch: the body is not an object');
  if (contentType === 'application/merge-patch+json') return (current) => asObject(mergePatch(current, body));
  if (contentType === 'application/strategic-merge-patch+json') {
    return (current) => asObject(strategicMerge(current, body));
  }
  if (contentType !== applyType) {
    const known =
      'application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml';
    const message = `the body of the request was in an unknown format - accepted media types include: ${known}`;
    throw new ApiFailure(415, 'UnsupportedMediaType', message);
  }
  if (fieldManager === '')
    throw badRequest('PatchOptions.fieldManager: Required value: is required for apply patch');
  return (current) => serverSideApply(current, body, fieldManager, now);
}

function serverSideApply(current: KubeObject, body: JsonObject, manager: string, now: Date): KubeObject {
  const entries = current.metadata.managedFields ?? [];
  const mine = entries.find((entry) => entry.manager === manager && entry.operation === 'Apply');
  const next = asObject(applied(current, body, mine?.fieldsV1 ?? {}));
  const fieldsV1 = fieldsOf(body);
  const unchanged = mine !== undefined && JSON.stringify(mine.fieldsV1) === JSON.stringify(fieldsV1);
  const entry = {
    manager,
    operation: 'Apply',
    apiVersion: String(body['apiVersion']),
    time: unchanged ? mine.time : timestamp(now),
    fieldsType: 'FieldsV1',
    fieldsV1,
  };
  next.metadata.managedFields =
    mine === undefined ? [...entries, entry] : entries.map((one) => (one === mine ? entry : one));
  return next;
}

function asObject(value: unknown): KubeObject {
  if (!isJsonObject(value) || !isJsonObject(value['metadata'])) {
    throw badRequest('error decoding patch: what it makes is no Kubernetes object');
  }
  return { ...value, metadata: { ...value['metadata'] } } as unknown as KubeObject;
}

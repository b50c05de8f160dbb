/** Reads one object, or one field of it. */
import * as z from 'zod/mini';
import { describeRef } from '../../../domain/kubernetes.ts';
import { fieldThere } from './field-path.ts';
import { kind, namespace, objectName, shortText } from './parameters.ts';
import { placeOf } from './scope.ts';
import type { ReadingTool } from './tool.ts';

const input = z.strictObject({
  kind,
  name: objectName,
  namespace,
  path: z.optional(
    shortText(
      "Only this field, such as spec.template.spec.containers[app] or metadata.annotations['a.b/c']; in lists by index, name or type",
    ),
  ),
});

export const getObject: ReadingTool<z.infer<typeof input>> = {
  name: 'get_object',
  description:
    'Reads one object as it is now: metadata, spec and status. Credentials are hidden; of a Secret or ConfigMap only the names of its keys are given. Says so when the object does not exist.',
  input,
  narrower: 'Name the field that matters in path.',
  progress: (call) => `Reading ${call.kind} ${call.name}`,
  async read(call, { cluster, scope, signal }) {
    const ref = { ...placeOf(scope, call.kind, call.namespace), name: call.name };
    const object = await cluster.get(ref, signal);
    const { path = '' } = call;
    return object === undefined
      ? {
          source: { type: 'object', ref, path: '' },
          summary: `${describeRef(ref)} does not exist`,
          data: 'does not exist',
        }
      : {
          source: { type: 'object', ref, path },
          summary: `${describeRef(ref)}${path === '' ? '' : `: ${path}`}`,
          data: path === '' ? object : fieldThere(object, path),
        };
  },
};

/** Lists objects of a kind, narrowed by the API server. */
import * as z from 'zod/mini';
import { rowOf } from './columns.ts';
import { kind, namespace, shortText } from './parameters.ts';
import { placeOf } from './scope.ts';
import type { ReadingTool } from './tool.ts';

/** Selectors as https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ has them: no other characters. */
const selector = (description: string): z.ZodMiniOptional<z.ZodMiniString> =>
  z.optional(z.string().check(z.maxLength(500), z.regex(/^[\w./=!,() -]+$/), z.describe(description)));

const input = z.strictObject({
  kind,
  namespace,
  labelSelector: selector('Such as app=web,tier!=cache'),
  fieldSelector: selector('Such as spec.nodeName=node-1 or status.phase=Pending'),
  columns: z.optional(
    z
      .array(shortText('Path of a field, such as status.phase'))
      .check(z.maxLength(8), z.describe('Fields to show of each object instead of the usual ones')),
  ),
  limit: z.optional(z.int().check(z.minimum(1), z.maximum(200), z.describe('Objects at most [50]'))),
});

export const listObjects: ReadingTool<z.infer<typeof input>> = {
  name: 'list_objects',
  description:
    'Lists objects of one kind with the fields that matter most. Narrow it with selectors: the API server does the filtering. An empty list is a fact that can be cited.',
  input,
  narrower: 'Use a label or field selector, fewer columns or a smaller limit.',
  progress: (call) =>
    `Listing ${call.kind} objects ${call.labelSelector ?? call.fieldSelector ?? ''}`.trimEnd(),
  async read(call, { cluster, scope, signal }) {
    const place = placeOf(scope, call.kind, call.namespace);
    const { labelSelector, fieldSelector, columns, limit = 50 } = call;
    const narrow = {
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    };
    const { kind: known, namespace: where } = place;
    const selection = { ...(where === undefined ? {} : { namespace: where }), ...narrow, limit: limit + 1 };
    const objects = await cluster.list(known, selection, signal);
    const shown = objects.slice(0, limit);
    const count = `${objects.length > limit ? 'more than ' : ''}${String(shown.length)}`;
    const by = [labelSelector, fieldSelector].filter((one) => one !== undefined).join(' and ');
    return {
      source: { type: 'list', ref: { ...place, name: '*' }, ...narrow },
      summary: `${count} ${known} objects${where === undefined ? '' : ` in ${where}`}${by === '' ? '' : ` with ${by}`}`,
      data: {
        ...(objects.length > limit ? { note: `only the first ${String(limit)}` } : {}),
        objects: shown.map((object) => rowOf(object, columns)),
      },
    };
  },
};

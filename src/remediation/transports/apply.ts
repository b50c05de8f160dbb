/**
 * Parts of objects for the MCP server's forced server-side apply
 * (https://kubernetes.io/docs/reference/using-api/server-side-apply/), and when such a part is as good as the patch that
 * kubectl sends. Pure.
 *
 * The values end up the same, and both take the fields over from whoever set them. Three things would not be the same, and
 * each is kept from happening:
 * - A part of an object that is not there would create one: the uid of the object that was read goes along, and the API
 *   server refuses where it is gone or another.
 * - A container that is not there would be added: it has to be there, and where the part could stand as a container by
 *   itself, the resource version goes along too.
 * - Fields that the server applied before and that the part leaves out would be taken away: where it owns any, kubectl does it.
 *
 * What stays different is a name: the fields belong to the manager `kubernetes-mcp-server` afterwards instead of one of kubectl's.
 */
import type { KubeObject } from '../../domain/kubernetes.ts';

/** What is applied, or why it cannot be. */
export type Part =
  { readonly ok: true; readonly part: object } | { readonly ok: false; readonly why: string };

/** Makes the part from the object as it is. */
export type Change = (object: KubeObject, now: Date) => Part;

const manager = 'kubernetes-mcp-server';

interface Container {
  readonly name: string;
}

/** `kubectl rollout restart`: an annotation of the pod template. */
export const restart: Change = (object, now) => {
  // kubectl refuses it, and says what to do.
  if (object.spec?.paused === true) return { ok: false, why: 'its rollout is paused' };
  const annotation = 'kubectl.kubernetes.io/restartedAt';
  const time = now.toISOString().replace(/\.\d+Z$/, 'Z');
  if (object.spec?.template?.metadata?.annotations?.[annotation] === time)
    return { ok: false, why: 'it was restarted within this second' };
  return partOf(object, { template: { metadata: { annotations: { [annotation]: time } } } });
};

/** `kubectl set image NAME=IMAGE…`. */
export function setImage(pairs: readonly string[]): Change | undefined {
  const images = new Map<string, string>();
  for (const pair of pairs) {
    const [, name, image] = /^([a-z0-9-]+)=([^\s=]+)$/.exec(pair) ?? [];
    if (name === undefined || image === undefined || images.has(name)) return undefined;
    images.set(name, image);
  }
  if (images.size === 0) return undefined;
  return (object) =>
    inContainers(object, new Map([...images].map(([name, image]) => [name, { image }])), true);
}

/** `kubectl set resources -c=CONTAINER --limits=… --requests=…`: what is not named stays as it is. */
export function setResources(
  container: string | undefined,
  limits: string | undefined,
  requests: string | undefined,
): Change | undefined {
  if (container === undefined || !/^[a-z0-9-]+$/.test(container)) return undefined;
  const resources: Record<string, Record<string, string>> = {};
  for (const [key, text] of [['limits', limits] as const, ['requests', requests] as const]) {
    if (text === undefined) continue;
    const amounts = amountsOf(text);
    if (amounts === undefined) return undefined;
    resources[key] = amounts;
  }
  if (Object.keys(resources).length === 0) return undefined;
  return (object) => inContainers(object, new Map([[container, { resources }]]), false);
}

/** `cpu=500m,memory=1Gi`. */
function amountsOf(text: string): Record<string, string> | undefined {
  const amounts: Record<string, string> = {};
  for (const pair of text.split(',')) {
    const [, key, amount] =
      /^([a-z][a-z0-9./-]*)=(\d+(?:\.\d+)?(?:[numkMGTPE]|[KMGTPE]i)?)$/.exec(pair) ?? [];
    if (key === undefined || amount === undefined || Object.hasOwn(amounts, key)) return undefined;
    amounts[key] = amount;
  }
  return amounts;
}

/** @param alone whether the API server would take such a part of a container for a whole one */
function inContainers(object: KubeObject, wanted: ReadonlyMap<string, object>, alone: boolean): Part {
  const pod = object.spec?.template?.spec;
  const found = new Set<string>();
  const spec: Record<string, object[]> = {};
  for (const list of ['containers', 'initContainers']) {
    for (const { name } of (pod?.[list] ?? []) as readonly Container[]) {
      const change = wanted.get(name);
      if (change === undefined) continue;
      found.add(name);
      (spec[list] ??= []).push({ name, ...change });
    }
  }
  const missing = [...wanted.keys()].find((name) => !found.has(name));
  if (missing !== undefined) return { ok: false, why: `it has no container ${missing}` };
  return partOf(object, { template: { spec } }, alone);
}

function partOf(object: KubeObject, spec: object, pinVersion = false): Part {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  if (uid === undefined || object.apiVersion === undefined)
    return { ok: false, why: 'it does not say what identifies it' };
  const change = { metadata: {}, spec };
  if (ownsMore(object, change))
    return { ok: false, why: 'the server applied other fields of it before, which would be taken away' };
  return {
    ok: true,
    part: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      metadata: { name, namespace, uid, ...(pinVersion ? { resourceVersion } : {}) },
      spec,
    },
  };
}

/** Whether the server's field manager owns a field of the object that the change leaves out. */
function ownsMore(object: KubeObject, change: object): boolean {
  const entries = (object.metadata as { managedFields?: readonly ManagedFields[] }).managedFields ?? [];
  const covered = new Set(fieldsOf(change, ''));
  return entries
    .filter((entry) => entry.manager === manager && entry.operation === 'Apply')
    .some((entry) => leavesOf(entry.fieldsV1 ?? {}, '').some((leaf) => !covered.has(leaf)));
}

interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly fieldsV1?: object;
}

/** Every field of a value and what stands above it, in the notation of `fieldsV1`, where containers go by their name. */
function fieldsOf(value: unknown, path: string): string[] {
  const under = path === '' ? [] : [path];
  if (Array.isArray(value))
    return [
      ...under,
      ...value.flatMap((item: Container) =>
        fieldsOf(item, `${path}/k:${JSON.stringify({ name: item.name })}`),
      ),
    ];
  if (typeof value !== 'object' || value === null) return under;
  return [...under, ...Object.entries(value).flatMap(([key, inner]) => fieldsOf(inner, `${path}/f:${key}`))];
}

/** What is owned at the ends of a `fieldsV1`; `.` stands for the field itself. */
function leavesOf(fields: object, path: string): string[] {
  const entries = Object.entries(fields).filter(([key]) => key !== '.');
  if (entries.length === 0) return path === '' ? [] : [path];
  return entries.flatMap(([key, inner]) => leavesOf(inner as object, `${path}/${key}`));
}

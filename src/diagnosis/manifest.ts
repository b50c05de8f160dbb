/** An object as its manifest in Git may look, and a change of it as a change of that manifest. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import { describeRef, type KubeObject } from '../domain/kubernetes.ts';
import type { ManifestChange } from '../domain/plan.ts';
import { unifiedDiff } from './line-diff.ts';
import { refOf } from './pods.ts';
import { redactObject } from '../domain/redaction/object.ts';

type Fields = Record<string, unknown>;

/** Longer ones are no help beside a command. */
const mostCharacters = 20_000;
const lastAppliedKey = 'kubectl.kubernetes.io/last-applied-configuration';
/** Written by controllers and by the tools that apply; never in Git. */
const notInGit =
  /^(?:deployment\.kubernetes\.io\/|kubectl\.kubernetes\.io\/|argocd\.argoproj\.io\/(?:tracking-id|instance)$|(?:kustomize|helm)\.toolkit\.fluxcd\.io\/(?:name|namespace)$|meta\.helm\.sh\/)/;

/**
 * What the API server fills in by itself, by the field's name, as `pkg/apis/{core,apps}/v1/defaults.go` of Kubernetes has it.
 * Where a manifest sets the same, leaving it out says the same.
 */
const defaults: Readonly<Record<string, readonly unknown[]>> = {
  creationTimestamp: [null],
  progressDeadlineSeconds: [600],
  revisionHistoryLimit: [10],
  strategy: [{ type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } }],
  dnsPolicy: ['ClusterFirst'],
  restartPolicy: ['Always'],
  schedulerName: ['default-scheduler'],
  securityContext: [{}],
  resources: [{}],
  terminationGracePeriodSeconds: [30],
  terminationMessagePath: ['/dev/termination-log'],
  terminationMessagePolicy: ['File'],
  imagePullPolicy: ['IfNotPresent'],
  protocol: ['TCP'],
  failureThreshold: [3],
  periodSeconds: [10],
  successThreshold: [1],
  timeoutSeconds: [1],
  scheme: ['HTTP'],
  sessionAffinity: ['None'],
  internalTrafficPolicy: ['Cluster'],
  ipFamilyPolicy: ['SingleStack'],
  ipFamilies: [['IPv4']],
};

/** Fields of a Service that are assigned to it. */
const assigned = new Set(['clusterIP', 'clusterIPs']);

/**
 * The change from `live` to `wanted`, carried over to the manifest: to what was applied last where the object tells,
 * else to the live object without what the server wrote.
 * @returns undefined where nothing changes; an empty diff where what was applied last says it already
 */
export function manifestChange(live: KubeObject, wanted: KubeObject): ManifestChange | undefined {
  const applied = lastApplied(live);
  const from = redactObject(live) as unknown as Fields;
  const to = redactObject(wanted) as unknown as Fields;
  const base = applied ?? written(from);
  const next = carryOver(base, own(from), own(to));
  const name = describeRef(refOf(live));
  const diff = unifiedDiff(linesOf(base), linesOf(next as Fields), {
    before: `${name} (${applied === undefined ? 'as it is in the cluster' : 'as it was applied last'})`,
    after: `${name} (as it should be)`,
  });
  if (diff === '' && applied === undefined) return undefined;
  return {
    diff: diff.length > mostCharacters ? `${diff.slice(0, mostCharacters)}\n… more is left out\n` : diff,
    from: applied === undefined ? 'live' : 'last-applied',
  };
}

function linesOf(manifest: Fields): string[] {
  return stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd().split('\n');
}

/** What `kubectl apply`, and Argo CD like it, noted as applied last. */
function lastApplied(object: KubeObject): Fields | undefined {
  try {
    const noted = JSON.parse(object.metadata.annotations?.[lastAppliedKey] ?? '') as KubeObject;
    if (!isFields(noted) || !isFields(noted['metadata']) || noted['kind'] !== object.kind) return undefined;
    return withoutNothing(
      written(redactObject(noted as unknown as KubeObject) as unknown as Fields),
    ) as Fields;
  } catch {
    return undefined;
  }
}

/** What somebody wished: no status, and of the metadata the labels and annotations. */
function own(object: Fields): Fields {
  const { labels, annotations } = (object['metadata'] ?? {}) as Fields;
  return { ...object, status: undefined, metadata: { labels, annotations } };
}

/** The object without what the server and the controllers wrote, in the order in which people write it. */
function written(object: Fields): Fields {
  const { apiVersion, kind, metadata, ...rest } = object;
  const { name, namespace, labels, annotations } = (metadata ?? {}) as Fields;
  const manifest = {
    apiVersion,
    kind,
    metadata: { name, namespace, labels: fromGit(labels), annotations: fromGit(annotations) },
    ...(withoutDefaults(rest) as Fields),
    status: undefined,
  };
  return withoutNothing(manifest) as Fields;
}

function fromGit(map: unknown): Fields | undefined {
  if (!isFields(map)) return undefined;
  const kept = Object.entries(map).filter(([key]) => !notInGit.test(key));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([key, field]) =>
          !assigned.has(key) && !(defaults[key] ?? []).some((one) => isDeepStrictEqual(one, field)),
      )
      .map(([key, field]) => [key, withoutDefaults(field)]),
  );
}

function withoutNothing(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNothing);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([key, field]) => [key, withoutNothing(field)]),
  );
}

/**
 * `base` with what differs between `from` and `to`, and nothing else. Elements of lists are told apart by their name,
 * where all have one; other lists are replaced as a whole.
 */
export function carryOver(base: unknown, from: unknown, to: unknown): unknown {
  if (isDeepStrictEqual(from, to)) return base;
  if (isFields(from) && isFields(to)) {
    const result: Map<string, unknown> = new Map(Object.entries(isFields(base) ? base : {}));
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
      const [was, is] = [
        Object.hasOwn(from, key) ? from[key] : undefined,
        Object.hasOwn(to, key) ? to[key] : undefined,
      ];
      if (isDeepStrictEqual(was, is)) continue;
      if (is === undefined) result.delete(key);
      else result.set(key, carryOver(result.get(key), was, is));
    }
    return Object.fromEntries(result);
  }
  const [named, wasNamed, isNamed] = [byName(base ?? []), byName(from), byName(to)];
  if (named === undefined || wasNamed === undefined || isNamed === undefined) return to;
  for (const name of wasNamed.keys()) if (!isNamed.has(name)) named.delete(name);
  for (const [name, is] of isNamed) {
    const was = wasNamed.get(name);
    if (isDeepStrictEqual(was, is)) continue;
    named.set(name, was === undefined ? is : carryOver(named.get(name) ?? { name }, was, is));
  }
  return [...named.values()];
}

/** Undefined for a list whose elements cannot be told apart. */
function byName(list: unknown): Map<string, unknown> | undefined {
  if (!Array.isArray(list)) return undefined;
  const named = new Map<string, unknown>();
  for (const element of list) {
    const name = isFields(element) ? element['name'] : undefined;
    if (typeof name !== 'string' || named.has(name)) return undefined;
    named.set(name, element);
  }
  return named;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

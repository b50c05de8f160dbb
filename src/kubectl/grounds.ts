/** What raises a command above the risk of its verb. */
import { consequence, forcedBy } from './consequences.ts';
import type { Command } from './grammar.ts';
import { anyName } from './objects.ts';
import type { Selected } from './objects.ts';
import { readPatch } from './patch.ts';

export interface Grounds {
  /** A sentence; set where the command must not run at all. */
  readonly rejected?: string;
  /** Changes something on the server. A dry run does not. */
  readonly mutates: boolean;
  readonly dryRun: boolean;
  readonly affectsAll: boolean;
  readonly sensitive: boolean;
  readonly forbidden: boolean;
  /** Why it is high, as a clause; undefined where nothing raises it. */
  readonly high: string | undefined;
}

/**
 * Looks for everything in the risk table that makes a command high, sensitive or forbidden.
 * @param rest the words after the objects
 * @param namespace `*` for all
 */
export function findGrounds(
  command: Command,
  objects: readonly Selected[],
  rest: readonly string[],
  namespace: string,
): Grounds {
  const { verb, flags } = command;
  const dryRun = flags.get('dry-run') === 'server' || flags.get('dry-run') === 'client';
  // kubectl only lists then, whatever changes stand beside it.
  const listsOnly = flags.get('list') === 'true' && verb.changes;
  const raw = flags.get('raw');
  const mutates = (verb.changes && !dryRun && !listsOnly) || (raw !== undefined && !isPlainRead(raw));
  const base = { mutates, dryRun, affectsAll: false, sensitive: false, forbidden: false, high: undefined };

  const zero = scalesToZero(command);
  if (typeof zero === 'string') return { ...base, rejected: zero };
  if (rest.includes('-') && verb.name === 'set env') {
    return { ...base, rejected: '`-` would read standard input.' };
  }
  // Whether a server honours a dry run for types that it does not store itself is for that server to say.
  const rehearses = flags.get('dry-run') === 'server' || verb.name === 'diff';
  const blindDryRun = rehearses && objects.some(isUnknown);
  const changes = (verb.changes && mutates) || blindDryRun;
  const affectsAll = reachesAll(command, objects);
  const sensitive = printsSecrets(command, objects) || (raw !== undefined && mayHoldSecrets(raw));
  const forbidden = deletes(command) && changes && objects.some(({ type }) => type.deletionForbidden);

  const high =
    (forbidden ? `${lossOf(objects)}; a person must type its name to allow this` : undefined) ??
    (raw !== undefined ? rawGround(raw) : undefined) ??
    (sensitive ? 'this prints values that must stay secret' : undefined) ??
    (changes && zero ? 'nothing of it keeps running' : undefined) ??
    (changes ? forcedBy(command) : undefined) ??
    (inSystemNamespace(command, objects, namespace)
      ? 'kube-* namespaces belong to the cluster itself'
      : undefined) ??
    (affectsAll ? reach(command) : undefined) ??
    (changes ? raisedBy(command, objects) : undefined) ??
    (changes && verb.risk === 'high' ? consequence(command, objects) : undefined);
  return {
    mutates: mutates || blindDryRun,
    dryRun: dryRun && !blindDryRun,
    affectsAll,
    sensitive,
    forbidden,
    high,
  };
}

/** `--force` makes these two delete what they then make anew. */
function deletes({ verb, flags }: Command): boolean {
  return (
    verb.name === 'delete' ||
    ((verb.name === 'replace' || verb.name === 'apply') && flags.get('force') === 'true')
  );
}

function isUnknown({ type }: Selected): boolean {
  return type.family === 'unknown' || type.family === 'several' || type.namespaced === undefined;
}

function inSystemNamespace(
  { verb, flags }: Command,
  objects: readonly Selected[],
  namespace: string,
): boolean {
  if (objects.length === 0) {
    return verb.name === 'auth can-i' && flags.has('namespace') && namespace.startsWith('kube-');
  }
  return objects.some(
    ({ type, namespace: own }) => type.namespaced !== false && (own ?? namespace).startsWith('kube-'),
  );
}

function reach({ verb, flags }: Command): string {
  if (flags.get('all-namespaces') === 'true' || verb.name === 'cluster-info dump') {
    return 'this takes in the namespaces of the cluster itself';
  }
  return 'nothing narrows down which ones';
}

/** `--all`, `-A`, or a change of objects that neither a name nor a positive selector narrows down. */
function reachesAll({ verb, flags }: Command, objects: readonly Selected[]): boolean {
  if (flags.get('all') === 'true' || flags.get('all-namespaces') === 'true') return true;
  if (verb.name === 'cluster-info dump') return true;
  if (!verb.changes || !objects.some(leavesOpen)) return false;
  return !narrows(flags.get('selector')) && !narrows(flags.get('field-selector'));
}

function leavesOpen({ name, goesAlong }: Selected): boolean {
  return name === anyName && goesAlong !== true;
}

/** Whether at least one requirement gives values that an object must have, not only what it must not have. */
function narrows(selector: string | undefined): boolean {
  if (selector === undefined) return false;
  return selector
    .replace(/\([^()]*\)/g, '()')
    .split(',')
    .some((requirement) => /^\s*[A-Za-z0-9][\w./-]*(\s*==?\s*[\w.:-]+|\s+in\s*\(\))\s*$/.test(requirement));
}

const printedWithoutValues = new Set(['', 'name', 'wide']);

/** Traffic logs show bodies, whatever the output format is. */
const trafficVerbosity = 7;

function printsSecrets({ verb, flags }: Command, objects: readonly Selected[]): boolean {
  if (Number(flags.get('v') ?? 0) >= trafficVerbosity || flags.has('vmodule')) return true;
  if (flags.get('resolve') === 'true' || verb.name === 'create token') return true;
  if (!objects.some(({ type }) => type.family === 'secret')) return false;
  // The annotation of the last `kubectl apply` holds the values.
  if (verb.name === 'annotate' && flags.get('list') === 'true') return true;
  if (verb.name === 'apply view-last-applied') return true;
  if (verb.name === 'diff') return flags.get('show-secrets') === 'true';
  return !printedWithoutValues.has(flags.get('output') ?? '') || (flags.get('template') ?? '') !== '';
}

const plainPath = /^\/[A-Za-z0-9._/-]*(\?[A-Za-z0-9._=&,-]*)?$/;
const relays = /\/(proxy|exec|attach|portforward)(\/|$)/i;

/** A raw GET that the API server answers itself, from its own storage. */
function isPlainRead(path: string): boolean {
  return plainPath.test(path) && !relays.test(path.replace(/\?.*$/, ''));
}

function mayHoldSecrets(path: string): boolean {
  return !isPlainRead(path) || /secret/i.test(path);
}

function rawGround(path: string): string {
  return isPlainRead(path) ? 'no table can judge a raw path' : 'what answers there cannot be told from here';
}

/** @returns a sentence where it cannot be told */
function scalesToZero({ verb, flags }: Command): boolean | string {
  if (verb.name === 'scale') {
    const replicas = Number(flags.get('replicas') ?? -1);
    return replicas < 0 ? 'kubectl scale needs --replicas with the number that is wanted.' : replicas === 0;
  }
  if (verb.name !== 'patch') return false;
  const patch = flags.get('patch');
  if (patch === undefined) return 'kubectl patch needs --patch.';
  const reading = readPatch(patch);
  return reading.ok ? reading.mayScaleToZero : reading.reason;
}

function raisedBy({ verb }: Command, objects: readonly Selected[]): string | undefined {
  for (const { type } of objects) {
    if (type.family === 'rbac') return 'it changes who may do what';
    if (type.family === 'secret') return 'it changes a Secret';
    if (type.family === 'webhook') return 'it changes what the cluster admits';
    if (type.family === 'unknown') return `nothing is known here about ${type.kind}`;
    if (type.family === 'several') return `${type.kind} stands for many types at once`;
    if (type.namespaced === false && verb.risk !== 'high') return 'it changes the cluster as a whole';
    if (verb.name === 'patch' && type.family !== 'workload' && type.family !== 'service') {
      return `a patch of ${type.plural} can mean anything`;
    }
  }
  return undefined;
}

const losses: Readonly<Record<string, string>> = {
  Namespace: 'everything in it goes too',
  Node: 'its pods go with it',
  PersistentVolume: 'its data may be lost for good',
  PersistentVolumeClaim: 'its data may be lost for good',
  CustomResourceDefinition: 'every object of that kind goes too',
};

/** What goes with the first object whose deletion is forbidden. */
function lossOf(objects: readonly Selected[]): string {
  const kind = objects.find(({ type }) => type.deletionForbidden)?.type.kind ?? '';
  return losses[kind] ?? 'more than it may go with it';
}

/** What raises a command above the risk of its verb. */
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
  const listsOnly =
    flags.get('list') === 'true' &&
    verb.changes &&
    rest.length === 0 &&
    !flags.has('env') &&
    !flags.has('from');
  const raw = flags.get('raw');
  const mutates = (verb.changes && !dryRun && !listsOnly) || (raw !== undefined && !isPlainRead(raw));
  const base = { mutates, dryRun, affectsAll: false, sensitive: false, forbidden: false, high: undefined };

  const zero = scalesToZero(command);
  if (typeof zero === 'string') return { ...base, rejected: zero };
  if (rest.includes('-') && verb.name === 'set env') {
    return { ...base, rejected: '`-` would read standard input.' };
  }
  // Whether a server honours a dry run for types that it does not store itself is for that server to say.
  const blindDryRun = flags.get('dry-run') === 'server' && objects.some(isUnknown);
  const changes = verb.changes && (mutates || blindDryRun);
  const affectsAll = reachesAll(command, objects);
  const sensitive = printsSecrets(command, objects) || (raw !== undefined && mayHoldSecrets(raw));
  const forbidden = verb.name === 'delete' && changes && objects.some(({ type }) => type.deletionForbidden);

  const high =
    (forbidden ? `${lossOf(objects)}; a person must type its name to allow this` : undefined) ??
    (raw !== undefined ? rawGround(raw) : undefined) ??
    (sensitive ? 'this prints values that must stay secret' : undefined) ??
    (changes && zero ? 'nothing of it keeps running' : undefined) ??
    (changes ? forcedBy(flags) : undefined) ??
    (inSystemNamespace(command, objects, namespace)
      ? 'kube-* namespaces belong to the cluster itself'
      : undefined) ??
    (affectsAll ? reach(command) : undefined) ??
    (changes ? raisedBy(command, objects) : undefined) ??
    (changes && verb.risk === 'high' ? consequence(verb.name, objects) : undefined);
  return {
    mutates: mutates || blindDryRun,
    dryRun: dryRun && !blindDryRun,
    affectsAll,
    sensitive,
    forbidden,
    high,
  };
}

function isUnknown({ type }: Selected): boolean {
  return type.family === 'unknown' || type.family === 'several' || type.namespaced === undefined;
}

function forcedBy(flags: Command['flags']): string | undefined {
  if (flags.get('force') === 'true') return '--force skips the orderly end';
  return flags.get('grace-period') === '0' ? '--grace-period=0 skips the orderly end' : undefined;
}

function inSystemNamespace(
  { verb, flags }: Command,
  objects: readonly Selected[],
  namespace: string,
): boolean {
  if (!namespace.startsWith('kube-')) return false;
  if (objects.length === 0) return verb.name === 'auth can-i' && flags.has('namespace');
  return objects.some(({ type }) => type.namespaced !== false);
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
  if (!verb.changes || !objects.some(({ name }) => name === anyName)) return false;
  return !narrows(flags.get('selector')) && !narrows(flags.get('field-selector'));
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
  if (flags.get('resolve') === 'true') return true;
  if (!objects.some(({ type }) => type.family === 'secret')) return false;
  // The annotation of the last `kubectl apply` holds the values.
  if (verb.name === 'annotate' && flags.get('list') === 'true') return true;
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

const replaced = new Set(['Pod', 'ReplicaSet', 'Job']);

/** What a verb that is always high leads to. */
function consequence(verbName: string, objects: readonly Selected[]): string {
  if (verbName === 'exec') return 'what that does cannot be told from here';
  if (verbName === 'cordon' || verbName === 'uncordon')
    return 'this decides where pods of the whole cluster may start';
  return objects.every(({ type }) => replaced.has(type.kind))
    ? 'only what a controller owns comes back by itself'
    : 'it does not come back by itself';
}

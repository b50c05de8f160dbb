/** What a verb that is always high leads to, as a clause after its sentence. */
import type { Command } from './grammar.ts';
import type { Selected } from './objects.ts';

const unseen = 'what that does cannot be told from here';
const placement = 'this decides where pods of the whole cluster may start';
const overwritten = 'the manifest decides what becomes of it';

const byVerb: Readonly<Record<string, string>> = {
  exec: unseen,
  cordon: placement,
  uncordon: placement,
  taint: placement,
  drain: 'pods stop there, and start elsewhere only where a controller owns them and there is room',
  'port-forward': 'whatever goes through that port reaches it unseen',
  debug: 'the container stays, with tools that nobody has judged',
  run: 'what its image does cannot be told from here',
  expose: 'traffic reaches them from then on',
  autoscale: 'from then on a controller decides how many pods there are',
  'certificate approve': 'whoever asked for it is then trusted by the cluster',
  'certificate deny': 'whoever asked for it gets no certificate',
  apply: overwritten,
  replace: overwritten,
  create: 'it takes effect at once',
  'apply set-last-applied': 'the next apply decides by it what to remove',
};

const replaced = new Set(['Pod', 'ReplicaSet', 'Job']);

/** @returns a clause without a full stop */
export function consequence({ verb, flags }: Command, objects: readonly Selected[]): string {
  if (verb.name === 'debug') {
    if (objects.some(({ type }) => type.kind === 'Node')) {
      return "its pod sees the node's processes and files";
    }
    if (flags.get('copy-to') !== undefined) {
      return flags.get('replace') === 'true'
        ? 'the copy takes the place of the pod'
        : 'a copy of the pod starts';
    }
  }
  const known = byVerb[verb.name];
  if (known !== undefined) return known;
  if (verb.creates !== undefined) {
    return objects.some(({ type }) => type.family === 'workload')
      ? 'it starts pods that nobody has seen run'
      : 'it takes effect at once';
  }
  return objects.every(({ type }) => replaced.has(type.kind))
    ? 'only what a controller owns comes back by itself'
    : 'it does not come back by itself';
}

/** Why `--force` and `--grace-period=0` matter. */
export function forcedBy({ verb, flags }: Command): string | undefined {
  if (flags.get('force') === 'true') {
    if (verb.name === 'drain') return '--force also takes the pods that no controller brings back';
    if (verb.name === 'apply' || verb.name === 'replace') return '--force may delete it and make it anew';
    if (verb.name.startsWith('certificate')) return '--force also overrules an earlier answer';
    return '--force skips the orderly end';
  }
  return flags.get('grace-period') === '0' ? '--grace-period=0 skips the orderly end' : undefined;
}

/** Which objects a command reaches through the manifest that comes with it on standard input. */
import type { Command } from './grammar.ts';
import type { ManifestObject, ManifestReading } from './manifest.ts';
import type { Selected, Selection } from './objects.ts';
import { isPair } from './objects.ts';
import { resolveType } from './resources.ts';
import type { ResourceType } from './resources.ts';

const refused = (reason: string): Selection => ({ ok: false, reason });

/** @param manifest what came with the command; undefined where nothing did */
export function selectFromManifest(command: Command, manifest: ManifestReading | undefined): Selection {
  const { verb, words, flags } = command;
  if (manifest === undefined) {
    return refused('-f - needs a manifest that the run itself carries, and this command comes with none.');
  }
  if (!manifest.ok) return refused(manifest.reason);
  if (flags.get('all-namespaces') === 'true') return refused('-A and a manifest contradict each other.');
  if (flags.has('raw')) return refused('--raw stands alone, without a manifest.');
  const wanted = verb.takes === 'objects and a value' ? 1 : 0;
  if (verb.takes === 'objects and pairs' ? !words.every(isPair) : words.length !== wanted) {
    return refused(
      `kubectl ${verb.name} takes its objects from the manifest or from its words, not from both.`,
    );
  }
  const objects: Selected[] = [];
  for (const object of manifest.objects) {
    const selected = selectOne(object, flags.get('namespace'));
    if (typeof selected === 'string') return refused(selected);
    objects.push(selected);
  }
  return { ok: true, objects, rest: words };
}

function selectOne(object: ManifestObject, flag: string | undefined): Selected | string {
  const type = typeOf(object);
  const { kind, name, namespace } = object;
  if (type === undefined) return `"${kind}" cannot be the kind of an object.`;
  if (namespace === undefined || type.namespaced === false) return { type, name };
  if (flag !== undefined && flag !== namespace) {
    return `The manifest puts ${kind} ${name} into ${namespace}, and the command says ${flag}.`;
  }
  return { type, name, namespace };
}

/** `apps/v1` and `Deployment` are what kubectl also takes as `Deployment.v1.apps`. */
function typeOf({ apiVersion, kind }: ManifestObject): ResourceType | undefined {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  const version = apiVersion.slice(slash + 1);
  const type = resolveType(`${kind}.${version}.${group}`);
  return type?.family === 'unknown' ? { ...type, kind, plural: kind } : type;
}

/** Which ConfigMap, Secret or key of one a container waits for, from the kubelet's message. */

export interface MissingReference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  /** The object is there, but not this key in it. */
  readonly key?: string;
}

/**
 * Reads `configmap "shop" not found` and `couldn't find key url in Secret shop/db`, in a container's state or in an event about a volume;
 * undefined where it is about something else.
 */
export function missingReference(message: string): MissingReference | undefined {
  const [, kind, name] = /\b(configmap|secret) "([^"]+)" not found/i.exec(message) ?? [];
  if (kind !== undefined && name !== undefined) return { kind: kindOf(kind), name };
  const [, key, holder, owner] = /\bkey (\S+) in (configmap|secret) (?:[^\s/]+\/)?(\S+)/i.exec(message) ?? [];
  if (key === undefined || holder === undefined || owner === undefined) return undefined;
  return { kind: kindOf(holder), name: owner, key };
}

function kindOf(word: string): MissingReference['kind'] {
  return word.toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap';
}

/** `ConfigMap shop-settings`, or `key url of Secret db`. */
export function describeMissing({ kind, name, key }: MissingReference): string {
  return key === undefined ? `${kind} ${name}` : `key ${key} of ${kind} ${name}`;
}

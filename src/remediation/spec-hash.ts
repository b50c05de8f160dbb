/** A fingerprint of what an object asks for, to notice whether anybody changed it. */
import { createHash } from 'node:crypto';
import { sameRef, type KubeObject, type ObjectRef } from '../domain/kubernetes.ts';

/** Fields that the cluster writes by itself. All others are somebody's wish. */
const written = new Set(['status', 'metadata', 'kind', 'apiVersion']);

/** What an object asked for at some moment. */
export interface Wish {
  readonly ref: ObjectRef;
  readonly specHash: string;
}

/** SHA-256, hexadecimal, over everything but metadata and status, whatever the order of the keys. */
export function specHash(object: KubeObject): string {
  const wishes = Object.fromEntries(Object.entries(object).filter(([field]) => !written.has(field)));
  return createHash('sha256').update(JSON.stringify(wishes, sortedKeys)).digest('hex');
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** What an object asks for: an undo later compares, to see whether somebody changed it since. */
export function wishOf(object: KubeObject): Wish {
  const { name, namespace } = object.metadata;
  return {
    ref: { kind: object.kind, name, ...(namespace === undefined ? {} : { namespace }) },
    specHash: specHash(object),
  };
}

/**
 * The first object that asks for something else than it did.
 * @param seen objects as they are now; one that is not among them is not judged
 */
export function changedSince(wishes: readonly Wish[], seen: readonly KubeObject[]): ObjectRef | undefined {
  const now = seen.map(wishOf);
  return wishes.find((wish) =>
    now.some((one) => sameRef(one.ref, wish.ref) && one.specHash !== wish.specHash),
  )?.ref;
}

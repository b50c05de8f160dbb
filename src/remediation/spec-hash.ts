/** A fingerprint of what an object asks for, to notice whether anybody changed it. */
import { createHash } from 'node:crypto';
import { refOf } from '../diagnosis/pods.ts';
import { sameRef, type KubeObject, type ObjectRef } from '../domain/kubernetes.ts';
import { asked, askedWithoutNulls, literallyAsked } from './asked.ts';

/** Before the fingerprints of this version; those of old journals have none, and were made to the letter. */
const version = 'v2:';

/** What an object asked for at some moment. Two of one object are compared by {@link asksFor}, never by their texts. */
export interface Wish {
  readonly ref: ObjectRef;
  readonly specHash: string;
}

/**
 * `v2:` and a SHA-256, hexadecimal, over everything but metadata and status, whatever the order of the keys, and without
 * what means nothing to the API server. To be compared by {@link asksFor}.
 */
export function specHash(object: KubeObject): string {
  return version + digest(asked(object));
}

/**
 * Whether an object asks for what a fingerprint was made of. One of an old journal is compared by the rules of its time, so
 * that nothing is taken for equal that it told apart; only nulls may have come to the object since.
 */
export function asksFor(object: KubeObject, fingerprint: string): boolean {
  if (fingerprint.startsWith(version)) return specHash(object) === fingerprint;
  return digest(literallyAsked(object)) === fingerprint || digest(askedWithoutNulls(object)) === fingerprint;
}

function digest(wishes: object): string {
  return createHash('sha256').update(JSON.stringify(wishes, sortedKeys)).digest('hex');
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** What an object asks for: an undo later compares, to see whether somebody changed it since. */
export function wishOf(object: KubeObject): Wish {
  return { ref: refOf(object), specHash: specHash(object) };
}

/**
 * The first object that asks for something else than it did.
 * @param seen objects as they are now; one that is not among them is not judged
 */
export function changedSince(wishes: readonly Wish[], seen: readonly KubeObject[]): ObjectRef | undefined {
  return wishes.find((wish) =>
    seen.some((one) => sameRef(refOf(one), wish.ref) && !asksFor(one, wish.specHash)),
  )?.ref;
}

/** A fingerprint of what an object asks for, to notice whether anybody changed it. */
import { createHash } from 'node:crypto';
import type { KubeObject } from '../domain/kubernetes.ts';

/** Fields that the cluster writes by itself. All others are somebody's wish. */
const written = new Set(['status', 'metadata', 'kind', 'apiVersion']);

/** SHA-256, hexadecimal, over everything but metadata and status, whatever the order of the keys. */
export function specHash(object: KubeObject): string {
  const wishes = Object.fromEntries(Object.entries(object).filter(([field]) => !written.has(field)));
  return createHash('sha256').update(JSON.stringify(wishes, sortedKeys)).digest('hex');
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

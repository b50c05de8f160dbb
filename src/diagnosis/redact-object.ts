/** Kubernetes objects without credentials, for everything that leaves the collecting. */
import type { KubeObject } from '../domain/kubernetes.ts';
import { redact } from '../domain/redaction.ts';

/** Maps whose values a remedy needs to the letter, and which hold no secrets: labels and what selects by them. */
const exactMaps = new Set(['labels', 'matchLabels', 'selector', 'nodeSelector']);

/**
 * A copy with every text redacted. The name of an environment variable or annotation helps to tell whether its value is a credential.
 * Fields that only servers need are left out.
 */
export function redactObject(object: KubeObject): KubeObject {
  return redactValue({ ...object, metadata: { ...object.metadata, managedFields: undefined } }) as KubeObject;
}

function redactValue(value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map(redactValue);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([key, field]): [string, unknown] => {
    if (exactMaps.has(key)) return [key, field];
    if (key === 'annotations') return [key, redactMap(field)];
    if (key === 'value' && typeof field === 'string' && 'name' in value) {
      return [key, redactNamed(String(value.name), field)];
    }
    return [key, redactValue(field)];
  });
  return Object.fromEntries(fields);
}

function redactMap(map: unknown): unknown {
  if (typeof map !== 'object' || map === null) return map;
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => [
      key,
      typeof value === 'string' ? redactNamed(key, value) : value,
    ]),
  );
}

/** The value of `name`, judged by both. */
function redactNamed(name: string, value: string): string {
  const alone = redact(value);
  if (alone !== value || value === '') return alone;
  // The part of a name before its last slash is a domain.
  const key = name.slice(name.lastIndexOf('/') + 1);
  const line = redact(`${key}: ${value.replace(/\s+/g, ' ')}`);
  return line.includes('[redacted:') ? line.slice(key.length + 2) : value;
}

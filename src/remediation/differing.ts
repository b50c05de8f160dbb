/** In which fields an object asks for something else than it did, for people. Pure. */
import type { KubeObject } from '../domain/kubernetes.ts';
import { plain } from '../domain/plain.ts';
import { redactObject } from '../domain/redaction/object.ts';
import { asked } from './asked.ts';

/** More of them nobody reads. */
const mostFields = 3;
const mostCharacters = 80;

interface Difference {
  readonly path: string;
  readonly was: unknown;
  readonly is: unknown;
}

/**
 * One line: `spec.replicas is 3, was 6`. Values are redacted.
 * @param was as the journal kept it, so without credentials
 */
export function differingFields(was: KubeObject, is: KubeObject): string {
  // Both go the same way, so that only what is shown of them differs.
  const found = differences('', shownOf(was), shownOf(is));
  if (found.length === 0) return 'in a value that is not shown';
  const words = found
    .slice(0, mostFields)
    .map((one) => `${plain(one.path, 200)} is ${valueWords(one.is)}, was ${valueWords(one.was)}`);
  const more = found.length - words.length;
  return [...words, ...(more > 0 ? [`and ${more} more ${more === 1 ? 'field' : 'fields'}`] : [])].join('; ');
}

function shownOf(object: KubeObject): unknown {
  return asked(redactObject(object));
}

function differences(path: string, was: unknown, is: unknown): Difference[] {
  if (JSON.stringify(was) === JSON.stringify(is)) return [];
  if (Array.isArray(was) && Array.isArray(is)) {
    return Array.from({ length: Math.max(was.length, is.length) }, (_, index) =>
      differences(`${path}[${nameOf(is[index]) ?? nameOf(was[index]) ?? index}]`, was[index], is[index]),
    ).flat();
  }
  if (!isFields(was) || !isFields(is)) return [{ path, was, is }];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key) =>
    differences(path === '' ? key : `${path}.${key}`, was[key], is[key]),
  );
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameOf(value: unknown): string | undefined {
  const name = isFields(value) ? value['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

function valueWords(value: unknown): string {
  return value === undefined ? 'not set' : plain(JSON.stringify(value), mostCharacters);
}

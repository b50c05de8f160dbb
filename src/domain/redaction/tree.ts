/** Credentials out of objects: Kubernetes objects, details of alerts, records of the journal. */
import { redact, type RedactionOptions } from '../redaction.ts';
import { announcement, announcing, harmless, isCount, looksLikeOne, looksRandom } from './names.ts';
import { placeholder } from './placeholder.ts';

export interface TreeOptions extends RedactionOptions {
  /**
   * Whether a member stays to the letter, with all that is in it.
   * @param within the key of the object itself, or of the list that it is in; empty at the top
   */
  readonly exact?: (key: string, object: Readonly<Record<string, unknown>>, within: string) => boolean;
}

const flag = new RegExp(`^--?[\\w-]{0,80}${announcing}$`, 'i');

/**
 * A copy with every text redacted, and without members that are undefined: as it reads when it was written as JSON.
 * A text is judged by itself and by the name that it has: its key, or the `name` of a `{name, value}` entry. Of a
 * Secret's data nothing is left but placeholders.
 */
export function redactTree<T>(value: T, options: TreeOptions = {}): T {
  return valueWithout(value, options, '') as T;
}

function valueWithout(value: unknown, options: TreeOptions, within: string): unknown {
  if (typeof value === 'string') return redact(value, options);
  if (Array.isArray(value)) return listWithout(value, options, within);
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(object)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [
        key,
        options.exact?.(key, object, within) === true ? member : memberWithout(object, key, member, options),
      ]),
  );
}

/** Arguments of a command come one by one: `--password`, then what it is. */
function listWithout(list: readonly unknown[], options: TreeOptions, within: string): unknown[] {
  return list.map((item, index) => {
    const before = list[index - 1];
    return typeof item === 'string' &&
      typeof before === 'string' &&
      flag.test(before) &&
      !item.startsWith('-')
      ? named(before, item, options)
      : valueWithout(item, options, within);
  });
}

function memberWithout(
  object: Record<string, unknown>,
  key: string,
  member: unknown,
  options: TreeOptions,
): unknown {
  if (object['kind'] === 'Secret' && (key === 'data' || key === 'stringData')) return hidden(member);
  if (
    typeof member === 'number' &&
    Math.abs(member) > 9999 &&
    announcement(key) === 'strong' &&
    !isCount(key)
  ) {
    return placeholder(String(member));
  }
  if (Array.isArray(member) && announcement(key) === 'strong') {
    return member.map((item: unknown) =>
      typeof item === 'string' ? named(key, item, options) : valueWithout(item, options, key),
    );
  }
  if (typeof member !== 'string') return valueWithout(member, options, key);
  const name = object['name'] ?? object['key'];
  if (key !== 'value' || typeof name !== 'string') return named(key, member, options);
  const shown = named(name, member, options);
  // The value of a variable is one thing: where it is random, it is a credential whatever it is called.
  return shown === member && looksRandom(member) ? placeholder(member) : shown;
}

function named(name: string, value: string, options: TreeOptions): string {
  const kind = announcement(name);
  const alone = redact(value, options);
  if (kind === 'none' || value === '' || alone !== value) return alone;
  const secret = kind === 'strong' ? !harmless(name, value, true) : looksLikeOne(name, value);
  return secret ? placeholder(value) : value;
}

function hidden(data: unknown): unknown {
  if (typeof data !== 'object' || data === null) return placeholder(JSON.stringify(data) ?? '');
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, placeholder(String(value))]));
}

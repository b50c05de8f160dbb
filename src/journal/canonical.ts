/**
 * One text for each value, so that a hash over it means something.
 *
 * The encoding: JSON without white space; the keys of every object sorted by their UTF-16 code units; strings and
 * numbers as `JSON.stringify` writes them; members that are `undefined` left out (in arrays: `null`), as JSON does.
 * A journal line is the canonical encoding of its record, and a record's hash is the SHA-256 of the canonical encoding
 * of the record without `hash`. So any change of a line, be it only a space, can be told.
 */
import { hash } from 'node:crypto';

/** The canonical encoding of a JSON value. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map((item) => (item === undefined ? 'null' : canonical(item))).join(',')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    let members = '';
    for (const key of sortedKeys(value)) {
      const member = (value as Record<string, unknown>)[key];
      if (member === undefined) continue;
      members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${canonical(member)}`;
    }
    return `{${members}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** Most objects are read from journal lines, or written in order: looking is cheaper than sorting. */
function sortedKeys(object: object): string[] {
  const keys = Object.keys(object);
  for (let index = 1; index < keys.length; index++) {
    if ((keys[index - 1] as string) > (keys[index] as string)) return keys.sort();
  }
  return keys;
}

/** SHA-256 of a text, hexadecimal. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/**
 * What the first record of a file has as `prev`: bound to the file's name, so that a file cannot pass for another
 * day's or another window's.
 */
export function chainStart(fileName: string): string {
  return sha256(`oncall-journal ${fileName}`);
}

/** The hash that belongs into a record. */
export function recordHash(record: object): string {
  return sha256(canonical({ ...record, hash: undefined }));
}

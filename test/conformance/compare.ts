/** Where two normalised answers differ. */
import { isDeepStrictEqual } from 'node:util';
import type { Answer } from './exchange.ts';
import { isObject } from './normal.ts';

export interface Difference {
  /** Such as `body.items[checkout].spec.template`; elements of lists go by what they are called. */
  readonly at: string;
  /** In JSON, absent where there is nothing. */
  readonly real?: string;
  readonly practice?: string;
}

/** Of two answers to one question, where they differ. Of answers of different sorts nothing else is compared. */
export function differencesOf(real: Answer, practice: Answer): Difference[] {
  const [one, other] = [sortOf(real), sortOf(practice)];
  if (one !== other) return [{ at: 'answer', real: one, practice: other }];
  return differences('body', real.body, practice.body);
}

/** The status code, what comes with it, and what a refusal says. */
function sortOf({ code, contentType, body }: Answer): string {
  const { kind, message } = isObject(body) ? body : {};
  return [
    code,
    contentType,
    ...(typeof kind === 'string' ? [kind] : []),
    ...(code >= 400 ? [message] : []),
  ].join(' ');
}

function differences(at: string, real: unknown, practice: unknown): Difference[] {
  if (isDeepStrictEqual(real, practice)) return [];
  if (isObject(real) && isObject(practice)) {
    const keys = new Set([...Object.keys(real), ...Object.keys(practice)]);
    return [...keys].flatMap((key) => differences(`${at}.${key}`, real[key], practice[key]));
  }
  if (Array.isArray(real) && Array.isArray(practice) && isTold(real) && isTold(practice)) {
    const [ones, others] = [byCall(real), byCall(practice)];
    const keys = new Set([...ones.keys(), ...others.keys()]);
    return [...keys].flatMap((key) => differences(`${at}[${key}]`, ones.get(key), others.get(key)));
  }
  return [{ at, ...said('real', real), ...said('practice', practice) }];
}

function said<K extends string>(side: K, value: unknown): { [key in K]?: string } {
  return (value === undefined ? {} : { [side]: JSON.stringify(value) }) as { [key in K]?: string };
}

/** Whether a list's elements can be told apart. Plain values are: a missing line of a text is one difference. */
function isTold(list: readonly unknown[]): boolean {
  return list.every((one) => !Array.isArray(one) || list.length > 0);
}

/** The elements by what they are called; the second of one name gets a number. */
function byCall(list: readonly unknown[]): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [index, one] of list.entries()) {
    const call = callOf(one, index);
    let key = call;
    for (let number = 2; found.has(key); number += 1) key = `${call} #${number}`;
    found.set(key, one);
  }
  return found;
}

function callOf(one: unknown, index: number): string {
  if (typeof one === 'string') return one;
  if (!isObject(one)) return String(index);
  const metadata = isObject(one['metadata']) ? one['metadata'] : {};
  const involved = one['involvedObject'];
  if (isObject(involved))
    return [involved['kind'], involved['name'], one['reason'], one['message']].join(' ');
  const cells = one['cells'];
  if (isObject(cells)) {
    const { Name, Object: object, Reason, Message } = cells;
    return Reason === undefined ? String(Name) : [object, Reason, Message].join(' ');
  }
  const name = metadata['name'] ?? one['name'] ?? one['type'] ?? one['field'] ?? one['ip'] ?? one['port'];
  return typeof name === 'string' || typeof name === 'number' ? String(name) : String(index);
}

/** Pairs of key and value inside of text, tags and lists, as monitoring tools write them. */
import { isRecord } from './unfold.ts';
import { isTelling } from './labels.ts';

export type Pairs = [key: string, value: string][];

/** Characters of one text that are searched. */
const maxText = 50_000;
const maxPairs = 500;

/** One alert inside a text. */
export interface TextSection {
  readonly pairs: Pairs;
  /** Its annotations: sentences, not labels. */
  readonly prose: string;
}

/**
 * The alerts in a text: Alertmanager's and Grafana's block of `Labels:` and lines such as ` - namespace = shop`, once for each
 * firing alert; lines of `key=value` or `key: value`; several such pairs in one line; Datadog's `kube_namespace:shop`;
 * Grafana's `labels={namespace=shop, pod=checkout-1}`.
 */
export function textSections(text: string): TextSection[] {
  return text
    .slice(0, maxText)
    .split(/^\s*Labels:/m)
    .map((section) => {
      const [labels = '', ...annotations] = section.split(/^\s*Annotations:/m);
      return { pairs: [...linePairs(labels), ...inlinePairs(labels)], prose: annotations.join('\n') };
    });
}

function linePairs(text: string): Pairs {
  const pairs: Pairs = [];
  for (const line of text.split('\n')) {
    if (pairs.length >= maxPairs) break;
    const pair = /^\s*(?:[-*]\s*)?([A-Za-z][\w./-]{0,100})\s*[=:]\s*"?([^"\s]{1,300})"?\s*$/.exec(line);
    if (pair?.[1] !== undefined) pairs.push([pair[1], pair[2] ?? '']);
  }
  return pairs;
}

/** `namespace=shop deployment="checkout"`, and `kube_namespace:shop` where the key is one that tools use: prose has colons too. */
export function inlinePairs(text: string): Pairs {
  const pairs: Pairs = [];
  for (const [, key = '', sign, value = ''] of text
    .slice(0, maxText)
    .matchAll(
      /(?<![\w./-])([A-Za-z][\w.]{0,60})([=:])["'`]?([A-Za-z0-9](?:[A-Za-z0-9._/-]{0,251}[A-Za-z0-9])?)/g,
    )) {
    if (pairs.length >= maxPairs) break;
    if (sign === '=' || (key.includes('_') && isTelling(key))) pairs.push([key, value]);
  }
  return pairs;
}

/** Tags as a list, joined by commas, or as a map: `kube_namespace:shop, kube_deployment:checkout`. Undefined for anything else. */
export function tagPairs(tags: unknown): Pairs | undefined {
  if (isRecord(tags)) {
    return Object.entries(tags).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : []));
  }
  const list = typeof tags === 'string' ? tags.slice(0, maxText).split(',') : tags;
  if (!Array.isArray(list)) return undefined;
  return list.slice(0, maxPairs).flatMap((tag: unknown): Pairs => {
    if (typeof tag !== 'string') return [];
    const [, key, value] = /^\s*(?:\[\w+\])?\s*([^:\s]{1,100}):(.{1,300})$/.exec(tag) ?? [];
    if (key === undefined || value === undefined) return [];
    // What Datadog tags `service` is an application; a Service is `kube_service` there.
    return [[key === 'service' ? 'service_name' : key, value]];
  });
}

/** A list of `{name, value}`, as Azure, CloudWatch and PagerDuty's custom fields are. Undefined for any other list. */
export function namedValues(list: readonly unknown[]): Pairs | undefined {
  const pairs = list.slice(0, maxPairs).flatMap((item): Pairs => {
    if (!isRecord(item)) return [];
    const key = [item.name, item.key, item.Name, item.Key, item.display_name].find(isText);
    const value = [item.value, item.Value].find(isText);
    return key === undefined || value === undefined ? [] : [[key, value]];
  });
  return pairs.length === 0 ? undefined : pairs;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Reads objects out of sentences: the title of an incident, the annotations of an alert. */
import type { TargetHint } from '../domain/incident.ts';
import { hintsFromLabels, isName, isNamespace, kindFor } from './labels.ts';
import { inlinePairs } from './pairs.ts';

const maxText = 2048;
const maxHints = 40;

/** Words that follow a kind and are no name. */
const fillers: ReadonlySet<string> = new Set(
  'a an and are at be been by can cannot could did does fail failed failing fails for from had has have in is it its keeps may more no not of on or should that the to under was were which will with without'.split(
    ' ',
  ),
);

/**
 * The objects that a sentence may name: `shop/checkout`, `Deployment shop/checkout`, `deployment checkout`, `checkout in shop`,
 * `checkout (shop)`, `(shop checkout)`, `kube_deployment:checkout`. A kind that the sentence speaks of is tried with each bare name.
 */
export function proseHints(text: string, source: string): TargetHint[] {
  // A web address has slashes that part no namespace from a name.
  const sentence = text.slice(0, maxText).replace(/\bhttps?:\/\/\S+/gi, ' ');
  const hints: TargetHint[] = [];
  const add = (name: string, namespace?: string, kind?: string): void => {
    if (hints.length >= maxHints || !isName(name) || fillers.has(name)) return;
    if (namespace !== undefined && !isNamespace(namespace)) return;
    hints.push({
      ...(namespace === undefined ? {} : { namespace }),
      ...(kind === undefined ? {} : { kind }),
      name,
      source,
      trust: 'written',
    });
  };
  const spokenOf = new Set([...sentence.matchAll(/[A-Za-z]+/g)].flatMap(([word]) => kindFor(word) ?? []));
  /** A name without a kind, and with each kind that the sentence speaks of. */
  const addBare = (name: string, namespace: string): void => {
    for (const kind of spokenOf) add(name, namespace, kind);
    add(name, namespace);
  };
  const inNamespace = /\b(?:namespace|ns)[\s:=]+["'`]?([a-z0-9][a-z0-9-]*)/i.exec(sentence)?.[1];
  for (const [, before = '', first = '', second = ''] of sentence.matchAll(
    /(?:\b([A-Za-z]+)[\s:]+)?["'`(]?\b([a-z0-9][\w-]{0,63})\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)/gi,
  )) {
    const typed = kindFor(first);
    const kind = kindFor(before);
    if (typed !== undefined) add(second, inNamespace, typed);
    else if (kind !== undefined) add(second, first, kind);
    else addBare(second, first);
  }
  for (const [, word = '', name = '', place] of sentence.matchAll(
    /\b([A-Za-z]+)[\s:=]+["'`]?([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)["'`]?(?:\s+in\s+(?:namespace\s+|ns\s+)?["'`]?([a-z0-9][a-z0-9-]{0,62}))?/g,
  )) {
    const kind = kindFor(word);
    if (kind !== undefined) add(name, place ?? inNamespace, kind);
  }
  for (const [, name = '', place = ''] of sentence.matchAll(
    /["'`]?\b([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)["'`]?\s+in\s+(?:namespace\s+|ns\s+)?["'`]?([a-z0-9][a-z0-9-]{0,62})/g,
  )) {
    if (place !== 'namespace' && place !== 'ns' && !fillers.has(place)) addBare(name, place);
  }
  for (const [, outside, first = '', second] of sentence.matchAll(
    /(?:([a-z0-9][a-z0-9.-]{0,252})\s+)?\(([a-z0-9][a-z0-9.-]{0,252})(?:[\s,]+([a-z0-9][a-z0-9.-]{0,252}))?\)/g,
  )) {
    if (second !== undefined) addBare(second, first);
    else if (outside !== undefined) addBare(outside, first);
  }
  return [...hintsFromLabels(inlinePairs(sentence), source, 'written'), ...hints];
}

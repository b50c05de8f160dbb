/** Reads from an alert which Kubernetes object it may be about. All of it is untrusted; a hint is checked against the cluster. */
import { trusts, type Alert, type TargetHint, type Trust } from '../domain/incident.ts';
import { redact } from '../domain/redaction.ts';
import { hintsFromLabels, isName, isNamespace, kindFor } from './labels.ts';
import { namedValues, tagPairs, textSections } from './pairs.ts';
import { proseHints } from './prose.ts';
import { isRecord, unfold } from './unfold.ts';

/** Objects, texts and hints that are looked at, at most; and entries of one list, more than the cluster is asked about. */
const maxPlaces = 1000;
const maxEntries = 100;
const maxHints = 200;
/** How deep `{kubernetes: {pod: {name: …}}}` is read as `kubernetes.pod.name`. */
const maxPath = 3;

/** Maps that tools call labels; what is in them is as good as what stands beside them. */
const labelMaps: ReadonlySet<string> = new Set([
  'labels',
  'commonLabels',
  'groupLabels',
  'common_labels',
  'group_labels',
  'dimensions',
  'Dimensions',
  'custom_fields',
  'customFields',
]);
const tagFields: ReadonlySet<string> = new Set(['tags', 'Tags', 'tag_list']);
/** Other fields whose content is the alert itself: the alerts of a webhook, Alertmanager's and Grafana's text. */
const blocks: ReadonlySet<string> = new Set(['alerts', 'details', 'custom_details', 'firing', 'valueString']);
/** Sentences that people wrote for people. */
const sentences: ReadonlySet<string> = new Set([
  'annotations',
  'commonAnnotations',
  'summary',
  'description',
  'message',
  'title',
  'subject',
]);
/** What is over says nothing of what is wrong. */
const past: ReadonlySet<string> = new Set(['resolved', 'num_resolved']);

/**
 * What the alert says about its target, the best first: see {@link Trust}. Read are the target given with it, label maps, tags,
 * lists of names with values, Alertmanager's and Grafana's text, JSON inside of strings, any other field, the component and group
 * of PagerDuty's Common Event Format, sentences, and the name of the PagerDuty service. Never throws.
 */
export function targetHints(alert: Alert): TargetHint[] {
  const hints = [
    ...given(alert),
    ...detailHints(unfold(alert.details)),
    ...proseHints(alert.title, 'title'),
    ...serviceHint(alert.service),
  ];
  const seen = new Set<string>();
  return hints
    .map((hint, index) => ({ hint, index }))
    .sort((a, b) => trusts.indexOf(a.hint.trust) - trusts.indexOf(b.hint.trust) || a.index - b.index)
    .map(({ hint }) => withoutCredentials(hint))
    .filter(({ namespace, kind, name, cluster }) => {
      const key = JSON.stringify([namespace, kind, name, cluster]);
      return seen.size < seen.add(key).size;
    })
    .slice(0, maxHints);
}

/** What a hint is told by, and the cluster that it names, is anybody's text; names of objects are checked as such. */
function withoutCredentials(hint: TargetHint): TargetHint {
  const { source, cluster } = hint;
  return { ...hint, source: redact(source), ...(cluster === undefined ? {} : { cluster: redact(cluster) }) };
}

function given({ target }: Alert): TargetHint[] {
  if (target === undefined || !isName(target.name)) return [];
  if (target.namespace !== '' && !isNamespace(target.namespace)) return [];
  return [
    {
      ...(target.namespace === '' ? {} : { namespace: target.namespace }),
      kind: kindFor(target.kind) ?? target.kind,
      name: target.name,
      source: 'target of the alert',
      trust: 'given',
    },
  ];
}

/** One place inside the details. */
interface Place {
  readonly value: unknown;
  /** The key that leads to it; empty at the top. */
  readonly key: string;
  readonly trust: Trust;
}

/** Walks through the details, what stands at the top first. */
function detailHints(details: unknown): TargetHint[] {
  const hints: TargetHint[] = [];
  const places: Place[] = [{ value: details, key: '', trust: 'labelled' }];
  for (let at = 0; at < places.length && at < maxPlaces; at += 1) {
    const place = places[at];
    if (place !== undefined) places.push(...read(place, hints));
  }
  return hints;
}

/** Takes the hints of one place, and says where to go on. */
function read({ value, key, trust }: Place, hints: TargetHint[]): Place[] {
  const from = (word: string): string => (key === '' || labelMaps.has(key) ? word : `${word} ${key}`);
  if (typeof value === 'string') {
    if (sentences.has(key)) hints.push(...proseHints(value, key));
    for (const { pairs, prose } of textSections(value)) {
      hints.push(...hintsFromLabels(pairs, 'alert text', trust), ...proseHints(prose, 'annotation'));
    }
    return [];
  }
  if (Array.isArray(value)) {
    const pairs = tagFields.has(key) ? tagPairs(value) : namedValues(value);
    if (pairs === undefined) {
      return value.slice(0, maxEntries).map((item): Place => ({ value: item, key, trust }));
    }
    hints.push(...hintsFromLabels(pairs, tagFields.has(key) ? 'tag' : from('value'), trust));
    return [];
  }
  if (!isRecord(value) || isOver(value)) return [];
  const labels = Object.entries(value).filter(([name]) => !sentences.has(name));
  const word = trust === 'labelled' ? 'label' : 'field';
  hints.push(...hintsFromLabels([...labels, ...paths(value)], from(word), trust));
  hints.push(...componentHint(value));
  return Object.entries(value).flatMap(([name, inner]): Place[] => {
    if (past.has(name)) return [];
    if (tagFields.has(name) && !Array.isArray(inner)) {
      hints.push(...hintsFromLabels(tagPairs(inner) ?? [], 'tag', trust));
      return [];
    }
    if (sentences.has(name) && isRecord(inner)) {
      return Object.entries(inner).map(([, text]) => ({ value: text, key: 'summary', trust: 'mentioned' }));
    }
    // A short value is a label of this map; it is no text of its own.
    if (typeof inner === 'string' && !sentences.has(name) && !/[\s{]/.test(inner)) return [];
    const isBeside = trust === 'labelled' && (labelMaps.has(name) || tagFields.has(name) || blocks.has(name));
    return [{ value: inner, key: name, trust: isBeside ? 'labelled' : 'mentioned' }];
  });
}

/** One alert of a webhook that has ended. */
function isOver({ status, labels }: Record<string, unknown>): boolean {
  return status === 'resolved' && labels !== undefined;
}

/** `{kubernetes: {namespace: 'shop', pod: {name: 'a'}}}` as `kubernetes.namespace` and `kubernetes.pod.name`. */
function paths(value: Record<string, unknown>): [string, string][] {
  const found: [string, string][] = [];
  const walk = (inner: Record<string, unknown>, path: string, depth: number): void => {
    for (const [name, item] of Object.entries(inner)) {
      if (found.length >= maxHints) return;
      if (typeof item === 'string' && depth > 0) found.push([`${path}${name}`, item]);
      else if (isRecord(item) && depth < maxPath) walk(item, `${path}${name}.`, depth + 1);
    }
  };
  for (const name of ['kubernetes', 'k8s', 'kube']) {
    const inner = value[name];
    if (isRecord(inner)) walk(inner, `${name}.`, 1);
  }
  return found;
}

/**
 * The component and group of an event, in the names of the Events API and of the Common Event Format
 * (https://support.pagerduty.com/docs/pd-cef): free text, but often an object and its namespace.
 */
function componentHint(value: Record<string, unknown>): TargetHint[] {
  const name = value.source_component ?? value.component;
  const namespace = value.service_group ?? value.group;
  if (typeof name !== 'string' || typeof namespace !== 'string') return [];
  if (!isName(name) || !isNamespace(namespace)) return [];
  return [{ namespace, name, source: 'component and group', trust: 'written' }];
}

/** A PagerDuty service is often called like the application that it watches. */
function serviceHint(service: string | undefined): TargetHint[] {
  const name = service?.trim().toLowerCase().replace(/\s+/g, '-') ?? '';
  return isName(name) ? [{ name, source: 'PagerDuty service', trust: 'alike' }] : [];
}

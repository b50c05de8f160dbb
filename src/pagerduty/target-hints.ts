/** Reads from an alert which Kubernetes object it may be about. All of it is untrusted; a hint is checked against the cluster. */
import type { Alert, TargetHint } from '../domain/incident.ts';
import { hintsFromLabels, isName, isNamespace, kindFor } from './labels.ts';

/** Bounds on what is read, so that a hostile alert costs no more than a large one. */
const MAX_OBJECTS = 500;
const MAX_DEPTH = 6;
const MAX_TEXT = 100_000;

type Labels = [string, unknown][];

/**
 * What the alert says about its target, in order of trust: the target given with it, flat label maps, nested label maps,
 * Alertmanager's text, Datadog tags, Grafana's labels, any other field, the title, the service's name. Never throws.
 */
export function targetHints(alert: Alert): TargetHint[] {
  const details = alert.details;
  const hints = [
    ...given(alert),
    ...flat(details, 'label'),
    ...labelMaps(details),
    ...alertmanagerText(details),
    ...datadogTags(details),
    ...grafanaText(details),
    ...anywhere(details),
    ...titleHints(alert.title),
    ...serviceHint(alert.service),
  ];
  const seen = new Set<string>();
  return hints.filter(({ namespace, kind, name, cluster }) => {
    const key = JSON.stringify([namespace, kind, name, cluster]);
    return seen.size < seen.add(key).size;
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function given({ target }: Alert): TargetHint[] {
  if (target === undefined || !isNamespace(target.namespace) || !isName(target.name)) return [];
  return [
    {
      namespace: target.namespace,
      kind: kindFor(target.kind) ?? target.kind,
      name: target.name,
      source: 'target of the alert',
    },
  ];
}

function flat(value: unknown, source: string): TargetHint[] {
  return isRecord(value) ? hintsFromLabels(Object.entries(value), source) : [];
}

/** The maps that Alertmanager and Grafana webhooks call labels. */
function labelMaps(details: unknown): TargetHint[] {
  if (!isRecord(details)) return [];
  const alerts = Array.isArray(details.alerts) ? details.alerts.slice(0, MAX_OBJECTS).filter(isRecord) : [];
  return [
    ...flat(details.labels, 'label'),
    ...flat(details.commonLabels, 'common label'),
    ...flat(details.groupLabels, 'group label'),
    ...alerts.flatMap((one) => flat(one.labels, 'label')),
  ];
}

/** Alertmanager's PagerDuty template: `Labels:` and lines such as ` - namespace = shop`, once for each firing alert. */
function alertmanagerText(details: unknown): TargetHint[] {
  const text = typeof details === 'string' ? details : isRecord(details) ? details.firing : undefined;
  if (typeof text !== 'string') return [];
  return text
    .slice(0, MAX_TEXT)
    .split(/^\s*Labels:/m)
    .flatMap((section) => {
      const labels: Labels = [];
      for (const line of (section.split(/^\s*Annotations:/m)[0] ?? '').split('\n')) {
        const pair = /^\s*(?:[-*]\s*)?([A-Za-z][\w./-]{0,100})\s*[=:]\s*"?([^"\s]{1,300})"?\s*$/.exec(line);
        if (pair?.[1] !== undefined) labels.push([pair[1], pair[2]]);
      }
      // Also `namespace=shop deployment=checkout` in one line.
      for (const [, key = '', value] of section.matchAll(
        /(?<![\w./-])([A-Za-z][\w.]{0,60})="?([a-z0-9][a-z0-9./-]{0,252})"?/g,
      )) {
        labels.push([key, value]);
      }
      return hintsFromLabels(labels, 'alert text');
    });
}

/** Tags as a list or joined by commas: `kube_namespace:shop,kube_deployment:checkout`. */
function datadogTags(details: unknown): TargetHint[] {
  const tags = isRecord(details) ? details.tags : undefined;
  const list = typeof tags === 'string' ? tags.slice(0, MAX_TEXT).split(',') : tags;
  if (isRecord(list)) return hintsFromLabels(Object.entries(list), 'tag');
  if (!Array.isArray(list)) return [];
  const labels: Labels = [];
  for (const tag of list.slice(0, MAX_OBJECTS)) {
    if (typeof tag !== 'string') continue;
    const colon = tag.indexOf(':');
    if (colon > 0) labels.push([tag.slice(0, colon), tag.slice(colon + 1)]);
  }
  return hintsFromLabels(labels, 'Datadog tag');
}

/** Grafana's `valueString`: `[ var='A' labels={namespace=shop, pod=checkout-1} value=0 ]`. */
function grafanaText(details: unknown): TargetHint[] {
  if (!isRecord(details)) return [];
  return [details.valueString, details.values, details.value_string].flatMap((text) => {
    if (isRecord(text)) return flat(text, 'Grafana value');
    if (typeof text !== 'string') return [];
    return [...text.slice(0, MAX_TEXT).matchAll(/labels=\{([^{}]*)\}/g)]
      .slice(0, MAX_OBJECTS)
      .flatMap(([, list = '']) =>
        hintsFromLabels(
          list.split(',').map((pair): [string, unknown] => {
            const equals = pair.indexOf('=');
            return [pair.slice(0, equals), pair.slice(equals + 1)];
          }),
          'Grafana label',
        ),
      );
  });
}

/** Every object inside the details, taken as a label map, nearest first. */
function anywhere(details: unknown): TargetHint[] {
  const hints: TargetHint[] = [];
  const seen = new Set<unknown>();
  let level: unknown[] = [details];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth += 1) {
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null || seen.has(value) || seen.size >= MAX_OBJECTS)
        continue;
      seen.add(value);
      hints.push(...flat(value, 'field'));
      for (const child of Object.values(value)) next.push(child);
    }
    level = next;
  }
  return hints;
}

/** The title, as a last resort: `shop/checkout`, `deployment checkout`, `checkout in shop`. */
function titleHints(title: string): TargetHint[] {
  const text = title.slice(0, 1024);
  const hints: TargetHint[] = [];
  const add = (name: string, namespace?: string, kind?: string): void => {
    if (!isName(name) || (namespace !== undefined && !isNamespace(namespace))) return;
    hints.push({
      ...(namespace === undefined ? {} : { namespace }),
      ...(kind === undefined ? {} : { kind }),
      name,
      source: 'title',
    });
  };
  const namespace = /\b(?:namespace|ns)[\s:=]+["'`]?([a-z0-9][a-z0-9-]*)/i.exec(text)?.[1];
  for (const [, before = '', first = '', second = ''] of text.matchAll(
    /(?:\b([A-Za-z]+)[\s:]+)?["'`(]?\b([a-z0-9][\w-]*)\/([a-z0-9][a-z0-9.-]*[a-z0-9])/gi,
  )) {
    const typed = kindFor(first);
    if (typed === undefined) add(second, first, kindFor(before));
    else add(second, namespace, typed);
  }
  for (const [, word = '', name = '', place] of text.matchAll(
    /\b([A-Za-z]+)[\s:=]+["'`]?([a-z0-9][a-z0-9.-]*[a-z0-9])["'`]?(?:\s+in\s+(?:namespace\s+|ns\s+)?["'`]?([a-z0-9][a-z0-9-]*))?/g,
  )) {
    const kind = kindFor(word);
    if (kind !== undefined && name !== 'in' && name !== 'is' && name !== 'has')
      add(name, place ?? namespace, kind);
  }
  for (const [, name = '', place = ''] of text.matchAll(
    /["'`]?\b([a-z0-9][a-z0-9.-]*[a-z0-9])["'`]?\s+in\s+(?:namespace\s+|ns\s+)?["'`]?([a-z0-9][a-z0-9-]*)/g,
  )) {
    if (place !== 'namespace' && place !== 'ns') add(name, place);
  }
  return hints;
}

/** A PagerDuty service is often called like the application that it watches. */
function serviceHint(service: string | undefined): TargetHint[] {
  const name = service?.trim().toLowerCase().replace(/\s+/g, '-') ?? '';
  return isName(name) ? [{ name, source: 'PagerDuty service' }] : [];
}

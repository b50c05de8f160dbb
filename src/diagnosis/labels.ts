/** Label selectors (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors). */

export type Labels = Readonly<Record<string, string>>;

export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** Labels that controllers write: they tell one generation of pods from the next and are of no use to a Service. */
const generationLabels = new Set([
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
]);

/** A map as the API's query parameter. */
export function labelsToQuery(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** A workload's selector as the API's query parameter. */
export function selectorToQuery(selector: LabelSelector): string {
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    switch (operator) {
      case 'In':
        return `${key} in (${values.join(',')})`;
      case 'NotIn':
        return `${key} notin (${values.join(',')})`;
      case 'Exists':
        return key;
      default:
        return `!${key}`;
    }
  });
  return [labelsToQuery(selector.matchLabels ?? {}), ...expressions].filter((part) => part !== '').join(',');
}

/** Whether a Service's selector matches these labels; an empty selector matches nothing. */
export function matches(selector: Labels, labels: Labels | undefined): boolean {
  const entries = Object.entries(selector);
  return entries.length > 0 && entries.every(([key, value]) => labels?.[key] === value);
}

/** Whether a label selector matches these labels; an empty one matches everything. */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  const plain = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return (
    plain &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        default:
          return value === undefined;
      }
    })
  );
}

/** The labels that all of the given have, without those that controllers write. */
export function sharedLabels(all: readonly (Labels | undefined)[]): Labels {
  const [first = {}, ...rest] = all.map((labels) => labels ?? {});
  return Object.fromEntries(
    Object.entries(first).filter(
      ([key, value]) => !generationLabels.has(key) && rest.every((labels) => labels[key] === value),
    ),
  );
}

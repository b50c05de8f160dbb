/** Label selectors of objects as the query text of the Kubernetes API. */

/** A selector as workloads have it; Services and ReplicationControllers have a plain map of labels instead. */
interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/**
 * The text for a `spec.selector`, or undefined where it selects nothing in particular.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function labelSelectorText(selector: unknown): string | undefined {
  if (typeof selector !== 'object' || selector === null) return undefined;
  const plain = !('matchLabels' in selector) && !('matchExpressions' in selector);
  const { matchLabels = {}, matchExpressions = [] }: LabelSelector = plain
    ? { matchLabels: selector as Record<string, string> }
    : (selector as LabelSelector);
  const parts = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }) => {
      switch (operator) {
        case 'In':
          return `${key} in (${values.join(',')})`;
        case 'NotIn':
          return `${key} notin (${values.join(',')})`;
        case 'DoesNotExist':
          return `!${key}`;
        default:
          return key;
      }
    }),
  ];
  return parts.length === 0 ? undefined : parts.join(',');
}

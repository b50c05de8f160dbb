/**
 * Refusals of the API server that an application copied into its log
 * (https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb). A log can say anything:
 * what is read here may support what the cluster itself shows, and nothing else.
 */

export interface Refusal {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
}

/** In logs that are JSON the quotes have a backslash before them. */
const quote = '\\\\?"';
const form = new RegExp(
  `User ${quote}system:serviceaccount:([a-z0-9-]{1,63}):([a-z0-9.-]{1,253})${quote} cannot ([a-z]{1,20}) ` +
    `resource ${quote}([a-z0-9./-]{1,100})${quote} in API group ${quote}([a-z0-9.-]{0,253})${quote}`,
  'g',
);

/** Each refusal once. */
export function refusalsIn(log: string): Refusal[] {
  const found = new Map<string, Refusal>();
  for (const [
    text,
    namespace = '',
    serviceAccount = '',
    verb = '',
    resource = '',
    group = '',
  ] of log.matchAll(form)) {
    found.set(text, { namespace, serviceAccount, verb, group, resource });
  }
  return [...found.values()];
}

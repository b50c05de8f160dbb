/**
 * Why the API server does not let a controller make pods, from the message of its failure.
 * Source: the admission plugins ResourceQuota, LimitRanger, ServiceAccount, PodSecurity and webhooks
 * (https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/).
 */
import { parseQuantity } from './quantity.ts';

export type Refusal =
  | {
      readonly kind: 'quota-exceeded';
      readonly quota: string;
      /** What one more pod takes, by the quota's names for it (`pods`, `limits.cpu`), in base units. */
      readonly requested: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: 'must-specify';
      readonly quota: string;
      /** `limits.cpu`, `requests.memory`, … with the containers that do not say; none are named before Kubernetes 1.24. */
      readonly missing: readonly { readonly resource: string; readonly containers: readonly string[] }[];
    }
  | { readonly kind: 'limit-range' }
  | { readonly kind: 'service-account'; readonly name: string }
  | { readonly kind: 'pod-security' }
  | { readonly kind: 'other' };

/** Total: a message that is not understood is `other`. */
export function readRefusal(message: string): Refusal {
  // Whoever runs the webhook or wrote the policy words what follows: it may look like any other refusal.
  if (/admission webhook "|admissionpolicy /i.test(message)) return { kind: 'other' };
  const exceeded = /exceeded quota: ([^,\s]+), requested: (\S+?)(?:, used: |$)/.exec(message);
  if (exceeded !== null) {
    const [, quota = '', list = ''] = exceeded;
    return { kind: 'quota-exceeded', quota, requested: amountsOf(list) };
  }
  const unspecified = /failed quota: ([^:\s]+): must specify (.+?)\s*$/m.exec(message);
  if (unspecified !== null) {
    const [, quota = '', list = ''] = unspecified;
    return { kind: 'must-specify', quota, missing: missingOf(list) };
  }
  if (/violates PodSecurity|unable to validate against any (?:pod )?security/i.test(message))
    return { kind: 'pod-security' };
  const account = /serviceaccount "([^"]+)" not found/.exec(message)?.[1];
  if (account !== undefined) return { kind: 'service-account', name: account };
  if (/(?:maximum|minimum) \S+ usage per |limit to request ratio/.test(message))
    return { kind: 'limit-range' };
  return { kind: 'other' };
}

/** `pods=1,requests.cpu=500m` in base units; what is no amount is left out. */
function amountsOf(list: string): Record<string, number> {
  return Object.fromEntries(
    list.split(',').flatMap((pair): [string, number][] => {
      const [name = '', value] = pair.split('=');
      const amount = parseQuantity(value);
      return name === '' || amount === undefined ? [] : [[name, amount]];
    }),
  );
}

/** `limits.cpu for: app,proxy; limits.memory for: app`, or before 1.24 `limits.cpu,limits.memory`. */
function missingOf(list: string): { resource: string; containers: string[] }[] {
  return list.split(';').flatMap((part) => {
    const [, resource, containers] = /^\s*(\S+) for: (\S+)\s*$/.exec(part) ?? [];
    if (resource !== undefined && containers !== undefined)
      return [{ resource, containers: containers.split(',') }];
    return part
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => ({ resource: name, containers: [] }));
  });
}

/** The columns of what a person seldom looks at. Source: k8s.io/kubernetes pkg/printers/internalversion. */
import type {
  V1Ingress,
  V1IngressClass,
  V1Lease,
  V1NetworkPolicy,
  V1RoleBinding,
  V1ServiceAccount,
} from '@kubernetes/client-node';
import { selectorText } from '../scale.ts';
import { age, column, createdAt, name, plain, type Column } from './column.ts';

const subjects = ({ subjects: all = [] }: V1RoleBinding, kind: string): string =>
  all
    .filter((one) => one.kind === kind)
    .map((one) => (kind === 'ServiceAccount' ? `${one.namespace}/${one.name}` : one.name))
    .join(', ');

const binding: readonly Column[] = [
  name,
  column<V1RoleBinding>('Role', ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`),
  age,
  plain<V1RoleBinding>('Users', (one) => subjects(one, 'User')),
  plain<V1RoleBinding>('Groups', (one) => subjects(one, 'Group')),
  plain<V1RoleBinding>('ServiceAccounts', (one) => subjects(one, 'ServiceAccount')),
];

const role: readonly Column[] = [name, createdAt];

export const furtherColumns: Readonly<Record<string, readonly Column[]>> = {
  ServiceAccount: [name, column<V1ServiceAccount>('Secrets', ({ secrets = [] }) => secrets.length), age],
  Lease: [name, column<V1Lease>('Holder', ({ spec }) => spec?.holderIdentity), age],
  Role: role,
  ClusterRole: role,
  RoleBinding: binding,
  ClusterRoleBinding: binding,
  NetworkPolicy: [
    name,
    column<V1NetworkPolicy>('Pod-Selector', ({ spec }) => selectorText(spec?.podSelector)),
    age,
  ],
  IngressClass: [
    name,
    column<V1IngressClass>('Controller', ({ spec }) => spec?.controller),
    column<V1IngressClass>('Parameters', ({ spec }) =>
      spec?.parameters === undefined ? undefined : `${spec.parameters.kind}/${spec.parameters.name}`,
    ),
    age,
  ],
  Ingress: [
    name,
    column<V1Ingress>('Class', ({ spec }) => spec?.ingressClassName),
    column<V1Ingress>(
      'Hosts',
      ({ spec }) =>
        (spec?.rules ?? [])
          .map(({ host }) => host ?? '')
          .filter((host) => host !== '')
          .join(',') || '*',
    ),
    { ...plain<V1Ingress>('Address', addressOf), priority: 0 },
    column<V1Ingress>('Ports', ({ spec }) => ((spec?.tls ?? []).length > 0 ? '80, 443' : '80')),
    age,
  ],
};

function addressOf({ status }: V1Ingress): string {
  return (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '').join(',');
}

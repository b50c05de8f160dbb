/**
 * An Ingress that nobody serves, that leads nowhere or has no certificate: IngressClassNotFound, IngressBackendNotFound,
 * IngressSecretNotFound.
 * Source: https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class and #the-ingress-resource
 */
import { refOf } from '../pods.ts';
import type { Backend, IngressView } from '../sources/ingresses.ts';
import { exists } from '../sources/source.ts';
import { fieldEvidence, type FindingRule } from './rule.ts';

/** Only `spec.ingressClassName` must name an object: the older annotation is a word between people and a controller. */
export const ingressClassNotFound: FindingRule<'ingresses'> = ({ surroundings }) =>
  surroundings.ingresses.flatMap(({ ingress, ingressClass, classes }) => {
    if (ingressClass !== 'absent') return [];
    const wanted = String(ingress['spec']?.ingressClassName);
    const there = classes?.map(({ metadata }) => metadata.name);
    return [
      {
        name: 'IngressClassNotFound',
        target: refOf(ingress),
        summary: `Ingress ${ingress.metadata.name} names the class ${wanted}, which does not exist: no controller serves it`,
        evidence: [
          fieldEvidence(
            ingress,
            'spec.ingressClassName',
            `class of ${ingress.metadata.name}: ${wanted}`,
            wanted,
          ),
          ...(there === undefined
            ? []
            : [
                {
                  source: { type: 'list' as const, ref: { kind: 'IngressClass', name: '*' } },
                  summary: `classes that exist: ${there.slice(0, 10).join(', ') || 'none'}`,
                  detail: JSON.stringify(there),
                },
              ]),
        ],
      },
    ];
  });

/** Backends whose Service, or whose port of it, does not exist. */
export function brokenBackends({ backends }: IngressView): (Backend & { readonly why: string })[] {
  return backends.flatMap(({ service, port, seen }) => {
    if (seen === 'absent') return [{ service, port, why: `Service ${service} does not exist` }];
    if (!exists(seen) || port === undefined || seen['spec']?.type === 'ExternalName') return [];
    const ports = (seen['spec']?.ports ?? []) as { name?: string; port: number }[];
    return ports.some((one) => one.port === port || one.name === port)
      ? []
      : [{ service, port, why: `Service ${service} has no port ${port}` }];
  });
}

export const ingressBackendNotFound: FindingRule<'ingresses'> = ({ surroundings }) =>
  surroundings.ingresses.flatMap((view) => {
    const broken = brokenBackends(view);
    const { ingress } = view;
    if (broken.length === 0) return [];
    return [
      {
        name: 'IngressBackendNotFound',
        target: refOf(ingress),
        summary: `Ingress ${ingress.metadata.name} leads nowhere: ${broken.map(({ why }) => why).join(', ')}`,
        evidence: [
          fieldEvidence(
            ingress,
            'spec.rules',
            `backends of ${ingress.metadata.name}: ${broken.map(({ why }) => why).join(', ')}`,
            ingress['spec']?.rules ?? ingress['spec']?.defaultBackend ?? [],
          ),
        ],
      },
    ];
  });

export const ingressSecretNotFound: FindingRule<'certificates'> = ({ surroundings }) =>
  surroundings.certificates.map(({ ingress, missing }) => ({
    name: 'IngressSecretNotFound',
    target: refOf(ingress),
    summary: `Ingress ${ingress.metadata.name} has no certificate: Secret ${missing.join(', ')} does not exist`,
    evidence: [
      fieldEvidence(
        ingress,
        'spec.tls',
        `certificates of ${ingress.metadata.name}: Secret ${missing.join(', ')} is missing`,
        ingress['spec']?.tls ?? [],
      ),
    ],
  }));

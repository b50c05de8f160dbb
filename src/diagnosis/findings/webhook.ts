/**
 * WebhookUnavailable: pods cannot be created because an admission webhook that must be asked does not answer.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy
 */
import { describeRef } from '../../domain/kubernetes.ts';
import { refOf } from '../pods.ts';
import { fieldEvidence, type FindingRule } from './rule.ts';

export const webhookUnavailable: FindingRule<'webhooks'> = ({ surroundings, workload }) =>
  surroundings.webhooks.flatMap(({ webhook, configuration, service, ready }) => {
    if (service === undefined || ready !== 0) return [];
    return [
      {
        name: 'WebhookUnavailable',
        target: refOf(configuration),
        ...(workload === undefined ? {} : { alsoAbout: [refOf(workload)] }),
        summary: `Nothing passes the admission webhook ${webhook}: ${describeRef(service)} behind it has no ready endpoint, and its failure policy is Fail`,
        evidence: [
          fieldEvidence(
            configuration,
            `webhooks[${webhook}]`,
            `webhook ${webhook}: failure policy Fail, asked of ${describeRef(service)}`,
            { webhook, service, failurePolicy: 'Fail' },
          ),
          fieldEvidence(
            { kind: 'Endpoints', metadata: { name: service.name, namespace: service.namespace ?? '' } },
            'subsets',
            `endpoints of ${describeRef(service)}: ${ready} ready`,
            { ready },
          ),
        ],
      },
    ];
  });

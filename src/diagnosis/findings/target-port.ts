/**
 * TargetPortMismatch: a Service leads to a port that its pods do not have.
 * Source: https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports
 */
import { describePort, mismatches } from '../ports.ts';
import { refOf } from '../pods.ts';
import { fieldEvidence, type FindingRule } from './rule.ts';

export const targetPortMismatch: FindingRule = (state) =>
  state.services.flatMap(({ service }) => {
    const wrong = mismatches(service, state);
    const [first] = wrong;
    if (first === undefined) return [];
    const { name } = service.metadata;
    const declared = first.declared.map(describePort).join(', ') || 'none';
    return [
      {
        name: 'TargetPortMismatch',
        target: refOf(service),
        summary: `Service ${name} leads to port ${first.targetPort}, which none of its pods' containers has`,
        evidence: [
          fieldEvidence(
            service,
            'spec.ports',
            `Service ${name}: ${wrong.map(({ port, targetPort }) => `port ${port} leads to ${targetPort}`).join(', ')}`,
            service['spec']?.ports ?? [],
          ),
          fieldEvidence(
            first.pod,
            'spec.containers[*].ports',
            `ports of the containers of ${first.pod.metadata.name}: ${declared}`,
            first.declared,
          ),
        ],
      },
    ];
  });

/**
 * NoEndpoints: a Service has nobody to send traffic to.
 * Source: https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#does-the-service-have-any-endpointslices
 */
import { sameRef } from '../../domain/kubernetes.ts';
import { labelsToQuery, matches } from '../labels.ts';
import { refOf } from '../pods.ts';
import { hasSelector, podLabels, selectorOf } from '../read.ts';
import type { CoreState, ServiceView } from '../snapshot.ts';
import { fieldEvidence, type FindingRule } from './rule.ts';

/**
 * Services without a ready endpoint. Beside a workload only those count that select no pod at all although they carry its name:
 * that a Service has no endpoint while all its pods crash is no finding of its own.
 */
export function servicesWithoutEndpoints(state: CoreState): ServiceView[] {
  return state.services.filter(({ service, endpoints, selected }) => {
    if (!hasSelector(service) || endpoints === undefined || endpoints.ready > 0) return false;
    if (
      sameRef(refOf(service), { kind: 'Service', namespace: state.target.namespace, name: state.target.name })
    ) {
      return state.target.kind === 'Service' || isAstray(state, service, selected);
    }
    return isAstray(state, service, selected);
  });
}

function isAstray(state: CoreState, service: ServiceView['service'], selected: number | undefined): boolean {
  const labels = state.workload && podLabels(state.workload);
  return selected === 0 && !matches(selectorOf(service), labels);
}

export const noEndpoints: FindingRule = (state) =>
  servicesWithoutEndpoints(state).map(({ service, endpoints, selected }) => {
    const selector = labelsToQuery(selectorOf(service));
    return {
      name: 'NoEndpoints',
      target: refOf(service),
      summary:
        selected === 0
          ? `Service ${service.metadata.name} has no endpoints: its selector ${selector} matches no pod`
          : `Service ${service.metadata.name} has no ready endpoint: none of the pods that it selects is ready`,
      evidence: [
        fieldEvidence(
          { kind: 'Endpoints', metadata: { name: service.metadata.name, namespace: state.target.namespace } },
          'subsets',
          `endpoints of ${service.metadata.name}: ${endpoints?.ready ?? 0} ready, ${endpoints?.notReady ?? 0} not ready`,
          endpoints ?? {},
        ),
        fieldEvidence(
          service,
          'spec.selector',
          `selector ${selector} matches ${selected === undefined ? 'an unknown number of' : selected === 5 ? '5 or more' : selected} pods`,
          selectorOf(service),
        ),
      ],
    };
  });

/** What was observed around a workload, as evidence that an analyst may cite, whether anything is wrong with it or not. */
import { scalingConditions, scalingOf } from './autoscaling.ts';
import { fieldEvidence, type EvidenceDraft } from './findings/rule.ts';
import type { Surroundings } from './surroundings.ts';

const shownPolicies = 3;

export function surroundingEvidence(surroundings: Surroundings): EvidenceDraft[] {
  const { autoscalers, claims, ingresses, jobs, policies } = surroundings;
  const cronJob = jobs?.cronJob;
  return [
    ...autoscalers.map(({ autoscaler }) => {
      const scaling = scalingOf(autoscaler);
      return fieldEvidence(
        autoscaler,
        'status',
        `autoscaler ${autoscaler.metadata.name}: ${scaling.currentReplicas} of ${scaling.minReplicas} to ${scaling.maxReplicas} replicas, wishes for ${scaling.desiredReplicas}`,
        { ...scaling, conditions: scalingConditions(autoscaler) },
      );
    }),
    ...claims.map(({ claim }) =>
      fieldEvidence(
        claim,
        'status.phase',
        `claim ${claim.metadata.name}: ${claim['status']?.phase ?? 'unknown'}`,
        claim['status'] ?? {},
      ),
    ),
    ...ingresses.map(({ ingress }) =>
      fieldEvidence(
        ingress,
        'spec',
        `Ingress ${ingress.metadata.name}: class ${ingress['spec']?.ingressClassName ?? 'not named'}`,
        ingress['spec'] ?? {},
      ),
    ),
    ...(cronJob === undefined
      ? []
      : [
          fieldEvidence(
            cronJob,
            'spec',
            `CronJob ${cronJob.metadata.name}: ${cronJob['spec']?.schedule}, last started ${cronJob['status']?.lastScheduleTime ?? 'never'}`,
            { ...cronJob['spec'], status: cronJob['status'] },
          ),
        ]),
    ...policies
      .slice(0, shownPolicies)
      .map((policy) =>
        fieldEvidence(
          policy,
          'spec',
          `NetworkPolicy ${policy.metadata.name} selects the pods`,
          policy['spec'] ?? {},
        ),
      ),
  ];
}

/** What a plan's changes are about, as words that can be compared: runs with one in common are about the same trouble. Pure. */
import type { Evidence } from '../domain/diagnosis.ts';
import { describeRef, type ObjectRef } from '../domain/kubernetes.ts';
import type { Step } from '../domain/plan.ts';

/** Kinds of objects that many workloads lead to: where a change rests on one of them, it is what all of them suffer from. */
const shared: ReadonlySet<string> = new Set([
  'Node',
  'ResourceQuota',
  'LimitRange',
  'ConfigMap',
  'Secret',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'StorageClass',
  'IngressClass',
  'NetworkPolicy',
  'ServiceAccount',
  'Role',
  'ClusterRole',
  'PriorityClass',
]);

/**
 * The findings that the changes would end, the objects that they would change, and what many share of what they rest on.
 * @param evidence what the steps cite
 */
export function causesOf(steps: readonly Step[], evidence: readonly Evidence[] = []): string[] {
  const causes = steps
    .filter(({ risk, decision }) => risk.mutates && !risk.rejected && goesOn.has(decision.outcome))
    .flatMap((step) => {
      const cited = evidence
        .filter(({ id }) => step.evidence.includes(id))
        .flatMap(({ source }) => ofSource(source));
      return [
        ...(step.finding === undefined ? [] : [`${step.finding.name} ${describeRef(step.finding.target)}`]),
        ...[...step.risk.targets, ...cited].map(describeRef),
      ];
    });
  return [...new Set(causes)];
}

const goesOn: ReadonlySet<string> = new Set(['execute', 'ask']);

function ofSource(source: Evidence['source']): ObjectRef[] {
  return 'ref' in source && shared.has(source.ref.kind) && source.ref.name !== '*' ? [source.ref] : [];
}

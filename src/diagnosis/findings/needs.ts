/** Which parts of the surroundings each rule looks at: what else cannot be read must not keep a finding from being judged again. */
import type { FindingName } from '../../domain/diagnosis.ts';
import type { SurroundingName } from '../surroundings.ts';

const needs: Readonly<Partial<Record<FindingName, readonly SurroundingName[]>>> = {
  NodeNotReady: ['nodes'],
  NodePressure: ['nodes'],
  FailedMount: ['warnings'],
  FailedCreate: ['warnings'],
  Unhealthy: ['warnings'],
  WebhookUnavailable: ['webhooks'],
  ProvisioningFailed: ['claims'],
  ClaimUnbound: ['claims'],
  ClaimLost: ['claims'],
  Forbidden: ['access'],
  BackoffLimitExceeded: ['jobs'],
  DeadlineExceeded: ['jobs'],
  JobFailed: ['jobs'],
  IngressClassNotFound: ['ingresses'],
  IngressBackendNotFound: ['ingresses'],
  IngressSecretNotFound: ['ingresses', 'certificates'],
  FailedGetScale: ['autoscalers'],
  FailedGetResourceMetric: ['autoscalers'],
  FailedGetMetric: ['autoscalers'],
  TooManyReplicas: ['autoscalers'],
};

/** What has to be read to judge one finding. */
export function surroundingsFor(finding: FindingName): ReadonlySet<SurroundingName> {
  return new Set(needs[finding] ?? []);
}

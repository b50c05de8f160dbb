/** Verifications in words. */
import { describeRef } from '../domain/kubernetes.ts';
import type { Verification } from '../domain/plan.ts';

/** One sentence for people: what is watched for after the command ran. */
export function describeVerification(verification: Verification): string {
  switch (verification.type) {
    case 'rollout':
      return `The rollout of ${describeRef(verification.target)} is complete, all its replicas are ready, and no container restarts.`;
    case 'replicas':
      return verification.replicas === 0
        ? `${describeRef(verification.target)} has no replicas left.`
        : `${describeRef(verification.target)} runs ${verification.replicas} ready ${verification.replicas === 1 ? 'replica' : 'replicas'}.`;
    case 'pod-replaced':
      return `${describeRef(verification.target)} is gone and its controller's replacement is ready.`;
    case 'endpoints':
      return `${describeRef(verification.target)} has ready endpoints.`;
    case 'exists':
      return `What was wrong with ${describeRef(verification.target)} is gone.`;
    case 'autoscaled':
      return `${describeRef(verification.target)} has as many replicas as the load needs, and may make more.`;
    case 'job-complete':
      return `${describeRef(verification.target)} is complete.`;
    case 'restored':
      return `${describeRef(verification.target)} asks again for exactly what it asked for before.`;
    case 'none':
      return 'The command only has to succeed.';
  }
}

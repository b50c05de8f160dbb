/** The controllers of the practice cluster, started together. A real control plane has its own. */
import type { KubeClient } from '../client.ts';
import type { Clock } from '../clock.ts';
import { startAutoscaler } from './autoscaler.ts';
import { startDeploymentController } from './deployment.ts';
import { startEndpointsController } from './endpoints.ts';
import { startJobController } from './job.ts';
import { startNodeLifecycleController } from './node-lifecycle.ts';
import { startQuotaController } from './quota.ts';
import { startReplicaSetController } from './replicaset.ts';
import { startScheduler } from './scheduler.ts';
import { startVolumeClaimController } from './volume-claims.ts';
import { startVolumeProtection } from './volume-protection.ts';

export interface ControllerOptions {
  readonly client: KubeClient;
  /** Its waits are back-offs, deadlines and settle times; its speed is theirs. */
  readonly clock: Clock;
  /** Ends them. */
  readonly signal: AbortSignal;
  /** Is told of failures; whatever failed is tried again. */
  readonly report: (error: unknown, key: string) => void;
}

export function startControllers(options: ControllerOptions): void {
  startDeploymentController(options);
  startAutoscaler(options);
  startReplicaSetController(options);
  startScheduler(options);
  startEndpointsController(options);
  startJobController(options);
  startQuotaController(options);
  startVolumeClaimController(options);
  startVolumeProtection(options);
  startNodeLifecycleController(options);
}

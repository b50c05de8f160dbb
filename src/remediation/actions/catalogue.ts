/** All actions by name, and what may be asked of a call whose action is only known at run time. */
import type { ActionCall, ActionName } from '../../domain/action.ts';
import type { Evidence, FindingName } from '../../domain/diagnosis.ts';
import type { KubeObject, ObjectRef } from '../../domain/kubernetes.ts';
import type { Verification } from '../../domain/plan.ts';
import type { Action } from '../action.ts';
import { checkConfigmapsSecrets } from './check-configmaps-secrets.ts';
import { checkDependencies } from './check-dependencies.ts';
import { checkResourceQuotas } from './check-resource-quotas.ts';
import { customCommand } from './custom-command.ts';
import { drainNode } from './drain-node.ts';
import { fixIngressClass } from './fix-ingress-class.ts';
import { fixNodeSelector } from './fix-node-selector.ts';
import { fixProbe } from './fix-probe.ts';
import { fixRoleResource } from './fix-role-resource.ts';
import { fixServicePort } from './fix-service-port.ts';
import { fixServiceSelector } from './fix-service-selector.ts';
import { increaseCpuLimits } from './increase-cpu-limits.ts';
import { increaseMemoryLimit } from './increase-memory-limit.ts';
import { raiseHpaMaximum } from './raise-hpa-maximum.ts';
import { restartDeployment } from './restart-deployment.ts';
import { restartPod } from './restart-pod.ts';
import { rollbackDeployment } from './rollback-deployment.ts';
import { runCronJob } from './run-cron-job.ts';
import { scaleDeployment } from './scale-deployment.ts';
import { setImage } from './set-image.ts';
import { setResourceLimits } from './set-resource-limits.ts';
import { setResourceRequests } from './set-resource-requests.ts';
import { verifyServiceConfig } from './verify-service-config.ts';

/** Every remediation there is. */
export const catalogue: { readonly [N in ActionName]: Action<N> } = {
  restart_pod: restartPod,
  scale_deployment: scaleDeployment,
  increase_memory_limit: increaseMemoryLimit,
  increase_cpu_limits: increaseCpuLimits,
  set_resource_limits: setResourceLimits,
  set_resource_requests: setResourceRequests,
  fix_probe: fixProbe,
  fix_node_selector: fixNodeSelector,
  drain_node: drainNode,
  rollback_deployment: rollbackDeployment,
  restart_deployment: restartDeployment,
  set_image: setImage,
  fix_service_selector: fixServiceSelector,
  fix_service_port: fixServicePort,
  raise_hpa_maximum: raiseHpaMaximum,
  fix_ingress_class: fixIngressClass,
  fix_role_resource: fixRoleResource,
  run_cron_job: runCronJob,
  check_configmaps_secrets: checkConfigmapsSecrets,
  check_dependencies: checkDependencies,
  check_resource_quotas: checkResourceQuotas,
  verify_service_config: verifyServiceConfig,
  custom_command: customCommand,
};

const entries = Object.values(catalogue);

/** Which findings each action can make go away. */
export const answers = Object.fromEntries(entries.map((action) => [action.name, action.answers])) as Record<
  ActionName,
  readonly FindingName[]
>;

/** What each action does, in one sentence for people and for the model. */
export const descriptions = Object.fromEntries(
  entries.map((action) => [action.name, action.description]),
) as Record<ActionName, string>;

/** The catalogue entry of an action. */
export function actionOf<N extends ActionName>(name: N): (typeof catalogue)[N] {
  return catalogue[name];
}

/** A call's own parameters always fit its own action: `ActionCall` pairs them. */
function entryOf(call: ActionCall): Action<ActionName> {
  return catalogue[call.action];
}

/** The kubectl command of a call; argv[0] is `kubectl`. */
export function commandOf(call: ActionCall): readonly string[] {
  return entryOf(call).command(call.parameters);
}

/** When a call counts as verified. */
export function verificationOf(call: ActionCall): Verification {
  return entryOf(call).verification(call.parameters);
}

/** What the output of a call is evidence of; undefined where it does more than read. */
export function readsOf(call: ActionCall): Pick<Evidence, 'source' | 'summary'> | undefined {
  return entryOf(call).reads?.(call.parameters);
}

/**
 * Why a call would do no good on the objects as they are; undefined where it may.
 * @param before the objects of {@link touchesOf}
 */
export function obstacleOf(call: ActionCall, before: readonly KubeObject[]): string | undefined {
  return entryOf(call).obstacle?.(call.parameters, before);
}

/** The objects that a call touches: to be read before it runs. */
export function touchesOf(call: ActionCall): readonly ObjectRef[] {
  return entryOf(call).touches(call.parameters);
}

/** The object that a call is about. */
export function targetOf(call: ActionCall): ObjectRef {
  return entryOf(call).target(call.parameters);
}

/**
 * The way back from a call, or undefined where there is none or nothing to take back.
 * @param before the objects of {@link touchesOf} as they were
 */
export function undoOf(
  call: ActionCall,
  before: readonly KubeObject[],
): { readonly argv: readonly string[]; readonly summary: string } | undefined {
  return entryOf(call).undo(call.parameters, before);
}

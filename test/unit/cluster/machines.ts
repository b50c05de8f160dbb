/** Nodes, quotas and pods that find no node, as an API server would send them. */
import type { KubeObject } from '../../../src/domain/kubernetes.ts';
import { ago, namespace, pod, type PodOptions } from './shop.ts';

export interface NodeOptions {
  readonly labels?: Record<string, string>;
  readonly ready?: 'True' | 'False' | 'Unknown';
  readonly cpu?: string;
  readonly memory?: string;
  readonly spec?: Record<string, unknown>;
  readonly conditions?: object[];
}

export function node(
  name: string,
  { labels = {}, ready = 'True', cpu = '4', memory = '8Gi', spec = {}, conditions = [] }: NodeOptions = {},
): KubeObject {
  return {
    kind: 'Node',
    metadata: { name, uid: `n-${name}`, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec,
    status: {
      allocatable: { cpu, memory, pods: '110' },
      conditions: [{ type: 'Ready', status: ready, lastTransitionTime: ago(900) }, ...conditions],
    },
  };
}

/** A pod of revision `number` that the scheduler has found no node for. */
export function pending(
  name: string,
  number: number,
  message: string,
  { spec = {}, reason = 'Unschedulable', ...options }: PodOptions & { spec?: object; reason?: string } = {},
): KubeObject {
  const one = pod(name, number, {}, options);
  return {
    ...one,
    spec: { ...one['spec'], nodeName: undefined, ...spec },
    status: {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason, message, lastTransitionTime: ago(300) }],
    },
  };
}

export function quota(name: string, hard: Record<string, string>, used: Record<string, string>): KubeObject {
  return { kind: 'ResourceQuota', metadata: { namespace, name }, spec: { hard }, status: { hard, used } };
}

/** A Deployment's condition that its pods cannot be made. */
export const cannotCreate = (message: string): object => ({
  type: 'ReplicaFailure',
  status: 'True',
  reason: 'FailedCreate',
  message,
});

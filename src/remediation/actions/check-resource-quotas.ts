/** Looks what a namespace may still use, and what it puts into pods that do not say. */
import type { Action } from '../action.ts';
import { deploymentRef } from './workload.ts';

export const checkResourceQuotas: Action<'check_resource_quotas'> = {
  name: 'check_resource_quotas',
  description:
    "Shows the quotas and limit ranges of a Deployment's namespace with what is used of them. Changes nothing.",
  answers: [],
  target: deploymentRef,
  command: ({ namespace }) => ['kubectl', 'describe', 'resourcequotas,limitranges', '-n', namespace],
  touches: () => [],
  verification: () => ({ type: 'none' }),
  reads: ({ namespace }) => ({
    source: { type: 'list', ref: { kind: 'ResourceQuota', namespace, name: '*' } },
    summary: `What namespace ${namespace} may use, and what it uses`,
  }),
  undo: () => undefined,
};

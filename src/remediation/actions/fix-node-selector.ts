/** Sets which labels a node must have to run the pods of a Deployment. */
import type { Action } from '../action.ts';
import { deploymentRef, objectBefore } from './workload.ts';

/** `add` also replaces what is there; an empty selector lets the pods run on any node. */
const patch = (namespace: string, deployment: string, operation: object): readonly string[] => [
  'kubectl',
  'patch',
  `deployment/${deployment}`,
  '--type=json',
  '-p',
  JSON.stringify([{ path: '/spec/template/spec/nodeSelector', ...operation }]),
  '-n',
  namespace,
];

export const fixNodeSelector: Action<'fix_node_selector'> = {
  name: 'fix_node_selector',
  description:
    'Sets the node selector of a Deployment to the given labels (none: any node) and rolls it out.',
  answers: ['FailedScheduling'],
  target: deploymentRef,
  command: ({ namespace, deployment, selector }) =>
    patch(namespace, deployment, { op: 'add', value: selector }),
  touches: (parameters) => [deploymentRef(parameters)],
  verification: (parameters) => ({ type: 'rollout', target: deploymentRef(parameters) }),
  undo: ({ namespace, deployment, selector }, before) => {
    const workload = objectBefore(before, deploymentRef({ namespace, deployment }));
    if (workload === undefined) return undefined;
    const old: Readonly<Record<string, string>> = workload.spec?.template?.spec?.nodeSelector ?? {};
    const keys = new Set([...Object.keys(old), ...Object.keys(selector)]);
    if ([...keys].every((key) => old[key] === selector[key])) return undefined;
    const labels = Object.entries(old).map(([key, value]) => `${key}=${value}`);
    return labels.length === 0
      ? {
          argv: patch(namespace, deployment, { op: 'remove' }),
          summary: `Removes the node selector of ${deployment}, which had none.`,
        }
      : {
          argv: patch(namespace, deployment, { op: 'add', value: old }),
          summary: `Sets the node selector of ${deployment} back to ${labels.join(',')}.`,
        };
  },
};

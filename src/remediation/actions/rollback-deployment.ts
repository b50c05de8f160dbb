/** Takes a Deployment back to an earlier revision. */
import type { Action } from '../action.ts';
import { deploymentRef, objectBefore } from './workload.ts';

/** Where the Deployment controller notes the revision that a Deployment is at. */
const revisionAnnotation = 'deployment.kubernetes.io/revision';

const undoTo = (namespace: string, deployment: string, revision: number): readonly string[] => [
  'kubectl',
  'rollout',
  'undo',
  `deployment/${deployment}`,
  `--to-revision=${revision}`,
  '-n',
  namespace,
];

export const rollbackDeployment: Action<'rollback_deployment'> = {
  name: 'rollback_deployment',
  description: 'Rolls a Deployment back to the pod template of an earlier revision.',
  answers: [
    'CrashLoopBackOff',
    'ImagePullBackOff',
    'CreateContainerConfigError',
    'FailedMount',
    'FailedScheduling',
    'FailedCreate',
    'Unhealthy',
    'RolloutStuck',
  ],
  target: deploymentRef,
  command: ({ namespace, deployment, revision }) => undoTo(namespace, deployment, revision),
  touches: (parameters) => [deploymentRef(parameters)],
  verification: (parameters) => ({ type: 'rollout', target: deploymentRef(parameters) }),
  undo: (parameters, before) => {
    const deployment = objectBefore(before, deploymentRef(parameters));
    const revision = Number(deployment?.metadata.annotations?.[revisionAnnotation]);
    if (!Number.isInteger(revision) || revision < 1 || revision === parameters.revision) return undefined;
    // With a history of 0 the revision left behind is deleted at once: there is nothing to go back to.
    if (deployment?.spec?.revisionHistoryLimit === 0) return undefined;
    return {
      argv: undoTo(parameters.namespace, parameters.deployment, revision),
      summary: `Rolls ${parameters.deployment} forward again to revision ${revision}.`,
    };
  },
};

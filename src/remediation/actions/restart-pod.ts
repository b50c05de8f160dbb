/** Deletes a pod that a controller owns, so that the controller makes another one. */
import type { Action } from '../action.ts';
import { controllerOf } from '../conditions/pod-replaced.ts';

export const restartPod: Action<'restart_pod'> = {
  name: 'restart_pod',
  description: 'Deletes one pod of a controller, which then starts a new one in its place.',
  // The kubelet restarts a failing container by itself: a new pod from the same template removes no known symptom.
  answers: [],
  target: ({ namespace, pod }) => ({ kind: 'Pod', namespace, name: pod }),
  command: ({ namespace, pod }) => ['kubectl', 'delete', `pod/${pod}`, '-n', namespace],
  touches: ({ namespace, pod }) => [{ kind: 'Pod', namespace, name: pod }],
  verification: ({ namespace, pod }) => ({
    type: 'pod-replaced',
    target: { kind: 'Pod', namespace, name: pod },
  }),
  obstacle: ({ namespace, pod }, before) =>
    before.some((one) => one.kind === 'Pod' && controllerOf(one) === undefined)
      ? `No controller owns Pod ${namespace}/${pod}: nothing would start it again.`
      : undefined,
  undo: () => undefined,
};

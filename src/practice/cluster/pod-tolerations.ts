/** How long a pod stays on a node that has gone silent: five minutes, unless it says otherwise. Admission adds it to every new pod. */
import type { V1PodSpec, V1Toleration } from '@kubernetes/client-node';

const silent = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
const seconds = 300;

/** Adds what is missing to a pod's tolerations, in place. */
export function defaultTolerations(spec: V1PodSpec): void {
  const heeds = ({ key, effect }: V1Toleration, taint: string): boolean =>
    (key ?? '') === taint && ((effect ?? '') === '' || effect === 'NoExecute');
  const anything = ({ key, effect }: V1Toleration): boolean =>
    (key ?? '') === '' && ((effect ?? '') === '' || effect === 'NoExecute');
  for (const key of silent) {
    const known = spec.tolerations ?? [];
    if (known.some((one) => heeds(one, key) || anything(one))) continue;
    spec.tolerations = [
      ...known,
      { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: seconds },
    ];
  }
}

/** Which nodes a pod may run on, and what it asks of them, as the scheduler sees it (https://kubernetes.io/docs/concepts/scheduling-eviction/). */
import type { KubeObject } from '../domain/kubernetes.ts';
import { selects } from './labels.ts';
import { conditionOf, type ContainerSpec } from './pods.ts';
import { parseQuantity } from './quantity.ts';

export type NodeResource = 'cpu' | 'memory';

/** The pod spec, as far as it decides where the pod may run. */
export interface PlacedSpec {
  readonly containers?: readonly ContainerSpec[];
  readonly initContainers?: readonly ContainerSpec[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Toleration[];
  readonly affinity?: {
    readonly nodeAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: {
        readonly nodeSelectorTerms?: readonly { readonly matchExpressions?: readonly Expression[] }[];
      };
    };
    readonly podAntiAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly unknown[];
    };
  };
}

interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
}

interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** Whether the node takes new pods at all, and this one in spite of its taints. */
export function takes(node: KubeObject, { tolerations = [] }: PlacedSpec): boolean {
  if (node['spec']?.unschedulable === true || conditionOf(node, 'Ready')?.status !== 'True') return false;
  const taints = (node['spec']?.taints ?? []) as Taint[];
  return taints.every(
    (taint) => taint.effect === 'PreferNoSchedule' || tolerations.some((one) => tolerates(one, taint)),
  );
}

function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  return (
    ((key ?? '') === '' || key === taint.key) &&
    (operator === 'Exists' || (value ?? '') === (taint.value ?? '')) &&
    ((effect ?? '') === '' || effect === taint.effect)
  );
}

/** Whether the node has the labels that the node selector and the required node affinity ask for. */
export function isWanted(node: KubeObject, { nodeSelector = {}, affinity }: PlacedSpec): boolean {
  const labels = node.metadata.labels ?? {};
  const terms =
    affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return (
    Object.entries(nodeSelector).every(([key, value]) => labels[key] === value) &&
    (terms.length === 0 ||
      terms.some(({ matchExpressions = [] }) => matchExpressions.every((one) => holds(one, labels))))
  );
}

/** Beside what a label selector knows, node affinity compares numbers. */
function holds(expression: Expression, labels: Readonly<Record<string, string>>): boolean {
  const { key, operator, values = [] } = expression;
  if (operator === 'Gt') return Number(labels[key]) > Number(values[0]);
  if (operator === 'Lt') return Number(labels[key]) < Number(values[0]);
  return selects({ matchExpressions: [expression] }, labels);
}

/** What a container asks for; a limit alone is also the request. Base units. */
export function requestOf(container: ContainerSpec, resource: NodeResource): number {
  const { requests, limits } = container.resources ?? {};
  return parseQuantity(requests?.[resource] ?? limits?.[resource]) ?? 0;
}

/** What a pod asks for: its containers together, or the greediest of those that run before them. Base units. */
export function requestedBy(
  { containers = [], initContainers = [] }: PlacedSpec,
  resource: NodeResource,
): number {
  const together = containers.reduce((sum, container) => sum + requestOf(container, resource), 0);
  return Math.max(together, ...initContainers.map((container) => requestOf(container, resource)));
}

/** What a node can give to pods, those that it runs included. Base units. */
export function allocatable(node: KubeObject, resource: NodeResource): number {
  return parseQuantity(node['status']?.allocatable?.[resource]) ?? 0;
}

/** What the actions on Deployments share: how one is named, and how its containers are read. */
import type { KubeObject, ObjectRef } from '../../domain/kubernetes.ts';

/** A reference to a Deployment. */
export function deploymentRef(parameters: { namespace: string; deployment: string }): ObjectRef {
  return { kind: 'Deployment', namespace: parameters.namespace, name: parameters.deployment };
}

/** A container of a pod template, as far as the actions read it. */
export interface TemplateContainer {
  readonly name: string;
  readonly image?: string;
  readonly resources?: Readonly<Partial<Record<'requests' | 'limits', Readonly<Record<string, string>>>>>;
  readonly readinessProbe?: TemplateProbe;
  readonly livenessProbe?: TemplateProbe;
  readonly startupProbe?: TemplateProbe;
}

/** A probe, as far as the actions read it. */
type TemplateProbe = Readonly<
  Partial<Record<'httpGet' | 'tcpSocket' | 'grpc', { readonly port: number | string }>>
>;

/** The object that `ref` means among those read before a change, or undefined. */
export function objectBefore(before: readonly KubeObject[], ref: ObjectRef): KubeObject | undefined {
  return before.find(
    (object) =>
      object.kind === ref.kind &&
      object.metadata.name === ref.name &&
      object.metadata.namespace === ref.namespace,
  );
}

/** The container `name` of a workload's pod template; `set image` and `set resources` reach init containers too. */
export function templateContainer(workload: KubeObject, name: string): TemplateContainer | undefined {
  const pod = workload.spec?.template?.spec;
  const containers: TemplateContainer[] = [...(pod?.containers ?? []), ...(pod?.initContainers ?? [])];
  return containers.find((container) => container.name === name);
}

/**
 * Why nothing may be written into a container of a Deployment by its name; undefined where the template holds it. A patch by a name that
 * is not there adds a container, and what an admission webhook adds to the pods is not in the template.
 */
export function containerObstacle(
  parameters: { namespace: string; deployment: string; container: string },
  before: readonly KubeObject[],
): string | undefined {
  const workload = objectBefore(before, deploymentRef(parameters));
  // Whether the Deployment is there at all is judged elsewhere.
  if (workload === undefined || templateContainer(workload, parameters.container) !== undefined)
    return undefined;
  return `Container ${parameters.container} is not in the template of Deployment ${parameters.deployment}: the command would not change what runs in its pods under that name.`;
}

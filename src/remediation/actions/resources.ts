/** What the actions on requests and limits share: the command that sets them, and the one that puts back what was. */
import type { KubeObject } from '../../domain/kubernetes.ts';
import type { Undo } from '../../domain/plan.ts';
import { deploymentRef, objectBefore, templateContainer } from './workload.ts';

/** The container of a Deployment whose resources are set. */
export interface ContainerPlace {
  readonly namespace: string;
  readonly deployment: string;
  readonly container: string;
}

export type ResourceKind = 'requests' | 'limits';

/** Amounts by resource; what is not given stays as it is. */
export type Amounts = Readonly<Partial<Record<'cpu' | 'memory', string | undefined>>>;

/** `kubectl set resources`: it leaves the resources alone that it does not name. */
export function setResources(place: ContainerPlace, kind: ResourceKind, amounts: Amounts): readonly string[] {
  const list = given(amounts).map(([resource, amount]) => `${resource}=${amount}`);
  return [
    'kubectl',
    'set',
    'resources',
    `deployment/${place.deployment}`,
    `-c=${place.container}`,
    `--${kind}=${list.join(',')}`,
    '-n',
    place.namespace,
  ];
}

/**
 * The way back from {@link setResources}. `kubectl set resources` cannot take an amount away,
 * so a strategic merge patch does, which finds the container by its name.
 */
export function undoResources(
  place: ContainerPlace,
  kind: ResourceKind,
  amounts: Amounts,
  before: readonly KubeObject[],
): Pick<Undo, 'argv' | 'summary'> | undefined {
  const workload = objectBefore(before, deploymentRef(place));
  const container = workload && templateContainer(workload, place.container);
  if (workload === undefined || container === undefined) return undefined;
  const old = given(amounts).map(
    ([resource, amount]) => [resource, container.resources?.[kind]?.[resource], amount] as const,
  );
  if (old.every(([, was, is]) => was === is)) return undefined;
  const noun = `${kind.slice(0, -1)} of container ${place.container}`;
  const summary = old.map(([resource, was]) =>
    was === undefined
      ? `Removes the ${resource} ${noun}, which had none.`
      : `Sets the ${resource} ${noun} back to ${was}.`,
  );
  if (old.every(([, was]) => was !== undefined)) {
    const amountsBefore = Object.fromEntries(old.map(([resource, was]) => [resource, was]));
    return { argv: setResources(place, kind, amountsBefore), summary: summary.join(' ') };
  }
  const values = Object.fromEntries(old.map(([resource, was]) => [resource, was ?? null]));
  const isInit = !(workload['spec']?.template?.spec?.containers ?? []).some(
    ({ name }: { name: string }) => name === place.container,
  );
  const patch = {
    [isInit ? 'initContainers' : 'containers']: [{ name: place.container, resources: { [kind]: values } }],
  };
  return {
    argv: [
      'kubectl',
      'patch',
      `deployment/${place.deployment}`,
      '--type=strategic',
      '-p',
      JSON.stringify({ spec: { template: { spec: patch } } }),
      '-n',
      place.namespace,
    ],
    summary: summary.join(' '),
  };
}

function given(amounts: Amounts): [resource: 'cpu' | 'memory', amount: string][] {
  return (['cpu', 'memory'] as const).flatMap((resource) => {
    const amount = amounts[resource];
    return amount === undefined ? [] : [[resource, amount]];
  });
}

/** Label selectors and owners: which objects belong to which. */
import type { KubeObject, LabelSelector, OwnerReference, Resource } from '../objects.ts';

/** Whether labels satisfy a selector; an empty selector selects everything. */
export function matches(selector: LabelSelector, labels: Record<string, string> = {}): boolean {
  const equal = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return (
    equal &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      if (operator === 'In') return value !== undefined && values.includes(value);
      return value === undefined || !values.includes(value);
    })
  );
}

/** The reference that makes `owner` the controller of what carries it. */
export function controlledBy<T extends KubeObject>(resource: Resource<T>, owner: T): OwnerReference {
  return {
    apiVersion: resource.apiVersion,
    kind: resource.kind,
    name: owner.metadata.name ?? '',
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** The reference to the object's controller, if it has one. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** Whether `owner` controls `object`, by uid: a later object of the same name does not. */
export function controls(owner: KubeObject, object: KubeObject): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid;
}

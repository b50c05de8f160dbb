/** What the model may read: namespaces and kinds. What is not named here is refused. */
import { canonicalKind, resourceOf } from '../../../cluster/resources.ts';
import { WrongCall } from './tool.ts';

/** Objects without a namespace that say something about a workload; of the rest the investigation needs none. */
const clusterScoped = new Set(['Node', 'StorageClass', 'IngressClass', 'PersistentVolume']);

export interface Scope {
  /** The target's namespace; meant where a call names none. */
  readonly namespace: string;
  readonly namespaces: ReadonlySet<string>;
}

/** The target's namespace, and those that the settings allow. */
export function scopeOf(namespace: string, allowed: readonly string[]): Scope {
  return { namespace, namespaces: new Set([namespace, ...allowed]) };
}

/** A kind with the namespace to read it in; none for what lives in no namespace. */
export interface Place {
  readonly kind: string;
  readonly namespace?: string;
}

/**
 * Where a call may read.
 * @param kind in any spelling that the table of kinds knows
 * @throws WrongCall that says what may be read
 */
export function placeOf(scope: Scope, kind: string, namespace?: string): Place {
  const known = canonicalKind(kind);
  if (known === undefined) throw new WrongCall(`The kind ${kind} cannot be read here.`);
  if (!resourceOf(known).namespaced) {
    if (clusterScoped.has(known)) return { kind: known };
    throw new WrongCall(
      `${known} objects cannot be read here; of what has no namespace, only ${[...clusterScoped].join(', ')}.`,
    );
  }
  return { kind: known, namespace: namespaceOf(scope, namespace) };
}

/** @throws WrongCall for a namespace that may not be read */
export function namespaceOf(scope: Scope, namespace = scope.namespace): string {
  if (scope.namespaces.has(namespace)) return namespace;
  throw new WrongCall(
    `Namespace ${namespace} may not be read, only ${[...scope.namespaces].join(', ')}. Say in your plan what is missing.`,
  );
}

/** Kubernetes objects as this product sees them: by reference, and loosely typed when read. */
import * as z from 'zod/mini';

/** A reference to one object. `kind` is the Kubernetes kind in PascalCase (`Deployment`); cluster-scoped objects have no namespace. */
export const objectRef = z.object({
  kind: z.string(),
  name: z.string(),
  namespace: z.optional(z.string()),
});
export type ObjectRef = z.infer<typeof objectRef>;

/** The object that an incident is about, in the kubeconfig context it lives in. */
export interface Target extends ObjectRef {
  readonly context: string;
  /** Empty for what lives in no namespace, such as a Node. */
  readonly namespace: string;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
}

/** Any object as the API server sends it. `spec` and `status` are read with the field paths that the Kubernetes API reference names. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the API's own schema; readers narrow what they use
  readonly [field: string]: any;
}

/** `Deployment shop/checkout`, the way people name an object. */
export function describeRef(ref: ObjectRef): string {
  return `${ref.kind} ${ref.namespace ? `${ref.namespace}/` : ''}${ref.name}`;
}

/** Whether two references mean the same object. */
export function sameRef(a: ObjectRef, b: ObjectRef): boolean {
  return a.kind === b.kind && a.name === b.name && (a.namespace ?? '') === (b.namespace ?? '');
}

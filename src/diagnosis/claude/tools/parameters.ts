/** Parameters that several tools share. */
import * as z from 'zod/mini';

/** Long enough for every name; what a name may be is checked where a path is made of it. */
export const shortText = (description: string): z.ZodMiniString =>
  z.string().check(z.minLength(1), z.maxLength(253), z.describe(description));

export const kind = shortText('Kubernetes kind, such as Deployment, Pod, ReplicaSet, Service, Node');
export const objectName = shortText('Name of the object');
export const namespace = z.optional(shortText('Namespace; that of the incident where not given'));

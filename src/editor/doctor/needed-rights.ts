/** The rights that the doctor asks about: those of the roles that the product comes with, verb by verb. */
import type { Right } from '../../cluster/access.ts';
import { roleNames, rulesOf, type RoleName } from '../../remediation/rights.ts';

export interface NeededRight extends Right {
  readonly role: RoleName;
  /** Nodes, volumes and the like belong to no namespace. */
  readonly clusterWide: boolean;
}

/** Plurals that belong to no namespace, of those that the roles name; `metrics.k8s.io` has nodes too. */
const clusterWide: ReadonlySet<string> = new Set([
  'nodes',
  'persistentvolumes',
  'ingressclasses',
  'storageclasses',
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
]);

export const neededRights: readonly NeededRight[] = roleNames.flatMap((role) =>
  rulesOf(role).flatMap(({ group, resource, verbs }) =>
    verbs.map((verb) => ({ role, group, resource, verb, clusterWide: clusterWide.has(resource) })),
  ),
);

/** What an MCP server needs beside the remediator's rights: `resources_scale` reads the scale and puts it back. */
export const mcpRights: readonly NeededRight[] = ['get', 'update'].map((verb) => ({
  role: 'remediator',
  group: 'apps',
  resource: 'deployments/scale',
  verb,
  clusterWide: false,
}));

/** Roles that most teams get on without; their absence is said and is no fault. */
export const optionalRoles: ReadonlySet<RoleName> = new Set(['secret-presence', 'node-operator']);

/** What a role is for, in words that follow `for`. */
export const rolePurposes: Readonly<Record<RoleName, string>> = {
  'read-only': 'the diagnosis',
  'secret-presence': 'telling whether a Secret is there',
  remediator: 'carrying out actions',
  'node-operator': 'draining nodes',
};

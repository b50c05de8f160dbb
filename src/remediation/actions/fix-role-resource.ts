/** Puts one word of one rule of a Role right: a resource that its API group does not have becomes the one that is meant. */
import type { Action } from '../action.ts';
import type { ObjectRef } from '../../domain/kubernetes.ts';
import { deploymentRef, objectBefore } from './workload.ts';

interface Place {
  readonly namespace: string;
  readonly role: string;
  readonly rule: number;
  readonly resource: number;
  readonly group: string;
}

const roleRef = ({ namespace, role }: Place): ObjectRef => ({ kind: 'Role', namespace, name: role });

/** The tests make the API server refuse the patch where something else stands there by now. */
const rename = (
  { namespace, role, rule, resource, group }: Place,
  from: string,
  to: string,
): readonly string[] => {
  const path = `/rules/${rule}/resources/${resource}`;
  const patch = [
    { op: 'test', path: `/rules/${rule}/apiGroups`, value: [group] },
    { op: 'test', path, value: from },
    { op: 'replace', path, value: to },
  ];
  return ['kubectl', 'patch', `role/${role}`, '--type=json', '-p', JSON.stringify(patch), '-n', namespace];
};

export const fixRoleResource: Action<'fix_role_resource'> = {
  name: 'fix_role_resource',
  description:
    'Replaces one resource name in one rule of a Role by the name that the API has for it; verbs and all other words stay.',
  answers: ['Forbidden'],
  target: roleRef,
  command: (parameters) => rename(parameters, parameters.from, parameters.to),
  touches: (parameters) => [roleRef(parameters)],
  verification: (parameters) => {
    const { namespace, deployment } = parameters;
    return deployment === undefined
      ? { type: 'exists', target: roleRef(parameters) }
      : { type: 'rollout', target: deploymentRef({ namespace, deployment }) };
  },
  undo: (parameters, before) => {
    const { role, rule, resource, from, to } = parameters;
    const old: unknown = objectBefore(before, roleRef(parameters))?.['rules']?.[rule]?.resources?.[resource];
    if (old !== from) return undefined;
    return {
      argv: rename(parameters, to, from),
      summary: `Lets rule ${rule} of Role ${role} name "${from}" again.`,
    };
  },
};

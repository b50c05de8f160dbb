/** A kubectl command that no other action has: the command language and its risk assessment judge it like any other. */
import type { Action } from '../action.ts';
import type { ObjectRef } from '../../domain/kubernetes.ts';
import type { Verification } from '../../domain/plan.ts';

const rolledOut = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** What of a target can be watched for. */
function verificationFor(target: ObjectRef): Verification {
  if (rolledOut.has(target.kind)) return { type: 'rollout', target };
  if (target.kind === 'Service') return { type: 'endpoints', target };
  return { type: 'none' };
}

export const customCommand: Action<'custom_command'> = {
  name: 'custom_command',
  description: 'Runs one plain kubectl command that no other action covers.',
  answers: [],
  target: ({ target }) => target,
  command: ({ argv }) => argv,
  touches: ({ target }) => [target],
  verification: ({ target }) => verificationFor(target),
  undo: () => undefined,
};

/**
 * A Role that names no resource gets the name that is meant, where the API server refuses exactly that. Where it could not be asked,
 * the word of the application's log is all there is: anybody who writes to a log can write it, and it establishes nothing.
 */
import { actionParameters, type GroundedProposal } from '../../domain/action.ts';
import { sameRef } from '../../domain/kubernetes.ts';
import { brokenRoles, type Missed } from '../findings/forbidden.ts';
import type { Misnamed } from '../misnamed.ts';
import { refOf } from '../pods.ts';
import { refusalsIn } from '../refusals-by-rbac.ts';
import { cite, claimed, onlySuspected, type RemedyContext, type RemedyRule } from './remedy.ts';

export const forForbidden: RemedyRule = (context) => {
  const { snapshot, finding } = context;
  const found = brokenRoles(snapshot).find(({ role }) => sameRef(refOf(role), finding.target));
  const account = snapshot.surroundings.access?.serviceAccount ?? '';
  if (found === undefined) return onlySuspected(context, '');
  const { misnamed, binding } = found;
  const cause = `Role ${finding.target.name} names ${misnamed.map(({ from, to }) => `"${from}" where "${to}" must be meant`).join(', ')}, so that ServiceAccount ${account} may not use it.`;
  const missed = misnamed.filter((one) => one.refused.length > 0 || isMissed(context, one, account));
  if (!isRepairable(finding.target.name)) {
    return onlySuspected(context, cause, 'The name of this Role is none that a command is made for here.');
  }
  if (missed.length === 0) {
    return onlySuspected(
      context,
      cause,
      'The API server could not be asked whether it refuses these rights (that takes the right to create subjectaccessreviews), and no log that was read says so: the application may fail for another reason.',
    );
  }
  return {
    cause,
    hypotheses: [],
    proposals: missed.map((one): GroundedProposal => {
      const { rule, resource, group, from, to, verbs } = one;
      const { workload } = snapshot;
      return {
        action: 'fix_role_resource',
        parameters: {
          namespace: finding.target.namespace ?? '',
          role: finding.target.name,
          rule,
          resource,
          group,
          from,
          to,
          ...(workload?.kind === 'Deployment' ? { deployment: workload.metadata.name } : {}),
        },
        rationale: `${whoSays(one)}, and RoleBinding ${binding.metadata.name} gives its ServiceAccount ${account} this Role. Only the name of the resource changes; verbs (${verbs.join(', ')}) and everything else stay.`,
        claimedConfidence: claimed(0.92, context),
        grounds: one.refused.length > 0 ? 'observed' : 'written',
        evidence: [...new Set([...cite(context, finding.target), ...logsThatSay(context, to, account)])],
      };
    }),
  };
};

function whoSays({ refused, verbs, to }: Missed): string {
  const [verb = 'use'] = refused.length > 0 ? refused : verbs;
  const shown = (refused.length > 0 ? refused : verbs).includes('list') ? 'list' : verb;
  return refused.length > 0
    ? `The API server says that the application may not ${shown} ${to}`
    : `The application logs that it may not ${shown} ${to}; the API server could not be asked`;
}

/** Roles may have names that other objects may not, such as those of the control plane itself. */
function isRepairable(role: string): boolean {
  return actionParameters.fix_role_resource.shape.role.safeParse(role).success;
}

/** Whether a log tells of a refusal that the misnamed word explains: this account, this resource, a verb of the rule. */
function isMissed({ snapshot }: RemedyContext, { group, to, verbs }: Misnamed, account: string): boolean {
  return snapshot.logs
    .flatMap(({ text }) => refusalsIn(text))
    .some(
      (refusal) =>
        refusal.namespace === snapshot.target.namespace &&
        refusal.serviceAccount === account &&
        refusal.group === group &&
        refusal.resource === to &&
        verbs.includes(refusal.verb),
    );
}

function logsThatSay({ evidence }: RemedyContext, resource: string, account: string): string[] {
  return evidence
    .filter(
      ({ source, detail }) =>
        source.type === 'logs' &&
        refusalsIn(detail).some((one) => one.resource === resource && one.serviceAccount === account),
    )
    .map(({ id }) => id);
}

/** A Role that names no resource gets the name that is meant, where the application itself says that it misses exactly that. */
import { actionParameters, type ActionProposal } from '../../domain/action.ts';
import { sameRef } from '../../domain/kubernetes.ts';
import { brokenRoles, type Misnamed } from '../findings/forbidden.ts';
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
  const missed = misnamed.filter((one) => isMissed(context, one, account));
  if (!isRepairable(finding.target.name)) {
    return onlySuspected(context, cause, 'The name of this Role is none that a command is made for here.');
  }
  if (missed.length === 0) {
    return onlySuspected(
      context,
      cause,
      'No log that was read says that the application misses these rights: it may fail for another reason.',
    );
  }
  return {
    cause,
    hypotheses: [],
    proposals: missed.map(({ rule, resource, group, from, to, verbs }): ActionProposal => {
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
        rationale: `The application logs that it may not ${verbs.includes('list') ? 'list' : (verbs[0] ?? 'use')} ${to}, and RoleBinding ${binding.metadata.name} gives its ServiceAccount ${account} this Role. Only the name of the resource changes; verbs (${verbs.join(', ')}) and everything else stay.`,
        claimedConfidence: claimed(0.92, context),
        evidence: [...new Set([...cite(context, finding.target), ...logsThatSay(context, to, account)])],
      };
    }),
  };
};

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

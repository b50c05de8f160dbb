/**
 * What an analyst may ask for without saying how. The findings of the investigation choose a concrete action, with the parameters
 * that the built-in remedy works out; where they support none, nothing comes of it. Pure.
 */
import type { ActionProposal, ChoiceName, ChoiceProposal, Proposal } from '../domain/action.ts';
import type { FindingName } from '../domain/diagnosis.ts';
import { describeRef, sameRef, type ObjectRef } from '../domain/kubernetes.ts';
import type { RemediedFinding } from './builtin.ts';
import { refOf } from './pods.ts';
import type { Snapshot } from './snapshot.ts';

interface Choice {
  /** For the model: what it stands for, in one sentence. */
  readonly description: string;
  /** The findings whose remedy it may become. */
  readonly answers: readonly FindingName[];
}

export const choices: Readonly<Record<ChoiceName, Choice>> = {
  deploy_missing_pods: {
    description:
      'Gets the pods made or placed that a Service or Deployment lacks: the findings decide by which action (scale, quota, placement).',
    answers: ['ScaledToZero', 'FailedCreate', 'FailedScheduling', 'NodeNotReady'],
  },
  fix_pod_issues: {
    description:
      'Puts right what keeps the pods of a Service or Deployment from being ready: the findings decide by which action (rollback, limits, probe).',
    answers: [
      'OOMKilled',
      'ImagePullBackOff',
      'CreateContainerConfigError',
      'FailedMount',
      'Forbidden',
      'Unhealthy',
      'CrashLoopBackOff',
      'RolloutStuck',
    ],
  },
};

export interface Chosen {
  readonly proposals: readonly ActionProposal[];
  /** Those of them that the analyst worded itself: its own claims. */
  readonly own: readonly ActionProposal[];
  /** For people: what each choice became, or why it became nothing. */
  readonly notes: readonly string[];
}

/**
 * Puts a concrete action in the place of each choice.
 * @param remedied the findings with their remedies, the root cause first
 */
export function choose(
  proposals: readonly Proposal[],
  remedied: readonly RemediedFinding[],
  snapshot: Pick<Snapshot, 'target' | 'workload' | 'services'>,
): Chosen {
  const notes: string[] = [];
  const concrete = proposals.flatMap((proposal): ActionProposal[] => {
    if (!isChoice(proposal)) return [proposal];
    const { kind, namespace, name } = proposal.parameters;
    const what = `${proposal.action} for ${describeRef({ kind, namespace, name })}`;
    const found = actionFor(proposal, remedied, snapshot);
    notes.push(
      typeof found === 'string'
        ? `${what} is not a step: ${found}.`
        : `${what} stands for ${found.proposal.action} here, by the finding ${found.finding}.`,
    );
    return typeof found === 'string' ? [] : [found.proposal];
  });
  return { proposals: concrete, own: proposals.filter((one) => !isChoice(one)), notes };
}

function isChoice(proposal: Proposal): proposal is ChoiceProposal {
  return Object.hasOwn(choices, proposal.action);
}

/** The remedy of the first finding that the choice answers, or why there is none. */
function actionFor(
  { action, parameters: { kind, namespace, name } }: ChoiceProposal,
  remedied: readonly RemediedFinding[],
  { target, workload, services }: Pick<Snapshot, 'target' | 'workload' | 'services'>,
): { readonly proposal: ActionProposal; readonly finding: FindingName } | string {
  const looked: ObjectRef[] = [
    target,
    ...[workload, ...services.map(({ service }) => service)].flatMap((object) =>
      object === undefined ? [] : [refOf(object)],
    ),
  ];
  if (!looked.some((ref) => sameRef(ref, { kind, namespace, name }))) return 'it was not looked at';
  const answered = remedied.filter(({ finding }) => choices[action].answers.includes(finding.name));
  for (const { finding, remedy } of answered) {
    const [proposal] = remedy.proposals;
    if (proposal !== undefined) return { proposal, finding: finding.name };
  }
  return answered.length === 0
    ? 'no finding supports it'
    : `no remedy is known for ${answered.map(({ finding }) => finding.name).join(', ')}`;
}

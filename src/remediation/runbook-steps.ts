/** The commands of runbooks as proposals: assessed, decided and shown like any other. Pure. */
import type { ActionProposal } from '../domain/action.ts';
import type { ObjectRef } from '../domain/kubernetes.ts';
import type { RiskAssessment } from '../domain/risk.ts';
import type { MatchedRunbook, RunbookCommand } from '../domain/runbook.ts';
import { assessCommand } from '../kubectl/assess.ts';
import type { AssessmentScope, StepDraft } from './planning.ts';

/**
 * A runbook says what once helped, not what is wrong now: no finding supports it, and nobody has looked whether it fits this time.
 * Above the 0.7 below which steps are left out, and below the 0.8 from which YOLO mode runs anything: a person is always asked.
 * No track record moves it, because the journal does not tell a runbook's command from any other command.
 */
const claimedConfidence = 0.75;

export interface RunbookProposal {
  readonly proposal: ActionProposal;
  /** Set where the text is no command that may run: it is shown as it was written. */
  readonly written?: NonNullable<StepDraft['written']>;
}

/**
 * In the order of the runbooks.
 * @param target what the incident is about: so is a command that names no object
 * @param proposed commands that are steps already
 */
export function runbookProposals(
  runbooks: readonly MatchedRunbook[],
  target: ObjectRef,
  proposed: readonly (readonly string[])[],
  scope: AssessmentScope,
): RunbookProposal[] {
  const known = new Set(proposed.map((argv) => argv.join('\n')));
  return runbooks.flatMap(({ title, commands }) =>
    commands.flatMap((command): RunbookProposal[] => {
      const risk = assess(command, scope);
      const key = risk.argv.join('\n');
      if (key !== '' && known.has(key)) return [];
      known.add(key);
      const [first] = risk.targets;
      const about = risk.mutates && first !== undefined && first.name !== '*' ? first : target;
      const proposal: ActionProposal = {
        action: 'custom_command',
        parameters: { argv: [...risk.argv], target: about },
        rationale: `Runbook "${title}", ${command.heading === title ? '' : `section "${command.heading}", `}line ${command.line}.`,
        claimedConfidence,
        evidence: [command.evidence],
      };
      return [{ proposal, ...(risk.argv.length > 0 ? {} : { written: { text: command.text, risk } }) }];
    }),
  );
}

/** What still has a placeholder is rejected, although its words may be those of a command. */
function assess({ text, unfilled }: RunbookCommand, scope: AssessmentScope): RiskAssessment {
  const risk = assessCommand(text, scope);
  return unfilled === undefined
    ? risk
    : {
        ...risk,
        riskLevel: 'high',
        rejected: true,
        mutates: true,
        reversible: false,
        reason: `${unfilled[0]?.toUpperCase() ?? ''}${unfilled.slice(1)}.`,
        targets: [],
        argv: [],
      };
}

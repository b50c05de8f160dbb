/** What to try once a run has ended without success. Pure: made of what the run left behind. */
import { canBeChecked } from '../../domain/interruption.ts';
import type { StepView } from '../../domain/run.ts';
import { capital } from '../../domain/words.ts';
import type { PlanState } from '../../ipc/plan.ts';

/** What a button beside it does. */
export type NextAction =
  | { readonly type: 'remediate' | 'report' | 'doctor' | 'showAudit' }
  | { readonly type: 'checkInterrupted' | 'undo'; readonly stepId: string }
  | { readonly type: 'openEvidence'; readonly evidenceId: string };

export interface NextStep {
  readonly text: string;
  readonly button?: { readonly label: string; readonly action: NextAction };
}

const remediateAgain = { label: 'Remediate Again', action: { type: 'remediate' } } as const;
const ends = ['unresolved', 'stopped', 'interrupted', 'undone', 'not seen'];

/** The most promising first; empty while the run goes on, and where it ended well. */
export function nextSteps({ run, live, incidentIsOpen }: PlanState): NextStep[] {
  if (live || !ends.includes(run.phase)) return [];
  const { steps, diagnosis } = run;
  const number = (id: string) => `step ${steps.findIndex((step) => step.id === id) + 1}`;
  const next: NextStep[] = [];

  for (const { id, state, interruption, outcome } of steps) {
    if (!canBeChecked(state) || (interruption !== undefined && interruption.result !== 'unknown')) continue;
    next.push({
      text:
        interruption !== undefined
          ? `It could not be told yet what became of ${number(id)}. ${sentence(interruption.message)}`
          : state === 'not-seen'
            ? `What ${number(id)} came to could not be seen. Look at the cluster before anything else.`
            : outcome?.exitCode === 0
              ? `The command of ${number(id)} succeeded, but it was not seen whether that ended the incident. Look at the cluster before anything else.`
              : `A command was started and its end was not seen. Look at what became of ${number(id)} before anything else.`,
      button: { label: 'Check the Cluster', action: { type: 'checkInterrupted', stepId: id } },
    });
  }
  for (const step of steps) {
    if (step.undoes !== undefined) {
      if (step.state === 'failed')
        next.push({
          text: `The undo of ${number(step.undoes)} was not seen to put everything back. ${sentence(step.outcome?.message ?? 'Look at the object and put it right by hand')}`,
        });
      continue;
    }
    const helped = lookedAt(step);
    if (step.state !== 'failed' && helped !== 'no') continue;
    const { rehearsal } = step.preview ?? {};
    if (rehearsal?.state === 'refused') next.push({ text: `Before ${number(step.id)}: ${rehearsal.next}` });
    if (
      step.undo !== undefined &&
      step.outcome?.noUndo === undefined &&
      !steps.some(({ undoes }) => undoes === step.id)
    ) {
      next.push({
        text:
          helped === 'no'
            ? `Take back what ${number(step.id)} changed: it did not help. ${sentence(step.undo.summary)}`
            : `${capital(number(step.id))} did not go through to its end. Look at what it changed before you take it back. ${sentence(step.undo.summary)}`,
        button: { label: 'Undo…', action: { type: 'undo', stepId: step.id } },
      });
    }
  }
  const untried = steps.filter((step) => step.state === 'skipped' && failedBefore(steps, step));
  for (const step of incidentIsOpen ? untried.slice(0, 2) : []) {
    next.push({
      text: `${capital(number(step.id))} was not tried: ${sentence(step.risk.reason)} Remediate again, and it is proposed anew where it still fits.`,
      button: remediateAgain,
    });
  }
  for (const { evidence, title } of diagnosis?.runbooks?.slice(0, 2) ?? []) {
    next.push({
      text: `Your runbook "${title}" fits this incident.`,
      button: { label: 'Open Runbook', action: { type: 'openEvidence', evidenceId: evidence } },
    });
  }
  const refused = steps.find(({ state }) => state === 'refused');
  const [gap] = diagnosis?.gaps ?? [];
  if (refused !== undefined || gap !== undefined || diagnosis === undefined) {
    next.push({
      text:
        refused !== undefined
          ? `${capital(number(refused.id))} was refused: ${sentence(refused.outcome?.message ?? refused.decision.reason)} The doctor tells what holds steps back.`
          : gap !== undefined
            ? `Not everything could be read: ${gap.what} (${gap.reason}). The doctor tells which right is missing.`
            : 'The doctor tells whether cluster, kubectl and rights are as they should be.',
      button: { label: 'Open Doctor', action: { type: 'doctor' } },
    });
  }
  const [guess] = diagnosis?.hypotheses ?? [];
  if (guess !== undefined) {
    const [evidenceId] = guess.evidence;
    next.push({
      text: `Follow the guess that is left: ${sentence(guess.statement)}`,
      ...(evidenceId === undefined
        ? {}
        : { button: { label: 'Open Evidence', action: { type: 'openEvidence', evidenceId } } }),
    });
  }
  if (incidentIsOpen && untried.length === 0) {
    const candidates = run.target === undefined && (run.candidates?.length ?? 0) > 0;
    next.push({
      text: candidates
        ? 'Remediate again, and choose the object that it is about.'
        : 'Remediate again: the evidence is read anew, and what was tried before counts.',
      button: remediateAgain,
    });
  }
  next.push({
    text: 'Hand over: the report holds what was seen, what was tried and what came of it.',
    button: { label: 'Incident Report', action: { type: 'report' } },
  });
  return next;
}

/** Whether a step helped, as far as somebody looked after it ran: only then it may be said. */
function lookedAt({ outcome, interruption }: StepView): 'no' | 'not known' {
  const notOver = outcome?.verification === 'still-there' || interruption?.result === 'no-effect';
  return notOver ? 'no' : 'not known';
}

/** Whether a step was left out because one before it failed, and not because a person or a threshold said so. */
function failedBefore(steps: readonly StepView[], step: StepView): boolean {
  const failed = steps.findIndex(({ state }) => state === 'failed');
  return failed !== -1 && failed < steps.indexOf(step) && ['ask', 'execute'].includes(step.decision.outcome);
}

/** With a capital and a full stop. */
function sentence(text: string): string {
  return `${capital(text.trim())}${/[.!?]$/.test(text.trim()) ? '' : '.'}`;
}

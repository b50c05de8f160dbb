/** From a diagnosis to decided steps: what is proposed, then what the runbooks that fit say. Reads what each step touches. */
import type { ActionCall } from '../domain/action.ts';
import type { Diagnosis } from '../domain/diagnosis.ts';
import type { KubeObject, Target } from '../domain/kubernetes.ts';
import type { Step, TrackRecord } from '../domain/plan.ts';
import { computeConfidence } from '../diagnosis/confidence.ts';
import { supportsAction } from '../diagnosis/diagnose.ts';
import { assessCommand } from '../kubectl/assess.ts';
import { quoteWords } from '../kubectl/words.ts';
import { decide } from '../policy/decide.ts';
import { answers, commandOf, obstacleOf, targetOf } from './actions/catalogue.ts';
import { basisOf } from './basis.ts';
import { gitOpsOf } from './gitops/gitops.ts';
import { withIndependence } from './independent.ts';
import {
  decided,
  draftStep,
  groundsOf,
  justification,
  proposedCall,
  undoFor,
  type AssessmentScope,
  type StepDraft,
} from './planning.ts';
import { whatCanBeRead } from './readable.ts';
import { runbookProposals, type RunbookProposal } from './runbook-steps.ts';
import { situationOf } from './situation.ts';
import type { RunContext, StepRunner } from './step-runner.ts';
import { addedContainer } from './template-bounds.ts';

/** Makes the proposals into decided steps. */
export async function planSteps(
  context: RunContext,
  runner: StepRunner,
  { target, doubt }: { target: Target; doubt: string | undefined },
  diagnosis: Diagnosis,
): Promise<Step[]> {
  const past = await context.journal.history();
  const scope = runner.scope();
  const evidenceIds = new Set(diagnosis.evidence.map((one) => one.id));
  const proposed = diagnosis.proposals.map((proposal) => commandOf(proposedCall(proposal)));
  const entries: readonly (RunbookProposal & { readonly fromRunbook?: true })[] = [
    ...diagnosis.proposals.map((proposal) => ({ proposal })),
    ...runbookProposals(diagnosis.runbooks ?? [], target, proposed, scope).map((one) => ({
      ...one,
      fromRunbook: true as const,
    })),
  ];
  const steps = await Promise.all(
    entries.map(async ({ proposal, written: asWritten, fromRunbook }, index) => {
      const call = proposedCall(proposal);
      const finding = justification(call, diagnosis.findings);
      const before = await whatCanBeRead(() => runner.read(call));
      const asked = asWritten?.risk ?? assessCommand(commandOf(call), scope);
      const obstacle =
        obstacleOf(call, before) ?? (await addedContainer(context.cluster, asked, context.signal));
      const written = obstacle === undefined ? asWritten : refusedFor(obstacle, call, scope);
      const kept = fromRunbook === true ? writtenByThem : groundsOf(proposal);
      const history: TrackRecord =
        fromRunbook === true ? { successes: 0, failures: 0 } : past.trackRecord(call.action, finding?.name);
      const risk = written?.risk ?? assessCommand(commandOf(call), scope);
      const { confidence, parts } = computeConfidence(proposal, {
        evidenceIds,
        targetExists: before.length > 0 || (await whatCanBeRead(() => existing(context, call))).length > 0,
        supportedByFinding: supportsAction(diagnosis.findings, proposal, answers),
        modelOnly: proposal.modelOnly === true && (risk.mutates || risk.sensitive),
        // What only reads may look at anything that it is pointed to.
        grounds: risk.mutates || risk.sensitive ? kept.grounds : 'observed',
        trackRecord: history,
      });
      const [said, ...further] = parts;
      const undo = undoFor(call, before);
      const managed = await gitOpsOf(context.cluster, risk, context.signal);
      const draft = draftStep(
        {
          id: `s${index + 1}`,
          call,
          confidence,
          confidenceParts:
            fromRunbook === true && said !== undefined
              ? [
                  { ...said, label: 'a command of a runbook: never enough to run by itself in YOLO mode' },
                  ...further,
                ]
              : parts,
          rationale: proposal.rationale,
          ...kept,
          ...(proposal.said === undefined ? {} : { said: proposal.said }),
          evidence: proposal.evidence.filter((id) => evidenceIds.has(id)),
          proposedBy: fromRunbook === true ? 'runbook' : proposal.modelOnly === true ? 'claude' : 'rules',
          basis: before.map(basisOf),
          ...(finding === undefined ? {} : { finding: { name: finding.name, target: finding.target } }),
          ...(undo === undefined ? {} : { undo }),
          ...(written === undefined ? {} : { written }),
          ...managed,
        },
        scope,
      );
      const situation = situationOf(
        context.policy(),
        past,
        {
          runId: context.runId,
          context: context.cluster.context,
          incidentId: context.incidentId,
          target: draft.risk.targets[0] ?? target,
          confidence,
          ...kept,
          doubt,
          ...managed,
          automaticInFlight: false,
        },
        context.now(),
      );
      return decided(draft, decide(draft.risk, situation));
    }),
  );
  return withIndependence(steps);
}

/** A runbook says what its author wrote, and what once helped. */
const writtenByThem = { grounds: 'written', objection: undefined } as const;

/** A command that would do no good: shown with the reason, and never run. */
function refusedFor(reason: string, call: ActionCall, scope: AssessmentScope): StepDraft['written'] {
  const argv = commandOf(call);
  return { text: quoteWords(argv), risk: { ...assessCommand(argv, scope), rejected: true, reason } };
}

/** The object that a call is about, where it exists. */
async function existing(context: RunContext, call: ActionCall): Promise<KubeObject[]> {
  const object = await context.cluster.get(targetOf(call), context.signal);
  return object === undefined ? [] : [object];
}

/** What can be done with a run and its steps. */
import * as vscode from 'vscode';
import { OncallError } from '../domain/error.ts';
import type { ApprovalAnswer, ApprovalRequest, RunView, StepView } from '../domain/run.ts';
import { approveTogether } from './approveTogether.ts';
import type { Handlers } from './commandTable.ts';
import type { PlanDocuments } from './planDocument/document.ts';
import type { EditDocuments } from './planDocument/editDocument.ts';
import { riskWords } from './planDocument/render.ts';
import type { PlanPanel } from './planPanel.ts';
import { canUndo, type RunDesk } from './runDesk.ts';
import { subject } from './subject.ts';
import { exact, plain, withoutIcons } from './text.ts';

export interface RunCommandParts {
  readonly desk: RunDesk;
  readonly documents: PlanDocuments;
  readonly edits: EditDocuments;
  readonly panel: PlanPanel;
}

interface ChosenStep {
  readonly runId: string;
  readonly stepId: string;
  readonly argvHash: string;
}

export function runCommands(parts: RunCommandParts) {
  const { desk, documents, edits, panel } = parts;
  const answering =
    (question: string, nothing: string, answerFor: (chosen: ChosenStep) => ApprovalAnswer) =>
    async (...args: unknown[]) => {
      const chosen = await askedStep(parts, args, nothing, (asked) => pickAsked(desk, asked, question));
      if (chosen !== undefined) await desk.answer(chosen.runId, chosen.stepId, answerFor(chosen));
    };
  return {
    'oncall.approveStep': answering(
      'Approve and run which step?',
      vscode.l10n.t('nothing was approved'),
      ({ argvHash }) => ({ type: 'approve', argvHash }),
    ),
    'oncall.approveTogether': async (...args) => {
      const about = await subject(parts, args, 'asking', vscode.l10n.t('nothing was approved'));
      if (about === undefined) return;
      await approveTogether(
        desk,
        about.kind === 'run'
          ? about.runId
          : await pickRun(
              desk,
              desk.asked().flatMap(({ runId }) => (desk.offeredTogether(runId).length > 0 ? [runId] : [])),
              'Approve the steps of which run together?',
            ),
      );
    },
    'oncall.dryRunStep': answering('Dry-run which step?', vscode.l10n.t('nothing was dry-run'), () => ({
      type: 'dry-run',
    })),
    'oncall.skipStep': answering('Skip which step?', vscode.l10n.t('nothing was skipped'), () => ({
      type: 'skip',
    })),
    'oncall.editStep': async (...args) => {
      // An edit runs nothing: what the plan in front asks about is opened without another question.
      const chosen = await askedStep(parts, args, vscode.l10n.t('nothing was edited'), (asked, isTold) =>
        isTold ? Promise.resolve(asked[0] && stepOf(asked[0])) : pickAsked(desk, asked, 'Edit which step?'),
      );
      if (chosen === undefined) return;
      const [, , , text] = args;
      await edits.open(chosen.runId, chosen.stepId, typeof text === 'string' ? text : undefined);
    },
    'oncall.undoStep': async (...args) => {
      const chosen = await chooseUndo(parts, args);
      if (chosen === undefined) return;
      const show = async () => {
        await documents.show(chosen.runId);
        panel.show(chosen.runId, { preserveFocus: true });
      };
      await Promise.all([desk.undo(chosen.runId, chosen.stepId), show()]);
    },
    'oncall.stopRun': async (...args) => {
      const about = await subject(parts, args, 'live', vscode.l10n.t('nothing was stopped'));
      if (about === undefined) return;
      const runId =
        about.kind === 'run' ? about.runId : await pickRun(desk, desk.liveRuns(), 'Stop which run?');
      if (runId !== undefined) desk.stop(runId);
    },
    'oncall.showPlan': async (...args) => {
      const runId = await chooseShown(parts, args);
      if (runId !== undefined) panel.show(runId);
    },
    'oncall.showPlanDocument': async (...args) => {
      const runId = await chooseShown(parts, args);
      if (runId !== undefined) await documents.show(runId);
    },
  } satisfies Partial<Handlers>;
}

const stepOf = ({ runId, step }: ApprovalRequest): ChosenStep => ({
  runId,
  stepId: step.id,
  argvHash: step.argvHash,
});

/**
 * The step that an argument names, or else one that is asked about: in the run that the command is about, or in any where
 * nothing tells the run.
 * @param choose lets a person choose; `isTold` where all are of the run that the command is about
 */
async function askedStep(
  parts: RunCommandParts,
  args: readonly unknown[],
  nothing: string,
  choose: (asked: readonly ApprovalRequest[], isTold: boolean) => Promise<ChosenStep | undefined>,
): Promise<ChosenStep | undefined> {
  const { desk } = parts;
  const about = await subject(parts, args, 'asking', nothing);
  if (about === undefined) return undefined;
  if (about.kind === 'run') {
    const { runId, step } = about;
    return step === undefined
      ? choose(
          desk.asked().filter((one) => one.runId === runId),
          true,
        )
      : { runId, ...step };
  }
  return choose(desk.asked(), false);
}

/** A person sees the command before choosing it, and what they approve is what they saw. */
async function pickAsked(
  desk: RunDesk,
  asked: readonly ApprovalRequest[],
  question: string,
): Promise<ChosenStep | undefined> {
  if (asked.length === 0) {
    void vscode.window.showInformationMessage('No step waits for your approval.');
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(
    asked.map((one) => ({
      label: withoutIcons(exact(one.step.command)),
      description: riskWords(one.step),
      detail: withoutIcons(
        [desk.view(one.runId)?.context, desk.view(one.runId)?.title]
          .map((part) => plain(part ?? '', 120))
          .filter((part) => part !== '')
          .join(' · '),
      ),
      step: stepOf(one),
    })),
    { title: question, placeHolder: 'Steps that wait for you' },
  );
  return chosen?.step;
}

async function chooseUndo(
  parts: RunCommandParts,
  args: readonly unknown[],
): Promise<{ runId: string; stepId: string } | undefined> {
  const about = await subject(parts, args, 'known', vscode.l10n.t('nothing was undone'));
  if (about === undefined) return undefined;
  if (about.kind === 'run' && about.step !== undefined) return { runId: about.runId, ...about.step };
  const runs = await parts.desk.history();
  const steps = runs
    .filter(({ runId }) => about.kind === 'ask' || runId === about.runId)
    .flatMap((view) => view.steps.filter((step) => canUndo(view, step)).map((step) => ({ view, step })));
  if (steps.length === 0) {
    void vscode.window.showInformationMessage(
      about.kind === 'ask'
        ? 'There is no step that can be undone.'
        : vscode.l10n.t('This run has no step that can be undone now; nothing was undone.'),
    );
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(
    steps.map(({ view, step }) => ({
      label: withoutIcons(exact(undoOf(step))),
      description: view.context,
      detail: withoutIcons(plain(`takes back ${step.command} · ${view.title}`, 200)),
      undo: { runId: view.runId, stepId: step.id },
    })),
    { title: 'Undo which step?', placeHolder: 'The command that takes it back' },
  );
  return chosen?.undo;
}

const unknownRun = (named: string) =>
  new OncallError(
    'run-unknown',
    `There is no run ${plain(named, 60)}`,
    'Remediate the incident to get a plan for it.',
  );

const undoOf = (step: StepView) => step.undo?.command ?? '';

/** A run named by its id or by its incident's. */
async function chooseShown(parts: RunCommandParts, args: readonly unknown[]): Promise<string | undefined> {
  const { desk } = parts;
  const [first] = args;
  if (typeof first === 'string') {
    const known = desk.startOf(first) !== undefined || desk.view(first) !== undefined;
    const run = known ? first : desk.latestFor(first);
    if (run !== undefined) return run;
    const past = (await desk.history()).find((view) => view.runId === first || view.incidentId === first);
    if (past !== undefined) return past.runId;
    throw unknownRun(first);
  }
  const about = await subject(parts, args, 'known', vscode.l10n.t('nothing is shown'));
  if (about?.kind !== 'ask') return about?.runId;
  const runs = await desk.history();
  return pickRun(
    desk,
    runs.map((view) => view.runId),
    'Show which plan?',
  );
}

/** Lets a person choose a run by its incident, also where there is only one: nobody said that it is that one. */
async function pickRun(
  desk: RunDesk,
  runIds: readonly string[],
  question: string,
): Promise<string | undefined> {
  if (runIds.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no such run now.'));
    return undefined;
  }
  const describe = (view: RunView | undefined) =>
    view === undefined ? '' : `${view.phase} · ${view.context} · ${view.startedAt}`;
  const chosen = await vscode.window.showQuickPick(
    runIds.map((runId) => ({
      label: withoutIcons(plain(desk.view(runId)?.title ?? desk.startOf(runId)?.title ?? runId, 150)),
      description: withoutIcons(plain(describe(desk.view(runId)), 150)),
      runId,
    })),
    { title: question },
  );
  return chosen?.runId;
}

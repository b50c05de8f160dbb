/** What can be done with a run and its steps. */
import * as vscode from 'vscode';
import { OncallError } from '../domain/error.ts';
import type { ApprovalAnswer, RunView, StepView } from '../domain/run.ts';
import { approveTogether } from './approveTogether.ts';
import { stepArgument, type Handlers } from './commandTable.ts';
import type { PlanDocuments } from './planDocument/document.ts';
import { runOf } from './planDocument/document.ts';
import type { EditDocuments } from './planDocument/editDocument.ts';
import { riskWords } from './planDocument/render.ts';
import type { PlanPanel } from './planPanel.ts';
import { canUndo, type RunDesk } from './runDesk.ts';
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
    (question: string, answerFor: (chosen: ChosenStep) => ApprovalAnswer) =>
    async (...args: unknown[]) => {
      const chosen = await chooseAsked(desk, args, question);
      if (chosen !== undefined) await desk.answer(chosen.runId, chosen.stepId, answerFor(chosen));
    };
  return {
    'oncall.approveStep': answering('Approve and run which step?', ({ argvHash }) => ({
      type: 'approve',
      argvHash,
    })),
    'oncall.approveTogether': async (...args) => {
      const able = desk
        .asked()
        .flatMap(({ runId }) => (desk.offeredTogether(runId).length > 0 ? [runId] : []));
      await approveTogether(
        desk,
        await chooseRun(desk, args, able, 'Approve the steps of which run together?'),
      );
    },
    'oncall.dryRunStep': answering('Dry-run which step?', () => ({ type: 'dry-run' })),
    'oncall.skipStep': answering('Skip which step?', () => ({ type: 'skip' })),
    'oncall.editStep': async (...args) => {
      const chosen = askedOnScreen(desk, args) ?? (await chooseAsked(desk, args, 'Edit which step?'));
      if (chosen === undefined) return;
      const [, , , text] = args;
      await edits.open(chosen.runId, chosen.stepId, typeof text === 'string' ? text : undefined);
    },
    'oncall.undoStep': async (...args) => {
      const chosen = await chooseUndo(desk, args);
      if (chosen === undefined) return;
      const show = async () => {
        await documents.show(chosen.runId);
        panel.show(chosen.runId, { preserveFocus: true });
      };
      await Promise.all([desk.undo(chosen.runId, chosen.stepId), show()]);
    },
    'oncall.stopRun': async (...args) => {
      const runId = await chooseRun(desk, args, desk.liveRuns(), 'Stop which run?');
      if (runId !== undefined) desk.stop(runId);
    },
    'oncall.showPlan': async (...args) => {
      const runId = await chooseShown(desk, args);
      if (runId !== undefined) panel.show(runId);
    },
    'oncall.showPlanDocument': async (...args) => {
      const runId = await chooseShown(desk, args);
      if (runId !== undefined) await documents.show(runId);
    },
  } satisfies Partial<Handlers>;
}

/**
 * The step that an argument names, or one of those that wait. A person who comes through the palette sees the command
 * before choosing it, and what they approve is what they saw.
 */
async function chooseAsked(
  desk: RunDesk,
  args: readonly unknown[],
  question: string,
): Promise<ChosenStep | undefined> {
  const named = stepArgument(args);
  if (named !== undefined) return { argvHash: '', ...named };
  const asked = desk.asked();
  if (asked.length === 0) {
    await vscode.window.showInformationMessage('No step waits for your approval.');
    return undefined;
  }
  const shown = runOf(vscode.window.activeTextEditor?.document.uri ?? vscode.Uri.file('/'));
  const chosen = await vscode.window.showQuickPick(
    asked
      .toSorted((a, b) => Number(b.runId === shown) - Number(a.runId === shown))
      .map(({ runId, step }) => ({
        label: withoutIcons(exact(step.command)),
        description: riskWords(step),
        detail: withoutIcons(
          [desk.view(runId)?.context, desk.view(runId)?.title]
            .map((part) => plain(part ?? '', 120))
            .filter((part) => part !== '')
            .join(' · '),
        ),
        step: { runId, stepId: step.id, argvHash: step.argvHash },
      })),
    { title: question, placeHolder: 'Steps that wait for you' },
  );
  return chosen?.step;
}

/** Without an argument: what the plan asks that a person looks at. An edit runs nothing, so there is nothing to be shown first. */
function askedOnScreen(desk: RunDesk, args: readonly unknown[]): ChosenStep | undefined {
  if (stepArgument(args) !== undefined) return undefined;
  const uri = vscode.window.activeTextEditor?.document.uri;
  const runId = uri && runOf(uri);
  const step = runId === undefined ? undefined : desk.askedIn(runId)?.step;
  return runId === undefined || step === undefined
    ? undefined
    : { runId, stepId: step.id, argvHash: step.argvHash };
}

async function chooseUndo(
  desk: RunDesk,
  args: readonly unknown[],
): Promise<{ runId: string; stepId: string } | undefined> {
  const named = stepArgument(args);
  if (named !== undefined) {
    if (desk.view(named.runId) === undefined) await desk.history();
    if (desk.view(named.runId) === undefined) throw unknownRun(named.runId);
    return named;
  }
  const runs = await desk.history();
  const steps = runs.flatMap((view) =>
    view.steps.filter((step) => canUndo(view, step)).map((step) => ({ view, step })),
  );
  if (steps.length === 0) {
    await vscode.window.showInformationMessage('There is no step that can be undone.');
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
async function chooseShown(desk: RunDesk, args: readonly unknown[]): Promise<string | undefined> {
  const [first] = args;
  if (typeof first === 'string') {
    const known = desk.startOf(first) !== undefined || desk.view(first) !== undefined;
    const run = known ? first : desk.latestFor(first);
    if (run !== undefined) return run;
    const past = (await desk.history()).find((view) => view.runId === first || view.incidentId === first);
    if (past !== undefined) return past.runId;
    throw unknownRun(first);
  }
  const runs = await desk.history();
  return chooseRun(
    desk,
    args,
    runs.map((view) => view.runId),
    'Show which plan?',
  );
}

async function chooseRun(
  desk: RunDesk,
  args: readonly unknown[],
  runIds: readonly string[],
  question: string,
): Promise<string | undefined> {
  const [first] = args;
  if (typeof first === 'string') return first;
  if (runIds.length < 2) return runIds[0];
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

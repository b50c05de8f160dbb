/** What can be changed in a command with a click: what mends it, what makes it narrower or safer, and the way back. */
import * as vscode from 'vscode';
import type { RunView, StepView } from '../../domain/run.ts';
import { assessCommand } from '../../kubectl/assess.ts';
import { fixesFor, type Fix } from '../../kubectl/fixes.ts';
import type { RunDesk } from '../runDesk.ts';
import { exact, plain } from '../text.ts';
import { stepPlaces, type StepPlace } from './blocks.ts';
import { planSelector, runOf } from './document.ts';
import type { Judge } from './edit.ts';
import type { EditDocuments } from './editDocument.ts';
import { namespaceOf } from './judge.ts';

export interface CodeActionParts {
  readonly desk: RunDesk;
  readonly edits: EditDocuments;
  readonly judge: (runId: string) => Judge;
}

const { QuickFix, RefactorRewrite } = vscode.CodeActionKind;

/** How a new text gets to where the command is. */
type Put = (action: vscode.CodeAction, text: string) => void;

export function commandActions(parts: CodeActionParts): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    planSelector,
    { provideCodeActions: (document, range) => actionsAt(parts, document, range) },
    { providedCodeActionKinds: [QuickFix, RefactorRewrite] },
  );
}

async function actionsAt(
  { desk, edits, judge }: CodeActionParts,
  document: vscode.TextDocument,
  range: vscode.Range,
): Promise<vscode.CodeAction[]> {
  const runId = runOf(document.uri);
  const view = runId === undefined ? undefined : desk.view(runId);
  const place = stepPlaces(document.getText()).find(
    ({ header, command }) => header <= range.end.line && range.start.line <= command,
  );
  const step = place && view?.steps[place.index];
  if (view === undefined || place === undefined || step === undefined) return [];
  const edit = edits.look(document);
  const asked = desk.askedIn(view.runId)?.step.id === step.id;
  if (edit !== undefined && place.index !== edit.edit.index) return [];
  const { options } = judge(view.runId);
  const put = edit !== undefined ? inText(document, place) : asked ? throughEdit(view, step) : toBeAssessed;
  const fixes = fixesFor(place.text, namespaceOf(view), options);
  const isRejected = assessCommand(place.text, options).rejected;
  // What cannot be answered any more is not made safer, only understood.
  const offered = edit !== undefined || asked || isRejected ? fixes : [];
  const actions = offered.map((fix) => {
    const title = titleOf(fix, view.context);
    const action = new vscode.CodeAction(title, isRejected ? QuickFix : RefactorRewrite);
    action.isPreferred = isRejected && fix === offered[0];
    put(action, fix.text);
    return action;
  });
  if (edit === undefined && !asked) return actions;
  const before = await proposedBefore(desk, view.runId, step);
  return [...actions, ...ways(place.text, step, before, put)];
}

/** The ways back: to the command that is asked about, and to the one that was proposed first. */
function ways(now: string, step: StepView, proposed: string | undefined, put: Put): vscode.CodeAction[] {
  const asked = exact(step.command);
  const back: readonly (readonly [string, string])[] = [
    ...(proposed === undefined || proposed === asked || proposed === now
      ? []
      : [[vscode.l10n.t('Restore the proposed command'), proposed] as const]),
    ...(now === asked
      ? []
      : [
          [
            proposed === undefined || proposed === asked
              ? vscode.l10n.t('Restore the proposed command')
              : vscode.l10n.t('Restore the command as it is asked about'),
            asked,
          ] as const,
        ]),
  ];
  return back.map(([title, text]) => {
    const action = new vscode.CodeAction(title, QuickFix);
    put(action, text);
    return action;
  });
}

/** The command as the plan first had it. */
async function proposedBefore(desk: RunDesk, runId: string, step: StepView): Promise<string | undefined> {
  const records = await desk.records(runId);
  for (const record of records) {
    if (record.type !== 'Planned') continue;
    const first = record.data.steps.find(({ id }) => id === step.id);
    if (first !== undefined) return exact(first.command);
  }
  return undefined;
}

function titleOf({ kind, about }: Fix, context: string): string {
  const what = plain(about, 60);
  switch (kind) {
    case 'remove':
      return /^--context\b/.test(about)
        ? vscode.l10n.t('Use the pinned context {0} (remove {1})', plain(context, 60), what)
        : vscode.l10n.t('Remove {0}', what);
    case 'alone':
      return vscode.l10n.t('Keep only {0}', what);
    case 'quote':
      return vscode.l10n.t('Put {0} in quotes', what);
    case 'kubectl':
      return vscode.l10n.t('Begin with kubectl');
    case 'namespace':
      return vscode.l10n.t('Add -n {0}', what);
    case 'narrow':
      return vscode.l10n.t('Only in namespace {0} (-n {0})', what);
    case 'dry-run':
      return vscode.l10n.t('Make it a dry run ({0})', what);
  }
}

const inText =
  (document: vscode.TextDocument, { command, start, text }: StepPlace): Put =>
  (action, changed) => {
    action.edit = new vscode.WorkspaceEdit();
    action.edit.replace(
      document.uri,
      new vscode.Range(command, start, command, start + text.length),
      changed,
    );
  };

/** The plan itself is only read: the change is made where it can be seen before it is used. */
const throughEdit =
  ({ runId }: RunView, { id, argvHash }: StepView): Put =>
  (action, text) => {
    action.command = {
      title: action.title,
      command: 'oncall.editStep',
      arguments: [runId, id, argvHash, text],
    };
  };

/** A step that was refused stays so; what would become of a better command can be seen all the same. */
const toBeAssessed: Put = (action, text) => {
  action.title = vscode.l10n.t('{0}, and assess it', action.title);
  action.command = { title: action.title, command: 'oncall.assessCommand', arguments: [text] };
};

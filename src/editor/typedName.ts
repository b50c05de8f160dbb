/** Asks for the name that a forbidden command takes. */
import * as vscode from 'vscode';
import { takesBack } from '../domain/plan.ts';
import type { StepView } from '../domain/run.ts';
import { notice, plain } from './text.ts';

/** @returns what was typed, or undefined where the person gave up */
export async function askName(step: StepView, name: string): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title:
      step.gitops !== undefined && takesBack(step.gitops)
        ? `${step.gitops.tool} Will Take This Change Back`
        : 'This Command Needs the Name Typed',
    prompt: notice(`${step.command}: ${step.risk.reason} Type ${plain(name, 200)} to run it.`),
    placeHolder: plain(name, 200),
    ignoreFocusOut: true,
  });
}

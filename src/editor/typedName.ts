/** Asks for the name that a forbidden command takes. */
import * as vscode from 'vscode';
import type { StepView } from '../domain/run.ts';
import { notice, plain } from './text.ts';

/** @returns what was typed, or undefined where the person gave up */
export async function askName(step: StepView, name: string): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: 'This Command Needs the Name Typed',
    prompt: notice(`${step.command}: ${step.risk.reason} Type ${plain(name, 200)} to run it.`),
    placeHolder: plain(name, 200),
    ignoreFocusOut: true,
  });
}

/** What the chat's agent mode may ask of Oncall: to list, to diagnose, to assess. What answers is loaded with the first question. */
import * as vscode from 'vscode';
import type { toolAnnouncements } from './toolAnnouncements.ts';
import type { ToolAnswers, ToolInputs, ToolName } from './toolAnswers.ts';

const names: readonly ToolName[] = ['oncall_incidents', 'oncall_assessCommand', 'oncall_diagnose'];

/** What answers, and what a person is told before. */
export interface Tools {
  readonly tools: ToolAnswers;
  readonly toolAnnouncements: typeof toolAnnouncements;
}

/** @param load loads what answers */
export function registerLanguageModelTools(load: () => Promise<Tools>): vscode.Disposable {
  const register = <Name extends ToolName>(name: Name): vscode.Disposable =>
    vscode.lm.registerTool<ToolInputs[Name]>(name, {
      prepareInvocation: async ({ input }) => (await load()).toolAnnouncements[name](input),
      invoke: async ({ input }, token) => {
        const abort = new AbortController();
        const listening = token.onCancellationRequested(() => {
          abort.abort();
        });
        try {
          const text = await (await load()).tools[name](input, abort.signal);
          return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
        } finally {
          listening.dispose();
        }
      },
    });
  return vscode.Disposable.from(...names.map((name) => register(name)));
}

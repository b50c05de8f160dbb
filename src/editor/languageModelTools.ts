/** What the chat's agent mode may ask of Oncall: to list, to diagnose, to assess. The answers are loaded with the first question. */
import * as vscode from 'vscode';
import { plain } from './text.ts';
import type { ToolAnswers, ToolInputs, ToolName } from './toolAnswers.ts';

/** What a person reads of an invocation before it goes on. */
const announcements: {
  readonly [Name in ToolName]: (input: ToolInputs[Name]) => vscode.PreparedToolInvocation;
} = {
  oncall_incidents: () => ({ invocationMessage: 'Listing open incidents' }),
  oncall_assessCommand: () => ({ invocationMessage: 'Assessing a kubectl command' }),
  oncall_diagnose: ({ incidentId }) => {
    const name = plain(String(incidentId ?? ''), 40);
    return {
      invocationMessage: `Diagnosing incident ${name}`,
      confirmationMessages: {
        title: `Diagnose incident ${name}`,
        message:
          'Reads the cluster and hands the diagnosis, with credentials taken out, to the model of this chat. Nothing is run.',
      },
    };
  },
};

/** @param answers loads what answers */
export function registerLanguageModelTools(answers: () => Promise<ToolAnswers>): vscode.Disposable {
  const register = <Name extends ToolName>(name: Name): vscode.Disposable =>
    vscode.lm.registerTool<ToolInputs[Name]>(name, {
      prepareInvocation: ({ input }) => announcements[name](input),
      invoke: async ({ input }, token) => {
        const abort = new AbortController();
        const listening = token.onCancellationRequested(() => {
          abort.abort();
        });
        try {
          const text = await (await answers())[name](input, abort.signal);
          return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
        } finally {
          listening.dispose();
        }
      },
    });
  return vscode.Disposable.from(...(Object.keys(announcements) as ToolName[]).map((name) => register(name)));
}

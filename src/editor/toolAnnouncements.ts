/** What a person reads of a tool's invocation by the chat before it goes on. Pure. */
import type { PreparedToolInvocation } from 'vscode';
import { plain } from './text.ts';
import type { ToolInputs, ToolName } from './toolAnswers.ts';

export const toolAnnouncements: {
  readonly [Name in ToolName]: (input: ToolInputs[Name]) => PreparedToolInvocation;
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

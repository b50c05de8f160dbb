/** Builds the parts and wires them. Everything heavy, and everything about runs, is loaded on first use. */
import * as vscode from 'vscode';
import type { OncallAgent } from './agent.ts';
import { Automation } from './editor/automation.ts';
import { registerCommands } from './editor/commands.ts';
import { editorSettings } from './editor/configuration.ts';
import { incidentCommands } from './editor/incidentCommands.ts';
import { IncidentTree } from './editor/incidents/tree.ts';
import { LazyRuns } from './editor/lazyRuns.ts';
import { showError, showWrongSetting } from './editor/notify.ts';
import { Output } from './editor/output.ts';
import { readRunbooks } from './editor/runbooks.ts';
import { Secrets } from './editor/secrets.ts';
import { Session } from './editor/session.ts';
import { sessionCommands } from './editor/sessionCommands.ts';
import { StatusBar } from './editor/statusBar.ts';
import { hasRunTabs } from './editor/tabs.ts';
import { watchBreaker, watchToken } from './editor/watches.ts';

let end: (() => Promise<void>) | undefined;

/** @returns the agent, for other extensions and for tests: the face of `oncall-agent/agent` */
export function activate(context: vscode.ExtensionContext): OncallAgent {
  const { extensionUri, subscriptions } = context;
  const own = <T extends vscode.Disposable>(part: T): T => {
    subscriptions.push(part);
    return part;
  };
  const output = own(new Output());
  const secrets = new Secrets(context.secrets, process.env);
  const session = new Session({
    source: editorSettings(process.env),
    secrets,
    storage: context.globalStorageUri.fsPath,
    onWrongSetting: ({ setting, message }) => {
      output.error(message);
      void showWrongSetting(setting, message);
    },
    log: (message) => output.info(message),
    readRunbooks,
  });
  end = () => session.dispose();
  const runs = own(
    new LazyRuns({ extensionUri, session, output }, (incidentId) => {
      tree.touch(incidentId);
    }),
  );
  const tree = own(new IncidentTree(session, (id) => runs.loaded?.desk.latestFor(id) !== undefined));
  const remediate = runs.command('oncall.remediateIncident');
  const openRunbook = runs.command('oncall.openRunbook');
  const showPlan = runs.command('oncall.showPlan');
  own(new StatusBar(session));
  own(new Automation({ session, runs, output }));
  own(watchToken(session, output));
  own(watchBreaker(session));
  own(
    registerCommands(
      {
        ...incidentCommands({ session, tree, output, remediate, openRunbook, showPlan }),
        ...sessionCommands({ session, secrets, output }),
        ...runs.commands(),
      },
      output,
    ),
  );
  own(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('oncall')) void session.update();
    }),
  );
  own(secrets.onDidChange(() => session.update()));
  if (hasRunTabs()) void runs.load();

  const practice = process.env['ONCALL_PRACTICE'];
  if (practice) {
    runs
      .load()
      .then(({ rehearsal }) => rehearsal.startNamed(practice))
      .catch((error: unknown) => showError(output, 'Practice', error));
  } else void session.update();
  return session.agent;
}

/** Ends the runs and closes the journal. */
export async function deactivate(): Promise<void> {
  await end?.();
}

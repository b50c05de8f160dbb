/** Builds the parts and wires them. Everything heavy, and everything about runs, is loaded on first use. */
import * as vscode from 'vscode';
import type { OncallAgent } from './agent.ts';
import { registerCommands } from './editor/commands.ts';
import { editorSettings } from './editor/configuration.ts';
import { IncidentTree, takingRows } from './editor/incidents/tree.ts';
import { registerLanguageModelTools } from './editor/languageModelTools.ts';
import { watchInterrupted } from './editor/interrupted.ts';
import { LazyRuns } from './editor/lazyRuns.ts';
import { greetNewcomer } from './editor/newcomer.ts';
import { showError, showWrongSetting } from './editor/notify.ts';
import { Output } from './editor/output.ts';
import { Secrets } from './editor/secrets.ts';
import { Session } from './editor/session.ts';
import { StatusBar } from './editor/statusBar.ts';
import { hasRunTabs } from './editor/tabs.ts';
import { watchAuditLog, watchBreaker, watchIncidents, watchToken, watchYolo } from './editor/watches.ts';
import { WriteBacks } from './editor/writeBack.ts';
import { yoloConsent } from './editor/yoloConsent.ts';

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
  const session: Session = new Session({
    source: editorSettings(process.env),
    secrets,
    storage: context.globalStorageUri.fsPath,
    onWrongSetting: ({ setting, message }) => {
      output.error(message);
      void showWrongSetting(setting, message);
    },
    log: (message) => output.info(message),
    readRunbooks: async (folders) => (await runs.load()).readRunbooks(folders),
    yolo: yoloConsent(context.globalState, output, () => runs.load()),
  });
  end = () => session.dispose();
  const runs = own(
    new LazyRuns({ extensionUri, session, secrets, output, memory: context.globalState }, (incidentId) => {
      tree.touch(incidentId);
    }),
  );
  const tree = own(new IncidentTree({ session, runs, memory: context.globalState }));
  const writeBacks = own(new WriteBacks({ session, output }));
  const tell: WriteBacks['tell'] = (kind, incident) => writeBacks.tell(kind, incident);
  own(registerLanguageModelTools(() => runs.load()));
  own(
    vscode.window.registerUriHandler({ handleUri: async (uri) => (await runs.load()).openLink(uri, tree) }),
  );
  own(new StatusBar(session));
  own(watchYolo(session, runs));
  own(watchIncidents(session, runs, () => tree.isVisible));
  own(watchToken(session, output));
  own(watchBreaker(session, runs));
  own(watchAuditLog(session, runs));
  own(watchInterrupted(session, runs, output));
  own(
    registerCommands(
      {
        ...tree.commands,
        ...runs.incidentCommands({ tree, tell }),
        ...takingRows(tree, runs.commands()),
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
  } else {
    void session.update();
    greetNewcomer(context.globalState);
  }
  return session.agent;
}

/** Ends the runs and closes the journal. */
export async function deactivate(): Promise<void> {
  await end?.();
}

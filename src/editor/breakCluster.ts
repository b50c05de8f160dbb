/** "Break a Test Cluster": the practice bundle breaks things in one namespace of a person's own cluster, and cleans up. */
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { alertSchema, type Alert } from '../domain/incident.ts';
import { breakableContext } from './breakable.ts';
import type { Handlers } from './commandTable.ts';
import type { Output } from './output.ts';
import { jsonOf, PracticeBundle } from './practiceBundle.ts';
import type { Session } from './session.ts';
import { notice, plain, withoutIcons } from './text.ts';

export const practiceNamespace = 'oncall-practice';

/** What the bundle says, line by line. */
const saidSchema = z.union([
  z.object({ progress: z.string() }),
  z.object({ skipped: z.string(), why: z.string() }),
  z.object({ failed: z.string(), why: z.string() }),
  z.object({ broken: z.string(), alert: alertSchema }),
  z.object({ cleaned: z.boolean() }),
  z.object({ refused: z.string() }),
]);

interface Outcome {
  readonly broken: { readonly title: string; readonly alert: Alert }[];
  /** What was skipped or did not come about, with the reason. */
  readonly missing: string[];
  /** Whether there was something to clean up; absent where nothing was cleaned. */
  cleaned?: boolean;
}

export interface BreakParts {
  readonly session: Session;
  readonly output: Output;
  /** Absolute path of the practice bundle. */
  readonly script: string;
  /** What there is to break, as people choose from it. */
  readonly choose: (title: string) => Promise<string | undefined>;
  /** Starts a run for an alert that PagerDuty knows nothing of. */
  readonly remediate: (alert: Alert) => Promise<void>;
}

export function breakCommands({ session, output, script, choose, remediate }: BreakParts) {
  const run = (title: string, args: readonly string[], context: string): Promise<Outcome> => {
    const { kubeconfig, kubectlPath } = session.settings.kubernetes;
    return inBundle(title, script, output, [
      'break',
      ...args,
      ...['--json', '--context', context, '--yes-context', context],
      ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
      ...(kubectlPath === undefined ? [] : ['--kubectl', kubectlPath]),
    ]);
  };
  const clean = async (context: string): Promise<void> => {
    const { cleaned } = await run(`Cleaning up ${context}`, ['clean'], context);
    void vscode.window.showInformationMessage(
      notice(
        cleaned === true
          ? `Namespace ${practiceNamespace} of ${context} is gone.`
          : `There is no namespace ${practiceNamespace} in ${context}.`,
      ),
    );
  };
  return {
    'oncall.breakTestCluster': async () => {
      const context = breakableContext(session.settings, session.practice.kind !== 'off');
      const what = await choose('Break a Test Cluster');
      if (what === undefined || !(await confirmed(context))) return;
      const { broken, missing } = await run(`Breaking ${context}`, [what], context);
      const said = [
        broken.length === 0
          ? `Nothing was broken in ${context}.`
          : `Broken in namespace ${practiceNamespace} of ${context}: ${broken.map(({ title }) => title).join('; ')}.`,
        ...missing,
        `"Oncall: Clean Up the Test Cluster" deletes the namespace.`,
      ];
      const chosen = await vscode.window.showInformationMessage(
        notice(said.join(' ')),
        ...(broken.length === 0 ? [] : ['Remediate']),
        'Clean Up',
      );
      if (chosen === 'Clean Up') await clean(context);
      if (chosen === 'Remediate') for (const { alert } of broken) await remediate(alert);
    },
    'oncall.cleanUpTestCluster': async () => {
      const context = breakableContext(session.settings, session.practice.kind !== 'off');
      const remove = 'Delete Namespace';
      const chosen = await vscode.window.showWarningMessage(
        notice(`Delete namespace ${practiceNamespace} of ${context} with everything in it?`),
        { modal: true, detail: 'Only one that "Break a Test Cluster" has made is deleted.' },
        remove,
      );
      if (chosen === remove) await clean(context);
    },
  } satisfies Partial<Handlers>;
}

async function confirmed(context: string): Promise<boolean> {
  const typed = await vscode.window.showInputBox({
    title: 'Break a Test Cluster',
    prompt: notice(
      `Things break in namespace ${practiceNamespace} of ${context}, and nowhere else. Type the context's name to go on.`,
    ),
    placeHolder: plain(context, 200),
    ignoreFocusOut: true,
    validateInput: (text) =>
      text === '' || text === context ? undefined : notice(`The context is called ${context}.`),
  });
  return typed === context;
}

/** Runs the bundle under a notification that can cancel it. */
function inBundle(title: string, script: string, output: Output, args: readonly string[]): Promise<Outcome> {
  const outcome: Outcome = { broken: [], missing: [] };
  return Promise.resolve(
    vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: notice(title), cancellable: true },
      (progress, token) =>
        new Promise<Outcome>((resolve, reject) => {
          let refused: string | undefined;
          const bundle = new PracticeBundle(args, {
            script,
            log: (message) => output.info(message),
            onLine: (line) => {
              output.info(`test cluster: ${line}`);
              const parsed = saidSchema.safeParse(jsonOf(line));
              if (!parsed.success) return;
              const said = parsed.data;
              if ('progress' in said) progress.report({ message: notice(withoutIcons(said.progress)) });
              else if ('broken' in said) outcome.broken.push({ title: said.broken, alert: said.alert });
              else if ('cleaned' in said) outcome.cleaned = said.cleaned;
              else if ('refused' in said) refused = said.refused;
              else
                outcome.missing.push(
                  `Not broken: ${'skipped' in said ? said.skipped : said.failed}: ${said.why}`,
                );
            },
            onEnd: (how, exitCode) => {
              // What was made before somebody cancelled is there, and has to be told.
              if (token.isCancellationRequested || (refused === undefined && exitCode !== null))
                resolve(outcome);
              else reject(new Error(refused ?? `The practice process has ended (${how})`));
            },
          });
          token.onCancellationRequested(() => bundle.stop());
        }),
    ),
  );
}

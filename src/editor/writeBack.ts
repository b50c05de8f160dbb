/** Lets PagerDuty be told about runs, by the agent and the connection that hold now. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { OncallAgent } from '../agent.ts';
import { OncallError } from '../domain/error.ts';
import type { Incident } from '../domain/incident.ts';
import { showError } from './notify.ts';
import type { Output } from './output.ts';
import type { PagerDutyLink } from './pagerdutyLink.ts';
import type { Session } from './session.ts';
import { notice, plain } from './text.ts';
import type { WriteBackDesk } from './writeBackDesk.ts';

export class WriteBacks implements vscode.Disposable {
  readonly #session: Session;
  readonly #output: Output;
  readonly #window = randomBytes(6).toString('hex');
  readonly #subscriptions: vscode.Disposable[];
  #now:
    { readonly agent: OncallAgent; readonly link: PagerDutyLink; readonly desk: WriteBackDesk } | undefined;
  #answered = false;

  constructor({ session, output }: { readonly session: Session; readonly output: Output }) {
    this.#session = session;
    this.#output = output;
    this.#subscriptions = [
      session.onDidChange(() => {
        this.#connect();
      }),
      session.onDidPoll(({ kind }) => {
        // What waits for PagerDuty need not wait for the next attempt once it answers again.
        if (kind === 'ok' && !this.#answered) void this.#now?.desk.wake();
        if (kind !== 'loading') this.#answered = kind === 'ok';
      }),
    ];
  }

  /** Acknowledges or resolves an incident, in the name of the user. @throws OncallError `pagerduty-*` */
  async tell(kind: 'acknowledge' | 'resolve', incident: Incident): Promise<void> {
    if (this.#now === undefined) {
      throw new OncallError(
        'pagerduty-unauthorized',
        'PagerDuty is not connected',
        'Set a token with "Oncall: Set PagerDuty Token".',
      );
    }
    if ((await this.#now.desk.tell(kind, incident)) === 'done') return;
    void vscode.window.showWarningMessage(
      notice(
        vscode.l10n.t(
          'PagerDuty does not take it now: it is told about incident {0} as soon as it does, if that is within an hour. The output says why.',
          incident.id,
        ),
      ),
    );
  }

  dispose(): void {
    this.#now?.desk.stop();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** What belongs to another agent or account stays in its journal until that one holds again. */
  #connect(): void {
    const session = this.#session;
    const { agent, pagerduty: link } = session;
    if (this.#now?.agent === agent && this.#now.link === link) {
      void this.#now.desk.wake();
      return;
    }
    this.#now?.desk.stop();
    this.#now = undefined;
    if (link === undefined) return;
    const desk = link.writeBackDesk({
      agent,
      directory: session.journalDirectory,
      window: this.#window,
      settings: () => session.settings.pagerduty,
      incidents: () => session.incidents.incidents,
      answers: () => session.incidents.kind === 'ok',
      write: (line) => {
        this.#output.write(line);
      },
      onFailed: (error) => void showError(this.#output, 'Telling PagerDuty', error),
      onChanged: () => void session.refresh(),
      offerResolve: (incident, runId) => void this.#offer(incident, runId),
    });
    this.#now = { agent, link, desk };
  }

  async #offer(incident: Incident, runId: string): Promise<void> {
    const resolve = 'Resolve in PagerDuty';
    const show = 'Show Plan';
    const chosen = await vscode.window.showInformationMessage(
      notice(`${plain(incident.title, 120)}: verified, the finding is gone and stayed gone.`),
      resolve,
      show,
    );
    if (chosen === show) await vscode.commands.executeCommand('oncall.showPlan', runId);
    if (chosen !== resolve) return;
    await this.tell('resolve', incident).catch((error: unknown) => showError(this.#output, resolve, error));
  }
}

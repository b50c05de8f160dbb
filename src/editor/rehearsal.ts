/** Practice as people see it: choosing what to be paged for, waiting for it, and the debrief afterwards. */
import * as vscode from 'vscode';
import type { JournalRecord } from '../domain/record.ts';
import { debrief, type Lesson } from '../journal/debrief.ts';
import type { Handlers } from './commandTable.ts';
import { DebriefDocuments } from './debriefDocument.ts';
import { showError } from './notify.ts';
import type { Output } from './output.ts';
import { PracticeProcess, type Offer } from './practice.ts';
import type { Session } from './session.ts';
import { notice, plain, withoutIcons } from './text.ts';

const difficulties = { easy: 'Easy', medium: 'Medium', hard: 'Hard' } as const;

interface Choice extends vscode.QuickPickItem {
  /** What the process is asked for; absent in separators. */
  readonly what?: string;
}

export interface RehearsalParts {
  readonly session: Session;
  readonly output: Output;
  /** Absolute path of the practice bundle. */
  readonly script: string;
  /** Ends the runs of the agent that holds now. */
  readonly stopRuns: () => void;
  /** Resolves once no run for an incident goes on. */
  readonly whenIdle: (incidentId: string) => Promise<void>;
}

const gameDay: Choice = {
  label: '$(megaphone) Game day',
  detail: 'Several incidents some seconds apart, and not every alarm is what it seems',
  what: 'game-day',
};

export class Rehearsal implements vscode.Disposable {
  readonly #session: Session;
  readonly #stopRuns: () => void;
  readonly #output: Output;
  readonly #process: PracticeProcess;
  readonly #documents = new DebriefDocuments();
  #offers: Promise<readonly Offer[]> | undefined;
  /** What the practice that ended last leaves for its debrief. */
  #last: { readonly records: readonly JournalRecord[]; readonly lessons: readonly Lesson[] } | undefined;

  constructor(parts: RehearsalParts) {
    this.#session = parts.session;
    this.#stopRuns = parts.stopRuns;
    this.#output = parts.output;
    this.#process = new PracticeProcess({
      script: parts.script,
      log: (message) => parts.output.info(message),
      onFailed: (reason) => void showError(this.#output, 'Practice', new Error(reason)),
      onEnded: ({ incidentId, incidentTitle }) =>
        void parts
          .whenIdle(incidentId)
          .then(() => this.#offerDebrief(`Practice: "${plain(incidentTitle, 120)}" is over.`)),
      onLost: (reason) => {
        void this.#leave();
        void showError(this.#output, 'Practice', new Error(reason));
      },
    });
  }

  readonly commands = {
    'oncall.startPractice': async () => {
      const what = await this.choose(
        'Start Practice Incident',
        'What you are paged for: the cause is yours to find',
        true,
      );
      if (what !== undefined) await this.start(what);
    },
    'oncall.stopPractice': () => this.stop(),
    'oncall.practiceDebrief': () => this.#debrief(),
  } satisfies Partial<Handlers>;

  /**
   * Lets a person choose from the catalogue.
   * @param withGameDay offers several incidents, too
   * @returns what the practice process is asked for, or undefined where they gave up
   */
  async choose(title: string, placeHolder: string, withGameDay = false): Promise<string | undefined> {
    const chosen = await vscode.window.showQuickPick<Choice>(this.#choices(withGameDay), {
      title,
      placeHolder,
    });
    return chosen?.what;
  }

  /** Begins with what the environment names, and shows the incidents. */
  async startNamed(name: string): Promise<void> {
    await Promise.all([vscode.commands.executeCommand('oncall.incidents.focus'), this.start(name)]);
  }

  /**
   * Starts practice, or raises one more incident in the practice that runs.
   * @param what a scenario's name, `random` or `game-day`
   */
  async start(what: string): Promise<void> {
    if (this.#session.practice.kind === 'on') {
      this.#process.play(what);
      await this.#session.refresh();
      return;
    }
    if (this.#session.practice.kind === 'starting') return;
    // Before anything is awaited: from here on a new run cannot reach a real cluster.
    const entered = this.#session.enterPractice();
    await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: notice('Starting practice'),
        cancellable: true,
      },
      async (_progress, token) => {
        const controller = new AbortController();
        token.onCancellationRequested(() => {
          controller.abort();
        });
        await entered;
        await this.#mark(true);
        try {
          const connection = await this.#process.start(what, controller.signal);
          await this.#session.practiceIsReady(connection);
          this.#output.info(`Practice runs: context ${connection.kubernetes.context}`);
        } catch (error) {
          await this.#leave();
          throw error;
        }
      },
    );
  }

  /** Ends practice, goes back to the real connection and offers what can be learnt from it. */
  async stop(): Promise<void> {
    const practised = this.#session.practice.kind === 'on';
    const last = practised ? await this.#truth('all') : undefined;
    this.#process.stop();
    await this.#leave();
    if (last === undefined || last.lessons.length === 0) return;
    this.#last = last;
    void this.#offerDebrief('Practice is over.');
  }

  dispose(): void {
    this.#process.stop();
    this.#documents.dispose();
  }

  async #choices(withGameDay: boolean): Promise<Choice[]> {
    this.#offers ??= this.#process.offers();
    // Without a list there is nothing to choose from; the next time it is asked for anew.
    this.#offers.catch(() => (this.#offers = undefined));
    const offers = await this.#offers;
    return [
      { label: '$(question) Surprise me', detail: 'One incident, drawn at random', what: 'random' },
      ...(withGameDay ? [gameDay] : []),
      ...Object.entries(difficulties).flatMap(([difficulty, label]) => {
        const fitting = offers.filter((offer) => offer.difficulty === difficulty);
        if (fitting.length === 0) return [];
        return [
          { label, kind: vscode.QuickPickItemKind.Separator },
          ...fitting.map(({ title, name }) => ({ label: withoutIcons(plain(title, 150)), what: name })),
        ];
      }),
    ];
  }

  /** What was done, and what was true. */
  async #truth(which: 'ended' | 'all') {
    const [records, lessons] = await Promise.all([
      this.#session.agent.journal.records().catch(() => []),
      this.#process.lessons(which),
    ]);
    return { records, lessons };
  }

  async #debrief(): Promise<void> {
    const practises = this.#session.practice.kind === 'on';
    const truth = practises ? await this.#truth('ended') : this.#last;
    if (truth !== undefined && truth.lessons.length > 0) {
      await this.#documents.show(debrief(truth.records, truth.lessons));
      return;
    }
    if (!practises) {
      void vscode.window.showInformationMessage('Nothing has been rehearsed in this window yet.');
      return;
    }
    const stop = 'Stop Practice';
    const chosen = await vscode.window.showInformationMessage(
      'No practice incident is over yet, and what is behind one is told only then.',
      stop,
    );
    if (chosen === stop) await this.stop();
  }

  async #offerDebrief(message: string): Promise<void> {
    const show = 'Show Debrief';
    const chosen = await vscode.window.showInformationMessage(notice(message), show);
    if (chosen === show) await this.#debrief();
  }

  async #leave(): Promise<void> {
    if (this.#session.practice.kind === 'off') return;
    this.#stopRuns();
    await this.#session.leavePractice();
    await this.#mark(false);
  }

  async #mark(practising: boolean): Promise<void> {
    await vscode.commands.executeCommand('setContext', 'oncall.practising', practising);
  }
}

/**
 * Tells a person what they have not asked for, in the one place that does: each kind can be turned off, and nothing is told that
 * is on screen already. Whatever is told, or is not, stands in the output channel.
 */
import * as vscode from 'vscode';
import type { Handlers } from './commandTable.ts';
import { hiddenKinds, notificationKinds, type NotificationKind } from './notificationKinds.ts';
import { showError } from './notify.ts';
import type { Output } from './output.ts';
import { shortRun } from './outputLines.ts';
import { notice } from './text.ts';

const hiddenKey = 'oncall.notifications.hidden';

/** What a person reads of each kind where they choose. */
const kindWords: Readonly<Record<NotificationKind, string>> = {
  incident: vscode.l10n.t('New incidents of high urgency'),
  approval: vscode.l10n.t('A step waits for your approval'),
  automation: vscode.l10n.t('A run of YOLO mode has ended'),
  breaker: vscode.l10n.t('The circuit breaker opened'),
};

export interface Notice {
  readonly kind: NotificationKind;
  /** May hold text from outside. */
  readonly text: string;
  readonly isWarning: boolean;
  /** The run that it is about: nothing is told of one whose plan is being looked at. */
  readonly runId?: string;
  /** One button or two. */
  readonly actions: readonly { readonly label: string; readonly run: () => unknown }[];
}

export interface NoticesParts {
  readonly memory: vscode.Memento;
  readonly output: Output;
  /** Whether the plan panel shows a run. */
  readonly shows: (runId: string) => boolean;
}

export class Notices {
  readonly #parts: NoticesParts;

  constructor(parts: NoticesParts) {
    this.#parts = parts;
  }

  readonly commands = {
    'oncall.chooseNotifications': () => this.#choose(),
  } satisfies Partial<Handlers>;

  /** The kinds that are not shown. */
  get hidden(): readonly NotificationKind[] {
    return hiddenKinds(this.#parts.memory.get(hiddenKey));
  }

  /** Tells, without taking the focus. It returns at once: the notification stays as long as it is not answered. */
  tell({ kind, text, isWarning, runId, actions }: Notice): void {
    const { output, shows } = this.#parts;
    output.info(`${runId === undefined ? '' : `Run ${shortRun(runId)}: `}told: ${text}`);
    if (this.hidden.includes(kind)) return;
    if (runId !== undefined && vscode.window.state.focused && shows(runId)) return;
    const show = isWarning ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
    const never = vscode.l10n.t("Don't Show Again");
    void show(notice(text), ...actions.map(({ label }) => label), never)
      .then(async (chosen) => {
        if (chosen === never) await this.#hide([...this.hidden, kind]);
        else await actions.find(({ label }) => label === chosen)?.run();
      })
      .then(undefined, (error: unknown) => showError(output, vscode.l10n.t('Notification'), error));
  }

  async #hide(kinds: readonly NotificationKind[]): Promise<void> {
    await this.#parts.memory.update(hiddenKey, kinds);
  }

  async #choose(): Promise<void> {
    const hidden = this.hidden;
    const chosen = await vscode.window.showQuickPick(
      notificationKinds.map((kind) => ({
        label: kindWords[kind],
        picked: !hidden.includes(kind),
        about: kind,
      })),
      {
        title: vscode.l10n.t('Choose Notifications'),
        placeHolder: vscode.l10n.t('What Oncall tells you without being asked'),
        canPickMany: true,
      },
    );
    if (chosen === undefined) return;
    const wanted = chosen.map(({ about }) => about);
    await this.#hide(notificationKinds.filter((kind) => !wanted.includes(kind)));
  }
}

/** What can be done to an incident in PagerDuty that others see. What cannot be taken back is asked about first. Loaded on first use. */
import * as vscode from 'vscode';
import { explain, isOncallError } from '../../domain/error.ts';
import type { Incident, Named } from '../../domain/incident.ts';
import type { Output } from '../output.ts';
import type { PagerDutyLink } from '../pagerdutyLink.ts';
import type { Session } from '../session.ts';
import { notice, plain, withoutIcons } from '../text.ts';
import { pickFilter, type Filtered } from './filterPick.ts';
import { called } from './present.ts';

/** Asks before something that others see and that cannot be taken back. */
async function isConfirmed(question: string, detail: string, does: string): Promise<boolean> {
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, does);
  return answer === does;
}

export type IncidentActions = ReturnType<typeof incidentActions>;

/**
 * @param session whose connection to PagerDuty takes the changes
 * @param stopRun stops the run of an incident in this window, and resolves when it has ended
 */
export function incidentActions(
  session: Session,
  output: Output,
  stopRun: (incidentId: string) => Promise<void>,
) {
  return {
    /** Whether an incident is to be resolved. */
    isToBeResolved: (incident: Incident) =>
      isConfirmed(
        `Resolve “${called(incident)}” in PagerDuty?`,
        'Everybody sees it as over, and nobody is paged for it any more. It cannot be opened again.',
        'Resolve',
      ),
    /** @param acknowledge PagerDuty snoozes only what is acknowledged: called first for what is not */
    async snooze(incident: Incident, acknowledge: (incident: Incident) => Promise<unknown>): Promise<void> {
      const seconds = await askSnooze(incident);
      if (seconds === undefined) return;
      await busy(async () => {
        if (incident.status === 'triggered') await acknowledge(incident);
        await session.connected().snooze(incident, seconds);
      });
      output.info(`Incident ${incident.id} was snoozed for ${seconds / 60} minutes`);
    },
    async reassign(incident: Incident): Promise<void> {
      const user = await askPerson(incident, session.connected());
      if (user === undefined) return;
      const name = notice(plain(user.name, 80));
      const sure = await isConfirmed(
        `Reassign “${called(incident)}” to ${name}?`,
        `PagerDuty notifies ${name} at once, and takes it from whoever has it now.`,
        'Reassign',
      );
      if (!sure) return;
      await busy(() => session.connected().reassign(incident, user.id));
      output.info(`Incident ${incident.id} was reassigned to ${plain(user.name, 80)}`);
    },
    async addNote(incident: Incident): Promise<void> {
      const text = await askNote(incident);
      if (text === undefined) return;
      await busy(() => session.connected().addNote(incident, text));
      output.info(`A note was added to incident ${incident.id}`);
    },
    /** Gives an incident to automation, whoever had it. */
    async handOver(incident: Incident): Promise<void> {
      if (session.yolo !== 'on') {
        await vscode.window.showInformationMessage(
          vscode.l10n.t('YOLO mode is off: there is nobody to hand this incident over to.'),
        );
        return;
      }
      await busy(async () => {
        await stopRun(incident.id);
        await session.agent.handOver(incident.id);
        await session.refresh();
      });
      output.info(`Incident ${incident.id} was handed over to automation`);
      vscode.window.setStatusBarMessage(vscode.l10n.t('Handed over: YOLO mode takes it'), 3000);
    },
    filter: (tree: Filtered) => pickFilter(tree, () => session.connected().me()),
  };
}

/** Runs something with the bar at the top of the view. */
async function busy(work: () => Promise<unknown>): Promise<void> {
  await vscode.window.withProgress({ location: { viewId: 'oncall.incidents' } }, work);
}

const hour = 3600;
const snoozes: readonly (vscode.QuickPickItem & { readonly seconds: number })[] = [
  { label: '15 minutes', seconds: hour / 4 },
  { label: '30 minutes', seconds: hour / 2 },
  { label: '1 hour', seconds: hour },
  { label: '4 hours', seconds: 4 * hour },
  { label: '8 hours', seconds: 8 * hour },
  { label: '24 hours', seconds: 24 * hour },
];

/** How long to leave an incident alone, in seconds; undefined where the person gives up. */
async function askSnooze(incident: Incident): Promise<number | undefined> {
  const also = incident.status === 'triggered' ? 'Acknowledges it as well. ' : '';
  const chosen = await vscode.window.showQuickPick(snoozes, {
    title: `Snooze ${withoutIcons(called(incident))}`,
    placeHolder: `${also}It triggers again after`,
  });
  return chosen?.seconds;
}

/** The text of a note; undefined where the person gives up. */
async function askNote(incident: Incident): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title: `Add Note to ${withoutIcons(called(incident))}`,
    prompt: 'Enter sends it. Everybody who sees the incident reads it, and it cannot be taken back.',
    ignoreFocusOut: true,
    validateInput: (value) =>
      value.length > 25_000 ? 'PagerDuty takes 25,000 characters at most.' : undefined,
  });
  return text?.trim() === '' ? undefined : text?.trim();
}

type Person = vscode.QuickPickItem & { readonly user?: Named };

/** Whom to give an incident to; asks PagerDuty while a name is typed. Undefined where the person gives up. */
function askPerson(incident: Incident, pagerduty: PagerDutyLink): Promise<Named | undefined> {
  const pick = vscode.window.createQuickPick<Person>();
  pick.title = `Reassign ${withoutIcons(called(incident))}`;
  pick.placeholder = 'To whom? Type a part of a name';
  const { promise, resolve } = Promise.withResolvers<Named | undefined>();
  let asking = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let isWhole = false;
  const ask = async () => {
    asking.abort();
    const { signal } = (asking = new AbortController());
    pick.busy = true;
    try {
      const { users, more } = await pagerduty.users(pick.value.trim(), signal);
      if (signal.aborted) return;
      isWhole = !more && pick.value.trim() === '';
      pick.items = users.map((user) => ({
        label: withoutIcons(plain(user.name, 80)),
        description: (incident.assigneeIds ?? []).includes(user.id) ? 'has it now' : '',
        user,
      }));
    } catch (error) {
      if (signal.aborted || (isOncallError(error) && error.code === 'cancelled')) return;
      pick.items = [
        {
          label: '$(warning) Nobody could be read',
          detail: withoutIcons(plain(explain(error), 300)),
          alwaysShow: true,
        },
      ];
    }
    pick.busy = false;
  };
  const subscription = vscode.Disposable.from(
    pick.onDidChangeValue(() => {
      // With everybody in the list the editor finds them by itself.
      if (isWhole) return;
      clearTimeout(timer);
      timer = setTimeout(() => void ask(), 300);
    }),
    pick.onDidAccept(() => {
      const user = pick.activeItems[0]?.user;
      if (user === undefined) return;
      resolve(user);
      pick.hide();
    }),
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    }),
  );
  pick.show();
  void ask();
  return promise.finally(() => {
    clearTimeout(timer);
    asking.abort();
    subscription.dispose();
  });
}

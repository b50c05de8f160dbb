/** Lets a person narrow the list: each choice sets one thing or takes it back; what is typed can be searched for. */
import * as vscode from 'vscode';
import type { Incident, Named } from '../../domain/incident.ts';
import { plain, withoutIcons } from '../text.ts';
import { choicesOf, filterWords, isFiltering, toggled, type TreeFilter } from './filter.ts';

/** The list that is filtered. */
export interface Filtered {
  readonly filter: TreeFilter;
  setFilter(filter: TreeFilter): void;
  /** Every open incident, whatever the filter. */
  incidents(): Incident[];
}

interface Choice extends vscode.QuickPickItem {
  /** What the filter is after this choice. */
  readonly next?: () => TreeFilter | Promise<TreeFilter>;
}

/** @param me asks who the token belongs to: only where a person wants their own */
export async function pickFilter(tree: Filtered, me: () => Promise<Named>): Promise<void> {
  const chosen = await choose(tree, me);
  if (chosen?.next !== undefined) tree.setFilter(await chosen.next());
}

function choose(tree: Filtered, me: () => Promise<Named>): Promise<Choice | undefined> {
  const pick = vscode.window.createQuickPick<Choice>();
  pick.title = 'Filter Incidents';
  pick.placeholder = 'Choose what to show, or type a part of a title';
  pick.matchOnDescription = true;
  const fixed = choices(tree, me);
  const refresh = () => {
    const text = pick.value.trim().slice(0, 100);
    const search: Choice = {
      label: `$(search) ${withoutIcons(`“${plain(text, 60)}”`)}`,
      description: 'in title, service, number or id',
      alwaysShow: true,
      next: () => ({ ...tree.filter, text }),
    };
    pick.items = text === '' ? fixed : [...fixed, search];
  };
  refresh();
  const { promise, resolve } = Promise.withResolvers<Choice | undefined>();
  const subscription = vscode.Disposable.from(
    pick.onDidChangeValue(refresh),
    pick.onDidAccept(() => {
      resolve(pick.activeItems[0]);
      pick.hide();
    }),
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    }),
  );
  pick.show();
  return promise.finally(() => subscription.dispose());
}

function choices(tree: Filtered, me: () => Promise<Named>): Choice[] {
  const { filter } = tree;
  const { teams, services } = choicesOf(tree.incidents());
  const choice = (label: string, change: TreeFilter, isSet: boolean, description = ''): Choice => ({
    label: `${isSet ? '$(check) ' : ''}${withoutIcons(label)}`,
    description: withoutIcons(isSet ? `${description} shown now; choose to take back`.trim() : description),
    next: () => toggled(filter, change),
  });
  const named = (kind: 'team' | 'service', all: readonly Named[]): Choice[] =>
    all.length === 0
      ? []
      : [
          { label: kind === 'team' ? 'Team' : 'Service', kind: vscode.QuickPickItemKind.Separator },
          ...all.map((one) => choice(plain(one.name, 80), { [kind]: one }, filter[kind]?.id === one.id)),
        ];
  const clear: Choice[] = isFiltering(filter)
    ? [
        {
          label: '$(clear-all) Clear Filter',
          description: withoutIcons(filterWords(filter)),
          next: () => ({}),
        },
      ]
    : [];
  const mine = filter.mine;
  return [
    ...clear,
    {
      ...choice('Assigned to me', {}, mine !== undefined),
      next: async () => toggled(filter, { mine: mine ?? (await me()) }),
    },
    choice('High urgency', { urgency: 'high' }, filter.urgency === 'high'),
    choice('Low urgency', { urgency: 'low' }, filter.urgency === 'low'),
    ...named('team', teams),
    ...named('service', services),
  ];
}

/** The models of an account as rows to choose from. Pure. */
import type { ModelChoice } from '../diagnosis/claude/models.ts';
import { plain, withoutIcons } from './text.ts';

export interface ModelItem {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  /** What `oncall.claude.model` becomes; undefined leaves the choice to this version. */
  readonly model: string | undefined;
  /** Whether it is the one in use. */
  readonly now: boolean;
}

/**
 * One row for each model, after the one that leaves the choice to this version. What is set and not in the account is a
 * row too, so that it is seen.
 * @param current what `oncall.claude.model` holds
 */
export function modelItems(models: readonly ModelChoice[], current: string | undefined): ModelItem[] {
  const ownChoice: ModelItem = {
    label: 'Default',
    description: current === undefined ? 'now' : '',
    detail: 'The model that this version was made for',
    model: undefined,
    now: current === undefined,
  };
  const missing = current !== undefined && !models.some(({ id }) => id === current);
  return [
    ownChoice,
    ...(missing ? [row(current, '', ['not among the models of this account'], true, current)] : []),
    ...models.map(({ id, name, window, price, deprecated }) =>
      row(
        name,
        id,
        [
          ...(window === undefined ? [] : [`reads ${window.toLocaleString('en')} tokens`]),
          ...(price === undefined
            ? []
            : [`$${price.input} in and $${price.output} out for a million tokens`]),
          ...(deprecated ? ['deprecated'] : []),
        ],
        id === current,
        id,
      ),
    ),
  ];
}

function row(name: string, id: string, details: readonly string[], now: boolean, model: string): ModelItem {
  return {
    label: withoutIcons(plain(name, 80)),
    description: withoutIcons(plain([id, now ? 'now' : ''].filter((word) => word !== '').join(' · '), 120)),
    detail: details.join(' · '),
    model,
    now,
  };
}

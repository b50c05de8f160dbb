/** The contexts to choose from, as a list shows them. Pure. */
import type { KnownContext } from '../cluster/connect.ts';
import { appearanceOf, type ContextAppearance } from '../domain/context-appearance.ts';
import type { Mode } from '../domain/decision.ts';
import { effectiveMode } from '../policy/decide.ts';
import { appearanceWords } from './statusFace.ts';
import { plain, withoutIcons } from './text.ts';
import { modeWords } from './words.ts';

/** An entry of the list. */
export interface ContextItem {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  /** What the setting becomes; empty leaves the choice to the kubeconfig. */
  readonly context: string;
}

/** What the list depends on. */
export interface ContextSituation {
  /** The context that is pinned. */
  readonly pinned: string | undefined;
  readonly mode: Mode;
  readonly modeByContext: Readonly<Record<string, Mode>>;
  readonly contextAppearance: Readonly<Record<string, ContextAppearance>>;
}

/** One entry a context, and one that pins none. */
export function contextItems(known: readonly KnownContext[], situation: ContextSituation): ContextItem[] {
  const { pinned, mode, modeByContext, contextAppearance } = situation;
  const item = ({ name, server }: KnownContext): ContextItem => {
    const look = appearanceOf(contextAppearance, name);
    const words = appearanceWords(look);
    const here = effectiveMode(mode, modeByContext, name);
    return {
      label: `${look.appearance === 'production' ? '$(warning) ' : ''}${withoutIcons(plain(name, 120))}`,
      description: [words, ...(name === pinned ? ['now'] : [])].filter((part) => part !== '').join(' · '),
      detail: withoutIcons(
        `${plain(server ?? 'no address in the kubeconfig', 160)} · mode ${modeWords[here].label}`,
      ),
      context: name,
    };
  };
  const current = known.find(({ isCurrent }) => isCurrent);
  return [
    ...known.map(item),
    {
      label: "The Kubeconfig's Current Context",
      description: pinned === undefined ? 'now' : '',
      detail:
        current === undefined
          ? 'The kubeconfig sets none'
          : `${withoutIcons(plain(current.name, 120))} for now; it follows what is switched elsewhere`,
      context: '',
    },
  ];
}

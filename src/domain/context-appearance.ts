/** How a kubeconfig context looks wherever it is named, so that production is never taken for anything else. */
import { globMatches } from './glob.ts';

export const appearances = ['production', 'staging', 'neutral'] as const;

export interface ContextAppearance {
  /** Production stands out, staging a little, neutral not at all. */
  readonly appearance: (typeof appearances)[number];
  /** What people call it: `EU production`. */
  readonly label?: string;
}

/**
 * @param byContext by glob of a context's name, case ignored; the first that matches counts
 * @returns neutral where none does
 */
export function appearanceOf(
  byContext: Readonly<Record<string, ContextAppearance>>,
  context: string,
): ContextAppearance {
  const name = context.toLowerCase();
  const glob = Object.keys(byContext).find((each) => globMatches(each.toLowerCase(), name));
  return (glob === undefined ? undefined : byContext[glob]) ?? { appearance: 'neutral' };
}

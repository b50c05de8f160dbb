/** What an analysis has used up, in words for the panel. Pure. */
import type { AnalysisUsage } from '../../domain/analysis.ts';
import { duration } from '../../domain/words.ts';

/** One bound of an analysis. */
export interface Bound {
  readonly name: string;
  readonly used: string;
  readonly of: string;
  /** 0 to 1. */
  readonly share: number;
}

/** Every bound that can be counted, in the same order always. */
export function budgetOf(usage: AnalysisUsage): Bound[] {
  const { limits, dollars } = usage;
  const tokens = usage.inputTokens + usage.outputTokens;
  const bound = (name: string, used: number, of: number, words: (amount: number) => string): Bound => ({
    name,
    used: words(used),
    of: words(of),
    share: of > 0 ? Math.min(1, Math.max(0, used / of)) : 1,
  });
  return [
    bound('Requests', usage.requests, limits.requests, String),
    bound('Reads', usage.toolCalls, limits.toolCalls, String),
    bound('Tokens', tokens, limits.tokens, thousands),
    ...(dollars === undefined ? [] : [bound('Cost', dollars, limits.dollars, money)]),
    bound('Time', usage.elapsedMs, limits.elapsedMs, (ms) => duration(Math.floor(ms / 1000) * 1000)),
  ];
}

/** The sentence that is read out; it changes at a quarter, a half and so on of the bound that is nearest. */
export function milestone(usage: AnalysisUsage): string {
  const nearest = budgetOf(usage).reduce((one, other) => (other.share > one.share ? other : one));
  if (nearest.share >= 1) return `The analysis has used up what it may: ${nearest.name.toLowerCase()}.`;
  const passed = [0.9, 0.75, 0.5, 0.25].find((step) => nearest.share >= step);
  return passed === undefined
    ? 'Claude is working.'
    : `Claude has used ${passed * 100} percent of what it may, by ${nearest.name.toLowerCase()}.`;
}

/** `$0.08`; below a cent `under $0.01`. */
export function money(dollars: number): string {
  return dollars > 0 && dollars < 0.01 ? 'under $0.01' : `$${dollars.toFixed(2)}`;
}

function thousands(amount: number): string {
  return amount < 1000 ? String(amount) : `${(amount / 1000).toFixed(amount < 100_000 ? 1 : 0)} k`;
}

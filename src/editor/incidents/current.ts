/** How current the list of incidents is, and how that is said. Pure. */
import { isOncallError } from '../../domain/error.ts';
import type { IncidentsState } from '../session.ts';
import { age } from '../words.ts';

/** Why the list may not be what PagerDuty has now. */
export interface Doubt {
  /** The token is not accepted, or may not read incidents. */
  readonly refused: boolean;
  /** When the list was read, in milliseconds since 1970; absent where it never was. */
  readonly readAt?: number;
}

/** Undefined while the list is current, while the first answer is awaited, and where nobody is asked. */
export function doubtOf(state: IncidentsState): Doubt | undefined {
  if (state.kind !== 'error') return undefined;
  const { error, readAt } = state;
  return { refused: isRefused(error), ...(readAt === undefined ? {} : { readAt }) };
}

/** Whether another token may help. */
export function isRefused(error: unknown): boolean {
  return isOncallError(error) && ['pagerduty-unauthorized', 'pagerduty-forbidden'].includes(error.code);
}

/** `03:10`, as people here write it. */
export function clockTime(ms: number): string {
  return new Date(ms).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

/** `No answer since 03:10 (4m)`: since when the list is not current, and how old it is. */
export function doubtWords({ refused, readAt }: Doubt, now: Date): string {
  const what = refused ? 'Token refused' : 'No answer';
  if (readAt === undefined) return what;
  return `${what} since ${clockTime(readAt)} (${age(new Date(readAt).toISOString(), now)})`;
}

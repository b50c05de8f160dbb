/** Percentages, durations and the states of steps in words: the same wherever people read them. Pure. */
import type { StepState } from './plan.ts';

/** `82 %`, `69.6 %`. Rounded down, so that what falls short never looks as if it did not. */
export function percent(share: number): string {
  return `${Math.floor(share * 1000 + 1e-6) / 10} %`;
}

/** `80 to 90 %`. */
export function percentRange(from: number, to: number): string {
  return `${percent(from).replace(' %', '')} to ${percent(to)}`;
}

/** A duration in milliseconds: `0.4 s`, `12 s`, `2 min 5 s`, `10 min`. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const rest = Math.floor(seconds % 60);
  return `${Math.floor(seconds / 60)} min${rest === 0 ? '' : ` ${rest} s`}`;
}

/** How a step stands, with the codicon that goes with it. Colour is never the only sign. */
export const stepStates: Readonly<Record<StepState, { readonly icon: string; readonly label: string }>> = {
  pending: { icon: 'circle-outline', label: 'not started' },
  'awaiting-approval': { icon: 'bell', label: 'waits for your approval' },
  executing: { icon: 'sync', label: 'running' },
  verifying: { icon: 'eye', label: 'verifying' },
  verified: { icon: 'pass-filled', label: 'verified' },
  done: { icon: 'pass', label: 'done' },
  failed: { icon: 'error', label: 'failed' },
  skipped: { icon: 'debug-step-over', label: 'skipped' },
  previewed: { icon: 'preview', label: 'preview only' },
  refused: { icon: 'circle-slash', label: 'refused' },
  'not-seen': { icon: 'question', label: 'ran, outcome not seen' },
  undone: { icon: 'discard', label: 'undone' },
  interrupted: { icon: 'question', label: 'interrupted, outcome unknown' },
};

/** With a capital letter, as a line begins. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

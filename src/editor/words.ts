/** Short words for times, modes and the state of a step in its run, for the editor's own views. */
import type { Mode } from '../domain/decision.ts';
import type { StepState } from '../domain/plan.ts';
import type { RunPhase } from '../domain/run.ts';
import { stepStates } from '../domain/words.ts';

/** How long ago, in one unit: `now`, `4m`, `3h`, `2d`. Empty where the time cannot be read. */
export function age(since: string, now: Date): string {
  const seconds = (now.getTime() - Date.parse(since)) / 1000;
  if (Number.isNaN(seconds)) return '';
  if (seconds < 60) return 'now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** What each mode means, in one sentence. */
export const modeWords: Readonly<Record<Mode, { readonly label: string; readonly meaning: string }>> = {
  plan: { label: 'Plan', meaning: 'shows what it would do and runs nothing' },
  approval: { label: 'Approval', meaning: 'runs what you approve' },
  yolo: { label: 'YOLO', meaning: 'runs by itself what passes the gates and asks for the rest' },
};

const over: ReadonlySet<RunPhase> = new Set<RunPhase>([
  'resolved',
  'unresolved',
  'undone',
  'proposed',
  'stopped',
  'interrupted',
  'not seen',
]);

/** Whether nothing more happens in a run by itself. */
export function isOver(phase: RunPhase): boolean {
  return over.has(phase);
}

/** A step's state in a run: what waited when the run ended waits no more. */
export function stepState(
  phase: RunPhase,
  state: StepState,
): { readonly icon: string; readonly label: string } {
  return isOver(phase) && (state === 'pending' || state === 'awaiting-approval')
    ? { icon: 'circle-slash', label: 'not run' }
    : { ...stepStates[state], ...(state === 'executing' ? { icon: 'sync~spin' } : {}) };
}

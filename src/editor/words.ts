/** Short words for times, states and risks, the same in every view. */
import type { Mode } from '../domain/decision.ts';
import type { StepState } from '../domain/plan.ts';
import type { RunPhase } from '../domain/run.ts';

/** How long ago, in one unit: `now`, `4m`, `3h`, `2d`. Empty where the time cannot be read. */
export function age(since: string, now: Date): string {
  const seconds = (now.getTime() - Date.parse(since)) / 1000;
  if (Number.isNaN(seconds)) return '';
  if (seconds < 60) return 'now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** A duration in milliseconds as `0.4 s` or `2 min 5 s`. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}

/** What each mode means, in one sentence. */
export const modeWords: Readonly<Record<Mode, { readonly label: string; readonly meaning: string }>> = {
  plan: { label: 'Plan', meaning: 'shows what it would do and runs nothing' },
  approval: { label: 'Approval', meaning: 'runs what you approve' },
  yolo: { label: 'YOLO', meaning: 'runs by itself what passes the gates and asks for the rest' },
};

/** A step's state with the icon that stands for it. */
const stepWords: Readonly<Record<StepState, { readonly icon: string; readonly label: string }>> = {
  pending: { icon: 'circle-outline', label: 'waiting for its turn' },
  'awaiting-approval': { icon: 'bell', label: 'waiting for your approval' },
  executing: { icon: 'sync~spin', label: 'executing' },
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
    : stepWords[state];
}

/** A confidence of 0 to 1 as a percentage. */
export function percent(value: number): string {
  return `${Math.round(value * 100)} %`;
}

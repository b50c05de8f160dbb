/** What the status bar's item says: what may happen by itself, where, and how much is waiting. Pure. */
import type { BreakerStatus, Mode } from '../domain/decision.ts';
import { plain, withoutIcons } from './text.ts';
import { modeWords } from './words.ts';
import type { YoloState } from './yoloGate.ts';

/** What the item shows. */
export interface StatusFacts {
  readonly mode: Mode;
  /** Absent where the kubeconfig's own current context is used. */
  readonly context?: string;
  /** Whether YOLO mode is wished for and was agreed to. */
  readonly yolo: YoloState;
  /** A person has stopped all automation. */
  readonly stopped: boolean;
  readonly breaker: BreakerStatus;
  readonly triggered: number;
  readonly practice: boolean;
}

/** Why YOLO mode does not act although it is set. */
const yoloWords: Partial<Record<YoloState, { readonly short: string; readonly long: string }>> = {
  asking: {
    short: 'YOLO not confirmed',
    long: 'YOLO mode is set and waits for your agreement: until then you approve each command',
  },
  declined: {
    short: 'YOLO declined',
    long: 'YOLO mode is set and was declined: you approve each command',
  },
};

/** The item's texts. */
export function statusFace(facts: StatusFacts): { text: string; tooltip: string; spoken: string } {
  const { mode, breaker, triggered } = facts;
  const context = facts.context === undefined ? undefined : plain(facts.context, 60);
  const doubt = yoloWords[facts.yolo];
  const parts = [
    ...(facts.practice ? ['Practice'] : []),
    modeWords[mode].label,
    ...(doubt === undefined ? [] : [doubt.short]),
    ...(facts.stopped ? ['$(debug-pause) automation stopped'] : []),
    ...(context === undefined ? [] : [withoutIcons(context)]),
    ...(breaker.state === 'closed' ? [] : [`$(warning) breaker ${breaker.state}`]),
    ...(triggered === 0 ? [] : [`$(flame) ${triggered}`]),
  ];
  const until =
    breaker.opensUntil === undefined ? '' : ` until ${new Date(breaker.opensUntil).toLocaleTimeString()}`;
  const lines = [
    facts.practice ? 'Oncall: practice, on stand-ins on this machine' : 'Oncall',
    `Mode ${modeWords[mode].label}: ${modeWords[mode].meaning}`,
    ...(doubt === undefined ? [] : [doubt.long]),
    ...(facts.stopped ? ['All automation is stopped by a person, until "Oncall: Resume Automation"'] : []),
    `Context: ${context ?? "the kubeconfig's current context"}`,
    `Circuit breaker: ${breaker.state}${until}`,
    `Triggered incidents: ${triggered}`,
  ];
  return {
    text: `$(${facts.practice ? 'beaker' : 'bell'}) ${parts.join(' · ')}`,
    tooltip: lines.join('\n'),
    spoken: lines.join(', '),
  };
}

/** What the status bar's item says: what may happen by itself, where, and how much is waiting. Pure. */
import type { ContextAppearance } from '../domain/context-appearance.ts';
import type { BreakerStatus, Mode } from '../domain/decision.ts';
import { clockTime, doubtWords, type Doubt } from './incidents/current.ts';
import { plain, withoutIcons } from './text.ts';
import { modeWords } from './words.ts';
import type { YoloState } from './yoloGate.ts';

/** What the item shows. */
export interface StatusFacts {
  readonly mode: Mode;
  /** The mode of the settings, where `oncall.modeByContext` allows less in this context. */
  readonly cappedFrom?: Mode;
  /** Absent where the kubeconfig's own current context is used. */
  readonly context?: string;
  /** How that context looks. */
  readonly appearance: ContextAppearance;
  /** Whether YOLO mode is wished for and was agreed to. */
  readonly yolo: YoloState;
  /** All automation is stopped. */
  readonly stopped: boolean;
  /** Why, where no person did it; a sentence. */
  readonly mustLook?: string;
  readonly breaker: BreakerStatus;
  readonly triggered: number;
  /** Why that number may not be so any more; absent while it is current. */
  readonly doubt?: Doubt | undefined;
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

/**
 * The item's texts, and whether it stands out: commands may change production.
 * @param now what ages are counted to
 */
export function statusFace(
  facts: StatusFacts,
  now = new Date(),
): {
  text: string;
  tooltip: string;
  spoken: string;
  standsOut: boolean;
} {
  const { mode, cappedFrom, breaker, triggered, doubt: stale } = facts;
  const then = stale?.readAt === undefined ? '' : ` at ${clockTime(stale.readAt)}`;
  const context = facts.context === undefined ? undefined : plain(facts.context, 60);
  const look = appearanceWords(facts.appearance);
  const isProduction = facts.appearance.appearance === 'production';
  const doubt = yoloWords[facts.yolo];
  const parts = [
    ...(facts.practice ? ['Practice'] : []),
    modeWords[mode].label,
    ...(doubt === undefined ? [] : [doubt.short]),
    ...(facts.stopped ? ['$(debug-pause) automation stopped'] : []),
    `${isProduction ? '$(warning) ' : ''}${look === '' ? '' : `${withoutIcons(look)}: `}${withoutIcons(context ?? 'current context')}`,
    ...(breaker.state === 'closed' ? [] : [`$(warning) breaker ${breaker.state}`]),
    ...(stale === undefined ? [] : [`$(warning) PagerDuty: ${doubtWords(stale, now)}`]),
    ...(triggered === 0 ? [] : [`$(flame) ${triggered}${then}`]),
  ];
  const until =
    breaker.opensUntil === undefined ? '' : ` until ${new Date(breaker.opensUntil).toLocaleTimeString()}`;
  const lines = [
    facts.practice ? 'Oncall: practice, on stand-ins on this machine' : 'Oncall',
    `Mode ${modeWords[mode].label}: ${modeWords[mode].meaning}`,
    ...(cappedFrom === undefined
      ? []
      : [`The mode is ${modeWords[cappedFrom].label} elsewhere; oncall.modeByContext allows no more here`]),
    ...(doubt === undefined ? [] : [doubt.long]),
    ...(facts.stopped
      ? [plain(facts.mustLook ?? 'All automation is stopped by a person, until "Oncall: Resume Automation"')]
      : []),
    `Context: ${context ?? "the kubeconfig's current context"}${look === '' ? '' : ` (${look})`}`,
    `Circuit breaker: ${breaker.state}${until}`,
    stale === undefined
      ? `Triggered incidents: ${triggered}`
      : `Triggered incidents: ${then === '' ? 'not known' : `${triggered}${then}`}, not current. PagerDuty: ${doubtWords(stale, now)}; it is asked again by itself`,
  ];
  return {
    text: `$(${facts.practice ? 'beaker' : 'bell'}) ${parts.join(' · ')}`,
    tooltip: lines.join('\n'),
    spoken: lines.join(', '),
    standsOut: isProduction && mode !== 'plan',
  };
}

/** What people call a context that looks special: its own label, or the word; empty for any other. */
export function appearanceWords({ appearance, label }: ContextAppearance): string {
  if (appearance === 'neutral') return plain(label ?? '', 40);
  return label === undefined || label === '' ? appearance : plain(label, 40);
}

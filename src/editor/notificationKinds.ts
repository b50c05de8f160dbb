/** The kinds of things that a person is told without having asked. Each can be turned off by itself. */

/**
 * `incident`: new incidents of high urgency. `approval`: a step waits, and nobody looks. `automation`: what YOLO mode did has ended.
 * `breaker`: the circuit breaker opened.
 */
export const notificationKinds = ['incident', 'approval', 'automation', 'breaker'] as const;
export type NotificationKind = (typeof notificationKinds)[number];

/** The kinds that a person wants no more; what was kept and is no kind counts for nothing. */
export function hiddenKinds(kept: unknown): NotificationKind[] {
  return Array.isArray(kept) ? notificationKinds.filter((kind) => kept.includes(kind)) : [];
}

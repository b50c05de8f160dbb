/** Whether a change does more harm by now than somebody was shown. Pure. */
import { describeRef, type ObjectRef } from '../../domain/kubernetes.ts';
import type { Reach } from '../../domain/preview.ts';

/**
 * Whether `now` reaches further than `shown` did. Numbers that only became smaller are no news: what was approved covers
 * them. Pods that are added take nothing away from anybody.
 */
export function reachesFurther(shown: Reach, now: Reach): boolean {
  return (
    (now.pods.unread === true && shown.pods.unread !== true) ||
    now.pods.replaced > shown.pods.replaced ||
    now.pods.removed > shown.pods.removed ||
    now.rollouts.some((one) => {
      const before = sameRef(shown.rollouts, one.ref);
      return before === undefined || one.maxUnavailable > before.maxUnavailable;
    }) ||
    now.services.some((one) => {
      const before = sameRef(shown.services, one.ref);
      if (before === undefined) return true;
      // Cross-multiplied: the share of the ready endpoints that is lost.
      return one.lost * before.ready > before.lost * one.ready || (one.forGood && !before.forGood);
    }) ||
    now.budgets.some((one) => {
      const before = sameRef(shown.budgets, one.ref);
      return holdsBack(one) && (before === undefined || !holdsBack(before));
    }) ||
    now.autoscalers.some((one) => sameRef(shown.autoscalers, one.ref) === undefined)
  );
}

function sameRef<T extends { readonly ref: ObjectRef }>(all: readonly T[], ref: ObjectRef): T | undefined {
  return all.find((one) => describeRef(one.ref) === describeRef(ref));
}

const holdsBack = ({ asked, covered, allowed }: Reach['budgets'][number]): boolean =>
  asked && covered > allowed;

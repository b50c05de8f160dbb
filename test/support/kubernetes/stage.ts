/** A real Kubernetes as a stage for scenarios. */
import { wallClock } from '../../../src/practice/clock.ts';
import type { Stage } from '../../../src/practice/scenarios/play.ts';
import type { Kubernetes } from './kubernetes.ts';

/** @param signal gives up waiting */
export function stageOn({ client, machines, placement }: Kubernetes, signal: AbortSignal): Stage {
  return {
    ...{ client, clock: wallClock(), signal },
    ...(machines && { machines }),
    ...(placement && { placement }),
  };
}

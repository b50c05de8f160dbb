/** What a person reads before YOLO mode begins: where it acts, what runs by itself, and what stands in its way. Pure. */
import { duration, percent } from '../domain/words.ts';
import { plain } from './text.ts';
import type { YoloQuestion } from './yoloGate.ts';

/** The headline and the text below it. */
export function yoloQuestion({ places, settings, open = [] }: YoloQuestion): {
  message: string;
  detail: string;
} {
  const { kubernetes, thresholds, breaker } = settings;
  const contexts = places.map(({ context }) => `"${plain(context, 80)}"`).join(', ');
  const servers = places
    .map(({ context, server }) => `${plain(context, 80)} (${plain(server, 120)})`)
    .join(', ');
  const namespaces =
    kubernetes.allowedNamespaces.length === 0
      ? 'every namespace'
      : kubernetes.allowedNamespaces.map((name) => plain(name, 63)).join(', ');
  const detail = [
    `Context: ${servers}`,
    `Namespaces: ${namespaces}`,
    '',
    `It takes incidents that trigger from now on${open.length === 0 ? '' : `; those that are open now (${open.length}) only if you say so`}.`,
    settings.destructiveOperations
      ? `It runs low and medium risk by itself from ${percent(thresholds.autoLowAndMedium)} confidence, high risk from ${percent(thresholds.autoHigh)}${settings.automaticUndo ? ', and the way back where a change did not help' : ''}.`
      : `It runs reading commands by itself from ${percent(thresholds.autoLowAndMedium)} confidence; what changes the cluster is off (oncall.destructiveOperations.enabled).`,
    `It asks after ${settings.maxActionsPerIncident} actions for one incident, ${settings.maxChangesPerHour} changes in an hour, ${settings.maxChangesAtOnce} at once, or ${breaker.failureThreshold} failures in a row; for an object that it changed less than ${duration(settings.cooldownSeconds * 1000)} ago; and for what is never automatic, such as deleting volumes.`,
    kubernetes.coordination
      ? 'It asks while somebody else holds the lock of the incident.'
      : 'Locks are off (oncall.kubernetes.coordination): two engineers may remediate one incident at once.',
    '',
    '"Oncall: Stop All Automation" ends it before the next step.',
  ].join('\n');
  const what = settings.destructiveOperations ? 'medium-risk' : 'reading';
  return { message: `Oncall will run ${what} commands in ${contexts} without asking.`, detail };
}

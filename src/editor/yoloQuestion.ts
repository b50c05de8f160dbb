/** What a person reads before YOLO mode begins: where it acts, what runs by itself, and what stands in its way. Pure. */
import { duration, percent } from './words.ts';
import { plain } from './text.ts';
import type { YoloQuestion } from './yoloGate.ts';

/** The headline and the text below it. */
export function yoloQuestion({ places, settings }: YoloQuestion): { message: string; detail: string } {
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
    'By itself it takes every new incident that matches your PagerDuty filters and runs:',
    settings.destructiveOperations
      ? `• commands of low and medium risk from ${percent(thresholds.autoLowAndMedium)} confidence, of high risk from ${percent(thresholds.autoHigh)}`
      : `• reading commands from ${percent(thresholds.autoLowAndMedium)} confidence; what changes the cluster is off (oncall.destructiveOperations.enabled)`,
    ...(settings.automaticUndo ? ['• the way back, where a change did not end the incident'] : []),
    '',
    'It asks, and runs nothing:',
    `• after ${settings.maxActionsPerIncident} actions for one incident, and for an object that it changed less than ${duration(settings.cooldownSeconds * 1000)} ago`,
    `• after ${breaker.failureThreshold} failures in a row (circuit breaker)`,
    kubernetes.coordination
      ? '• while somebody else holds the lock of the incident, or there is no right to take it'
      : '• locks are off (oncall.kubernetes.coordination): two engineers may remediate one incident at once',
    '• for what is never automatic, such as deleting namespaces, nodes and volumes',
    '',
    '"Oncall: Stop All Automation" ends it before the next step.',
  ].join('\n');
  return { message: `Let Oncall change the cluster by itself in ${contexts}?`, detail };
}

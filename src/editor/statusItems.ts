/** What the status bar's quick pick offers, the most urgent first. Pure: labels and what they invoke. */
import type { BreakerStatus, Mode } from '../domain/decision.ts';
import type { RunView } from '../domain/run.ts';
import { doubtWords, type Doubt } from './incidents/current.ts';
import { exact, plain, withoutIcons } from './text.ts';
import { isOver, modeWords } from './words.ts';

/** What the list depends on. */
export interface PickSituation {
  readonly mode: Mode;
  /** The pinned context; undefined where the kubeconfig's own current one is used. */
  readonly context: string | undefined;
  readonly stopped: boolean;
  /** Why, where no person did it; a sentence. */
  readonly mustLook?: string;
  readonly breaker: BreakerStatus;
  /** The runs that go on in this window. */
  readonly runs: readonly RunView[];
  readonly practice: boolean;
  /** Why the list of incidents is not current; absent while it is. */
  readonly doubt?: Doubt | undefined;
  /** How many kinds of notifications are turned off. */
  readonly hiddenKinds: number;
}

/** An entry, or the heading of those that follow. */
export type PickItem =
  | { readonly heading: string }
  | {
      readonly label: string;
      readonly detail: string;
      readonly command: string;
      readonly argument?: string;
    };

/** The entries. */
export function statusItems(situation: PickSituation): PickItem[] {
  const { mode, context, stopped, mustLook, breaker, runs, practice, doubt, hiddenKinds } = situation;
  const item = (label: string, command: string, detail: string, argument?: string): PickItem => ({
    label,
    command,
    detail: withoutIcons(detail),
    ...(argument === undefined ? {} : { argument }),
  });
  const going = runs.filter(({ phase }) => !isOver(phase));
  return [
    ...(going.length === 0 ? [] : [{ heading: 'Going on' }]),
    ...going.map((run) =>
      item(
        `$(open-preview) Plan: ${withoutIcons(plain(run.title, 80))}`,
        'oncall.showPlan',
        happening(run),
        run.runId,
      ),
    ),
    ...(doubt === undefined
      ? []
      : [
          { heading: 'PagerDuty' },
          doubt.refused
            ? item(
                '$(key) Set PagerDuty Token',
                'oncall.setPagerDutyToken',
                `${doubtWords(doubt, new Date())}; it is tried again by itself`,
              )
            : item(
                '$(refresh) Ask PagerDuty Now',
                'oncall.refresh',
                `${doubtWords(doubt, new Date())}; it is asked again by itself`,
              ),
        ]),
    { heading: 'What may run' },
    ...(stopped
      ? [
          item(
            '$(debug-start) Resume Automation',
            'oncall.resumeAutomation',
            mustLook ?? 'It was stopped by a person',
          ),
        ]
      : mode === 'plan'
        ? []
        : [
            item(
              '$(debug-pause) Stop All Automation',
              'oncall.stopAutomation',
              'Nothing more runs by itself, in any window; what you approve still runs',
            ),
          ]),
    ...(breaker.state === 'closed'
      ? []
      : [
          item(
            '$(warning) Reset Circuit Breaker',
            'oncall.resetBreaker',
            `It is ${breaker.state} after ${breaker.consecutiveFailures} failures in a row`,
          ),
        ]),
    item(
      '$(shield) Switch Mode…',
      'oncall.switchMode',
      `Now ${modeWords[mode].label}: ${modeWords[mode].meaning}`,
    ),
    // A rehearsal has a cluster of its own.
    ...(practice
      ? []
      : [
          item(
            '$(server-environment) Switch Context…',
            'oncall.switchContext',
            `Now ${context === undefined ? "the kubeconfig's current context" : plain(context, 120)}`,
          ),
        ]),
    { heading: 'Look' },
    item('$(pulse) Doctor', 'oncall.doctor', 'What works, what does not, and why nothing is executed'),
    item('$(history) Show Audit Log', 'oncall.showAuditLog', 'What was decided and run'),
    item('$(output) Show Output', 'oncall.showOutput', 'Execution, verification and audit lines'),
    { heading: 'Set up' },
    item('$(settings-gear) Open Settings', openSettings, 'Everything that can be set, by group', 'oncall.'),
    item(
      '$(bell) Choose Notifications…',
      'oncall.chooseNotifications',
      hiddenKinds === 0 ? 'All kinds are shown' : `${hiddenKinds} kinds are not shown`,
    ),
    practice
      ? item('$(beaker) Stop Practice', 'oncall.stopPractice', 'Back to PagerDuty and the real cluster')
      : item(
          '$(beaker) Start Practice Incident',
          'oncall.startPractice',
          'Rehearse on stand-ins on this machine',
        ),
  ];
}

const openSettings = 'workbench.action.openSettings';

/** What a run is at, with the command that it is about. */
function happening({ phase, steps }: RunView): string {
  const at = (...states: readonly string[]) => steps.find(({ state }) => states.includes(state));
  const doing = at('executing', 'verifying');
  if (doing !== undefined) return `${doing.state}: ${exact(doing.command)}`;
  const asking = at('awaiting-approval');
  if (asking !== undefined) return `waits for your approval: ${exact(asking.command)}`;
  return phase;
}

/** Why something is, or is not, executed: what becomes of a change now, and every gate that stands between a plan and the cluster. Pure. */
import { modeWords } from '../words.ts';
import { linesOf, settingFix, type Check, type Fix } from './check.ts';
import type { Observed } from './observed.ts';

const line = linesOf('Execution');
const modeFix: Fix = { title: 'Switch Mode', command: 'oncall.switchMode' };
const stopFix: Fix = { title: 'Resume Automation', command: 'oncall.resumeAutomation' };
const breakerFix: Fix = { title: 'Reset Circuit Breaker', command: 'oncall.resetBreaker' };

export function gateChecks(observed: Observed): Check[] {
  return [
    verdict(observed),
    ...practiceChecks(observed),
    modeCheck(observed),
    ...destructiveChecks(observed),
    ...automationChecks(observed),
    ...namespaceChecks(observed),
    ...trustChecks(observed),
  ];
}

/** The one answer to "why is nothing executed?": the first thing that keeps a change from running now. */
function verdict(observed: Observed): Check {
  const { mode, settings, journal, kubectl, cluster, server } = observed;
  const broken =
    'failure' in journal
      ? 'the journal cannot be written'
      : 'failure' in kubectl
        ? 'there is no kubectl'
        : 'failure' in cluster || server === undefined || 'failure' in server
          ? 'there is no cluster that answers'
          : undefined;
  // No problem of its own: the line of what is missing counts, and has the button.
  if (broken !== undefined) return line.note(`Nothing can be executed now: ${broken}`);
  if (mode === 'plan')
    return line.note('A change is shown now and not executed: the mode is Plan', { fix: modeFix });
  if (!settings.destructiveOperations)
    return line.note('A change is refused now: destructive operations are off', {
      fix: settingFix('oncall.destructiveOperations.enabled'),
    });
  if (mode === 'approval') return line.ok('A change waits for your approval now');
  const asks = whyAsked(observed);
  return asks === undefined
    ? line.ok('A change is executed by itself now, where confidence and limits allow it; else you are asked')
    : line.note(`A change waits for your approval now, although the mode is YOLO: ${asks}`);
}

/** What makes YOLO mode ask. */
function whyAsked({ automationStopped, breaker }: Observed): string | undefined {
  if ('value' in automationStopped && automationStopped.value) return 'automation was stopped';
  return breaker.state === 'open' ? 'the circuit breaker is open' : undefined;
}

function practiceChecks({ practice }: Observed): Check[] {
  if (!practice) return [];
  return [
    line.note('Practice is on: everything here is about the stand-ins on this machine', {
      fix: { title: 'Stop Practice', command: 'oncall.stopPractice' },
    }),
  ];
}

function modeCheck({ mode, settings, yolo }: Observed): Check {
  const says = `Mode ${modeWords[mode].label}: ${modeWords[mode].meaning}`;
  if (yolo === 'asking' || yolo === 'declined')
    return line.note(says, {
      more: [
        yolo === 'asking'
          ? 'YOLO mode is set and waits for your agreement; until then you approve each command.'
          : 'YOLO mode is set and was declined; switch the mode to be asked again.',
      ],
      fix: modeFix,
    });
  if (mode !== settings.mode)
    return line.note(says, {
      more: [
        `"oncall.mode" says ${modeWords[settings.mode].label}; "oncall.modeByContext" caps it for this context.`,
      ],
      fix: settingFix('oncall.modeByContext'),
    });
  return mode === 'plan' ? line.note(says, { fix: modeFix }) : line.ok(says);
}

function destructiveChecks({ settings, mode }: Observed): Check[] {
  if (settings.destructiveOperations)
    return [line.ok('Changes to the cluster are allowed, each by its own decision')];
  return [
    line[mode === 'plan' ? 'note' : 'problem'](
      'Nothing that changes the cluster runs: destructive operations are off',
      { fix: settingFix('oncall.destructiveOperations.enabled') },
    ),
  ];
}

function automationChecks({ mode, breaker, automationStopped, mustLook, settings }: Observed): Check[] {
  const checks: Check[] = [];
  if (breaker.state !== 'closed')
    checks.push(
      line.problem(
        `The circuit breaker is ${breaker.state} after ${breaker.consecutiveFailures} failures in a row: ${
          breaker.state === 'open' ? 'nothing runs by itself' : 'one step at a time runs by itself'
        }`,
        { fix: breakerFix },
      ),
    );
  if ('value' in automationStopped && automationStopped.value)
    checks.push(
      line[mode === 'yolo' || mustLook !== undefined ? 'problem' : 'note'](
        mustLook ?? 'All automation was stopped by a person',
        { fix: stopFix },
      ),
    );
  if (mode === 'yolo') {
    const { autoLowAndMedium, autoHigh } = settings.thresholds;
    checks.push(
      line.ok(
        `By itself runs what is low or medium from ${autoLowAndMedium} confidence on, high from ${autoHigh}`,
        {
          more: [
            `At most ${settings.maxActionsPerIncident} actions an incident, and ${settings.cooldownSeconds} s between two on one object.`,
            `At most ${settings.maxChangesPerHour} changes in a context and hour, and ${settings.maxChangesAtOnce} at once.`,
          ],
        },
      ),
    );
  }
  return checks;
}

function namespaceChecks({ settings }: Observed): Check[] {
  const { allowedNamespaces } = settings.kubernetes;
  if (allowedNamespaces.length === 0) return [];
  return [
    line.note(`Commands go to ${allowedNamespaces.join(', ')} and nowhere else`, {
      fix: settingFix('oncall.kubernetes.allowedNamespaces'),
    }),
  ];
}

function trustChecks({ trusted }: Observed): Check[] {
  if (trusted) return [];
  return [
    line.note('This workspace is not trusted: its runbooks and settings are not read', {
      fix: { title: 'Manage Workspace Trust', command: 'workbench.trust.manage' },
    }),
  ];
}

/** Why something is, or is not, executed: the mode and every gate that stands between a plan and the cluster. */
import { modeWords } from '../words.ts';
import { settingFix, type Check } from './check.ts';
import type { Observed } from './observed.ts';

const part = 'Oncall';

export function gateChecks(observed: Observed): Check[] {
  return [
    ...practiceCheck(observed),
    modeCheck(observed),
    ...destructiveCheck(observed),
    ...automationChecks(observed),
    ...namespaceCheck(observed),
    ...trustCheck(observed),
  ];
}

function practiceCheck({ practice }: Observed): Check[] {
  if (!practice) return [];
  return [
    {
      part,
      health: 'note',
      says: 'Practice is on: everything above is about the stand-ins on this machine',
      fix: { title: 'Stop Practice', command: 'oncall.stopPractice' },
    },
  ];
}

function modeCheck({ mode, settings }: Observed): Check {
  const capped = mode !== settings.mode;
  const says = `Mode ${modeWords[mode].label}: ${modeWords[mode].meaning}`;
  return {
    part,
    health: mode === 'plan' || capped ? 'note' : 'ok',
    says,
    ...(capped
      ? {
          more: [
            `"oncall.mode" says ${modeWords[settings.mode].label}; "oncall.modeByContext" caps it for this context.`,
          ],
          fix: settingFix('oncall.modeByContext'),
        }
      : mode === 'plan'
        ? { fix: { title: 'Switch Mode', command: 'oncall.switchMode' } }
        : {}),
  };
}

function destructiveCheck({ settings, mode }: Observed): Check[] {
  if (settings.destructiveOperations)
    return [{ part, health: 'ok', says: 'Changes to the cluster are allowed, each by its own decision' }];
  return [
    {
      part,
      health: mode === 'plan' ? 'note' : 'problem',
      says: 'Nothing that changes the cluster runs: destructive operations are off',
      fix: settingFix('oncall.destructiveOperations.enabled'),
    },
  ];
}

function automationChecks({ mode, breaker, automationStopped, settings }: Observed): Check[] {
  const checks: Check[] = [];
  if (breaker.state !== 'closed')
    checks.push({
      part,
      health: 'problem',
      says: `The circuit breaker is ${breaker.state} after ${breaker.consecutiveFailures} failures in a row: nothing runs by itself`,
      fix: { title: 'Reset Circuit Breaker', command: 'oncall.resetBreaker' },
    });
  if ('value' in automationStopped && automationStopped.value)
    checks.push({
      part,
      health: mode === 'yolo' ? 'problem' : 'note',
      says: 'All automation was stopped by a person',
      fix: { title: 'Resume Automation', command: 'oncall.resumeAutomation' },
    });
  if (mode === 'yolo') {
    const { autoLowAndMedium, autoHigh } = settings.thresholds;
    checks.push({
      part,
      health: 'ok',
      says: `By itself runs what is low or medium from ${autoLowAndMedium} confidence on, high from ${autoHigh}`,
      more: [
        `At most ${settings.maxActionsPerIncident} actions an incident, and ${settings.cooldownSeconds} s between two on one object.`,
      ],
    });
  }
  return checks;
}

function namespaceCheck({ settings }: Observed): Check[] {
  const { allowedNamespaces } = settings.kubernetes;
  if (allowedNamespaces.length === 0) return [];
  return [
    {
      part,
      health: 'note',
      says: `Commands go to ${allowedNamespaces.join(', ')} and nowhere else`,
      fix: settingFix('oncall.kubernetes.allowedNamespaces'),
    },
  ];
}

function trustCheck({ trusted }: Observed): Check[] {
  if (trusted) return [];
  return [
    {
      part,
      health: 'note',
      says: 'This workspace is not trusted: its runbooks and settings are not read',
      fix: { title: 'Manage Workspace Trust', command: 'workbench.trust.manage' },
    },
  ];
}

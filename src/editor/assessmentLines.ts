/** What a command would do and what each mode would make of it, in lines for people. Pure. */
import { modes, type Decision, type Mode } from '../domain/decision.ts';
import { describeRef } from '../domain/kubernetes.ts';
import type { RiskAssessment } from '../domain/risk.ts';
import { assessCommand } from '../kubectl/assess.ts';
import { decide, effectiveMode, raisedThresholds } from '../policy/decide.ts';
import type { Settings } from './settings.ts';
import { plain, withoutIcons } from './text.ts';
import { modeWords } from './words.ts';

/** A line of the answer. */
export interface AssessmentLine {
  readonly label: string;
  readonly detail: string;
}

/** Enough for every threshold: what stands in the way then is not the confidence. */
const sureEnough = 1;

const outcomes: Record<Decision['outcome'], string> = {
  execute: 'runs by itself',
  ask: 'asks you',
  skip: 'skips it',
  preview: 'shows it only',
  refuse: 'refuses it',
};

/** The answer for a typed command. */
export function assessmentLines(command: string, settings: Settings): AssessmentLine[] {
  const { context } = settings.kubernetes;
  const assessment = assessCommand(command, {
    rules: settings.riskRules,
    ...(context === undefined ? {} : { context }),
  });
  const line = (label: string, detail: string): AssessmentLine => ({
    label: withoutIcons(plain(label, 200)),
    detail: withoutIcons(plain(detail, 500)),
  });
  const head = line(riskOf(assessment), assessment.reason);
  if (assessment.rejected) return [head];
  const facts = [
    assessment.mutates ? 'changes the cluster' : 'changes nothing',
    ...(assessment.mutates ? [assessment.reversible ? 'can be put back' : 'cannot be put back'] : []),
    ...(assessment.sensitive ? ['prints what must stay secret'] : []),
    ...(assessment.affectsAll ? ['reaches everything'] : []),
  ];
  const targets = assessment.targets.map(describeRef).join(', ');
  return [
    head,
    line(facts.join(', '), targets === '' ? 'It names no object.' : targets),
    ...modes.map((mode) => {
      const decision = decideIn(mode, assessment, settings);
      const now = mode === settings.mode ? ' (now)' : '';
      return line(`${modeWords[mode].label}${now}: ${outcomes[decision.outcome]}`, decision.reason);
    }),
  ];
}

function riskOf({ rejected, forbidden, riskLevel }: RiskAssessment): string {
  if (rejected) return 'Rejected: it never runs';
  return forbidden ? 'Forbidden: only with the name typed' : `${riskLevel} risk`;
}

/** What a mode makes of it under the settings that hold, for an analyst who is sure and with nothing else in the way. */
function decideIn(mode: Mode, assessment: RiskAssessment, settings: Settings): Decision {
  return decide(assessment, {
    mode: effectiveMode(mode, settings.modeByContext, settings.kubernetes.context ?? ''),
    confidence: sureEnough,
    destructiveOperations: settings.destructiveOperations,
    autoApproveLowRisk: settings.autoApproveLowRisk,
    allowedNamespaces: settings.kubernetes.allowedNamespaces,
    thresholds: raisedThresholds(settings.thresholds),
    breaker: 'closed',
    automationStopped: false,
    automaticActions: 0,
    maxActionsPerIncident: Math.max(1, settings.maxActionsPerIncident),
    coolingDown: false,
  });
}

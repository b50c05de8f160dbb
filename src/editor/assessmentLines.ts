/** What a command would do and what each mode would make of it, in lines for people. Pure. */
import { modes, type Decision, type Mode } from '../domain/decision.ts';
import { describeRef } from '../domain/kubernetes.ts';
import type { RiskAssessment, RiskLevel } from '../domain/risk.ts';
import { assessCommand } from '../kubectl/assess.ts';
import { decide, effectiveMode, raisedThresholds } from '../policy/decide.ts';
import type { Settings } from './settings.ts';
import { plain, withoutIcons } from './text.ts';
import { modeWords } from './words.ts';

/** A line of the answer. */
export interface AssessmentLine {
  readonly label: string;
  readonly detail: string;
  /** What stands before it: a risk icon, or the codicon of that name. */
  readonly icon: { readonly risk: RiskLevel | 'forbidden' } | { readonly codicon: string };
}

const riskWords: Record<RiskLevel, string> = { low: 'Low risk', medium: 'Medium risk', high: 'High risk' };

const modeIcons: Record<Mode, string> = { plan: 'eye', approval: 'person', yolo: 'zap' };

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
  const line = (icon: AssessmentLine['icon'], label: string, detail: string): AssessmentLine => ({
    icon,
    label: withoutIcons(plain(label, 200)),
    detail: withoutIcons(plain(detail, 500)),
  });
  const { rejected, forbidden, riskLevel, mutates, reversible } = assessment;
  const risk = rejected || forbidden ? 'forbidden' : riskLevel;
  const head = line({ risk }, riskOf(assessment), assessment.reason);
  if (rejected) return [head];
  const facts = [
    mutates ? 'Changes the cluster' : 'Changes nothing',
    ...(mutates ? [reversible ? 'can be put back' : 'cannot be put back'] : []),
    ...(assessment.sensitive ? ['prints what must stay secret'] : []),
    ...(assessment.affectsAll ? ['reaches everything'] : []),
  ];
  const targets = assessment.targets.map(describeRef).join(', ');
  return [
    head,
    line({ codicon: 'target' }, facts.join(', '), targets === '' ? 'It names no object.' : targets),
    ...modes.map((mode) => {
      const { outcome, reason } = decideIn(mode, assessment, settings);
      const now = mode === settings.mode ? ' (now)' : '';
      const icon = { codicon: modeIcons[mode] };
      const name = `${modeWords[mode].label}${now}`;
      return mode === 'yolo' && outcome === 'execute'
        ? line(icon, `${name}: ${outcomes.execute} when it is sure enough`, gateOf(riskLevel, settings))
        : line(icon, `${name}: ${outcomes[outcome]}`, reason);
    }),
  ];
}

/** What automatic execution waits for. */
function gateOf(level: RiskLevel, { thresholds }: Settings): string {
  const { autoHigh, autoLowAndMedium } = raisedThresholds(thresholds);
  const [least, name] = level === 'high' ? [autoHigh, 'autoHigh'] : [autoLowAndMedium, 'autoLowAndMedium'];
  return `From ${Math.round(100 * least)} % confidence on (oncall.confidence.${name}); below that it asks you.`;
}

function riskOf({ rejected, forbidden, riskLevel }: RiskAssessment): string {
  if (rejected) return 'Rejected: it never runs';
  return forbidden ? 'Forbidden: only with the name typed' : riskWords[riskLevel];
}

/** What a mode makes of it under the settings that hold, for an analyst who is sure and with nothing else in the way. */
export function decideIn(mode: Mode, assessment: RiskAssessment, settings: Settings): Decision {
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

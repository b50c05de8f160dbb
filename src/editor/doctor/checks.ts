/** Judges what the doctor saw. Pure: the same observations, the same lines. */
import { linesOf, settingFix, type Check } from './check.ts';
import { claudeChecks } from './claude.ts';
import { gateChecks } from './gates.ts';
import { kubernetesChecks } from './kubernetes.ts';
import { mcpChecks } from './mcp.ts';
import type { Observed } from './observed.ts';
import { pagerdutyChecks } from './pagerduty.ts';

/** All lines, in the order in which they are shown. */
export function checksOf(observed: Observed): Check[] {
  return [
    ...kubernetesChecks(observed),
    ...mcpChecks(observed),
    ...pagerdutyChecks(observed),
    ...claudeChecks(observed),
    journalCheck(observed),
    ...gateChecks(observed),
  ];
}

function journalCheck({ journal }: Observed): Check {
  const line = linesOf('Audit log');
  return 'value' in journal
    ? line.ok(`The journal in ${journal.value} can be written`)
    : line.problem('The journal cannot be written: nothing is executed', {
        more: [journal.failure],
        fix: settingFix('oncall.audit.directory'),
      });
}

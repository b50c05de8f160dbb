/** Judges what the doctor saw. Pure: the same observations, the same lines. */
import { leftOutWords } from '../../domain/left-out.ts';
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
    ...journalChecks(observed),
    ...gateChecks(observed),
  ];
}

function journalChecks({ journal, leftOut }: Observed): Check[] {
  const line = linesOf('Audit log');
  const words = leftOutWords(leftOut);
  return [
    'value' in journal
      ? line.ok(`The journal in ${journal.value} can be written`)
      : line.problem('The journal cannot be written: nothing is executed', {
          more: [journal.failure],
          fix: settingFix('oncall.audit.directory'),
        }),
    ...(words === undefined
      ? []
      : [
          line.problem(words.replace(/\.$/, ''), {
            more: [
              'Decisions are made without them. A newer version in another window may have written them: update Oncall in every window.',
            ],
            fix: { title: 'Verify Audit Log', command: 'oncall.verifyAuditLog' },
          }),
        ]),
  ];
}

/** The token of PagerDuty, and what it may do. Pure. */
import { linesOf, settingFix, type Check, type Fix } from './check.ts';
import type { Observed, PagerDutySeen } from './observed.ts';

const line = linesOf('PagerDuty');
const tokenFix: Fix = { title: 'Set PagerDuty Token', command: 'oncall.setPagerDutyToken' };
const emailFix = settingFix('oncall.pagerduty.fromEmail');

export function pagerdutyChecks({ pagerduty, settings }: Observed): Check[] {
  if (pagerduty === undefined)
    return [
      line.problem('No PagerDuty token is set', {
        more: ['No incidents are listed without one.'],
        fix: tokenFix,
      }),
    ];
  if ('failure' in pagerduty)
    return [
      line.problem('PagerDuty does not answer as it should', { more: [pagerduty.failure], fix: tokenFix }),
    ];
  const { open, reads } = pagerduty.value;
  const refused = reads.filter((read) => 'failure' in read.seen);
  return [
    line.ok(`PagerDuty answers: ${open} open ${open === 1 ? 'incident' : 'incidents'} by your filters`),
    ...(refused.length > 0
      ? refused.map(({ what, neededFor, seen }) =>
          line.note(`The token does not read ${what}: there is no ${neededFor}`, {
            more: 'failure' in seen ? [seen.failure] : [],
            fix: tokenFix,
          }),
        )
      : [line.ok(`The token reads ${['incidents', ...reads.map(({ what }) => what)].join(', ')}`)]),
    writeCheck(pagerduty.value, settings.pagerduty.fromEmail),
  ];
}

/** Whether a token may write is nothing that PagerDuty can be asked: only a change would tell. */
function writeCheck({ writesAs }: PagerDutySeen, fromEmail: string | undefined): Check {
  if (fromEmail !== undefined)
    return line.ok(`Changes are made as ${fromEmail}, by "oncall.pagerduty.fromEmail"`);
  if ('failure' in writesAs)
    return line.note('The token does not tell whose it is', {
      more: [
        writesAs.failure,
        'Acknowledging needs the e-mail address of a user in "oncall.pagerduty.fromEmail" then.',
      ],
      fix: emailFix,
    });
  if (writesAs.value === undefined)
    return line.note('The key belongs to no user', {
      more: ['Acknowledging needs the e-mail address of one in "oncall.pagerduty.fromEmail".'],
      fix: emailFix,
    });
  return line.ok(`Changes are made as ${writesAs.value}; a read-only token refuses the first one`);
}

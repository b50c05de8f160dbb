/** The debrief's Markdown: a pure function of what was done and what was true. */
import type { IncidentDebrief, ProposedCommand } from '../journal/debrief.ts';
import { code, md } from './markdown.ts';
import { duration } from '../domain/words.ts';

/** The document's text. Pure. */
export function renderDebrief(incidents: readonly IncidentDebrief[]): string {
  const over = incidents.filter(
    ({ mitigated, brokenAgain }) => mitigated !== undefined && brokenAgain === undefined,
  ).length;
  return [
    '# Practice Debrief',
    '',
    `*Practice: these incidents and their cluster were stand\\-ins.* ${incidents.length} incident${incidents.length === 1 ? '' : 's'}, ${over} over by the monitoring tool's word.`,
    ...incidents.flatMap((incident) => ['', ...section(incident)]),
    '',
  ].join('\n');
}

function section(incident: IncidentDebrief): string[] {
  const { lesson, diagnosis, commands, better } = incident;
  const proposed = commands.filter(({ ranAt }) => ranAt === undefined);
  const ran = commands.filter(({ ranAt }) => ranAt !== undefined);
  const { kind, name, findings } = lesson.rootCause;
  return [
    `## ${md(lesson.incidentTitle, 200)}`,
    '',
    `You were paged for: ${md(lesson.title)}.`,
    '',
    '| after the page | |',
    '| --- | --- |',
    row('first look', incident.looked),
    row('diagnosis', incident.diagnosed),
    row('approval', incident.approved),
    row('alarm over', incident.mitigated),
    ...(incident.brokenAgain === undefined ? [] : [row('the fix taken back', incident.brokenAgain)]),
    '',
    '### What it was',
    '',
    findings.length === 0
      ? `Nothing was wrong any more with ${md(kind)} **${md(name)}**.`
      : `${md(kind)} **${md(name)}**: ${findings.map((finding) => md(finding)).join(' or ')}.`,
    ...(diagnosis === undefined
      ? ['', 'There was no diagnosis.']
      : ['', `The diagnosis said: ${md(diagnosis.says)} ${diagnosis.right ? '✓ right' : '✗ not the cause'}`]),
    '',
    `What it teaches: ${md(lesson.teaches)}`,
    '',
    '### Right ways out',
    '',
    ...(lesson.fixes.length === 0
      ? ['- No command: reporting it, or leaving it alone, was right.']
      : lesson.fixes.map(({ says }) => `- ${md(says)}`)),
    '',
    '### What was run',
    '',
    ...(ran.length === 0 ? ['Nothing was run.'] : ran.map(commandLine)),
    ...(proposed.length === 0 ? [] : ['', '### What else was proposed', '', ...proposed.map(commandLine)]),
    '',
    '### What would have been better',
    '',
    ...(better.length === 0 ? ['Nothing that the journal shows.'] : better.map((line) => `- ${md(line)}`)),
  ];
}

function row(what: string, after: number | undefined): string {
  return `| ${what} | ${after === undefined ? '–' : duration(after)} |`;
}

function commandLine(proposed: ProposedCommand): string {
  const { command, risk, right, state, message, approvedBy, editedBy, takesBack, takenBackBy } = proposed;
  const by = [
    ...(editedBy === undefined ? [] : [`, edited by ${md(editedBy, 80)}`]),
    ...(approvedBy === undefined ? [] : [`, approved by ${md(approvedBy, 80)}`]),
  ].join('');
  const role = [
    ...(right ? [' · ✓ a right way out'] : []),
    ...(takesBack === undefined ? [] : [` · takes back ${code(takesBack)}`]),
    ...(takenBackBy === undefined ? [] : [` · then ${code(takenBackBy)} was run to take it back`]),
  ].join('');
  return `- ${code(command)} · ${risk} risk${by} · ${state}: ${md(message, 300)}${role}`;
}

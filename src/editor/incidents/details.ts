/** What opened incidents show: target, alerts, notes, earlier incidents and runs, as rows of plain text. */
import type { Note, OtherIncident, TargetHint } from '../../domain/incident.ts';
import type { RunView } from '../../domain/run.ts';
import { capital } from '../../domain/words.ts';
import type { ListedAlert } from '../../pagerduty/read.ts';
import { plain, plainLines } from '../text.ts';
import { age } from '../words.ts';
import { browsableUrl, runMark, titleBelow } from './present.ts';
import type { DetailRow } from './sections.ts';

const most = 50;

export function alertRows(alerts: readonly ListedAlert[], now: Date): DetailRow[] {
  return alerts.slice(0, most).map(({ summary, status, severity, createdAt }) => ({
    label: titleBelow(summary),
    spoken: plain(summary, 120),
    description: joined(
      age(createdAt ?? '', now),
      plain(severity ?? '', 20),
      status === 'resolved' ? status : '',
    ),
    tooltip: plain(summary, 600),
    icon: status === 'resolved' ? 'pass' : 'bell',
  }));
}

export function noteRows(notes: readonly Note[], now: Date): DetailRow[] {
  return notes.slice(0, most).map(({ content, author, createdAt }) => ({
    label: plain(content, 120),
    description: joined(age(createdAt, now), plain(author ?? '', 40)),
    tooltip: plainLines(content, 40, 300).join('\n'),
    icon: 'note',
  }));
}

export function pastRows(incidents: readonly OtherIncident[], now: Date): DetailRow[] {
  return incidents.slice(0, most).map(({ id, title, createdAt, url }) => {
    const page = browsableUrl(url);
    return {
      label: titleBelow(title),
      spoken: plain(title, 120),
      description: age(createdAt ?? '', now),
      tooltip: `${plain(title, 600)}\nId ${plain(id, 40)}`,
      icon: 'history',
      ...(page === undefined ? {} : { opens: { kind: 'page', url: page } }),
    };
  });
}

/** The runs for an incident, the newest first. */
export function runRows(runs: readonly RunView[], now: Date): DetailRow[] {
  return runs.slice(0, most).map(({ runId, phase, startedAt, mode, context, message }) => ({
    label: capital(phase),
    description: joined(age(startedAt, now), mode, plain(context, 40)),
    tooltip: [`Run ${plain(runId, 60)}`, plain(message ?? '', 300)].filter((line) => line !== '').join('\n'),
    icon: runIcon(phase),
    opens: { kind: 'run', runId },
  }));
}

/**
 * What an incident is about: what the newest run found, or else what the alert says, best first.
 * @param runs of this incident, the newest first
 */
export function targetRows(runs: readonly RunView[], hints: readonly TargetHint[]): DetailRow[] {
  const found = runs.find(({ target }) => target !== undefined);
  if (found?.target !== undefined) {
    const { kind, name, namespace } = found.target;
    return [
      {
        label: plain(`${kind} ${name}`, 120),
        description: joined(plain(namespace ?? '', 63), plain(found.context, 60)),
        tooltip: plain(found.targetReason ?? 'As the newest run found it', 300),
        icon: 'target',
        opens: { kind: 'run', runId: found.runId },
      },
    ];
  }
  const rows = hints
    .filter(({ name }) => name !== undefined)
    .map(({ kind, name, namespace, source }) => ({
      label: plain([kind, name].filter((part) => part !== undefined).join(' '), 120),
      description: joined(plain(namespace ?? '', 63), plain(source, 60)),
      tooltip: 'As the alert says; a run checks it against the cluster',
      icon: 'question',
    }));
  return rows
    .filter((row, index) => rows.findIndex(({ label }) => label === row.label) === index)
    .slice(0, 5);
}

function runIcon(phase: RunView['phase']): string {
  switch (runMark(phase).badge) {
    case '✓':
      return 'pass';
    case '✗':
      return 'error';
    case '?':
      return 'bell';
    case '▸':
      return 'sync';
    default:
      return 'circle-outline';
  }
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ');
}

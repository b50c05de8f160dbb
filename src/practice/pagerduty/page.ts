/** The page behind "Open in PagerDuty" in practice: one incident, readable, without scripts. */
import type { StoredIncident } from './store.ts';

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}

export function incidentPage(incident: StoredIncident): string {
  const facts: [string, string][] = [
    ['Status', incident.status],
    ['Urgency', incident.urgency],
    ['Service', incident.service.summary],
    ['Assigned to', incident.assignee.name],
    ['Opened', incident.createdAt],
    ['Last change', incident.updatedAt],
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>#${String(incident.number)} ${escape(incident.title)}</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; }
  dt { opacity: .7; } dd { margin: 0; }
  pre { padding: 1rem; border: 1px solid #8886; border-radius: 4px; white-space: pre-wrap; overflow-wrap: anywhere; }
</style>
<p>Practice PagerDuty</p>
<h1>#${String(incident.number)} ${escape(incident.title)}</h1>
<dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${escape(value)}</dd>`).join('')}</dl>
<h2>Alert details</h2>
${incident.alerts.map((alert) => `<pre>${escape(JSON.stringify(alert.details, null, 2) ?? '')}</pre>`).join('\n')}
<h2>Notes</h2>
${incident.notes.map((note) => `<p><b>${escape(note.user.name)}</b> ${escape(note.createdAt)}</p><pre>${escape(note.content)}</pre>`).join('\n') || '<p>None yet.</p>'}
<h2>Timeline</h2>
<ol>${incident.log.map((entry) => `<li>${escape(entry.createdAt)} ${escape(entry.summary)}</li>`).join('')}</ol>
</html>
`;
}

/** Reads what a section of an opened incident shows: from PagerDuty, and from the journal. */
import { alertFor, targetHints } from '../../pagerduty/alert.ts';
import { backgroundOf } from '../../pagerduty/background.ts';
import type { PagerDutyClient } from '../../pagerduty/client.ts';
import { readListedAlert } from '../../pagerduty/read.ts';
import type { Incident } from '../../domain/incident.ts';
import type { RunView } from '../../domain/run.ts';
import { alertRows, noteRows, pastRows, runRows, targetRows } from './details.ts';
import type { DetailRow, Section } from './sections.ts';

/**
 * The rows of a section; none where there is nothing to show.
 * @param runs every run there is a record of, the newest first
 * @throws OncallError `pagerduty-*`, and what `runs` throws
 */
export async function loadDetails(
  client: PagerDutyClient,
  incident: Incident,
  section: Section,
  runs: () => Promise<readonly RunView[]>,
  signal: AbortSignal,
): Promise<readonly DetailRow[]> {
  const runsOf = async () => (await runs()).filter(({ incidentId }) => incidentId === incident.id);
  switch (section) {
    case 'runs':
      return runRows(await runsOf(), new Date());
    case 'target': {
      const known = await runsOf();
      if (known.some(({ target }) => target !== undefined)) return targetRows(known, []);
      return targetRows([], targetHints(alertFor(incident, await client.alerts(incident.id, signal))));
    }
    case 'alerts': {
      const path = `/incidents/${encodeURIComponent(incident.id)}/alerts`;
      const items = await client.some(path, 'alerts', new URLSearchParams({ limit: '50' }), signal);
      return alertRows(
        items.flatMap((item) => readListedAlert(item) ?? []),
        new Date(),
      );
    }
    case 'notes':
      return noteRows(await backgroundOf(client, incident).notes(signal), new Date());
    case 'past':
      return pastRows(await backgroundOf(client, incident).past(signal), new Date());
  }
}

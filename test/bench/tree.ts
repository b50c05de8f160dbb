/** How long 10,000 incidents take to be shown in the tree, what an update draws again, and what a poll costs. */
import type { Incident } from '../../src/domain/incident.ts';
import { changedKeys, listingOf, type Listing } from '../../src/editor/incidents/listing.ts';
import { PagerDutyClient } from '../../src/pagerduty/client.ts';
import { startPagerDuty } from '../../src/practice/pagerduty/server.ts';
import type { Measured } from '../support/measured.ts';

const count = 10_000;
const rounds = 15;
const goalMs = 50;

const incidents: readonly Incident[] = Array.from({ length: count }, (_, index) => ({
  id: `Q${String(index).padStart(13, '0')}`,
  number: index,
  title: `[FIRING:1] KubePodCrashLooping (checkout-${index} shop production critical, pod restarts every 10 s)`,
  status: index % 3 === 0 ? 'acknowledged' : 'triggered',
  urgency: index % 5 === 0 ? 'low' : 'high',
  service: { id: `P${index % 40}`, name: `service-${index % 40}` },
  createdAt: new Date(Date.UTC(2026, 10, 22) - index * 7000).toISOString(),
  updatedAt: new Date(Date.UTC(2026, 10, 22) - index * 7000).toISOString(),
  assignees: ['Ada'],
  acknowledgedBy: [],
}));
const now = new Date(Date.UTC(2026, 10, 22, 0, 5));

function list(all: readonly Incident[], before?: Listing): Listing {
  return listingOf(all, { grouping: 'status', now }, before);
}

/**
 * Medians of several rounds: what is listed, and what is compared with the list before. By the clock, for that is how long
 * the extension host is held up: processor time counts the threads of the garbage collector too, in ticks of 4 ms.
 */
export async function rows(): Promise<Measured[]> {
  const shown: number[] = [];
  const updated: number[] = [];
  let before = list(incidents);
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    before = list(incidents);
    if (before.leaves.size !== count)
      throw new Error(`${before.leaves.size} of ${count} incidents are listed`);
    shown.push(performance.now() - start);
    // Every poll brings new objects, whatever has changed.
    const next = incidents.map((incident, index) =>
      index === 5000 ? { ...incident, title: 'something else' } : { ...incident },
    );
    const updating = performance.now();
    const changed = changedKeys(before, list(next, before));
    updated.push(performance.now() - updating);
    if (changed?.length !== 1) throw new Error(`One row has changed, and ${changed?.length} are drawn again`);
  }
  const newcomer: Incident = { ...(incidents[1] as Incident), id: 'QNEW' };
  const joined = changedKeys(before, list([...incidents, newcomer], before));
  if (joined?.length !== 1) throw new Error(`One group has changed, and ${joined?.length} are drawn again`);
  const requests = await requestsOfPoll(100);
  return [
    {
      name: 'incident tree, 10,000 incidents, shown · updated',
      value: `${median(shown).toFixed(1)} ms · ${median(updated).toFixed(1)} ms`,
      goal: `<= ${goalMs} ms`,
      met: median(shown) <= goalMs && median(updated) <= goalMs,
    },
    {
      name: 'requests a poll, 100 open incidents',
      value: String(requests),
      goal: '<= 1',
      met: requests <= 1,
    },
  ];
}

async function requestsOfPoll(open: number): Promise<number> {
  const pagerduty = await startPagerDuty();
  try {
    for (let index = 0; index < open; index++) pagerduty.raise({ summary: `incident ${index}` });
    const client = new PagerDutyClient({ baseUrl: pagerduty.baseUrl, token: pagerduty.token });
    const listed = await client.openIncidents();
    if (listed.length !== open) throw new Error(`${listed.length} of ${open} incidents were read`);
    return pagerduty.requests.length;
  } finally {
    await pagerduty.close();
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

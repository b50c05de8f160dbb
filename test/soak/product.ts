/**
 * The product of a soak, in a process of its own so that its memory is its own: polls PagerDuty and takes new incidents in YOLO
 * mode, some at a time, each once. Started with {@link Order} as its only argument; tells its parent {@link Told}.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as library from '../../src/agent.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { alertFor } from '../../src/pagerduty/alert.ts';
import { backgroundOf } from '../../src/pagerduty/background.ts';
import { PagerDutyClient } from '../../src/pagerduty/client.ts';
import { IncidentPoller } from '../../src/pagerduty/poller.ts';
import { root } from '../support/paths.ts';

/** What the product is to work with. */
export interface Order {
  readonly agent: library.AgentOptions;
  readonly pagerduty: { readonly baseUrl: string; readonly token: string };
  readonly atOnce: number;
}

export type Told =
  | {
      readonly type: 'ended';
      readonly incidentId: string;
      readonly status: library.RemediationResult['status'] | 'failed';
      readonly says: string;
    }
  /** After a garbage collection. */
  | { readonly type: 'size'; readonly heap: number; readonly open: number }
  | {
      readonly type: 'audit';
      readonly executed: readonly { readonly incidentId: string; readonly command: string }[];
    };

const tell = (told: Told): void => void process.send?.(told);

const order = JSON.parse(process.argv[2] ?? '') as Order;
const { OncallAgent } = createRequire(import.meta.url)(join(root, 'dist/agent.js')) as typeof library;
const agent = new OncallAgent({ ...order.agent, environment: process.env });
const client = new PagerDutyClient(order.pagerduty);
const taken = new Set<string>();
let running = 0;

async function take(incident: Incident): Promise<void> {
  taken.add(incident.id);
  running++;
  const { id: incidentId } = incident;
  try {
    const { status, executionResults, diagnosis } = await agent.handleAlert(
      alertFor(incident, await client.alerts(incidentId)),
      { triggeredBy: { type: 'system', name: 'soak' }, background: backgroundOf(client, incident) },
    );
    const says = executionResults.results.map(({ message }) => message).join('; ');
    tell({ type: 'ended', incidentId, status, says: says === '' ? diagnosis.summary : says });
  } catch (error) {
    tell({ type: 'ended', incidentId, status: 'failed', says: String(error) });
  } finally {
    running--;
    next();
  }
}

const poller = new IncidentPoller((signal) => client.openIncidents({}, signal), {
  intervalMs: 500,
  listener: () => next(),
});

/** Takes the oldest ones that nobody has. */
function next(): void {
  const waiting = poller.state.incidents
    .filter(({ id, status }) => status === 'triggered' && !taken.has(id))
    .sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  for (const incident of waiting.slice(0, order.atOnce - running)) void take(incident);
}

process.on('message', (asked: 'size' | 'end') => {
  if (asked === 'size') {
    globalThis.gc?.();
    const open = readdirSync('/proc/self/fd').length;
    tell({ type: 'size', heap: process.memoryUsage().heapUsed, open });
    return;
  }
  void (async () => {
    poller.stop();
    const executed = (await agent.auditLog())
      .filter(
        ({ risk, outcome, exitCode }) => risk.mutates && (exitCode !== undefined || outcome === 'failed'),
      )
      .map(({ incidentId, command }) => ({ incidentId: incidentId ?? '', command }));
    tell({ type: 'audit', executed });
    await agent.dispose();
    process.disconnect();
  })();
});
await agent.connect();
poller.start();

/** Every incident that can be rehearsed, told by every kind of monitoring tool, leads to the object that it is about. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { connectCluster } from '../../../src/cluster/connect.ts';
import { resolveTarget } from '../../../src/cluster/target.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import { alertFor, targetHints } from '../../../src/pagerduty/alert.ts';
import { startPractice, type Practice } from '../../../src/practice/practice.ts';
import { tools, type AlertEvent } from '../../../src/practice/scenarios/alarm.ts';
import { breakIt, eventOf, setUp } from '../../../src/practice/scenarios/play.ts';
import type { Scenario } from '../../../src/practice/scenarios/scenario.ts';
import { scenarios } from '../../../src/practice/scenarios/scenarios.ts';
import type { State } from '../../../src/practice/scenarios/state.ts';

describe('The alerts of all incidents that can be rehearsed', function () {
  this.timeout(180_000);
  let practice: Practice;
  let directory: string;
  let cluster: Cluster;
  const broken = new Map<string, Promise<{ scenario: Scenario; state: State }>>();

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'oncall-targets-'));
    practice = await startPractice({ directory, speed: 50, report: () => undefined });
    cluster = await connectCluster({ kubeconfig: practice.kubernetes.kubeconfig });
    // Side by side, each in a namespace of its own.
    for (const each of scenarios) {
      const scenario = { ...each, namespace: `about-${each.name}` };
      const play = async () => {
        const stage = practice.stage(AbortSignal.timeout(170_000));
        await setUp(scenario, stage);
        return { scenario, state: await breakIt(scenario, stage) };
      };
      const played = play();
      played.catch(() => undefined);
      broken.set(each.name, played);
    }
  });
  after(async () => {
    await practice.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function resolve({ payload }: AlertEvent): Promise<string> {
    const incident: Incident = {
      id: 'Q1',
      title: payload.summary,
      status: 'triggered',
      urgency: 'high',
      service: { id: 'P1', name: 'Shop' },
      createdAt: '2026-01-01T00:00:00Z',
      updatedAt: '2026-01-01T00:00:00Z',
      assignees: [],
      acknowledgedBy: [],
    };
    const { custom_details: details, component, group } = payload;
    const raw = {
      body: { details, cef_details: { source_component: component, service_group: group, details } },
    };
    const resolved = await resolveTarget(
      cluster,
      targetHints(alertFor(incident, [raw])),
      AbortSignal.timeout(50_000),
    );
    if (resolved.target === undefined) return resolved.reason;
    const { kind, namespace, name } = resolved.target;
    return `${kind} ${namespace}/${name}${resolved.doubt === undefined ? '' : ` (${resolved.doubt})`}`;
  }

  for (const { name, title, workload } of scenarios) {
    it(`${name}: ${title}`, async () => {
      const { scenario, state } = (await broken.get(name)) ?? assert.fail();
      const expected = { ...scenario.rootCause.target, ...leadsThere(workload)[name] };
      const told = await Promise.all(
        tools.map(async (tool) => [tool, await resolve(eventOf(scenario, state, { tool }))]),
      );
      const target = `${expected.kind} ${scenario.namespace}/${expected.name}`;
      assert.deepEqual(
        told,
        tools.map((tool) => [tool, target]),
      );
    });
  }
});

/** Where the alert cannot know the cause, and is about something next to it: the diagnosis goes on from there. */
const leadsThere = (name: string): Record<string, { kind: string; name: string }> => ({
  'scaled-to-zero': { kind: 'Service', name },
  'pvc-class': { kind: 'Deployment', name },
  'rbac-denied': { kind: 'Deployment', name },
});

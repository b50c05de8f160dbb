/** The whole rehearsal ground: a PagerDuty, a cluster with controllers and nodes, and scenarios to play on them. */
import { KubeClient } from './client.ts';
import { wallClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { startPracticeCluster } from './cluster/start.ts';
import { startControllers } from './controllers/controllers.ts';
import { startNodeSimulator } from './node/simulator.ts';
import { startPagerDuty } from './pagerduty/server.ts';
import { lessonOf, type Lesson } from './lesson.ts';
import { play, settles } from './scenarios/play.ts';
import type { Stage } from './scenarios/play.ts';
import type { AlertEvent } from './scenarios/alarm.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { scenarioNamed } from './scenarios/scenarios.ts';

export interface PracticeOptions {
  /** An existing directory for the kubeconfig. */
  readonly directory: string;
  /** How many times faster than real time back-offs, probes and deadlines go by. */
  readonly speed: number;
  /** In place of the wall clock at `speed`. */
  readonly clock?: Clock;
  /** Is told of failures inside; they are tried again. */
  readonly report: (message: string) => void;
  /**
   * Told when an incident is over. Where it is given, the monitoring tool ends an alarm once its trouble is over and stays
   * over; without it every alarm goes on.
   */
  readonly onEnded?: (lesson: Lesson) => void;
}

export interface Practice {
  readonly pagerduty: {
    readonly baseUrl: string;
    readonly eventsUrl: string;
    readonly token: string;
    readonly routingKey: string;
  };
  /** The kubeconfig's path and the context in it. */
  readonly kubernetes: { readonly kubeconfig: string; readonly context: string };
  readonly client: KubeClient;
  /** Where scenarios are played here. */
  stage(signal: AbortSignal): Stage;
  /**
   * Plays a scenario; resolves when its incident is raised.
   * @throws Error where there is no such scenario, or it does not come about in time
   */
  play(name: string): Promise<void>;
  /** The truth about every incident that was raised, in the order in which they were. */
  lessons(): readonly Lesson[];
  close(): Promise<void>;
}

/** Machines that may go away at any time; only pods that put up with that come onto them. */
const fleeting = { key: 'practice.oncall/pool', value: 'spot' };
const spot = {
  labels: { [fleeting.key]: fleeting.value },
  taints: [{ ...fleeting, effect: 'NoSchedule' }],
};
/** The cluster's machines: enough for every scenario at once. */
const machines = [
  { name: 'practice-1' },
  { name: 'practice-2' },
  { name: 'practice-spot-1', ...spot },
  { name: 'practice-spot-2', ...spot },
];
/** Puts the pods of a scenario that takes a machine away where it takes nothing from its neighbours. */
const expendable: Stage['expendable'] = {
  nodeSelector: { [fleeting.key]: fleeting.value },
  tolerations: [{ ...fleeting, operator: 'Equal', effect: 'NoSchedule' }],
};
/** Milliseconds of real time after which a scenario counts as failed. */
const patience = 120_000;

export async function startPractice({
  directory,
  speed,
  clock = wallClock(speed),
  report,
  onEnded,
}: PracticeOptions): Promise<Practice> {
  const abort = new AbortController();
  const { signal } = abort;
  const [pagerduty, cluster] = await Promise.all([startPagerDuty(), startPracticeCluster({ directory })]);
  const client = new KubeClient({ server: cluster.url, ca: cluster.caCertificate, token: cluster.token });
  const complain = (error: unknown, key: string): void => {
    if (!signal.aborted) report(`${key}: ${error instanceof Error ? error.message : String(error)}`);
  };
  startControllers({ client, clock, signal, report: complain });
  const simulator = await startNodeSimulator({ client, clock, nodes: machines, report: complain });

  const enqueue = async (event: object): Promise<void> => {
    const answer = await fetch(`${pagerduty.eventsUrl}/v2/enqueue`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ routing_key: pagerduty.routingKey, ...event }),
    });
    if (answer.status !== 202) throw new Error(`The event was refused: ${await answer.text()}`);
  };

  const stage = (until: AbortSignal): Stage => ({
    client,
    clock,
    signal: AbortSignal.any([signal, until]),
    machines: simulator,
    expendable,
  });
  /** The scenarios behind the incidents, by the incident's id. */
  const played = new Map<string, Scenario>();
  const lessons = (): Lesson[] =>
    pagerduty.store.incidents.flatMap(({ id, title, createdAt, resolvedAt }) => {
      const scenario = played.get(id);
      if (scenario === undefined) return [];
      const ended = resolvedAt === undefined ? {} : { endedAt: resolvedAt };
      return [lessonOf(scenario, { incidentId: id, incidentTitle: title, firedAt: createdAt, ...ended })];
    });

  /** By scenario: what watches over its end. Playing it again begins a new watch. */
  const watching = new Map<string, AbortController>();
  const watchOver = async (scenario: Scenario, dedupKey: string, incidentId: string): Promise<void> => {
    // Where nothing was wrong, nothing gets well: such an alarm is somebody's to judge.
    if (onEnded === undefined || scenario.rootCause.findings.length === 0) return;
    const watch = new AbortController();
    watching.set(scenario.name, watch);
    if (!(await settles(scenario, stage(watch.signal)))) return;
    await enqueue({ event_action: 'resolve', dedup_key: dedupKey });
    const lesson = lessons().find((one) => one.incidentId === incidentId);
    if (lesson !== undefined) onEnded(lesson);
  };

  const { baseUrl, eventsUrl, token, routingKey } = pagerduty;
  return {
    pagerduty: { baseUrl, eventsUrl, token, routingKey },
    kubernetes: { kubeconfig: cluster.kubeconfig, context: 'practice' },
    client,
    stage,
    async play(name) {
      const scenario = scenarioNamed(name);
      watching.get(name)?.abort();
      await play(scenario, stage(AbortSignal.timeout(patience)), async (event: AlertEvent) => {
        await enqueue(event);
        const { dedup_key: dedupKey } = event;
        const incident = pagerduty.store.incidents.findLast(({ alerts }) =>
          alerts.some((alert) => alert.dedupKey === dedupKey),
        );
        if (incident === undefined) throw new Error('The event opened no incident');
        played.set(incident.id, scenario);
        watchOver(scenario, dedupKey, incident.id).catch((error: unknown) => complain(error, name));
      });
    },
    lessons,
    async close() {
      abort.abort();
      await simulator.close();
      client.close();
      await Promise.all([cluster.close(), pagerduty.close()]);
    },
  };
}

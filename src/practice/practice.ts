/** The whole rehearsal ground: a PagerDuty, a cluster with controllers and nodes, and scenarios to play on them. */
import { KubeClient } from './client.ts';
import { wallClock } from './clock.ts';
import { startPracticeCluster } from './cluster/start.ts';
import { startControllers } from './controllers/controllers.ts';
import { startNodeSimulator } from './node/simulator.ts';
import { startPagerDuty } from './pagerduty/server.ts';
import { play } from './scenarios/play.ts';
import type { Stage } from './scenarios/play.ts';
import type { AlertEvent } from './scenarios/alarm.ts';
import { scenarioNamed } from './scenarios/scenarios.ts';

export interface PracticeOptions {
  /** An existing directory for the kubeconfig. */
  readonly directory: string;
  /** How many times faster than real time back-offs, probes and deadlines go by. */
  readonly speed: number;
  /** Is told of failures inside; they are tried again. */
  readonly report: (message: string) => void;
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
  close(): Promise<void>;
}

/** The cluster's machines: enough for every scenario at once. */
const machines = [{ name: 'practice-1' }, { name: 'practice-2' }];
/** Milliseconds of real time after which a scenario counts as failed. */
const patience = 120_000;

export async function startPractice({ directory, speed, report }: PracticeOptions): Promise<Practice> {
  const abort = new AbortController();
  const { signal } = abort;
  const [pagerduty, cluster] = await Promise.all([startPagerDuty(), startPracticeCluster({ directory })]);
  const client = new KubeClient({ server: cluster.url, ca: cluster.caCertificate, token: cluster.token });
  const clock = wallClock(speed);
  const complain = (error: unknown, key: string): void => {
    if (!signal.aborted) report(`${key}: ${error instanceof Error ? error.message : String(error)}`);
  };
  startControllers({ client, clock, signal, report: complain });
  const simulator = await startNodeSimulator({ client, clock, nodes: machines, report: complain });

  const raise = async (event: AlertEvent): Promise<void> => {
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
  });
  const { baseUrl, eventsUrl, token, routingKey } = pagerduty;
  return {
    pagerduty: { baseUrl, eventsUrl, token, routingKey },
    kubernetes: { kubeconfig: cluster.kubeconfig, context: 'practice' },
    client,
    stage,
    async play(name) {
      await play(scenarioNamed(name), stage(AbortSignal.timeout(patience)), raise);
    },
    async close() {
      abort.abort();
      await simulator.close();
      client.close();
      await Promise.all([cluster.close(), pagerduty.close()]);
    },
  };
}

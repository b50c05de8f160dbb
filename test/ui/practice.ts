/** The practice process beside a test: the workbench is pointed at it by settings, as at a real account and a real cluster. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { KubeClient } from '../../src/practice/client.ts';
import { healed } from '../../src/practice/scenarios/play.ts';
import { scenarioNamed } from '../../src/practice/scenarios/scenarios.ts';
import { testEnvironment } from '../support/environment.ts';
import { root } from '../support/paths.ts';
import { whenProcessEnds } from '../support/processes.ts';

interface Ready {
  readonly pagerduty: {
    readonly baseUrl: string;
    readonly eventsUrl: string;
    readonly token: string;
    readonly routingKey: string;
  };
  readonly kubernetes: { readonly kubeconfig: string; readonly context: string };
}

export interface PracticeGround extends Ready {
  readonly client: KubeClient;
  /** Breaks something and raises its alarm. */
  play(scenario: string): Promise<void>;
  /** Ends a scenario's incident, as a monitoring tool does once it is content. */
  resolve(scenario: string): Promise<void>;
  /** Whether a scenario's trouble is over, by the cluster's own word, and was put right as it should be. */
  isHealed(scenario: string): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Starts the practice process without an incident.
 * @param speed how many times faster than in reality back-offs and deadlines go by
 */
export async function startPracticeGround(speed: number): Promise<PracticeGround> {
  const child = spawn(
    process.execPath,
    [join(root, 'dist/practice.js'), '--scenario', 'none', '--speed', String(speed)],
    { env: testEnvironment(), stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const forget = whenProcessEnds(() => child.kill('SIGKILL'));
  const waiting = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
  const ready = await new Promise<Ready>((resolve, reject) => {
    void ended.then(() => reject(new Error('The practice process ended before it was ready')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as Partial<Ready> & {
        played?: string;
        failed?: string;
        message?: string;
      };
      if (said.pagerduty && said.kubernetes) resolve(said as Ready);
      const name = said.played ?? said.failed ?? '';
      const caller = waiting.get(name);
      waiting.delete(name);
      if (said.failed === undefined) caller?.resolve();
      else caller?.reject(new Error(`${name} could not be played: ${said.message ?? ''}`));
    });
  });
  const client = new KubeClient(connectionOf(await readFile(ready.kubernetes.kubeconfig, 'utf8')));
  return {
    ...ready,
    client,
    play: (scenario) =>
      new Promise((resolve, reject) => {
        waiting.set(scenario, { resolve, reject });
        child.stdin.write(`${JSON.stringify({ play: scenario })}\n`);
      }),
    async resolve(scenario) {
      const { eventsUrl, routingKey } = ready.pagerduty;
      const answer = await fetch(`${eventsUrl}/v2/enqueue`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          routing_key: routingKey,
          event_action: 'resolve',
          dedup_key: `practice/${scenarioNamed(scenario).namespace}/${scenario}`,
        }),
      });
      if (answer.status !== 202) throw new Error(`The event was refused: ${await answer.text()}`);
    },
    isHealed: (scenario) => healed(scenarioNamed(scenario), client),
    async close() {
      client.close();
      child.stdin.end();
      await ended;
      forget();
    },
  };
}

/** The practice cluster's kubeconfig has one cluster and one user. */
function connectionOf(kubeconfig: string): { server: string; ca: string; token: string } {
  const value = (key: string): string => {
    const found = new RegExp(`^\\s*${key}: (\\S+)$`, 'm').exec(kubeconfig)?.[1];
    if (found === undefined) throw new Error(`The practice kubeconfig holds no ${key}`);
    return found;
  };
  return {
    server: value('server'),
    ca: Buffer.from(value('certificate-authority-data'), 'base64').toString(),
    token: value('token'),
  };
}

/** A real control plane with an incident, in a cluster of as many pods as one likes. The kubelets are simulated. */
import { readFile } from 'node:fs/promises';
import { clientFromKubeconfig, type KubeClient } from '../../../src/practice/client.ts';
import { wallClock } from '../../../src/practice/clock.ts';
import { startNodeSimulator } from '../../../src/practice/node/simulator.ts';
import { namespaces, pods, type Pod } from '../../../src/practice/objects.ts';
import { breakIt, setUp, type Stage } from '../../../src/practice/scenarios/play.ts';
import { scenarioNamed } from '../../../src/practice/scenarios/scenarios.ts';
import { startControlPlane } from '../../support/kubernetes/control-plane.ts';
import { waitFor } from '../../support/processes.ts';
import type { Place } from './place.ts';

const minute = 60_000;
/** What a node takes, as kubelets have it by default. */
const podsPerNode = 110;
/** Requests at once: more only make the API server queue. */
const atOnce = 24;

export interface World {
  readonly place: Place;
  /** Adds running pods until there are `all`, a tenth of them in the incident's own namespace. */
  growTo(all: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts it with an incident that shows: a Deployment whose new revision crashes again and again.
 * @param dir absolute, existing, empty
 * @param largest how many pods there will be at most
 */
export async function startWorld(dir: string, largest: number): Promise<World> {
  const controlPlane = await startControlPlane(dir);
  const client = clientFromKubeconfig(await readFile(controlPlane.kubeconfig, 'utf8'));
  const nodes = Array.from({ length: Math.ceil(largest / podsPerNode) + 2 }, (_, index) => ({
    name: `node-${index + 1}`,
  }));
  const simulator = await startNodeSimulator({ client, nodes });
  const close = async () => {
    await simulator.close();
    client.close();
    await controlPlane.close();
  };
  try {
    const scenario = scenarioNamed('crashloop');
    const stage: Stage = { client, clock: wallClock(), signal: AbortSignal.timeout(5 * minute) };
    await setUp(scenario, stage);
    await breakIt(scenario, stage);
    const { namespace, workload } = scenario;
    const { kubeconfig, context } = controlPlane;
    return {
      ...{ place: { kubeconfig, context, namespace, workload }, close },
      growTo: (all) => grow(client, namespace, nodes.slice(1), all),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function grow(
  client: KubeClient,
  own: string,
  nodes: readonly { name: string }[],
  all: number,
): Promise<void> {
  const there = (await client.list(pods)).length;
  const names = [own, ...Array.from({ length: 9 }, (_, index) => `team-${index + 1}`)];
  const known = new Set((await client.list(namespaces)).map(({ metadata }) => metadata.name));
  for (const name of names) if (!known.has(name)) await client.create(namespaces, { metadata: { name } });
  const missing = Array.from({ length: Math.max(0, all - there) }, (_, index) => there + index);
  const work = missing.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const number of work) {
        await client.create(pods, neighbour(number, names[number % names.length] ?? own, nodes));
      }
    }),
  );
  // A pod that is bound already is the kubelet's at once: no scheduler in between.
  await waitFor(
    `${all} pods are there and run`,
    async () => {
      const running = (await client.list(pods, { fieldSelector: 'status.phase=Running' })).length;
      return running >= all ? true : undefined;
    },
    { timeoutMs: 15 * minute, everyMs: 3000 },
  );
}

function neighbour(number: number, namespace: string, nodes: readonly { name: string }[]): Pod {
  const name = `neighbour-${number}`;
  return {
    metadata: { name, namespace, labels: { app: `neighbour-${number % 50}` } },
    spec: {
      nodeName: nodes[number % nodes.length]?.name,
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: 'app',
          image: 'docker.io/library/shop-catalog:2.0.0',
          imagePullPolicy: 'IfNotPresent',
          env: [{ name: 'REGION', value: `region-${number % 7}` }],
          ports: [{ name: 'http', containerPort: 8080 }],
        },
      ],
    },
  } as Pod;
}

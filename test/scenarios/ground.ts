/** Where the catalogue is played: the practice cluster, and a real Kubernetes. */
import type { AgentOptions } from '../../src/agent.ts';
import { KubeError } from '../../src/practice/client.ts';
import type { KubeClient } from '../../src/practice/client.ts';
import type { KubeObject, Resource } from '../../src/practice/objects.ts';
import { startPractice } from '../../src/practice/practice.ts';
import type { Stage } from '../../src/practice/scenarios/play.ts';
import type { Need, Scenario } from '../../src/practice/scenarios/scenario.ts';
import { startKubernetes } from '../support/kubernetes/kubernetes.ts';
import { stageOn } from '../support/kubernetes/stage.ts';
import { waitFor } from '../support/processes.ts';
import { scratchFolder } from '../support/scratch.ts';

export const groundNames = ['practice', 'real'] as const;
export type GroundName = (typeof groundNames)[number];

export interface Ground {
  readonly name: GroundName;
  /** What people must know of it besides its name. */
  readonly note?: string;
  readonly kubeconfig: string;
  readonly context: string;
  /** So many plays go on here side by side. */
  readonly atOnce: number;
  /** Milliseconds after which a play is given up. */
  readonly patience: number;
  /** What the product is set to here: its defaults, or as much less as this cluster's time goes by faster. */
  readonly verification: AgentOptions['verification'];
  stage(signal: AbortSignal): Stage;
  close(): Promise<void>;
}

export function openGround(name: GroundName): Promise<Ground> {
  return name === 'practice' ? openPractice() : openKubernetes();
}

const minute = 60_000;
const speed = 20;

async function openPractice(): Promise<Ground> {
  const scratch = await scratchFolder('scenarios');
  const practice = await startPractice({
    directory: scratch.path,
    speed,
    report: (message) => console.log(`The practice cluster says: ${message}`),
  });
  return {
    name: 'practice',
    ...practice.kubernetes,
    atOnce: 6,
    patience: 2 * minute,
    verification: { timeoutSeconds: 30, settleSeconds: 1 },
    stage: (signal) => practice.stage(signal),
    async close() {
      await practice.close();
      await scratch.remove();
    },
  };
}

async function openKubernetes(): Promise<Ground> {
  const kubernetes = await startKubernetes();
  const { kubeconfig, context, real } = kubernetes;
  return {
    name: 'real',
    ...(real ? {} : { note: 'its kubelets were simulated: no container ran' }),
    ...{ kubeconfig, context },
    atOnce: 6,
    patience: 15 * minute,
    verification: {},
    stage: (signal) => stageOn(kubernetes, signal),
    close: () => kubernetes.close(),
  };
}

/** Why a scenario cannot be played here; undefined where it can. */
export async function whyNotPlayed(ground: Ground, { needs }: Scenario): Promise<string | undefined> {
  const { machines, client } = ground.stage(AbortSignal.timeout(minute));
  const offered: Readonly<Record<Need, () => boolean | Promise<boolean>>> = {
    'simulated node': () => machines !== undefined,
    metrics: () => answersMetrics(client),
  };
  for (const need of needs) {
    if (!(await offered[need]())) return `needs ${need}, which this cluster does not have`;
  }
  return undefined;
}

const nodeMetrics: Resource<KubeObject> = {
  apiVersion: 'metrics.k8s.io/v1beta1',
  kind: 'NodeMetrics',
  plural: 'nodes',
  namespaced: false,
};

/** Whether there is such an API. One that is there and does not answer yet is waited for: it is no reason not to play. */
function answersMetrics(client: KubeClient): Promise<boolean> {
  const ask = async () => {
    try {
      await client.list(nodeMetrics);
      return true;
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      return error.status === 404 ? false : undefined;
    }
  };
  return waitFor('the metrics API answers', ask, { timeoutMs: minute });
}

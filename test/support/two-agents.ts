/** Two agents with a journal each, which share nothing but the cluster, let go on one incident in YOLO mode. */
import { join } from 'node:path';
import {
  OncallAgent,
  type AgentOptions,
  type Alert,
  type RemediationResult,
  type RunEvent,
} from '../../src/agent.ts';
import type { KubeClient } from '../../src/practice/client.ts';
import { deployments, namespaces, services } from '../../src/practice/objects.ts';
import type { KubeObject, Resource } from '../../src/practice/objects.ts';
import { breakIt, eventOf, setUp, type Stage } from '../../src/practice/scenarios/play.ts';
import { scenarioNamed } from '../../src/practice/scenarios/scenarios.ts';
import { startCountingProxy } from './counting-proxy.ts';
import { waitFor } from './processes.ts';
import { scratchFolder } from './scratch.ts';
import { ensureKubectl } from './vscode/install.ts';

/** A cluster with scenarios to break it. */
export interface Arena {
  readonly kubeconfig: string;
  readonly context: string;
  readonly verification: AgentOptions['verification'] & {};
  stage(signal: AbortSignal): Stage;
}

export interface Outcome {
  readonly attempt: number;
  /** What kubectl changed in the namespace of the incident, as `PATCH …/services/cart`, counted before the API server. */
  readonly changes: readonly string[];
  /** What the API server itself kept of it, one entry a new spec, as `Service/cart`. */
  readonly kept: readonly string[];
  readonly statuses: readonly RemediationResult['status'][];
  /** What both said of their steps. */
  readonly says: string;
}

/** At which record of the first one the second one begins: at once every other time, else further and further into the run. */
const beginsAt = (attempt: number): number => (attempt % 2 === 0 ? 0 : (attempt + 1) / 2);

/** Follows every version that the API server keeps of the specs in a namespace: two versions in a row that differ are a change. */
async function followSpecs(client: KubeClient, namespace: string) {
  const following = new AbortController();
  const specs = new Map<string, string>();
  const versions = new Map<string, string | undefined>();
  const kept: string[] = [];
  const kinds = [services, deployments] as readonly Resource<KubeObject>[];
  const watches = kinds.map((resource) =>
    client.watch(
      resource,
      { namespace },
      ({ object }) => {
        const key = `${resource.kind}/${object.metadata.name}`;
        const spec = JSON.stringify((object as { spec?: unknown }).spec);
        if (specs.has(key) && specs.get(key) !== spec) kept.push(key);
        specs.set(key, spec);
        versions.set(key, object.metadata.resourceVersion);
      },
      following.signal,
    ),
  );
  /** Until what is there now has been seen. */
  const isCaughtUp = async (): Promise<boolean> => {
    const lists = await Promise.all(
      kinds.map(async (resource) =>
        (await client.list(resource, { namespace })).map(
          ({ metadata: { name, resourceVersion } }) =>
            versions.get(`${resource.kind}/${name}`) === resourceVersion,
        ),
      ),
    );
    return lists.flat().every(Boolean);
  };
  const caughtUp = (): Promise<unknown> =>
    waitFor('every version was seen', async () => (await isCaughtUp()) || undefined, {
      timeoutMs: 120_000,
      everyMs: 20,
    });
  await caughtUp();
  return {
    /** What was changed since this began. */
    async changes(): Promise<readonly string[]> {
      await caughtUp();
      return kept;
    },
    async close(): Promise<void> {
      following.abort();
      await Promise.all(watches);
    },
  };
}

/**
 * Breaks a namespace for each try and lets both at it. A namespace is mended and broken again for the next try.
 * @param name of a scenario
 * @param atOnce so many tries go on side by side, in a namespace each
 */
export async function tryTwice(
  arena: Arena,
  name: string,
  tries: number,
  atOnce: number,
  patienceMs: number,
): Promise<Outcome[]> {
  const scratch = await scratchFolder('two-agents');
  const proxy = await startCountingProxy(arena.kubeconfig, join(scratch.path, 'through-proxy'));
  const kubectl = await ensureKubectl();
  let changes: string[] = [];

  async function attemptOf(attempt: number, namespace: string, stage: Stage): Promise<Outcome> {
    const scenario = { ...scenarioNamed(name), namespace };
    await setUp(scenario, stage);
    const { payload, dedup_key: id } = eventOf(scenario, await breakIt(scenario, stage), {
      cluster: arena.context,
    });
    const alert: Alert = { id: `${id}-${attempt}`, title: payload.summary, details: payload.custom_details };
    const agentOf = (user: string) =>
      new OncallAgent({
        ...{ mode: 'yolo', destructiveOperations: true, analyst: { engine: 'builtin' } },
        ...{ kubeconfig: proxy.kubeconfig, context: arena.context, kubectl, user },
        journalDirectory: join(scratch.path, String(attempt), user),
        verification: arena.verification,
      });
    const [first, second] = [agentOf('ada'), agentOf('bob')];
    const { promise: begun, resolve } = Promise.withResolvers<undefined>();
    const begin = () => resolve(undefined);
    let records = 0;
    const specs = await followSpecs(stage.client, namespace);
    const go = (agent: OncallAgent, onProgress: (event: RunEvent) => void) =>
      agent.handleAlert(alert, { triggeredBy: { type: 'system', name: 'automation' }, onProgress });
    try {
      if (beginsAt(attempt) === 0) begin();
      const results = await Promise.all([
        go(first, ({ type }) => {
          if (type === 'record' && ++records >= beginsAt(attempt)) begin();
        }).finally(begin),
        begun.then(() => go(second, () => undefined)),
      ]);
      changes.push(...proxy.taken().changes);
      const own = changes.filter((change) => change.includes(`/namespaces/${namespace}/`));
      changes = changes.filter((change) => !own.includes(change));
      return {
        attempt,
        changes: own,
        kept: await specs.changes(),
        statuses: results.map(({ status }) => status),
        says: results
          .flatMap(({ executionResults }) => executionResults.results.map(({ message }) => message))
          .join(' | '),
      };
    } finally {
      await Promise.all([first.dispose(), second.dispose(), specs.close()]);
    }
  }

  try {
    const outcomes: Outcome[] = [];
    const attempts = Array.from({ length: tries }, (_, index) => index);
    const work = async (ground: number): Promise<void> => {
      const namespace = `two-${name}-${ground}`;
      const stage = arena.stage(AbortSignal.timeout(patienceMs));
      for (let next = attempts.shift(); next !== undefined; next = attempts.shift()) {
        outcomes.push(await attemptOf(next, namespace, stage));
      }
      await stage.client.delete(namespaces, undefined, namespace);
    };
    await Promise.all(Array.from({ length: atOnce }, (_, ground) => work(ground)));
    return outcomes;
  } finally {
    await proxy.close();
    await scratch.remove();
  }
}

/** Two agents with a journal each, which share nothing but the cluster, let go on one incident in YOLO mode. */
import { join } from 'node:path';
import {
  OncallAgent,
  type AgentOptions,
  type Alert,
  type RemediationResult,
  type RunEvent,
} from '../../src/agent.ts';
import { namespaces } from '../../src/practice/objects.ts';
import { breakIt, eventOf, setUp, type Stage } from '../../src/practice/scenarios/play.ts';
import { scenarioNamed } from '../../src/practice/scenarios/scenarios.ts';
import { startCountingProxy } from './counting-proxy.ts';
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
  readonly statuses: readonly RemediationResult['status'][];
  /** What both said of their steps. */
  readonly says: string;
}

/** At which record of the first one the second one begins: at once every other time, else further and further into the run. */
const beginsAt = (attempt: number): number => (attempt % 2 === 0 ? 0 : (attempt + 1) / 2);

/**
 * Breaks a namespace of its own for each try and lets both at it.
 * @param name of a scenario
 * @param atOnce so many tries go on side by side
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
  const changes: string[] = [];

  async function attemptOf(attempt: number): Promise<Outcome> {
    const namespace = `two-${name}-${attempt}`;
    const scenario = { ...scenarioNamed(name), namespace };
    const stage = arena.stage(AbortSignal.timeout(patienceMs));
    await setUp(scenario, stage);
    const { payload, dedup_key: id } = eventOf(scenario, await breakIt(scenario, stage), {
      cluster: arena.context,
    });
    const alert: Alert = { id: `${id}-${attempt}`, title: payload.summary, details: payload.custom_details };
    const agentOf = (user: string) =>
      new OncallAgent({
        ...{ mode: 'yolo', destructiveOperations: true, analyst: { engine: 'builtin' } },
        ...{ kubeconfig: proxy.kubeconfig, context: arena.context, kubectl, user },
        journalDirectory: join(scratch.path, namespace, user),
        verification: arena.verification,
      });
    const [first, second] = [agentOf('ada'), agentOf('bob')];
    const { promise: begun, resolve } = Promise.withResolvers<undefined>();
    const begin = () => resolve(undefined);
    let records = 0;
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
      return {
        attempt,
        changes: changes.filter((change) => change.includes(`/namespaces/${namespace}/`)),
        statuses: results.map(({ status }) => status),
        says: results
          .flatMap(({ executionResults }) => executionResults.results.map(({ message }) => message))
          .join(' | '),
      };
    } finally {
      await Promise.all([first.dispose(), second.dispose()]);
      await stage.client.delete(namespaces, undefined, namespace);
    }
  }

  try {
    const outcomes: Outcome[] = [];
    const attempts = Array.from({ length: tries }, (_, index) => index);
    const work = async (): Promise<void> => {
      for (let next = attempts.shift(); next !== undefined; next = attempts.shift()) {
        outcomes.push(await attemptOf(next));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return outcomes;
  } finally {
    await proxy.close();
    await scratch.remove();
  }
}

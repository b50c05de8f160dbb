/** Many incidents, one after another and side by side, through the product in YOLO mode on the practice cluster. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startPractice } from '../../src/practice/practice.ts';
import type { Practice } from '../../src/practice/practice.ts';
import { harmsOf } from '../../src/practice/scenarios/harm.ts';
import { breakIt, eventOf, setUp } from '../../src/practice/scenarios/play.ts';
import type { Scenario } from '../../src/practice/scenarios/scenario.ts';
import { scenarios } from '../../src/practice/scenarios/scenarios.ts';
import { readState } from '../../src/practice/scenarios/state.ts';
import { namespaces } from '../../src/practice/objects.ts';
import { startCountingProxy } from '../support/counting-proxy.ts';
import { scratchFolder } from '../support/scratch.ts';
import { ensureKubectl } from '../support/vscode/install.ts';
import type { Order, Told } from './product.ts';

/** What a soak came to. */
export interface Soaked {
  readonly incidents: number;
  /** How many runs ended with each status. */
  readonly ends: Readonly<Record<string, number>>;
  /** Sentences: what must not happen, and did. */
  readonly faults: readonly string[];
  /** Bytes of heap after a collection, as the incidents went by. */
  readonly heap: readonly number[];
  /** Open file descriptors at the same moments. */
  readonly open: readonly number[];
  /** Commands that changed something. */
  readonly commands: number;
}

export type Limits = Pick<Order['agent'], 'maxChangesPerHour' | 'maxChangesAtOnce'>;

const speed = 20;
/** Incidents that go on side by side. */
const atOnce = 6;
/** Milliseconds after which a run counts as stuck. */
const patience = 180_000;
/** Looks at the memory in one soak. */
const looks = 10;

/** Those that take machines away come alone in the catalogue: here many share the machines. */
const played = scenarios.filter(
  ({ breakage }) => !breakage.some(({ deed }) => deed === 'stop the node' || deed === 'drain the nodes'),
);

/**
 * @param report is told how far it is
 * @param limits the brake of the product
 */
export async function soak(
  count: number,
  report: (line: string) => void,
  limits: Limits = { maxChangesPerHour: 1000, maxChangesAtOnce: atOnce },
): Promise<Soaked> {
  const scratch = await scratchFolder('soak');
  const practice = await startPractice({ directory: scratch.path, speed, report });
  const proxy = await startCountingProxy(practice.kubernetes.kubeconfig, join(scratch.path, 'through-proxy'));
  const product = await startProduct(practice, proxy.kubeconfig, join(scratch.path, 'journal'), limits);
  const faults: string[] = [];
  const ends: Record<string, number> = {};
  const heap: number[] = [];
  const open: number[] = [];
  try {
    let begun = 0;
    let ended = 0;
    const worker = async (): Promise<void> => {
      for (let number = begun++; number < count; number = begun++) {
        const scenario = played[number % played.length] as Scenario;
        const namespace = `soak-${String(number)}`;
        try {
          const { status, wrong } = await incident({ ...scenario, namespace }, practice, product);
          ends[status] = (ends[status] ?? 0) + 1;
          faults.push(...wrong.map((one) => `${scenario.name} (${String(number)}): ${one}`));
        } catch (error) {
          faults.push(`${scenario.name} (${String(number)}): ${String(error)}`);
        }
        await practice.client.delete(namespaces, undefined, namespace);
        if (++ended % Math.ceil(count / looks) > 0) continue;
        const size = await product.size();
        heap.push(size.heap);
        open.push(size.open);
        report(`${String(ended)} of ${String(count)} incidents, ${(size.heap / 1e6).toFixed(1)} MB`);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    const executed = await product.end();
    const { changes } = proxy.taken();
    faults.push(...repeated(executed));
    if (changes.length !== executed.length)
      faults.push(
        `The audit log has ${String(executed.length)} commands that change something; kubectl sent ${String(changes.length)} changes.`,
      );
    return { incidents: count, ends, faults, heap, open, commands: executed.length };
  } finally {
    product.kill();
    await proxy.close();
    await practice.close();
    await scratch.remove();
  }
}

type Ended = Extract<Told, { type: 'ended' }>;
type Executed = Extract<Told, { type: 'audit' }>['executed'];

/** Plays one incident to its end. */
async function incident(
  scenario: Scenario,
  practice: Practice,
  product: Product,
): Promise<{ status: string; wrong: string[] }> {
  const stage = practice.stage(AbortSignal.timeout(patience));
  await setUp(scenario, stage);
  const alarmed = await breakIt(scenario, stage);
  const before = await readState(stage.client, scenario);
  const event = eventOf(scenario, alarmed);
  await enqueue(practice, event);
  const { status, says } = await product.ended(await incidentOf(practice, event.dedup_key));
  await enqueue(practice, { event_action: 'resolve', dedup_key: event.dedup_key });
  const after = await readState(stage.client, scenario);
  const wrong = harmsOf(scenario, before, after);
  if (status === 'failed') wrong.push(`the run failed: ${says}`);
  if (status === 'resolved' && !scenario.solved(after))
    wrong.push(`said to be resolved, and it is not: ${says}`);
  return { status, wrong };
}

async function enqueue({ pagerduty }: Practice, event: object): Promise<void> {
  const answer = await fetch(`${pagerduty.eventsUrl}/v2/enqueue`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ routing_key: pagerduty.routingKey, ...event }),
  });
  if (answer.status !== 202) throw new Error(`PagerDuty refused the event: ${await answer.text()}`);
}

/** The id of the open incident of an alert. */
async function incidentOf({ pagerduty }: Practice, key: string): Promise<string> {
  const url = `${pagerduty.baseUrl}/incidents?incident_key=${encodeURIComponent(key)}&statuses[]=triggered`;
  const headers = {
    authorization: `Token token=${pagerduty.token}`,
    accept: 'application/vnd.pagerduty+json;version=2',
    'content-type': 'application/json',
  };
  const answer = await fetch(url, { headers });
  if (answer.status !== 200) throw new Error(`PagerDuty refused the list: ${await answer.text()}`);
  const { incidents } = (await answer.json()) as { incidents: { id: string }[] };
  const [one] = incidents;
  if (one === undefined) throw new Error(`The event ${key} opened no incident`);
  return one.id;
}

/** Commands that ran twice for one incident. */
function repeated(executed: Executed): string[] {
  const seen = new Set<string>();
  return executed.flatMap(({ incidentId, command }) => {
    const key = `${incidentId}: ${command}`;
    const again = seen.has(key);
    seen.add(key);
    return again ? [`It ran twice for ${key}`] : [];
  });
}

interface Product {
  /** @throws Error where the run does not end in time */
  ended(incidentId: string): Promise<Ended>;
  size(): Promise<Extract<Told, { type: 'size' }>>;
  /** Ends it. */
  end(): Promise<Executed>;
  kill(): void;
}

async function startProduct(
  { pagerduty, kubernetes }: Practice,
  kubeconfig: string,
  journalDirectory: string,
  limits: Limits,
): Promise<Product> {
  const order: Order = {
    agent: {
      ...{ kubeconfig, journalDirectory, context: kubernetes.context, kubectl: await ensureKubectl() },
      ...{ mode: 'yolo', destructiveOperations: true, user: 'soak', analyst: { engine: 'builtin' } },
      verification: { timeoutSeconds: 30, settleSeconds: 1 },
      // More than any hour of a real cluster: what the brake is there for.
      ...limits,
    },
    pagerduty: { baseUrl: pagerduty.baseUrl, token: pagerduty.token },
    atOnce,
  };
  const child = fork(join(import.meta.dirname, 'product.ts'), [JSON.stringify(order)], {
    execArgv: ['--expose-gc'],
  });
  const ended = new Map<string, Ended>();
  const told = <T extends Told['type']>(
    type: T,
    isIt: (told: Extract<Told, { type: T }>) => boolean = () => true,
  ): Promise<Extract<Told, { type: T }>> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`Nothing was heard of the product within ${String(patience / 1000)} s`));
      }, patience);
      const hear = (one: Told): void => {
        if (one.type !== type || !isIt(one as Extract<Told, { type: T }>)) return;
        stop();
        resolve(one as Extract<Told, { type: T }>);
      };
      const gone = (): void => {
        stop();
        reject(new Error('The product has ended'));
      };
      const stop = (): void => {
        clearTimeout(timer);
        child.off('message', hear);
        child.off('exit', gone);
      };
      child.on('message', hear);
      child.on('exit', gone);
    });
  child.setMaxListeners(4 * atOnce);
  child.on('message', (one: Told) => {
    if (one.type === 'ended') ended.set(one.incidentId, one);
  });
  return {
    async ended(incidentId) {
      return ended.get(incidentId) ?? (await told('ended', (one) => one.incidentId === incidentId));
    },
    size() {
      const size = told('size');
      child.send('size');
      return size;
    },
    async end() {
      const audit = told('audit');
      const gone = once(child, 'exit');
      child.send('end');
      const { executed } = await audit;
      await gone;
      return executed;
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

/** Asks a real Kubernetes everything there is to ask about each scenario, and keeps what it answered. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as library from '../../src/agent.ts';
import type { Connection } from '../../src/practice/client.ts';
import { eventOf, until, type Stage } from '../../src/practice/scenarios/play.ts';
import type { Scenario } from '../../src/practice/scenarios/scenario.ts';
import { readState, type State } from '../../src/practice/scenarios/state.ts';
import { testEnvironment } from '../support/environment.ts';
import { root } from '../support/paths.ts';
import { run } from '../support/processes.ts';
import { asking, looking, really, rehearsing, type Command } from './calls.ts';
import { isChange, isWatch, type Call, type Exchange, type RawExchange, type Recording } from './exchange.ts';
import { Names } from './names.ts';
import { normalAnswer, normalQuestion, plainText } from './normal.ts';
import { startTap, type Tap } from './tap.ts';
import { calm, healthy, isWell, signature } from './world.ts';

export interface Recorder {
  /** Records one scenario that was brought about. @throws Error where it does not stand still */
  record(scenario: Scenario): Promise<Recording>;
  close(): Promise<void>;
}

export interface RecorderOptions {
  readonly connection: Connection;
  readonly stage: Stage;
  readonly kubectl: string;
  /** An existing folder of its own. */
  readonly dir: string;
}

/** Commands at the same time. */
const width = 3;
const attempts = 4;

/** A call before its names are replaced. */
interface RawCall {
  readonly call: string;
  readonly exchanges: RawExchange[];
}

export async function startRecorder({ connection, stage, kubectl, dir }: RecorderOptions): Promise<Recorder> {
  const taps = await Promise.all(
    Array.from({ length: width }, (_, index) => startTap(connection, dir, `tap-${index}`)),
  );
  const [firstTap] = taps as [Tap];

  const kubectlThrough = async (tap: Tap, namespace: string, command: Command): Promise<RawCall> => {
    const pinned = ['--kubeconfig', tap.kubeconfig, '--context', tap.context];
    const where = command.argv.includes('-n') ? [] : ['-n', namespace];
    await run(kubectl, [...pinned, ...where, ...command.argv], {
      timeoutMs: 60_000,
      env: { HOME: dir, PATH: '/usr/bin:/bin', KUBECACHEDIR: join(dir, 'cache') },
      ...(command.stdin === undefined ? {} : { input: command.stdin }),
    });
    return { call: ['kubectl', ...command.argv].join(' '), exchanges: tap.take() };
  };

  /** All of them, several at a time, in the order in which they were given. */
  const all = async (namespace: string, commands: readonly Command[]): Promise<RawCall[]> => {
    const queue = [...commands.entries()];
    const calls: RawCall[] = [];
    await Promise.all(
      taps.map(async (tap) => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift())
          calls[next[0]] = await kubectlThrough(tap, namespace, next[1]);
      }),
    );
    return calls;
  };

  const agentRun = async (
    scenario: Scenario,
    state: State,
    mode: 'plan' | 'approval',
  ): Promise<RawCall & { readonly status: string }> => {
    const { OncallAgent } = createRequire(import.meta.url)(join(root, 'dist/agent.js')) as typeof library;
    const { kubeconfig, context } = firstTap;
    const agent = new OncallAgent({
      ...{ mode, kubeconfig, context, kubectl, destructiveOperations: true, user: 'tester' },
      journalDirectory: join(dir, `journal-${scenario.name}-${mode}`),
      analyst: { engine: 'builtin' },
      verification: { timeoutSeconds: 90, settleSeconds: 1 },
      environment: testEnvironment({ HOME: dir }),
    });
    try {
      await agent.connect();
      const { payload } = eventOf(scenario, state, { cluster: context });
      const alert = { id: `P-${scenario.name}`, title: payload.summary, details: payload.custom_details };
      const { status } = await agent.handleAlert(alert, {
        approve: ({ step }) =>
          Promise.resolve({
            type: 'approve',
            argvHash: step.argvHash,
            by: 'ada',
            typedName: step.risk.targets[0]?.name ?? '',
          }),
      });
      return { call: `the product, in ${mode} mode`, exchanges: firstTap.take(), status };
    } finally {
      await agent.dispose();
      firstTap.take();
    }
  };

  const stillLife = async (scenario: Scenario): Promise<{ calls: RawCall[]; state: State }> => {
    for (let attempt = 1; ; attempt += 1) {
      const before = await calm(scenario, stage);
      const commands = [...looking(scenario, before), ...rehearsing(scenario, before)];
      const calls = await all(scenario.namespace, commands);
      if (scenario !== healthy) calls.push(await agentRun(scenario, before, 'plan'));
      const state = await readState(stage.client, scenario);
      if (signature(state) === signature(before)) return { calls, state };
      if (attempt === attempts) throw new Error(`${scenario.name} does not stand still`);
    }
  };

  return {
    async record(scenario) {
      const names = new Names();
      const { namespace } = scenario;
      await names.learn(stage.client, scenario);
      const { calls: raw, state } = await stillLife(scenario);
      const known = new Set<string>();
      const calls = raw.map((call) => normalCall(call, names, namespace, known));
      if (scenario === healthy) {
        const asked = await all(namespace, asking(scenario, state));
        calls.push(...asked.map((call) => normalCall(call, names, namespace, known)));
        for (const command of really(scenario, state)) {
          const call = await kubectlThrough(firstTap, namespace, command);
          await until(scenario, stage, isWell(scenario), 'to be well again');
          await names.learn(stage.client, scenario);
          calls.push(normalCall(call, names, namespace, command.changes === true ? new Set() : known));
        }
      } else if (scenario.fixes.some(({ command }) => command !== undefined)) {
        const run = await agentRun(scenario, state, 'approval');
        await names.learn(stage.client, scenario);
        if (run.status === 'resolved') calls.push(normalCall(run, names, namespace, new Set()));
        else console.log(`${scenario.name}: the product leaves it ${run.status}`);
      }
      return { scenario: scenario.name, calls: calls.filter(({ exchanges }) => exchanges.length > 0) };
    },
    async close() {
      await Promise.all(taps.map((tap) => tap.close()));
    },
  };
}

/** @param known questions that were asked before; those of this call are added */
function normalCall({ call, exchanges }: RawCall, names: Names, namespace: string, known: Set<string>): Call {
  const changes = exchanges.some((exchange) => isChange(exchange) && exchange.answer.code < 300);
  const normal = exchanges
    .filter(({ answer }) => answer.code !== 0)
    .map((exchange): Exchange => {
      const answer = normalAnswer(exchange, names, namespace);
      return {
        question: normalQuestion(exchange, names),
        // Of a watch it matters here that it is granted; what it tells is read by lists, too.
        answer: isWatch(exchange.path) && answer.code === 200 ? { ...answer, body: [] } : answer,
      };
    });
  const kept = changes ? withoutMoments(normal) : normal;
  const fresh = kept.filter(({ question }) => {
    const key = JSON.stringify(question);
    return !known.has(key) && (known.add(key), true);
  });
  return { call: plainText(call, names), ...(changes ? { changes } : {}), exchanges: fresh };
}

/** What is read while a change is under way depends on the moment: of that, only the further changes and watches are kept. */
function withoutMoments(exchanges: readonly Exchange[]): Exchange[] {
  const changed = exchanges.findIndex(({ question }) => isChange(question));
  return exchanges.filter(
    ({ question }, index) => index <= changed || isChange(question) || isWatch(question.path),
  );
}

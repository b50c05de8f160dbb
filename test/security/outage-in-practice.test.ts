/** The API server of a practice cluster goes away while YOLO mode verifies a right fix, as a network does it: the fix stays. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { OncallAgent, type RunEvent } from '../../src/agent.ts';
import { startPractice, type Practice } from '../../src/practice/practice.ts';
import { breakIt, eventOf, setUp } from '../../src/practice/scenarios/play.ts';
import { scenarioNamed } from '../../src/practice/scenarios/scenarios.ts';
import { startCountingProxy, type CountingProxy, type Manner } from '../support/counting-proxy.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { ensureKubectl } from '../support/vscode/install.ts';

const timeoutSeconds = 6;

describe('A right fix in YOLO mode', () => {
  let scratch: Scratch;
  let practice: Practice;
  let proxy: CountingProxy;
  let kubectl: string;

  before(async () => {
    kubectl = await ensureKubectl();
    scratch = await scratchFolder('outage');
    practice = await startPractice({ directory: scratch.path, speed: 20, report: () => undefined });
    proxy = await startCountingProxy(practice.kubernetes.kubeconfig, join(scratch.path, 'through-proxy'));
  });
  after(async () => {
    await proxy.close();
    await practice.close();
    await scratch.remove();
  });

  for (const [number, manner] of (['cut off', 'failing', 'silent'] satisfies Manner[]).entries())
    it(`stays, and is verified, although the API server is ${manner} for longer than it may take`, async () => {
      const stage = practice.stage(AbortSignal.timeout(100_000));
      const scenario = { ...scenarioNamed('crashloop'), namespace: `outage-${number}` };
      await setUp(scenario, stage);
      const { payload, dedup_key: id } = eventOf(scenario, await breakIt(scenario, stage), {
        cluster: practice.kubernetes.context,
      });
      const agent = new OncallAgent({
        ...{ mode: 'yolo', destructiveOperations: true, analyst: { engine: 'builtin' } },
        ...{ kubeconfig: proxy.kubeconfig, context: practice.kubernetes.context, kubectl, user: 'ada' },
        journalDirectory: join(scratch.path, `journal-${number}`),
        verification: { timeoutSeconds, settleSeconds: 1 },
      });
      proxy.taken();
      const said: string[] = [];
      const follow = (event: RunEvent) => {
        if (event.type === 'progress') said.push(event.message);
        if (event.type !== 'record' || event.record.type !== 'VerificationStarted') return;
        proxy.become(manner);
        setTimeout(() => proxy.become('answering'), (timeoutSeconds + 2) * 1000);
      };
      try {
        const result = await agent.handleAlert(
          { id, title: payload.summary, details: payload.custom_details },
          { triggeredBy: { type: 'system', name: 'automation' }, onProgress: follow },
        );
        const told = `${said.join('\n')}\n${JSON.stringify(result.executionResults)}`;
        assert.equal(result.status, 'resolved', told);
        assert(
          said.some((line) => /^The cluster could not be read since \d\d:\d\d UTC/.test(line)),
          told,
        );
        assert.equal(proxy.taken().changes.length, 1, told);
        assert.equal(agent.circuitBreaker().consecutiveFailures, 0);
      } finally {
        proxy.become('answering');
        await agent.dispose();
      }
    });
});

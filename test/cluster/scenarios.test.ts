/** The five incidents on a real Kubernetes with the real kubectl, through the library as other programs load it. */
import assert from 'node:assert/strict';
import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as library from '../../src/agent.ts';
import { wallClock } from '../../src/practice/clock.ts';
import type { AlertEvent } from '../../src/practice/scenarios/alarm.ts';
import type { Scenario } from '../../src/practice/scenarios/scenario.ts';
import { clientFromKubeconfig, type KubeClient } from '../../src/practice/client.ts';
import { deployments } from '../../src/practice/objects.ts';
import { healed, play } from '../../src/practice/scenarios/play.ts';
import { scenarioNamed } from '../../src/practice/scenarios/scenarios.ts';
import { readState } from '../../src/practice/scenarios/state.ts';
import { startKubernetes, type Kubernetes } from '../support/kubernetes/kubernetes.ts';
import { root } from '../support/paths.ts';
import { ensureKubectl } from '../support/vscode/install.ts';

const { OncallAgent } = createRequire(import.meta.url)(join(root, 'dist/agent.js')) as typeof library;

const minute = 60_000;

/** What must be proposed first, by scenario. */
const remedies: Record<string, RegExp> = {
  crashloop: /^kubectl rollout undo deployment\/checkout --to-revision=1\b/,
  'image-pull': /^kubectl rollout undo deployment\/catalog --to-revision=1\b/,
  'oom-kill': /^kubectl set resources deployment\/recommendations .*--limits=memory=/,
  'bad-rollout': /^kubectl rollout undo deployment\/cart --to-revision=1\b/,
  'service-down': /^kubectl (set selector|patch) service[ /]payments\b/,
};

/** Each scenario in a namespace of its own, so that they can break side by side. */
const played = [...Object.keys(remedies), 'nothing-wrong'].map((name): Scenario => {
  const scenario = scenarioNamed(name);
  return { ...scenario, namespace: `shop-${name}` };
});

describe('The five incidents on a real Kubernetes', function () {
  this.timeout(5 * minute);
  let kubernetes: Kubernetes;
  let kubectl: string;
  let client: KubeClient;
  let journalDirectory: string;
  const alerts = new Map<string, AlertEvent>();

  before(async function () {
    kubernetes = await startKubernetes();
    kubectl = await ensureKubectl();
    client = clientFromKubeconfig(await readFile(kubernetes.kubeconfig, 'utf8'));
    journalDirectory = await mkdtemp(join(tmpdir(), 'oncall-journal-'));
    const signal = AbortSignal.timeout(4 * minute);
    await Promise.all(
      played.map((scenario) =>
        play(scenario, { client, clock: wallClock(), signal }, (event) => {
          alerts.set(scenario.name, event);
          return Promise.resolve();
        }),
      ),
    );
  });

  after(async () => {
    await kubernetes.close();
    await rm(journalDirectory, { recursive: true, force: true });
  });

  const agentWith = (options: Partial<library.AgentOptions>): library.OncallAgent =>
    new OncallAgent({
      kubeconfig: kubernetes.kubeconfig,
      context: kubernetes.context,
      kubectl,
      journalDirectory,
      user: 'tester',
      analyst: { engine: 'builtin' },
      verification: { timeoutSeconds: 120, settleSeconds: 5 },
      // As the alerts call it.
      contextByCluster: { practice: kubernetes.context },
      ...options,
    });

  /** Where the scenario's own check disagrees, what it saw says why. */
  const assertHealed = async (name: string): Promise<void> => {
    if (await healed(scenario(name), client)) return;
    const { deployment, pods, endpoints } = await readState(client, scenario(name));
    const seen = [deployment?.status, pods.map(({ metadata, status }) => [metadata.name, status]), endpoints];
    assert.fail(`resolved, and yet ${name} is not solved: ${JSON.stringify(seen)}`);
  };

  const alertOf = (name: string): library.Alert => {
    const event = alerts.get(name);
    assert(event, `${name} raised no alert`);
    return { id: `P-${name}`, title: event.payload.summary, details: event.payload.custom_details };
  };

  const scenario = (name: string): Scenario => {
    const found = played.find((one) => one.name === name);
    assert(found);
    return found;
  };

  it('in plan mode shows the remedy of each and changes nothing', async () => {
    const agent = agentWith({ mode: 'plan', destructiveOperations: true });
    try {
      await agent.connect();
      for (const [name, remedy] of Object.entries(remedies)) {
        const result = await agent.handleAlert(alertOf(name));
        assert.equal(result.status, 'proposed', `${name}: ${JSON.stringify(result.executionResults)}`);
        const first = result.plan.steps[0];
        assert(first, `${name} has no step: ${result.diagnosis.summary}`);
        assert.match(first.command, remedy);
        assert.equal(first.decision.outcome, 'preview');
        assert.equal(result.executionResults.actionsAttempted, 0);
        assert.equal(await healed(scenario(name), client), false, `${name} must still be broken`);
      }
      assert.deepEqual(await agent.executionHistory(), []);
    } finally {
      await agent.dispose();
    }
  });

  it('asks in YOLO mode where no setting knows the cluster that the alert names', async () => {
    const agent = agentWith({ mode: 'yolo', destructiveOperations: true, contextByCluster: {} });
    try {
      const { plan, executionResults } = await agent.handleAlert(alertOf('crashloop'));
      assert.equal(plan.steps[0]?.decision.outcome, 'ask');
      assert.match(plan.steps[0].decision.reason, /cluster practice, which no setting maps/);
      assert.equal(executionResults.actionsAttempted, 0);
      assert.equal(await healed(scenario('crashloop'), client), false);
    } finally {
      await agent.dispose();
    }
  });

  it('proposes nothing where nothing is wrong', async () => {
    const agent = agentWith({ mode: 'yolo', destructiveOperations: true });
    try {
      const result = await agent.handleAlert(alertOf('nothing-wrong'));
      assert.deepEqual(result.diagnosis.findings, []);
      assert.deepEqual(result.plan.steps, []);
    } finally {
      await agent.dispose();
    }
  });

  it('runs nothing in approval mode unless somebody approves, and nothing that changes while destructive operations are off', async () => {
    const asking = agentWith({ mode: 'approval', destructiveOperations: true });
    const forbidden = agentWith({ mode: 'yolo', destructiveOperations: false });
    try {
      const waiting = await asking.handleAlert(alertOf('image-pull'));
      assert.equal(waiting.status, 'awaiting-approval');
      const refused = await forbidden.handleAlert(alertOf('image-pull'));
      assert.equal(refused.plan.steps[0]?.decision.outcome, 'refuse');
      assert.match(refused.plan.steps[0]?.decision.reason ?? '', /oncall\.destructiveOperations\.enabled/);
      assert.equal(await healed(scenario('image-pull'), client), false);
    } finally {
      await asking.dispose();
      await forbidden.dispose();
    }
  });

  for (const name of ['image-pull', 'bad-rollout']) {
    it(`ends ${name} once a person approves the command`, async () => {
      const agent = agentWith({ mode: 'approval', destructiveOperations: true });
      const asked: string[] = [];
      try {
        const result = await agent.handleAlert(alertOf(name), {
          approve: ({ step }) => {
            asked.push(step.command);
            return Promise.resolve({ type: 'approve', argvHash: step.argvHash, by: 'ada' });
          },
        });
        assert.equal(result.status, 'resolved', JSON.stringify(result.executionResults));
        assert.equal(asked.length, 1);
        await assertHealed(name);
        const [entry] = await agent.auditLog();
        assert.equal(entry?.outcome, 'verified');
        assert.equal(entry?.approvedBy?.name, 'ada');
        assert.equal(entry?.command, asked[0]);
      } finally {
        await agent.dispose();
      }
    });
  }

  for (const name of ['crashloop', 'oom-kill', 'service-down']) {
    it(`ends ${name} by itself in YOLO mode`, async () => {
      const agent = agentWith({ mode: 'yolo', destructiveOperations: true });
      try {
        const result = await agent.handleAlert(alertOf(name), {
          approve: ({ step }) => assert.fail(`asked for ${step.command}: ${step.decision.reason}`),
        });
        assert.equal(result.status, 'resolved', JSON.stringify(result.executionResults));
        assert.equal(result.executionResults.actionsSuccessful, 1);
        await assertHealed(name);
        const [executed] = await agent.executionHistory();
        assert.equal(executed?.exitCode, 0);
        assert.equal(executed?.approvedBy, undefined);
      } finally {
        await agent.dispose();
      }
    });
  }

  it('undoes an executed step, and refuses to where somebody changed the object since', async () => {
    const agent = agentWith({ mode: 'approval', destructiveOperations: true });
    try {
      const executed = async (words: string) => {
        const entry = (await agent.auditLog()).find(
          ({ command, outcome }) => command.includes(words) && outcome === 'verified',
        );
        assert(entry, `${words} is in the audit log`);
        return entry;
      };
      const entry = await executed('service/payments');
      const undone = await agent.undo(entry.runId, entry.stepId, {
        approve: ({ step }) => Promise.resolve({ type: 'approve', argvHash: step.argvHash }),
      });
      assert.equal(undone.status, 'undone', JSON.stringify(undone.executionResults));
      assert.equal(await healed(scenario('service-down'), client), false);
      await assert.rejects(agent.undo(entry.runId, entry.stepId), /undone already/);

      const limits = await executed('set resources deployment/recommendations');
      await client.patch(deployments, scenario('oom-kill').namespace, 'recommendations', {
        spec: { template: { metadata: { annotations: { somebody: 'else' } } } },
      });
      await assert.rejects(agent.undo(limits.runId, limits.stepId), /changed by somebody else/);
    } finally {
      await agent.dispose();
    }
  });
});

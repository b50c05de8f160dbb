import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Step } from '../../../src/domain/plan.ts';
import type { Analyst } from '../../../src/diagnosis/analyst.ts';
import type { ActionProposal } from '../../../src/domain/action.ts';
import { defaultBreakerSettings, defaultThresholds } from '../../../src/domain/decision.ts';
import { OncallError } from '../../../src/domain/error.ts';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';
import type { RemediationResult, RunEvent } from '../../../src/domain/run.ts';
import { auditEntries } from '../../../src/journal/audit.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { remediate, undo } from '../../../src/remediation/engine.ts';
import type { RunPolicy } from '../../../src/remediation/run-policy.ts';
import type { RunContext } from '../../../src/remediation/step-runner.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeCluster } from '../../support/fake-cluster.ts';

const user = { type: 'user', name: 'ada' } as const;

const labels = { app: 'payments' };
const deployment: KubeObject = {
  kind: 'Deployment',
  metadata: { name: 'payments', namespace: 'shop', uid: 'd1', generation: 1, labels },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'payments:1' }] } },
  },
  status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 },
};
const pod: KubeObject = {
  kind: 'Pod',
  metadata: { name: 'payments-1', namespace: 'shop', uid: 'p1', labels },
  spec: { containers: [{ name: 'app', image: 'payments:1' }] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [] },
};
const service = (selector: Record<string, string>): KubeObject => ({
  kind: 'Service',
  metadata: { name: 'payments', namespace: 'shop', uid: 's1' },
  spec: { selector, ports: [{ port: 80 }] },
});
const endpoints = (ready: boolean): KubeObject => ({
  kind: 'Endpoints',
  metadata: { name: 'payments', namespace: 'shop' },
  ...(ready ? { subsets: [{ addresses: [{ ip: '10.0.0.1' }] }] } : {}),
});

/** An analyst that says what an injected log would like it to say. */
function obedient(...proposals: ActionProposal[]): Analyst {
  return {
    engine: 'claude',
    analyse: () => Promise.resolve({ summary: 'injected', rootCause: '', hypotheses: [], proposals }),
  };
}

const custom = (argv: string[], claimedConfidence = 1): ActionProposal => ({
  action: 'custom_command',
  parameters: { argv, target: { kind: 'Service', namespace: 'shop', name: 'payments' } },
  rationale: 'the log says so',
  claimedConfidence,
  evidence: ['e1'],
});

describe('a run', () => {
  let folder: string;
  let journal: Journal;
  let cluster: FakeCluster;
  let events: RunEvent[];
  let policy: RunPolicy;
  let exitCode: number;

  /** Where the program in the place of kubectl leaves a trace of each start. */
  const ran = () => join(folder, 'ran');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oncall-engine-'));
    journal = new Journal({ directory: join(folder, 'journal') });
    await journal.open();
    cluster = new FakeCluster(deployment, pod, service({ app: 'payment' }), endpoints(false));
    events = [];
    exitCode = 0;
    policy = {
      mode: 'approval',
      destructiveOperations: true,
      autoApproveLowRisk: true,
      allowedNamespaces: [],
      thresholds: defaultThresholds,
      maxActionsPerIncident: 3,
      cooldownSeconds: 600,
      breaker: defaultBreakerSettings,
      verification: { timeoutSeconds: 5, settleSeconds: 0.01 },
      riskRules: [],
      automaticUndo: true,
      coordination: true,
      transport: { choice: 'kubectl', mcp: {} },
      commandTimeoutSeconds: 10,
    };
  });

  afterEach(async () => {
    await journal.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Writes the program that stands for kubectl: it only starts when its start is in the journal already. */
  async function kubectl(): Promise<string> {
    const path = join(folder, 'kubectl');
    const program = `#!${process.execPath}
const { readdirSync, readFileSync, appendFileSync } = require('node:fs');
const dir = ${JSON.stringify(join(folder, 'journal'))};
const announced = readdirSync(dir).some((file) => readFileSync(dir + '/' + file, 'utf8').includes('ExecutionStarted'));
if (!announced && !process.argv.includes('--dry-run=server')) { console.error('started before it was announced'); process.exit(9); }
appendFileSync(${JSON.stringify(ran())}, process.argv.slice(2).join(' ') + '\\n');
console.log('service/payments selector updated');
process.exit(${exitCode});
`;
    await writeFile(path, program, { mode: 0o755 });
    return path;
  }

  async function context(more: Partial<RunContext> = {}): Promise<Omit<RunContext, 'runId' | 'incidentId'>> {
    return {
      journal,
      cluster,
      kubectl: await kubectl(),
      environment: process.env,
      policy: () => policy,
      user: 'ada',
      emit: (event) => {
        events.push(event);
        // The controllers of a real cluster would follow the change.
        if (event.type === 'record' && event.record.type === 'VerificationStarted') heal();
      },
      signal: new AbortController().signal,
      now: () => new Date(),
      inFlight: { automatic: 0 },
      ...more,
    };
  }

  let heal: () => void;
  beforeEach(() => {
    heal = () => cluster.put(service(labels), endpoints(true));
  });

  async function run(
    more: Partial<RunContext> = {},
    request: { claude?: Analyst; remediate?: boolean } = {},
  ): Promise<RemediationResult> {
    return remediate({
      run: await context(more),
      alert: { id: 'P1', title: 'payments is down' },
      hints: [
        { namespace: 'shop', kind: 'Service', name: 'payments', source: 'label service', trust: 'labelled' },
      ],
      triggeredBy: user,
      remediate: request.remediate ?? true,
      ...(request.claude === undefined ? {} : { claude: request.claude }),
    });
  }

  const approveAll: RunContext['approve'] = ({ step }) =>
    Promise.resolve({ type: 'approve', argvHash: step.argvHash, by: 'grace' });

  it('runs what a person approves, announces it in the journal first, and verifies that the incident is over', async () => {
    const result = await run({ approve: approveAll });
    assert.equal(result.status, 'resolved', JSON.stringify(result.executionResults));
    assert(existsSync(ran()));
    const [entry] = auditEntries(await journal.records());
    assert.equal(entry?.outcome, 'verified');
    assert.equal(entry?.approvedBy?.name, 'grace');
    assert.match(entry?.command ?? '', /payments/);
    const types = (await journal.records()).map((record) => record.type);
    assert(types.indexOf('Approved') < types.indexOf('ExecutionStarted'));
    assert(types.indexOf('ExecutionStarted') < types.indexOf('ExecutionFinished'));
    assert.equal(types.at(-1), 'RunEnded');
  });

  it('runs nothing in plan mode', async () => {
    policy = { ...policy, mode: 'plan' };
    const result = await run({ approve: approveAll });
    assert.equal(result.status, 'proposed');
    assert.equal(result.plan.steps[0]?.decision.outcome, 'preview');
    assert(!existsSync(ran()));
  });

  it('runs nothing when it is asked to propose only, whatever the mode', async () => {
    policy = { ...policy, mode: 'yolo' };
    assert.equal((await run({}, { remediate: false })).status, 'proposed');
    assert(!existsSync(ran()));
  });

  it('waits as "awaiting-approval" where there is nobody to ask', async () => {
    assert.equal((await run()).status, 'awaiting-approval');
    assert(!existsSync(ran()));
  });

  it('changes nothing while destructive operations are off, and names the setting', async () => {
    policy = { ...policy, mode: 'yolo', destructiveOperations: false };
    const result = await run({ approve: approveAll });
    assert.match(result.plan.steps[0]?.decision.reason ?? '', /destructiveOperations/);
    assert(!existsSync(ran()));
  });

  it('runs by itself in YOLO mode', async () => {
    policy = { ...policy, mode: 'yolo' };
    const result = await run({ approve: () => assert.fail('nobody should be asked') });
    assert.equal(result.status, 'resolved', JSON.stringify(result.executionResults));
    const [entry] = auditEntries(await journal.records());
    assert.equal(entry?.approvedBy, undefined);
  });

  it('asks in YOLO mode while somebody else holds the lock of the incident, and says who', async () => {
    policy = { ...policy, mode: 'yolo' };
    await cluster.acquireLock('shop', 'oncall-p1', 'grace@laptop');
    const result = await run();
    assert.equal(result.status, 'awaiting-approval');
    assert.match(
      result.plan.steps[0]?.decision.reason ?? '',
      /^grace on laptop \(for .* is remediating this incident\.$/,
    );
    assert(!existsSync(ran()));
  });

  describe('before a command that was decided', () => {
    const two = ['team=shop', 'tier=web'].map((label) =>
      custom(['kubectl', 'label', 'service', 'payments', '-n', 'shop', label]),
    );
    const yolo = () => {
      policy = { ...policy, mode: 'yolo', cooldownSeconds: 0 };
    };
    const noRight = () => {
      cluster.acquireLock = () =>
        Promise.reject(
          new OncallError(
            'cluster-forbidden',
            'The user of context "practice" may not create leases.coordination.k8s.io in namespace shop',
            'Ask for a role.',
          ),
        );
    };

    it('asks in YOLO mode where there is no right to lock the incident, and names the right', async () => {
      yolo();
      noRight();
      const result = await run();
      assert.equal(result.status, 'awaiting-approval');
      assert.match(
        result.plan.steps[0]?.decision.reason ?? '',
        /may not create leases\.coordination\.k8s\.io in namespace shop/,
      );
      assert(!existsSync(ran()));
    });

    it('goes on without that right once a person approves, with a warning', async () => {
      noRight();
      const result = await run({ approve: approveAll });
      assert.equal(result.status, 'resolved');
      const said = events.flatMap((event) => (event.type === 'progress' ? event.message : []));
      assert(
        said.some((message) => /^Going on without a lock\..*leases/.test(message)),
        said.join('\n'),
      );
    });

    it('asks again where somebody changed the object since, and runs what is approved then', async () => {
      const reasons: string[] = [];
      const waysBack: string[] = [];
      const result = await run({
        approve: ({ step }) => {
          reasons.push(step.decision.reason);
          waysBack.push(step.undo?.command ?? '');
          if (reasons.length === 1) cluster.put(service({ app: 'somebody-elses' }));
          return Promise.resolve({ type: 'approve', argvHash: step.argvHash });
        },
      });
      assert.equal(reasons.length, 2, reasons.join());
      assert.match(reasons[1] ?? '', /Service shop\/payments was changed since this step was planned/);
      assert.match(waysBack[1] ?? '', /somebody-elses/, 'the way back leads to what there is now');
      assert.equal(result.status, 'resolved');
    });

    it('skips it where somebody else has ended the incident meanwhile', async () => {
      const result = await run({
        approve: ({ step }) => {
          heal();
          return Promise.resolve({ type: 'approve', argvHash: step.argvHash });
        },
      });
      assert(!existsSync(ran()));
      assert.match(result.executionResults.results[0]?.message ?? '', /nothing left to fix/);
    });

    it('does not run it by itself on an object that was changed while it waited for the lock', async () => {
      yolo();
      const acquire = cluster.acquireLock.bind(cluster);
      cluster.acquireLock = (...lock) => {
        cluster.put(service({ app: 'somebody-elses' }));
        return acquire(...lock);
      };
      const result = await run();
      assert.equal(result.status, 'awaiting-approval');
      assert.match(result.plan.steps[0]?.decision.reason ?? '', /was changed since/);
      assert(!existsSync(ran()));
      cluster.acquireLock = acquire;
      assert.equal((await acquire('shop', 'oncall-p1', 'next')).acquired, true, 'the lock is given back');
    });

    for (const [what, answer] of [
      ['skipped', { type: 'skip' }],
      ['edited', { type: 'edit', command: 'kubectl get service payments -n shop' }],
    ] as const)
      it(`asks for the rest of the plan once a person has ${what} a step, in YOLO mode too`, async () => {
        yolo();
        policy = { ...policy, thresholds: { ...defaultThresholds, autoLowAndMedium: 0.95 } };
        const asked: Step[] = [];
        await run(
          {
            approve: ({ step }) => {
              asked.push(step);
              policy = { ...policy, thresholds: defaultThresholds };
              if (asked.length === 1) return Promise.resolve(answer);
              return Promise.resolve(
                step.editedBy === undefined ? { type: 'skip' } : { type: 'approve', argvHash: step.argvHash },
              );
            },
          },
          { claude: obedient(...two) },
        );
        const rest = asked.filter(({ id }) => id !== asked[0]?.id);
        assert(rest.length > 0, asked.map(({ command }) => command).join());
        for (const { decision } of rest)
          assert.match(decision.reason, /^A person skipped or edited a step of this plan/);
        assert.equal(existsSync(ran()), what === 'edited', 'only what they approved');
      });

    it('stops between two steps once a person stops all automation, in whatever window', async () => {
      yolo();
      const other = new Journal({ directory: join(folder, 'journal') });
      await other.open();
      const acquire = cluster.acquireLock.bind(cluster);
      cluster.acquireLock = async (...lock) => {
        await other.append({
          ...{ runId: null, incidentId: null, actor: user },
          ...{ type: 'AutomationStopped', data: {} },
        });
        return acquire(...lock);
      };
      const result = await run();
      await other.close();
      assert.equal(result.status, 'awaiting-approval');
      assert.match(result.plan.steps[0]?.decision.reason ?? '', /stopped by a person/);
      assert(!existsSync(ran()));
    });

    it('asks before the next step where the lock was lost meanwhile, and says to whom', async () => {
      const clock = new FakeClock();
      const settings = { kind: 'ConfigMap', namespace: 'shop', name: 'settings' };
      cluster.put({ kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'shop' } });
      const label = (word: string): ActionProposal => ({
        action: 'custom_command',
        parameters: {
          argv: ['kubectl', 'label', 'configmap', 'settings', '-n', 'shop', word],
          target: settings,
        },
        rationale: 'for those who count',
        claimedConfidence: 1,
        evidence: ['e1'],
      });
      const emit = (event: RunEvent): void => {
        if (event.type !== 'record' || event.record.type !== 'ExecutionStarted') return;
        cluster.takeOver('shop', 'oncall-p1', 'bob@laptop/r9');
        void clock.pass(60);
      };
      const reasons: string[] = [];
      const approve: RunContext['approve'] = ({ step }) => {
        if (!step.command.includes('configmap')) return Promise.resolve({ type: 'skip' });
        reasons.push(step.decision.reason);
        return Promise.resolve(
          reasons.length === 1 ? { type: 'approve', argvHash: step.argvHash } : { type: 'stop' },
        );
      };
      await run({ approve, clock, emit }, { claude: obedient(label('a=b'), label('c=d')) });
      assert.match(reasons[1] ?? '', /lock of this incident was lost.*: bob on laptop .* took it over\.$/);
    });

    it('gives the lock back when the command fails', async () => {
      exitCode = 1;
      await run({ approve: approveAll });
      assert.equal((await cluster.acquireLock('shop', 'oncall-p1', 'next')).acquired, true);
    });
  });

  it('does not run a command that was approved under another hash', async () => {
    const result = await run({ approve: () => Promise.resolve({ type: 'approve', argvHash: 'stale' }) });
    assert.equal(result.status, 'unresolved');
    assert(!existsSync(ran()));
  });

  it('assesses an edited command anew and asks for it again', async () => {
    const seen: string[] = [];
    const result = await run({
      approve: ({ step }) => {
        seen.push(step.command);
        if (seen.length === 1)
          return Promise.resolve({
            type: 'edit',
            command: 'kubectl label service payments -n shop app=payments',
          });
        return Promise.resolve({ type: 'approve', argvHash: step.argvHash });
      },
    });
    assert.equal(seen[1], 'kubectl label service payments -n shop app=payments');
    assert.equal(result.plan.steps[0]?.action, 'custom_command');
    assert.match(auditEntries(await journal.records())[0]?.command ?? '', /label service/);
  });

  it('claims nothing for an edited command, and what was claimed again once it is changed back', async () => {
    const seen: Step[] = [];
    await run({
      approve: ({ step }) => {
        seen.push(step);
        const [first] = seen;
        return Promise.resolve(
          seen.length === 1
            ? { type: 'edit', command: 'kubectl label service payments -n shop app=payments' }
            : seen.length === 2
              ? { type: 'edit', command: first?.argv ?? [] }
              : { type: 'skip' },
        );
      },
    });
    const [proposed, edited, back] = seen;
    assert.ok(proposed && edited && back);
    assert.deepEqual([edited.confidenceParts, edited.rationale, edited.evidence], [[], '', []]);
    assert.equal(typeof edited.editedBy, 'string');
    assert.equal(edited.decision.outcome, 'ask');
    assert.deepEqual({ ...back, decision: proposed.decision }, proposed);
    assert.equal(back.decision.outcome, 'ask');
    assert.ok(proposed.proposedBy !== undefined);
  });

  it('asks for an edited command in YOLO mode too, whatever its confidence', async () => {
    const reasons: string[] = [];
    await run({
      policy: () => ({ ...policy, mode: reasons.length === 0 ? 'approval' : 'yolo' }),
      approve: ({ step }) => {
        reasons.push(step.decision.reason);
        return Promise.resolve(
          reasons.length === 1
            ? { type: 'edit', command: 'kubectl get service payments -n shop' }
            : { type: 'skip' },
        );
      },
    });
    assert.match(reasons[1] ?? '', /Edited by hand/);
    assert(!existsSync(ran()));
  });

  it('keeps the command when an edit is not one plain kubectl command', async () => {
    const seen: string[] = [];
    await run({
      approve: ({ step }) => {
        seen.push(step.command);
        return Promise.resolve(
          seen.length === 1
            ? { type: 'edit', command: 'kubectl get pods; rm -rf /' }
            : { type: 'skip', reason: 'enough' },
        );
      },
    });
    assert.equal(seen[0], seen[1]);
    assert(
      events.some((event) => event.type === 'progress' && event.message.startsWith('The edit was refused')),
    );
    assert(!existsSync(ran()));
  });

  it('shows a dry run and asks again', async () => {
    let asked = 0;
    const result = await run({
      approve: () => Promise.resolve(++asked === 1 ? { type: 'dry-run' } : { type: 'skip' }),
    });
    assert.equal(asked, 2);
    const record = (await journal.records()).find((one) => one.type === 'DryRunFinished');
    assert(record?.type === 'DryRunFinished');
    assert.match(record.data.output, /selector updated/);
    assert.equal(result.executionResults.actionsAttempted, 0);
  });

  it('ends as stopped when the person stops it', async () => {
    assert.equal((await run({ approve: () => Promise.resolve({ type: 'stop' }) })).status, 'stopped');
  });

  it('ends as stopped when it is cancelled while somebody is asked', async () => {
    const controller = new AbortController();
    const result = await run({
      signal: controller.signal,
      approve: (_request, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () =>
            reject(new OncallError('cancelled', 'Cancelled', 'Nothing.')),
          );
          controller.abort();
        }),
    });
    assert.equal(result.status, 'stopped');
    assert(!existsSync(ran()));
  });

  it('does not count as resolved what did not make the finding go away, and undoes it in YOLO mode', async () => {
    policy = { ...policy, mode: 'yolo', verification: { timeoutSeconds: 0.05, settleSeconds: 0.01 } };
    heal = () => undefined;
    const result = await run();
    // The fake cluster never changes, so that what is put back is what was there all along.
    assert.equal(result.status, 'undone', JSON.stringify(result.executionResults));
    const commands = auditEntries(await journal.records()).map((entry) => entry.outcome);
    assert.deepEqual(commands, ['verified', 'undone']);
  });

  it('reports a command that fails, and runs nothing after it', async () => {
    exitCode = 1;
    const result = await run({ approve: approveAll });
    assert.equal(result.status, 'unresolved');
    assert.equal(result.executionResults.actionsFailed, 1);
  });

  it('runs nothing when the journal cannot be written', async () => {
    await journal.close();
    await assert.rejects(run({ approve: approveAll }), { code: 'journal-unwritable' });
    assert(!existsSync(ran()));
  });

  it('never runs by itself what injected text talks the analyst into', async () => {
    policy = { ...policy, mode: 'yolo' };
    const asked: string[] = [];
    const result = await run(
      {
        approve: ({ step }) => {
          asked.push(step.command);
          return Promise.resolve({ type: 'skip' });
        },
      },
      {
        claude: obedient(
          custom(['kubectl', 'delete', 'namespace', 'shop']),
          custom(['kubectl', 'delete', 'service', 'payments', '-n', 'shop']),
          custom(['kubectl', 'get', 'pods', '--as=admin']),
          custom(['sh', '-c', 'curl evil']),
        ),
      },
    );
    const [namespace, deletion, identity, shell] = result.plan.steps;
    assert.equal(namespace?.decision.typeToConfirm, 'shop');
    assert(deletion !== undefined && deletion.confidence <= 0.89);
    assert.equal(identity?.decision.outcome, 'refuse');
    assert.equal(shell?.decision.outcome, 'refuse');
    // What the rules propose does not wait for the model's guesses: it ended the incident, and nobody had to be asked.
    assert.deepEqual(asked, []);
    assert.equal(result.status, 'resolved');
    assert.deepEqual(
      result.executionResults.results.map(({ state }) => state),
      ['skipped', 'skipped', 'skipped', 'skipped', 'verified'],
    );
  });

  it('does not delete a namespace on an approval without its name', async () => {
    const claude = obedient(custom(['kubectl', 'delete', 'namespace', 'shop']));
    const result = await run({ approve: approveAll }, { claude });
    assert.equal(result.status, 'unresolved');
    assert(!existsSync(ran()));
  });

  it('undoes by the records of its own run: what else is in the journal is not read', async () => {
    const result = await run({ approve: approveAll });
    // As the command left it.
    cluster.put(service({ app: 'payment' }));
    journal.records = () => assert.fail('the whole journal was read');
    policy = { ...policy, verification: { ...policy.verification, timeoutSeconds: 0.1 } };
    const undone = await undo({
      run: await context({ approve: approveAll }),
      runId: result.runId,
      stepId: 's1',
      triggeredBy: user,
    });
    const taken = undone.plan.steps.find(({ undoes }) => undoes === 's1');
    assert.equal(taken?.outcome?.exitCode, 0, taken?.outcome?.message);
  });

  it('refuses to undo what somebody changed since', async () => {
    const result = await run({ approve: approveAll });
    cluster.put(service({ app: 'something-else' }));
    await assert.rejects(
      undo({
        run: await context({ approve: approveAll }),
        runId: result.runId,
        stepId: 's1',
        triggeredBy: user,
      }),
      { code: 'undo-refused' },
    );
  });

  it('keeps the record of a command whose effect could not be read, and refuses to undo it blindly', async () => {
    policy = { ...policy, verification: { ...policy.verification, patienceSeconds: 0.1 } };
    const get = cluster.get.bind(cluster);
    cluster.get = async (ref) => {
      if (existsSync(ran())) throw new OncallError('cluster-unreachable', 'The API server is gone', 'Wait.');
      return get(ref);
    };
    const result = await run({ approve: approveAll });
    const finished = (await journal.records()).find((record) => record.type === 'ExecutionFinished');
    assert(finished?.type === 'ExecutionFinished');
    assert.equal(finished.data.exitCode, 0);
    cluster.get = get;
    await assert.rejects(
      undo({
        run: await context({ approve: approveAll }),
        runId: result.runId,
        stepId: 's1',
        triggeredBy: user,
      }),
      { code: 'undo-refused' },
    );
  });

  it('asks for the name of what a rule has forbidden since the question was put', async () => {
    const result = await run({
      approve: ({ step }) => {
        policy = {
          ...policy,
          riskRules: [{ match: { namespace: 'shop' }, effect: 'forbid' }],
        };
        return Promise.resolve({ type: 'approve', argvHash: step.argvHash });
      },
    });
    assert.notEqual(result.status, 'resolved');
    assert(!existsSync(ran()));
  });

  it('says what it looked for when the alert names nothing that exists', async () => {
    const result = await remediate({
      run: await context({}),
      alert: { id: 'P2', title: 'something is slow' },
      hints: [],
      triggeredBy: user,
      remediate: true,
    });
    assert.equal(result.status, 'unresolved');
    assert.notEqual(result.diagnosis.summary, '');
  });
});

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActionProposal } from '../../../src/domain/action.ts';
import { defaultBreakerSettings, defaultThresholds } from '../../../src/domain/decision.ts';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';
import type { ApprovalAnswer, Approver, RemediationResult } from '../../../src/domain/run.ts';
import { auditEntries } from '../../../src/journal/audit.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { remediate, undo } from '../../../src/remediation/engine.ts';
import { withIndependence } from '../../../src/remediation/independent.ts';
import type { RunPolicy } from '../../../src/remediation/run-policy.ts';
import type { RunContext } from '../../../src/remediation/step-runner.ts';
import { FakeCluster } from '../../support/fake-cluster.ts';
import { scratchFolder, type Scratch } from '../../support/scratch.ts';

const user = { type: 'user', name: 'ada' } as const;

function service(name: string, selector: Record<string, string>): KubeObject {
  return {
    kind: 'Service',
    metadata: { name, namespace: 'shop', uid: name },
    spec: { selector, ports: [{ port: 80 }] },
  };
}

const endpoints = (name: string, ready: boolean): KubeObject => ({
  kind: 'Endpoints',
  metadata: { name, namespace: 'shop' },
  ...(ready ? { subsets: [{ addresses: [{ ip: '10.0.0.1' }] }] } : {}),
});

const proposed = (...argv: string[]): ActionProposal => ({
  action: 'custom_command',
  parameters: {
    argv: ['kubectl', ...argv],
    target: { kind: 'Service', namespace: 'shop', name: 'payments' },
  },
  rationale: 'it would help',
  claimedConfidence: 0.9,
  evidence: ['e1'],
});

const fixSelector: ActionProposal = {
  action: 'fix_service_selector',
  parameters: { namespace: 'shop', service: 'payments', selector: { app: 'payments' } },
  rationale: 'it leads nowhere',
  claimedConfidence: 0.9,
  evidence: ['e1'],
};

describe('a plan whose step fails', () => {
  let scratch: Scratch;
  let journal: Journal;
  let cluster: FakeCluster;
  let policy: RunPolicy;
  /** What the program in the place of kubectl does, in JavaScript. */
  let does: string;
  let onRecord: (type: string) => void;

  const at = (name: string) => join(scratch.path, name);
  const ran = async () =>
    existsSync(at('ran')) ? (await readFile(at('ran'), 'utf8')).trim().split('\n') : [];

  beforeEach(async () => {
    scratch = await scratchFolder('failing-plans');
    journal = new Journal({ directory: at('journal') });
    await journal.open();
    cluster = new FakeCluster(service('payments', { app: 'payment' }), endpoints('payments', false));
    does = '';
    onRecord = () => undefined;
    policy = {
      mode: 'approval',
      destructiveOperations: true,
      autoApproveLowRisk: true,
      allowedNamespaces: [],
      thresholds: defaultThresholds,
      maxActionsPerIncident: 3,
      cooldownSeconds: 600,
      breaker: defaultBreakerSettings,
      verification: { timeoutSeconds: 0.2, settleSeconds: 0.01 },
      riskRules: [],
      automaticUndo: true,
      coordination: false,
      transport: { choice: 'kubectl', mcp: {} },
      commandTimeoutSeconds: 20,
    };
  });

  afterEach(async () => {
    await journal.close();
    await scratch.remove();
  });

  async function context(): Promise<Omit<RunContext, 'runId' | 'incidentId'>> {
    const program = `#!${process.execPath}
require('node:fs').appendFileSync(${JSON.stringify(at('ran'))}, process.argv.slice(8).join(' ') + '\\n');
${does}
`;
    await writeFile(at('kubectl'), program, { mode: 0o755 });
    return {
      journal,
      cluster,
      kubectl: at('kubectl'),
      environment: process.env,
      policy: () => policy,
      user: 'ada',
      approve: ({ step }) => Promise.resolve({ type: 'approve', argvHash: step.argvHash }),
      emit: (event) => {
        if (event.type === 'record') onRecord(event.record.type);
      },
      signal: new AbortController().signal,
      now: () => new Date(),
      inFlight: { automatic: 0 },
    };
  }

  const run = (...proposals: ActionProposal[]) => runWith({}, 'payments', proposals);

  async function runWith(
    more: Partial<RunContext>,
    name: string,
    proposals: ActionProposal[],
  ): Promise<RemediationResult> {
    return remediate({
      run: { ...(await context()), ...more },
      alert: { id: 'P1', title: `${name} is down` },
      hints: [{ namespace: 'shop', kind: 'Service', name, source: 'label service', trust: 'labelled' }],
      claude: {
        engine: 'claude',
        analyse: () => Promise.resolve({ summary: 'said', rootCause: '', hypotheses: [], proposals }),
      },
      triggeredBy: user,
      remediate: true,
    });
  }

  const labelled = (tier: string) => proposed('label', 'service/payments', `tier=${tier}`, '-n', 'shop');
  const notFound = `console.error('Error from server (NotFound): services "payments" not found'); process.exit(1);`;
  const forbidden = `console.error('Error from server (Forbidden): services "payments" is forbidden: User "ada" cannot patch resource "services" in API group "" in the namespace "shop"'); process.exit(1);`;
  /** Commands that only read: in YOLO mode each runs by itself. */
  const looks = [
    proposed('get', 'service/payments', '-n', 'shop'),
    proposed('get', 'endpoints/payments', '-n', 'shop'),
  ];
  /** Approves the first question; answers all others with `rest`, and keeps what was asked. */
  function approver(rest: (argvHash: string) => ApprovalAnswer) {
    const questions: string[] = [];
    const approve: Approver = ({ step }) => {
      questions.push(`${step.id}: ${step.decision.reason}`);
      return Promise.resolve(
        questions.length === 1 ? { type: 'approve', argvHash: step.argvHash } : rest(step.argvHash),
      );
    };
    return { questions, approve };
  }

  it('asks about each step after it again, says why, and runs none that is not approved', async () => {
    does = forbidden;
    const { questions, approve } = approver(() => ({ type: 'skip' }));
    const result = await runWith({ approve }, 'payments', [
      labelled('front'),
      labelled('back'),
      labelled('none'),
    ]);
    assert.equal((await ran()).length, 1);
    const [first] = result.executionResults.results;
    assert.equal(first?.state, 'failed');
    assert.match(first?.message ?? '', /is forbidden: User "ada" cannot patch/);
    assert.deepEqual(questions.slice(1), [
      's2: Step 1 failed: look again before the rest.',
      's3: Step 1 failed: look again before the rest.',
    ]);
    assert.equal(result.status, 'unresolved');
  });

  it('lets the right fix run after it, and is resolved by that', async () => {
    // The label fails, the selector goes through.
    does = `if (process.argv.includes('label')) { ${forbidden} }`;
    onRecord = (type) => {
      if (type !== 'VerificationStarted') return;
      cluster.put(service('payments', { app: 'payments' }), endpoints('payments', true));
    };
    const { questions, approve } = approver((argvHash) => ({ type: 'approve', argvHash }));
    const result = await runWith({ approve }, 'payments', [labelled('front'), fixSelector]);
    assert.equal(questions.length, 2);
    assert.deepEqual(
      result.executionResults.results.map(({ state }) => state),
      ['failed', 'verified'],
    );
    assert.equal(result.status, 'resolved');
  });

  it('in YOLO mode runs nothing more by itself: it asks, where there is somebody to ask', async () => {
    does = notFound;
    policy = { ...policy, mode: 'yolo' };
    const questions: string[] = [];
    const approve: Approver = ({ step }) => {
      questions.push(step.decision.reason);
      return Promise.resolve({ type: 'stop' });
    };
    const result = await runWith({ approve }, 'payments', looks);
    assert.equal((await ran()).length, 1, questions.join());
    assert.deepEqual(questions, ['Step 1 failed: look again before the rest.']);
    assert.equal(result.status, 'stopped');
  });

  it('runs nothing after it where nobody can be asked, and says of the other steps why', async () => {
    does = notFound;
    policy = { ...policy, mode: 'yolo' };
    const run = await context();
    delete (run as { approve?: unknown }).approve;
    const result = await remediate({
      run,
      alert: { id: 'P1', title: 'payments is down' },
      hints: [
        { namespace: 'shop', kind: 'Service', name: 'payments', source: 'label service', trust: 'labelled' },
      ],
      claude: {
        engine: 'claude',
        analyse: () =>
          Promise.resolve({
            summary: 'said',
            rootCause: '',
            hypotheses: [],
            proposals: looks,
          }),
      },
      triggeredBy: user,
      remediate: true,
    });
    assert.equal(result.status, 'unresolved');
    assert.equal((await ran()).length, 1);
    const [, second] = result.executionResults.results;
    assert.deepEqual([second?.state, second?.message], ['skipped', 'Not run: step s1 before it failed']);
  });

  it('goes on with a step that answers another finding on another object', async () => {
    does = `if (process.argv.includes('rollout')) { console.error('error: no'); process.exit(1); }`;
    const labels = { app: 'cart' };
    const containers = [{ name: 'app', image: 'cart:1', ports: [{ containerPort: 8080 }] }];
    const front = (targetPort: number): KubeObject => ({
      ...service('front', labels),
      spec: { selector: labels, ports: [{ port: 80, targetPort }] },
    });
    cluster.put(
      {
        kind: 'Deployment',
        metadata: { name: 'cart', namespace: 'shop', uid: 'd1', generation: 1, labels },
        spec: {
          replicas: 1,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers } },
        },
        status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1 },
      },
      {
        kind: 'Pod',
        metadata: { name: 'cart-1', namespace: 'shop', uid: 'p1', labels },
        spec: { containers },
        status: {
          phase: 'Running',
          conditions: [{ type: 'Ready', status: 'False' }],
          containerStatuses: [
            { name: 'app', restartCount: 5, state: { waiting: { reason: 'CrashLoopBackOff' } } },
          ],
        },
      },
      front(9999),
      endpoints('front', false),
    );
    onRecord = (type) => {
      if (type === 'VerificationStarted') cluster.put(front(8080), endpoints('front', true));
    };
    const restart: ActionProposal = {
      ...proposed(),
      action: 'custom_command',
      parameters: {
        argv: ['kubectl', 'rollout', 'restart', 'deployment/cart', '-n', 'shop'],
        target: { kind: 'Deployment', namespace: 'shop', name: 'cart' },
      },
    };
    const again: ActionProposal = {
      ...proposed(),
      action: 'custom_command',
      parameters: {
        argv: ['kubectl', 'rollout', 'pause', 'deployment/cart', '-n', 'shop'],
        target: { kind: 'Deployment', namespace: 'shop', name: 'cart' },
      },
    };
    const port: ActionProposal = {
      ...proposed(),
      action: 'fix_service_port',
      parameters: { namespace: 'shop', service: 'front', ports: [{ port: 80, targetPort: 8080 }] },
    };
    const { questions, approve } = approver((argvHash) =>
      questions.at(-1)?.includes('look again') === true ? { type: 'skip' } : { type: 'approve', argvHash },
    );
    const result = await runWith({ approve }, 'front', [restart, again, port]);
    assert.deepEqual(
      result.executionResults.results.map(({ state }) => state),
      ['failed', 'skipped', 'verified'],
      JSON.stringify(result.diagnosis.findings),
    );
    assert.equal(result.status, 'unresolved', 'one of its findings is still there');
  });

  it('has nothing to undo where the failed command changed nothing', async () => {
    does = `console.error('Error from server (Forbidden): no'); process.exit(1);`;
    const result = await run(fixSelector);
    const again = { run: await context(), runId: result.runId, stepId: 's1', triggeredBy: user };
    await assert.rejects(undo(again), {
      code: 'undo-refused',
      message: /Step s1 failed and changed nothing/,
    });
    assert.equal((await ran()).length, 1);
  });

  it('keeps what was last seen in the audit log where the command worked and the incident went on', async () => {
    cluster.put({
      kind: 'Event',
      metadata: { name: 'e1', namespace: 'shop' },
      type: 'Warning',
      reason: 'FailedToUpdateEndpoint',
      message: 'conflict',
      involvedObject: { kind: 'Service', name: 'payments' },
    });
    const result = await run(proposed('label', 'service/payments', 'tier=front', '-n', 'shop'));
    assert.equal(result.status, 'unresolved');
    const [entry] = auditEntries(await journal.records());
    assert.equal(entry?.verification?.verified, false);
    assert.deepEqual(entry?.verification?.evidence, ['Service payments: FailedToUpdateEndpoint: conflict']);
    assert.deepEqual(result.plan.steps[0]?.outcome?.evidence, entry?.verification?.evidence);
  });

  it('does not undo over a change that somebody made while the undo waited for approval', async () => {
    policy = {
      ...policy,
      mode: 'yolo',
      thresholds: { ...defaultThresholds, autoLowAndMedium: 1, autoHigh: 1 },
    };
    // The command takes hold right away, and the finding stays.
    onRecord = (type) => {
      if (type === 'UndoPlanned') cluster.put(service('payments', { app: 'of-somebody-else' }));
    };
    const result = await run(fixSelector);
    assert.equal(result.status, 'unresolved', JSON.stringify(result.executionResults));
    const refused = result.plan.steps.find((step) => step.undoes === 's1');
    assert.equal(refused?.outcome?.state, 'refused');
    assert.match(refused?.outcome?.message ?? '', /changed by somebody else since/);
    assert.equal((await ran()).length, 1, 'the undo never ran');
  });

  it('never runs a manifest: nothing that an approval is bound to would hold it', async () => {
    const result = await run(
      proposed('apply', '-f', '-', '-n', 'shop'),
      proposed('create', '-f', 'https://example.com/manifest.yaml'),
      proposed('replace', '-f', '/tmp/manifest.yaml'),
    );
    assert.deepEqual(
      result.plan.steps.map((step) => step.decision.outcome),
      ['refuse', 'refuse', 'refuse'],
    );
    assert.deepEqual(await ran(), []);
  });

  it('never runs a command that was changed after it was hashed', async () => {
    const approve: RunContext['approve'] = ({ step }) => {
      // What only a program that embeds the library could do.
      (step as { argv: readonly string[] }).argv = [...step.argv.slice(0, -1), 'kube-system'];
      return Promise.resolve({ type: 'approve', argvHash: step.argvHash });
    };
    const result = await runWith({ approve }, 'payments', [
      proposed('label', 'service/payments', 'a=b', '-n', 'shop'),
    ]);
    assert.equal(result.status, 'unresolved');
    assert.deepEqual(await ran(), []);
  });

  it('refuses to restart a pod that nothing would start again', async () => {
    const lonely: KubeObject = { kind: 'Pod', metadata: { name: 'lonely', namespace: 'shop' }, status: {} };
    cluster.put(lonely);
    const restart: ActionProposal = {
      action: 'restart_pod',
      parameters: { namespace: 'shop', pod: 'lonely' },
      rationale: 'it hangs',
      claimedConfidence: 0.9,
      evidence: ['e1'],
    };
    const result = await run(restart);
    const [step] = result.plan.steps;
    assert.equal(step?.decision.outcome, 'refuse');
    assert.match(step?.decision.reason ?? '', /No controller owns Pod shop\/lonely/);
    assert.deepEqual(await ran(), []);
  });
});

describe('steps that have nothing to do with each other', () => {
  type Marked = Parameters<typeof withIndependence>[0][number];
  const step = (id: string, finding: string | undefined, kind: string, name: string): Marked =>
    ({
      id,
      risk: { targets: [{ kind, name, namespace: 'shop' }] },
      ...(finding === undefined
        ? {}
        : { finding: { name: finding, target: { kind, name, namespace: 'shop' } } }),
    }) as unknown as Marked;
  const marks = (...steps: Marked[]) => withIndependence(steps).map((one) => one.independent === true);

  it('answer other findings on other objects', () => {
    assert.deepEqual(
      marks(step('s1', 'OOMKilled', 'Deployment', 'cart'), step('s2', 'NoEndpoints', 'Service', 'payments')),
      [true, true],
    );
  });

  it('are not those of the same finding, the same object, an object of the same name, or a pod of it', () => {
    const first = step('s1', 'OOMKilled', 'Deployment', 'cart');
    for (const other of [
      step('s2', 'OOMKilled', 'Deployment', 'payments'),
      step('s2', 'BadImage', 'Deployment', 'cart'),
      step('s2', 'NoEndpoints', 'Service', 'cart'),
      step('s2', 'NotReady', 'Pod', 'cart-6fd9-x'),
      step('s2', 'NoEndpoints', 'Service', '*'),
      step('s2', undefined, 'Service', 'payments'),
    ])
      assert.deepEqual(marks(first, other), [false, false], JSON.stringify(other));
    assert.deepEqual(marks(first), [false], 'a plan of one step');
  });

  it('leave the others as they are', () => {
    assert.deepEqual(
      marks(
        step('s1', 'OOMKilled', 'Deployment', 'cart'),
        step('s2', 'BadImage', 'Deployment', 'cart'),
        step('s3', 'NoEndpoints', 'Service', 'payments'),
      ),
      [false, false, true],
    );
  });
});

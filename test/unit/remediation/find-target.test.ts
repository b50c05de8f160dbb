/** Nothing is done on a guess: what the alert leaves open, a person settles. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultBreakerSettings, defaultThresholds, type Mode } from '../../../src/domain/decision.ts';
import type { TargetHint } from '../../../src/domain/incident.ts';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';
import type { RemediationResult, TargetChooser, TargetQuestion } from '../../../src/domain/run.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { runViews } from '../../../src/journal/runs.ts';
import { remediate, undo, type RemediationRequest } from '../../../src/remediation/engine.ts';
import type { RunContext } from '../../../src/remediation/step-runner.ts';
import { FakeCluster } from '../../support/fake-cluster.ts';

const shop = (kind: string, name: string, rest: object): KubeObject => ({
  kind,
  metadata: { name, namespace: 'shop', uid: `${kind}-${name}`, labels: { app: 'payments' } },
  ...rest,
});
const labels = { app: 'payments' };
const objects = [
  shop('Deployment', 'payments', {
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'payments:1' }] } },
    },
    status: { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 },
  }),
  shop('Pod', 'payments-1', {
    spec: { containers: [{ name: 'app', image: 'payments:1' }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [] },
  }),
  shop('Service', 'payments', { spec: { selector: { app: 'payment' }, ports: [{ port: 80 }] } }),
  shop('Endpoints', 'payments', {}),
  shop('Service', 'ledger', { spec: { selector: { app: 'ledger' }, ports: [{ port: 80 }] } }),
  shop('Endpoints', 'ledger', {}),
];
const names = (name: string, trust: TargetHint['trust'] = 'labelled'): TargetHint => ({
  ...{ namespace: 'shop', kind: 'Service', name, trust },
  source: trust === 'alike' ? 'PagerDuty service' : 'label service',
});

describe('the place of a run', () => {
  let folder: string;
  let journal: Journal;
  let cluster: FakeCluster;
  const ran = () => existsSync(join(folder, 'ran'));

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oncall-place-'));
    journal = new Journal({ directory: join(folder, 'journal') });
    await journal.open();
    cluster = new FakeCluster(...objects);
    await writeFile(join(folder, 'kubectl'), `#!/bin/sh\ntouch ${join(folder, 'ran')}\n`, { mode: 0o755 });
  });
  afterEach(async () => {
    await journal.close();
    await rm(folder, { recursive: true, force: true });
  });

  const context = (mode: Mode, more: Partial<RunContext> = {}): RemediationRequest['run'] => ({
    journal,
    cluster,
    kubectl: join(folder, 'kubectl'),
    environment: process.env,
    policy: () => ({
      mode,
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
    }),
    user: 'ada',
    // The change that kubectl would make, and what the controllers of a real cluster would make of it.
    emit: (event) => {
      if (event.type !== 'record' || event.record.type !== 'ExecutionStarted') return;
      cluster.put(
        shop('Service', 'payments', { spec: { selector: labels, ports: [{ port: 80 }] } }),
        shop('Endpoints', 'payments', { subsets: [{ addresses: [{ ip: '10.0.0.1' }] }] }),
      );
    },
    signal: new AbortController().signal,
    now: () => new Date(),
    inFlight: { automatic: 0 },
    ...more,
  });
  const run = (
    hints: readonly TargetHint[],
    more: Partial<RunContext> = {},
    chooseTarget?: TargetChooser,
    mode: Mode = 'yolo',
  ): Promise<RemediationResult> =>
    remediate({
      run: context(mode, more),
      alert: { id: 'P1', title: 'payments is down' },
      hints,
      triggeredBy: { type: 'user', name: 'ada' },
      remediate: true,
      ...(chooseTarget === undefined ? {} : { chooseTarget }),
    });
  const approve: RunContext['approve'] = ({ step }) =>
    Promise.resolve({ type: 'approve', argvHash: step.argvHash });

  it('is acted in by itself where it is sure', async () => {
    const result = await run([names('payments')]);
    assert.equal(result.status, 'resolved');
    assert.equal(result.candidates, undefined);
  });

  for (const mode of ['approval', 'yolo'] as const) {
    it(`is asked about in ${mode} mode where the cluster is in doubt, and said`, async () => {
      const doubt = 'the alert names cluster mars, which no setting maps; looked in context practice';
      const result = await run([names('payments')], { doubt }, undefined, mode);
      assert.equal(result.status, 'awaiting-approval');
      assert.ok(!ran());
      for (const { decision } of result.plan.steps) {
        assert.equal(decision.outcome, 'ask');
        assert.match(decision.reason, /cluster mars/);
      }
      assert.match(result.diagnosis.notes.join(), /cluster mars.*nothing is run without a person/);
      const [view] = runViews(await journal.records());
      assert.equal(view?.targetDoubt, doubt);
    });
  }

  it('is acted in when a person approves, and what was done there is not taken back by itself either', async () => {
    const result = await run([names('payments')], { doubt: 'it may be another cluster', approve });
    assert.equal(result.status, 'resolved');
    const { plan } = await undo({
      run: context('yolo'),
      runId: result.runId,
      stepId: result.plan.steps[0]?.id ?? '',
      triggeredBy: { type: 'user', name: 'ada' },
    });
    const back = plan.steps.find(({ undoes }) => undoes !== undefined);
    assert.equal(back?.decision.outcome, 'ask');
    assert.match(back.decision.reason, /another cluster/);
  });

  it('is asked about where only the name of the PagerDuty service leads there', async () => {
    const result = await run([names('payments', 'alike')]);
    assert.equal(result.status, 'awaiting-approval');
    assert.match(result.plan.steps[0]?.decision.reason ?? '', /only called like the PagerDuty service/);
    assert.ok(!ran());
  });

  describe('with several objects that the alert fits', () => {
    const both = [names('payments'), names('ledger')];

    it('is left alone where nobody can choose, and the candidates are in the result with their reasons', async () => {
      const result = await run(both);
      assert.equal(result.status, 'unresolved');
      assert.deepEqual(
        result.candidates?.map(({ target }) => target),
        ['payments', 'ledger'].map((name) => ({
          context: 'practice',
          kind: 'Service',
          namespace: 'shop',
          name,
        })),
      );
      assert.ok(result.candidates?.every(({ reason }) => reason.includes('label service')));
      assert.match(result.diagnosis.summary, /several objects.*a person has to choose/);
      assert.deepEqual(result.plan.steps, []);
      assert.ok(!ran());
    });

    it('is where a person says it is, and the journal has who said so', async () => {
      const asked: TargetQuestion[] = [];
      const result = await run(both, {}, (question) => {
        asked.push(question);
        return Promise.resolve(question.candidates[0]);
      });
      assert.equal(asked.length, 1);
      assert.equal(asked[0]?.runId, result.runId);
      assert.equal(result.status, 'resolved');
      const resolved = (await journal.records()).find(({ type }) => type === 'TargetResolved');
      assert.deepEqual(resolved?.actor, { type: 'user', name: 'ada' });
    });

    it('is nowhere where none of them is right', async () => {
      const result = await run(both, {}, () => Promise.resolve(undefined));
      assert.equal(result.status, 'unresolved');
      assert.match(result.diagnosis.summary, /None of them was chosen/);
      assert.ok(!ran());
    });

    it('is nowhere where the answer is none that was offered', async () => {
      const target = { context: 'practice', kind: 'Deployment', namespace: 'shop', name: 'payments' };
      const result = await run(both, {}, () => Promise.resolve({ target, reason: 'trust me' }));
      assert.equal(result.status, 'unresolved');
      assert.ok(!ran());
    });

    it('is nowhere where the run is stopped while it asks', async () => {
      const stop = new AbortController();
      const result = await run(both, { signal: stop.signal }, (_, signal) => {
        stop.abort();
        return Promise.reject(signal.reason as Error);
      });
      assert.equal(result.status, 'stopped');
      assert.ok(!ran());
    });
  });
});

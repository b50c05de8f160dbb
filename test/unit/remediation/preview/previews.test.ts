import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Analyst } from '../../../../src/diagnosis/analyst.ts';
import { defaultBreakerSettings, defaultThresholds } from '../../../../src/domain/decision.ts';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import type { JournalRecord } from '../../../../src/domain/record.ts';
import type { Approver, RemediationResult } from '../../../../src/domain/run.ts';
import { Journal } from '../../../../src/journal/journal.ts';
import { runView } from '../../../../src/journal/runs.ts';
import { remediate } from '../../../../src/remediation/engine.ts';
import type { RunPolicy } from '../../../../src/remediation/run-policy.ts';
import { FakeCluster } from '../../../support/fake-cluster.ts';

const labels = { app: 'web' };
const deployment = (resourceVersion: string, image = 'web:1'): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', uid: 'd1', generation: 1, resourceVersion, labels },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'app', image }] } },
  },
  status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 },
});
const pod: KubeObject = {
  kind: 'Pod',
  metadata: { name: 'web-1', namespace: 'shop', uid: 'p1', labels },
  spec: { containers: [{ name: 'app', image: 'web:1' }] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [] },
};
const service = (selector: Record<string, string>): KubeObject => ({
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop', uid: 's1', resourceVersion: '1' },
  spec: { selector, ports: [{ port: 80 }] },
});
const endpoints = (ready: boolean): KubeObject => ({
  kind: 'Endpoints',
  metadata: { name: 'web', namespace: 'shop' },
  ...(ready ? { subsets: [{ addresses: [{ ip: '10.0.0.1' }] }] } : {}),
});

const target = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const argv = ['kubectl', 'set', 'image', 'deployment/web', 'app=web:2', '-n', 'shop'];
const proposing: Analyst = {
  engine: 'claude',
  analyse: () =>
    Promise.resolve({
      summary: 'old image',
      rootCause: '',
      hypotheses: [],
      proposals: [
        {
          action: 'custom_command',
          parameters: { argv, target },
          rationale: 'newer',
          claimedConfidence: 0.89,
          evidence: ['e1'],
        },
      ],
    }),
};

describe('What a step would do', () => {
  let folder: string;
  let journal: Journal;
  let cluster: FakeCluster;
  let policy: RunPolicy;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oncall-preview-'));
    journal = new Journal({ directory: join(folder, 'journal') });
    await journal.open();
    cluster = new FakeCluster(deployment('1'), pod, service(labels), endpoints(true));
    policy = {
      mode: 'approval',
      destructiveOperations: true,
      autoApproveLowRisk: true,
      allowedNamespaces: [],
      thresholds: defaultThresholds,
      maxActionsPerIncident: 3,
      cooldownSeconds: 0,
      breaker: defaultBreakerSettings,
      verification: { timeoutSeconds: 5, settleSeconds: 0.01 },
      riskRules: [],
      automaticUndo: false,
      coordination: true,
      transport: { choice: 'kubectl', mcp: {} },
      commandTimeoutSeconds: 60,
    };
    await accept('web:2');
  });

  afterEach(async () => {
    await journal.close();
    await rm(folder, { recursive: true, force: true });
  });

  const answer = (): string => join(folder, 'answer.json');
  /** What the API server says to a dry run from now on. */
  const accept = (image: string): Promise<void> =>
    writeFile(
      answer(),
      JSON.stringify({ code: 0, stdout: JSON.stringify(deployment('1', image)), stderr: '' }),
    );
  const refuse = (stderr: string): Promise<void> =>
    writeFile(answer(), JSON.stringify({ code: 1, stdout: '', stderr }));

  /** What ran for real, a line each. */
  const ran = (): Promise<string> => readFile(join(folder, 'ran'), 'utf8').catch(() => '');

  /** @param kind what the alert names: of a Service the built-in rules know the remedy, of the Deployment an analyst has one */
  async function run(
    approve?: Approver,
    kind: 'Deployment' | 'Service' = 'Deployment',
  ): Promise<RemediationResult> {
    const kubectl = join(folder, 'kubectl');
    const program = `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
if (process.argv.includes('--dry-run=server')) {
  const { code, stdout, stderr } = JSON.parse(readFileSync(${JSON.stringify(answer())}, 'utf8'));
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = code;
} else appendFileSync(${JSON.stringify(join(folder, 'ran'))}, process.argv.slice(2).join(' ') + '\\n');
`;
    await writeFile(kubectl, program, { mode: 0o755 });
    return remediate({
      run: {
        journal,
        cluster,
        kubectl,
        environment: process.env,
        policy: () => policy,
        user: 'ada',
        emit: (event) => {
          // The controllers of a real cluster would follow the change.
          if (event.type === 'record' && event.record.type === 'VerificationStarted')
            cluster.put(service(labels), endpoints(true));
        },
        signal: new AbortController().signal,
        now: () => new Date(),
        inFlight: { automatic: 0 },
        previewSeconds: 60,
        ...(approve === undefined ? {} : { approve }),
      },
      alert: { id: 'P1', title: 'web is old' },
      hints: [{ ...target, kind, source: 'label', trust: 'labelled' }],
      triggeredBy: { type: 'user', name: 'ada' },
      remediate: true,
      ...(kind === 'Deployment' ? { claude: proposing } : {}),
    });
  }

  const approveAll: Approver = ({ step }) => Promise.resolve({ type: 'approve', argvHash: step.argvHash });
  const types = async (): Promise<JournalRecord['type'][]> =>
    (await journal.records()).map(({ type }) => type);
  async function previewOf({ runId }: RemediationResult) {
    const view = runView(await journal.records(), runId, { liveRuns: new Set() });
    return view?.steps[0]?.preview ?? assert.fail('there is no preview');
  }

  it('is in the journal before a person is asked, and the run shows it', async () => {
    const result = await run();
    assert.equal(result.status, 'awaiting-approval');
    const order = await types();
    assert(order.indexOf('Planned') < order.indexOf('Previewed'));
    assert(order.indexOf('Previewed') < order.indexOf('ApprovalRequested'));
    const preview = await previewOf(result);
    assert.deepEqual(preview.rehearsal, { state: 'accepted' });
    assert.match(preview.changes[0]?.diff ?? '', /\n-.*image: web:1\n\+.*image: web:2\n/);
    assert.equal(preview.reach.pods.replaced, 1);
    assert.deepEqual(preview.basis, [{ ref: target, resourceVersion: '1' }]);
    assert.equal(await ran(), '');
  });

  it('is shown in plan mode too, and nothing runs', async () => {
    policy = { ...policy, mode: 'plan' };
    assert.equal((await previewOf(await run(approveAll))).rehearsal.state, 'accepted');
    assert.equal(await ran(), '');
  });

  it('is not asked of the cluster for what will not run', async () => {
    policy = { ...policy, destructiveOperations: false };
    await run(approveAll);
    assert(!(await types()).includes('Previewed'));
  });

  it('is made once where nothing has changed', async () => {
    await run(approveAll);
    assert.equal((await types()).filter((type) => type === 'Previewed').length, 1);
    assert.match(await ran(), /set image/);
  });

  it('is made anew where the object has changed since, and goes on where it is the same', async () => {
    let asked = 0;
    await run((request, signal) => {
      asked++;
      cluster.put(deployment('2'));
      return approveAll(request, signal);
    });
    assert.equal(asked, 1);
    assert.equal((await types()).filter((type) => type === 'Previewed').length, 2);
    assert.match(await ran(), /set image/);
  });

  it('is shown to the person again where the same change reaches further than they approved', async () => {
    const asked: number[] = [];
    await run(async ({ step }) => {
      const latest = (await journal.records()).findLast(({ type }) => type === 'Previewed');
      asked.push(latest?.type === 'Previewed' ? latest.data.preview.reach.pods.replaced : 0);
      if (asked.length === 1) {
        const another = { ...pod, metadata: { ...pod.metadata, name: 'web-2', uid: 'p2' } };
        const { status, ...two } = deployment('2');
        cluster.put({ ...two, spec: { ...two['spec'], replicas: 2 }, status }, another);
        const after = deployment('2', 'web:2');
        const printed = { ...after, spec: { ...after['spec'], replicas: 2 } };
        await writeFile(answer(), JSON.stringify({ code: 0, stdout: JSON.stringify(printed), stderr: '' }));
      }
      return { type: 'approve', argvHash: step.argvHash };
    });
    assert.deepEqual(asked, [1, 2]);
    assert.match(await ran(), /^[^\n]*set image[^\n]*\n$/);
  });

  it('is shown to the person again where something else would come of it than they approved', async () => {
    const seen: string[] = [];
    await run(async ({ step }) => {
      const records = await journal.records();
      const latest = records.findLast(({ type }) => type === 'Previewed');
      seen.push(latest?.type === 'Previewed' ? (latest.data.preview.changes[0]?.diff ?? '') : '');
      if (seen.length === 1) {
        cluster.put(deployment('2'));
        await accept('web:2-changed-by-a-webhook');
      } else assert.match(step.decision.reason, /something else by now/);
      assert.equal(await ran(), '');
      return { type: 'approve', argvHash: step.argvHash };
    });
    assert.equal(seen.length, 2);
    assert.match(seen[1] ?? '', /changed-by-a-webhook/);
    assert.match(await ran(), /set image/);
  });

  describe('in YOLO mode', () => {
    beforeEach(() => {
      policy = { ...policy, mode: 'yolo' };
      cluster.put(service({ app: 'wbe' }), endpoints(false));
    });

    it('keeps a command from being tried that the API server would refuse, and says why', async () => {
      await refuse(
        'Error from server (Forbidden): admission webhook "policy.shop" denied the request: no tags',
      );
      const result = await run(undefined, 'Service');
      assert.equal(result.status, 'awaiting-approval');
      const [step] = result.plan.steps;
      assert.match(step?.decision.reason ?? '', /would refuse it: .*policy\.shop.*no tags.*Edit the command/);
      assert.equal(await ran(), '');
      assert(!(await types()).includes('ExecutionStarted'));
    });

    it('lets a command run that could not be rehearsed', async () => {
      await refuse('Error from server (BadRequest): admission webhook "old.shop" does not support dry run');
      const result = await run(undefined, 'Service');
      assert.deepEqual((await previewOf(result)).rehearsal.state, 'unknown');
      assert.match(await ran(), /\/web|web /);
    });
  });

  it('that cannot be told is said in words, and a person may approve all the same', async () => {
    await refuse('Unable to connect to the server: dial tcp 10.0.0.1:443: i/o timeout');
    const preview = await previewOf(await run(approveAll));
    assert(preview.rehearsal.state === 'unknown');
    assert.match(preview.rehearsal.reason, /i\/o timeout/);
    assert.equal(preview.reach.pods.replaced, 1, 'by the words of the command');
    assert.match(await ran(), /set image/);
  });
});

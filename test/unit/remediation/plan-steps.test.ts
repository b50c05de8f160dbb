/** Steps that come with more than a proposal: from runbooks, and on objects that are kept in Git. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Analyst } from '../../../src/diagnosis/analyst.ts';
import { defaultBreakerSettings, defaultThresholds, type Mode } from '../../../src/domain/decision.ts';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';
import type { RunbookFile } from '../../../src/domain/runbook.ts';
import type { ApprovalAnswer, ApprovalRequest, RemediationResult } from '../../../src/domain/run.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { remediate } from '../../../src/remediation/engine.ts';
import { FakeCluster } from '../../support/fake-cluster.ts';

const labels = { app: 'cart' };
const zero = (metadata: Partial<KubeObject['metadata']> = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'cart', namespace: 'shop', uid: 'd1', generation: 1, ...metadata },
  spec: {
    replicas: 0,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'cart:1' }] } },
  },
  status: { observedGeneration: 1 },
});
/** Says what the built-in rules say where an event tells the count. */
const analyst: Analyst = {
  engine: 'claude',
  analyse: () =>
    Promise.resolve({
      summary: 'It is scaled to 0',
      rootCause: '',
      hypotheses: [],
      proposals: [
        {
          action: 'scale_deployment',
          parameters: { namespace: 'shop', deployment: 'cart', replicas: 3 },
          rationale: 'It had 3',
          claimedConfidence: 0.87,
          evidence: ['e1'],
        },
      ],
    }),
};
const argo = { annotations: { 'argocd.argoproj.io/tracking-id': 'web:apps/Deployment:shop/cart' } };
/** The ReplicaSet, and what the controller said of its size when it made it and when it was scaled down. */
const scaledDown: readonly KubeObject[] = [
  {
    kind: 'ReplicaSet',
    metadata: {
      ...{ name: 'cart-1', namespace: 'shop', uid: 'rs1', labels, creationTimestamp: '2026-11-22T11:00:00Z' },
      annotations: { 'deployment.kubernetes.io/revision': '1' },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'Deployment', name: 'cart', uid: 'd1', controller: true },
      ],
    },
    spec: { replicas: 0, selector: { matchLabels: labels }, template: zero()['spec'].template },
  },
  ...(
    [
      ['Scaled up replica set cart-1 from 0 to 3', '2026-11-22T11:00:01Z'],
      ['Scaled down replica set cart-1 from 3 to 0', '2026-11-22T11:30:00Z'],
    ] as const
  ).map(([message, creationTimestamp], index) => ({
    kind: 'Event',
    metadata: { name: `cart.${index}`, namespace: 'shop', creationTimestamp },
    type: 'Normal',
    reason: 'ScalingReplicaSet',
    message,
    lastTimestamp: creationTimestamp,
    involvedObject: { kind: 'Deployment', namespace: 'shop', name: 'cart' },
  })),
];
const helm = { annotations: { 'meta.helm.sh/release-name': 'web' } };

describe('A step', () => {
  let folder: string;
  let journal: Journal;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oncall-steps-'));
    journal = new Journal({ directory: join(folder, 'journal') });
    await journal.open();
  });
  afterEach(async () => {
    await journal.close();
    await rm(folder, { recursive: true, force: true });
  });

  const ran = (): string[] =>
    existsSync(join(folder, 'ran')) ? readFileSync(join(folder, 'ran'), 'utf8').trim().split('\n') : [];

  async function run(
    mode: Mode,
    options: {
      deployment?: KubeObject;
      runbooks?: readonly RunbookFile[];
      approve?: (request: ApprovalRequest) => ApprovalAnswer;
      more?: readonly KubeObject[];
    } = {},
  ): Promise<RemediationResult> {
    const kubectl = join(folder, 'kubectl');
    const program = `#!${process.execPath}\nrequire('node:fs').appendFileSync(${JSON.stringify(join(folder, 'ran'))}, process.argv.slice(2).join(' ') + '\\n');\n`;
    await writeFile(kubectl, program, { mode: 0o755 });
    const { approve } = options;
    return remediate({
      run: {
        journal,
        cluster: new FakeCluster(
          options.deployment ?? zero(),
          { kind: 'Namespace', metadata: { name: 'shop' } },
          ...(options.more ?? []),
        ),
        kubectl,
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
          verification: { timeoutSeconds: 0.2, settleSeconds: 0.01 },
          riskRules: [],
          automaticUndo: false,
          coordination: false,
          transport: { choice: 'kubectl', mcp: {} },
          commandTimeoutSeconds: 10,
        }),
        user: 'ada',
        emit: () => undefined,
        signal: new AbortController().signal,
        now: () => new Date(),
        inFlight: { automatic: 0 },
        ...(approve === undefined ? {} : { approve: (request) => Promise.resolve(approve(request)) }),
      },
      alert: { id: 'P1', title: 'cart is down', service: 'Cart' },
      hints: [{ namespace: 'shop', kind: 'Deployment', name: 'cart', source: 'label', trust: 'labelled' }],
      triggeredBy: { type: 'user', name: 'ada' },
      remediate: true,
      claude: analyst,
      runbooks: () => Promise.resolve(options.runbooks ?? []),
    });
  }

  describe('on an object that Argo CD keeps as Git says', () => {
    it('says so, and carries the change of the manifest', async () => {
      const { plan } = await run('plan', { deployment: zero(argo) });
      const [step] = plan.steps;
      assert.deepEqual(step?.gitops, {
        tool: 'Argo CD',
        owner: 'web',
        object: { kind: 'Deployment', namespace: 'shop', name: 'cart' },
        mark: 'argocd.argoproj.io/tracking-id',
      });
      assert.match(step?.manifestChange?.diff ?? '', /^-  replicas: 0\n\+  replicas: 3$/m);
    });

    it('says so where Git has it right already', async () => {
      const applied = JSON.stringify({ ...zero(), spec: { ...zero()['spec'], replicas: 3 } });
      const noted = { 'kubectl.kubernetes.io/last-applied-configuration': applied };
      const { plan } = await run('plan', {
        deployment: zero({ annotations: { ...argo.annotations, ...noted } }),
      });
      assert.deepEqual(plan.steps[0]?.manifestChange, { diff: '', from: 'last-applied' });
    });

    it('never runs by itself', async () => {
      const { status, plan } = await run('yolo', { deployment: zero(argo) });
      assert.equal(status, 'awaiting-approval');
      assert.match(plan.steps[0]?.decision.reason ?? '', /Argo CD takes back what kubectl changes/);
      assert.deepEqual(ran(), []);
    });

    it('runs for a person who types the name, and for no other', async () => {
      const approve =
        (typedName?: string) =>
        ({ step }: ApprovalRequest): ApprovalAnswer => ({
          type: 'approve',
          argvHash: step.argvHash,
          ...(typedName === undefined ? {} : { typedName }),
        });
      await run('approval', { deployment: zero(argo), approve: approve() });
      assert.deepEqual(ran(), []);
      await run('approval', { deployment: zero(argo), approve: approve('cart') });
      assert.equal(ran().length, 1);
    });

    it('is still kept in Git when a person edits the command', async () => {
      const seen: ApprovalRequest['step'][] = [];
      await run('approval', {
        deployment: zero(argo),
        approve: ({ step }) => {
          seen.push(step);
          return seen.length === 1
            ? { type: 'edit', command: 'kubectl scale deployment/cart --replicas=2 -n shop' }
            : { type: 'skip' };
        },
      });
      assert.equal(seen[1]?.decision.typeToConfirm, 'cart');
      assert.match(seen[1]?.manifestChange?.diff ?? '', /^\+  replicas: 2$/m);
    });
  });

  it('on what Helm installed says so, and may run', async () => {
    // So that the built-in rules propose it too, on what is observed: no model alone changes anything by itself.
    const { plan } = await run('yolo', { deployment: zero(helm), more: scaledDown });
    assert.equal(plan.steps[0]?.gitops?.tool, 'Helm');
    assert.equal(plan.steps[0].decision.outcome, 'execute', plan.steps[0].decision.reason);
    assert.equal(ran().length, 1);
  });

  describe('of a runbook', () => {
    const book = (content: string, head = 'service: cart'): RunbookFile => ({
      path: '/books/cart.md',
      text: `---\n${head}\n---\n# Cart\n## Do\n\`\`\`sh\n${content}\n\`\`\`\n`,
    });

    it('comes after what is proposed, with the runbook as its reason and evidence', async () => {
      const { plan, diagnosis } = await run('plan', {
        runbooks: [book('kubectl -n {{namespace}} rollout restart {{kind}}/{{name}}')],
      });
      const [first, second] = plan.steps;
      assert.equal(first?.action, 'scale_deployment');
      assert.equal(second?.command, 'kubectl -n shop rollout restart deployment/cart');
      assert.equal(second.risk.riskLevel, 'medium');
      assert.match(second.rationale, /Runbook "Cart", section "Do", line 7/);
      const source = diagnosis.evidence.find(({ id }) => id === second.evidence[0])?.source;
      assert.deepEqual(source, { type: 'runbook', path: '/books/cart.md', line: 5 });
      assert.equal(second.confidence, 0.75);
    });

    it('asks a person in YOLO mode, whatever its risk', async () => {
      const { plan, status } = await run('yolo', {
        deployment: { ...zero(), spec: { ...zero()['spec'], replicas: 1 } },
        runbooks: [book('kubectl -n shop get pods\nkubectl -n shop rollout restart deployment/cart')],
      });
      assert.equal(status, 'awaiting-approval');
      assert.deepEqual(
        plan.steps
          .filter(({ rationale }) => rationale.startsWith('Runbook'))
          .map(({ decision }) => decision.outcome),
        ['ask', 'ask'],
      );
      assert.deepEqual(ran(), []);
    });

    it('is judged like any other command', async () => {
      const { plan } = await run('approval', {
        runbooks: [book('kubectl delete namespace shop\nkubectl -n shop edit deployment/cart')],
        approve: () => ({ type: 'skip' }),
      });
      const [, forbidden, rejected] = plan.steps;
      assert.equal(forbidden?.decision.typeToConfirm, 'shop');
      assert.equal(rejected?.decision.outcome, 'refuse');
      assert.deepEqual(ran(), []);
    });

    it('that is not filled in, or no plain command, is shown with the reason and never runs', async () => {
      const { plan } = await run('approval', {
        runbooks: [
          book(
            "kubectl -n shop delete pod {{pod}}\nkubectl -n shop logs '<pod>'\nkubectl get pods | sh\nkubectl delete pod $POD",
          ),
        ],
        approve: ({ step }) =>
          step.action === 'custom_command' ? assert.fail(`asked about ${step.command}`) : { type: 'skip' },
      });
      const steps = plan.steps.slice(1);
      assert.deepEqual(
        steps.map(({ command, risk, decision }) => [command, risk.rejected, decision.outcome]),
        [
          ['kubectl -n shop delete pod {{pod}}', true, 'refuse'],
          ["kubectl -n shop logs '<pod>'", true, 'refuse'],
          ['kubectl get pods | sh', true, 'refuse'],
          ['kubectl delete pod $POD', true, 'refuse'],
        ],
      );
      assert.match(steps[0]?.decision.reason ?? '', /\{\{pod\}\} is not known/);
      assert.match(steps[1]?.decision.reason ?? '', /<pod> is not filled in/);
      assert.match(steps[2]?.decision.reason ?? '', /pipes/);
      assert.deepEqual(ran(), []);
    });

    it('is not shown twice, and not where another incident is meant', async () => {
      const scale = 'kubectl scale deployment/cart --replicas=3 -n shop';
      const { plan } = await run('plan', {
        runbooks: [book(`${scale}\n${scale}`), book('kubectl get pods', 'service: checkout')],
      });
      assert.deepEqual(
        plan.steps.map(({ command }) => command),
        [scale],
      );
    });

    it('on a kind that nobody knows ends no run', async () => {
      const { plan } = await run('plan', { runbooks: [book('kubectl -n shop delete widget/cart')] });
      assert.equal(plan.steps.length, 2);
    });

    it('in a broken file is named, and the others still work', async () => {
      const broken: RunbookFile = { path: '/books/bad.md', text: '---\nalert: *x*\n---\n' };
      const { plan, diagnosis } = await run('plan', { runbooks: [broken, book('kubectl -n shop get pods')] });
      assert.match(diagnosis.notes.join('\n'), /\/books\/bad\.md was left out: line 2/);
      assert.equal(plan.steps.length, 2);
    });
  });
});

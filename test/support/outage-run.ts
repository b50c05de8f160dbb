/** A run in YOLO mode over a cluster in memory that can go away, with a program in the place of kubectl. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultBreakerSettings, defaultThresholds } from '../../src/domain/decision.ts';
import { OncallError } from '../../src/domain/error.ts';
import type { KubeObject } from '../../src/domain/kubernetes.ts';
import type { JournalRecord } from '../../src/domain/record.ts';
import type { RemediationResult, RunEvent, RunView } from '../../src/domain/run.ts';
import { Journal } from '../../src/journal/journal.ts';
import { runView } from '../../src/journal/runs.ts';
import { remediate, undo } from '../../src/remediation/engine.ts';
import type { RunPolicy } from '../../src/remediation/run-policy.ts';
import type { RunContext } from '../../src/remediation/step-runner.ts';
import { FakeCluster } from './fake-cluster.ts';

export const troubles = {
  refused: new OncallError('cluster-unreachable', 'The API server cannot be reached', 'Wait.'),
  'signed out': new OncallError('cluster-unauthorized', 'The token has expired', 'Sign in.'),
  'without a right': new OncallError('cluster-forbidden', 'Services cannot be read', 'Ask.'),
} as const;

const labels = { app: 'payments' };
const wrong = { app: 'payment' };
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

/** What the command does to the cluster, whatever it says. */
export type Deed = 'right fix' | 'wrong fix' | 'nothing';

export class OutageRun {
  readonly cluster = new FakeCluster(deployment, pod, service(wrong), endpoints(false));
  readonly events: RunEvent[] = [];
  journal: Journal;
  policy: RunPolicy;
  /** What the command does, and how it ends. */
  deed: Deed = 'right fix';
  exitCode = 0;
  stderr = '';
  /** How a later command, such as an undo, ends; as the first one where absent. */
  laterExitCode: number | undefined;
  /** Called when the verification begins, once. */
  whenVerifying: () => void = () => undefined;
  /** Called once the deed is done, before the program that stands for kubectl ends. */
  whenDone: () => void = () => undefined;
  private readonly folder: string;
  private lastRun = '';

  private constructor(folder: string, journal: Journal) {
    this.folder = folder;
    this.journal = journal;
    this.policy = {
      mode: 'yolo',
      destructiveOperations: true,
      autoApproveLowRisk: true,
      allowedNamespaces: [],
      thresholds: defaultThresholds,
      maxActionsPerIncident: 3,
      cooldownSeconds: 0,
      breaker: defaultBreakerSettings,
      verification: { timeoutSeconds: 1, settleSeconds: 0.05, patienceSeconds: 60 },
      riskRules: [],
      automaticUndo: true,
      coordination: true,
      transport: { choice: 'kubectl', mcp: {} },
      commandTimeoutSeconds: 10,
    };
  }

  static async open(): Promise<OutageRun> {
    const folder = await mkdtemp(join(tmpdir(), 'oncall-outage-'));
    const journal = new Journal({ directory: join(folder, 'journal') });
    await journal.open();
    return new OutageRun(folder, journal);
  }

  async close(): Promise<void> {
    await this.journal.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What was run, a line each. */
  async commands(): Promise<string[]> {
    const text = await readFile(join(this.folder, 'ran'), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  }

  async context(more: Partial<RunContext> = {}): Promise<Omit<RunContext, 'runId' | 'incidentId'>> {
    const kubectl = join(this.folder, 'kubectl');
    const ran = join(this.folder, 'ran');
    // Waits until the deed is done in the cluster, as a real one waits for the API server's answer.
    const program = `#!${process.execPath}
const { appendFileSync, existsSync, unlinkSync } = require('node:fs');
const first = !existsSync(${JSON.stringify(ran)});
appendFileSync(${JSON.stringify(ran)}, process.argv.slice(2).join(' ') + '\\n');
const done = ${JSON.stringify(join(this.folder, 'done'))};
console.log('started');
const timer = setInterval(() => {
  if (!existsSync(done)) return;
  clearInterval(timer);
  unlinkSync(done);
  const code = first ? ${this.exitCode} : ${this.laterExitCode ?? this.exitCode};
  if (code !== 0 && ${JSON.stringify(this.stderr)} !== '') console.error(${JSON.stringify(this.stderr)});
  process.exitCode = code;
}, 5);
`;
    await writeFile(kubectl, program, { mode: 0o755 });
    const heard = (event: RunEvent): void => {
      this.events.push(event);
      if (event.type === 'output' && event.line === 'started') void this.act();
      if (event.type === 'record' && event.record.type === 'VerificationStarted') {
        const once = this.whenVerifying;
        this.whenVerifying = () => undefined;
        once();
      }
    };
    return {
      journal: this.journal,
      cluster: this.cluster,
      kubectl,
      environment: process.env,
      policy: () => this.policy,
      user: 'ada',
      emit: heard,
      signal: new AbortController().signal,
      now: () => new Date(),
      inFlight: { automatic: 0 },
      ...more,
    };
  }

  /** The first command is the fix; a later one is an undo. */
  private async act(): Promise<void> {
    const isUndo = (await this.commands()).length > 1;
    if (isUndo) this.cluster.put(service(wrong), endpoints(false));
    else if (this.deed === 'right fix') this.cluster.put(service(labels), endpoints(true));
    else if (this.deed === 'wrong fix') this.cluster.put(service({ app: 'else' }), endpoints(false));
    this.whenDone();
    await writeFile(join(this.folder, 'done'), '');
  }

  async run(more: Partial<RunContext> = {}): Promise<RemediationResult> {
    const result = await remediate({
      run: await this.context(more),
      alert: { id: 'P1', title: 'payments is down' },
      hints: [
        { namespace: 'shop', kind: 'Service', name: 'payments', source: 'label service', trust: 'labelled' },
      ],
      triggeredBy: { type: 'system', name: 'automation' },
      remediate: true,
    });
    this.lastRun = result.runId;
    return result;
  }

  async undo(stepId: string): Promise<RemediationResult> {
    return undo({
      run: await this.context({
        approve: ({ step }) => Promise.resolve({ type: 'approve', argvHash: step.argvHash }),
      }),
      runId: this.lastRun,
      stepId,
      triggeredBy: { type: 'user', name: 'ada' },
    });
  }

  records(): Promise<JournalRecord[]> {
    return this.journal.recordsOf(this.lastRun);
  }

  async view(): Promise<RunView> {
    const view = runView(await this.records(), this.lastRun, { liveRuns: new Set() });
    if (view === undefined) throw new Error('no run');
    return view;
  }

  /** Whether the Service is as the right fix left it. */
  async isFixed(): Promise<boolean> {
    const { away } = this.cluster;
    this.cluster.away = undefined;
    const object = await this.cluster.get({ kind: 'Service', namespace: 'shop', name: 'payments' });
    this.cluster.away = away;
    return object?.spec?.selector.app === 'payments';
  }
}

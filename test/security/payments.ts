/** A Service whose selector is wrong, on a cluster in memory, and a program in the place of kubectl that leaves traces. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultBreakerSettings, defaultThresholds } from '../../src/domain/decision.ts';
import type { KubeObject } from '../../src/domain/kubernetes.ts';
import type { RemediationResult } from '../../src/domain/run.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { remediate } from '../../src/remediation/engine.ts';
import type { RunPolicy } from '../../src/remediation/run-policy.ts';
import type { RunContext } from '../../src/remediation/step-runner.ts';
import { FakeCluster } from '../support/fake-cluster.ts';
import { scratchFolder } from '../support/scratch.ts';

const labels = { app: 'payments' };
const meta = { name: 'payments', namespace: 'shop' };
const deployment: KubeObject = {
  kind: 'Deployment',
  metadata: { ...meta, uid: 'd1', generation: 1, labels },
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
  metadata: { ...meta, uid: 's1' },
  spec: { selector, ports: [{ port: 80 }] },
});
const endpoints = (ready: boolean): KubeObject => ({
  kind: 'Endpoints',
  metadata: meta,
  ...(ready ? { subsets: [{ addresses: [{ ip: '10.0.0.1' }] }] } : {}),
});

export interface PaymentsOptions {
  readonly mode?: 'approval' | 'yolo';
  /** A line of JavaScript that the program runs once it has done its work. */
  readonly afterwards?: string;
  /** Whether the incident is over once its command has ended. */
  readonly heals?: boolean;
}

export interface Payments {
  /** Not made yet. */
  readonly journalDirectory: string;
  /** Where the program writes down that it was started; dry runs apart. */
  readonly trace: string;
  started(): boolean;
  /** What it was started with, a line each. */
  commands(): Promise<string[]>;
  run(journal: Journal, more?: Partial<RunContext>): Promise<RemediationResult>;
  close(): Promise<void>;
}

export async function payments(options: PaymentsOptions = {}): Promise<Payments> {
  const scratch = await scratchFolder('payments');
  const trace = join(scratch.path, 'ran');
  const kubectl = join(scratch.path, 'kubectl');
  const program = `#!${process.execPath}
const { appendFileSync } = require('node:fs');
if (!process.argv.includes('--dry-run=server')) {
  appendFileSync(${JSON.stringify(trace)}, process.argv.slice(2).join(' ') + '\\n');
  console.log('service/payments selector updated');
  ${options.afterwards ?? ''}
}
`;
  await writeFile(kubectl, program, { mode: 0o755 });
  const cluster = new FakeCluster(deployment, pod, service({ app: 'payment' }), endpoints(false));
  const policy: RunPolicy = {
    mode: options.mode ?? 'approval',
    destructiveOperations: true,
    autoApproveLowRisk: true,
    allowedNamespaces: [],
    thresholds: defaultThresholds,
    maxActionsPerIncident: 3,
    cooldownSeconds: 600,
    breaker: defaultBreakerSettings,
    verification: { timeoutSeconds: 30, settleSeconds: 0.01 },
    riskRules: [],
    automaticUndo: true,
    coordination: true,
    transport: { choice: 'kubectl', mcp: {} },
    commandTimeoutSeconds: 30,
  };
  return {
    journalDirectory: join(scratch.path, 'journal'),
    trace,
    started: () => existsSync(trace),
    commands: async () => (await readFile(trace, 'utf8')).trimEnd().split('\n'),
    run: (journal, more = {}) =>
      remediate({
        run: {
          journal,
          cluster,
          kubectl,
          environment: process.env,
          policy: () => policy,
          user: 'ada',
          emit: (event) => {
            if (options.heals === false || event.type !== 'record') return;
            // The controllers of a real cluster would follow the change.
            if (event.record.type === 'VerificationStarted') cluster.put(service(labels), endpoints(true));
          },
          signal: new AbortController().signal,
          now: () => new Date(),
          inFlight: { automatic: 0 },
          ...more,
        },
        alert: { id: 'P1', title: 'payments is down' },
        hints: [{ ...meta, kind: 'Service', source: 'label service', trust: 'labelled' }],
        triggeredBy:
          options.mode === 'yolo' ? { type: 'system', name: 'oncall-agent' } : { type: 'user', name: 'ada' },
        remediate: true,
      }),
    close: () => scratch.remove(),
  };
}

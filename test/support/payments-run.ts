/** A run on a Service whose selector is wrong, in a cluster in memory and with a program in the place of kubectl. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Analyst } from '../../src/diagnosis/analyst.ts';
import { defaultBreakerSettings, defaultThresholds } from '../../src/domain/decision.ts';
import type { Alert, TargetHint } from '../../src/domain/incident.ts';
import type { KubeObject } from '../../src/domain/kubernetes.ts';
import type { RemediationResult, RunEvent, TargetChooser } from '../../src/domain/run.ts';
import { Journal } from '../../src/journal/journal.ts';
import { remediate } from '../../src/remediation/engine.ts';
import type { RunPolicy } from '../../src/remediation/run-policy.ts';
import type { RunContext } from '../../src/remediation/step-runner.ts';
import { FakeCluster } from './fake-cluster.ts';

export interface RunRequest {
  readonly approve?: RunContext['approve'];
  readonly chooseTarget?: TargetChooser;
  readonly claude?: Analyst;
  readonly alert?: Alert;
  readonly hints?: readonly TargetHint[];
}

export interface PaymentsRun {
  readonly cluster: FakeCluster;
  readonly events: RunEvent[];
  policy: RunPolicy;
  /** Whether the program in the place of kubectl was started. */
  ran(): boolean;
  run(request?: RunRequest): Promise<RemediationResult>;
  /** All that is on disk of the journal, as text. */
  written(): Promise<string>;
  journal: Journal;
  close(): Promise<void>;
}

/** @param stderr what kubectl complains of; with it, it fails */
export async function paymentsRun(
  namespace = 'shop',
  name = 'payments',
  stderr?: string,
): Promise<PaymentsRun> {
  const folder = await mkdtemp(join(tmpdir(), 'oncall-run-'));
  const directory = join(folder, 'journal');
  const journal = new Journal({ directory });
  await journal.open();
  const labels = { app: name };
  const meta = (uid: string) => ({ name, namespace, uid, labels });
  const container = { name: 'app', image: `registry.example/${name}:1` };
  const service = (selector: Record<string, string>): KubeObject => ({
    kind: 'Service',
    metadata: meta('s1'),
    spec: { selector, ports: [{ port: 80 }] },
  });
  const endpoints = (ready: boolean): KubeObject => ({
    kind: 'Endpoints',
    metadata: { name, namespace },
    ...(ready ? { subsets: [{ addresses: [{ ip: '10.0.0.1' }] }] } : {}),
  });
  const cluster = new FakeCluster(
    {
      kind: 'Deployment',
      metadata: { ...meta('d1'), generation: 1 },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
      status: {
        ...{ observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 },
      },
    },
    {
      kind: 'Pod',
      metadata: { ...meta('p1'), name: `${name}-1` },
      spec: { containers: [container] },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [] },
    },
    service({ app: `${name}x` }),
    endpoints(false),
  );
  const trace = join(folder, 'ran');
  const kubectl = join(folder, 'kubectl');
  await writeFile(
    kubectl,
    `#!${process.execPath}
if (process.argv.includes('--dry-run=server')) { console.log('patched (server dry run)'); process.exit(0); }
require('node:fs').appendFileSync(${JSON.stringify(trace)}, process.argv.slice(2).join(' ') + '\\n');
${stderr === undefined ? "console.log('service selector updated');" : `console.error(${JSON.stringify(stderr)}); process.exit(1);`}
`,
    { mode: 0o755 },
  );
  const events: RunEvent[] = [];
  const made: PaymentsRun = {
    cluster,
    events,
    journal,
    policy: {
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
    },
    ran: () => existsSync(trace),
    run: ({ approve, chooseTarget, claude, alert, hints } = {}) =>
      remediate({
        run: {
          journal,
          cluster,
          kubectl,
          environment: process.env,
          policy: () => made.policy,
          user: 'ada',
          emit: (event) => {
            events.push(event);
            // The controllers of a real cluster would follow the change.
            if (event.type === 'record' && event.record.type === 'VerificationStarted')
              cluster.put(service(labels), endpoints(true));
          },
          signal: new AbortController().signal,
          now: () => new Date(),
          inFlight: { automatic: 0 },
          ...(approve === undefined ? {} : { approve }),
        },
        alert: alert ?? { id: 'P1', title: `${name} is down` },
        hints: hints ?? [{ namespace, kind: 'Service', name, source: 'label service', trust: 'labelled' }],
        triggeredBy: { type: 'user', name: 'ada' },
        remediate: true,
        ...(chooseTarget === undefined ? {} : { chooseTarget }),
        ...(claude === undefined ? {} : { claude }),
      }),
    written: async () => {
      const files = await readdir(directory);
      return (await Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')))).join('');
    },
    close: async () => {
      await journal.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return made;
}

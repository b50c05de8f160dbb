/** What a run would do in YOLO mode with everything allowed: the steps with their decisions, and nothing is run. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from '../../src/cluster/cluster.ts';
import type { Analyst } from '../../src/diagnosis/analyst.ts';
import { defaultBreakerSettings, defaultThresholds, type Mode } from '../../src/domain/decision.ts';
import type { RemediationResult } from '../../src/domain/run.ts';
import { Journal } from '../../src/journal/journal.ts';
import { remediate } from '../../src/remediation/engine.ts';

export interface Planning {
  readonly kind?: string;
  readonly name?: string;
  readonly mode?: Mode;
  readonly claude?: Analyst;
}

/** About an object of namespace `shop`, the Deployment `checkout` where nothing else is said. */
export async function planned(
  cluster: Cluster,
  { kind = 'Deployment', name = 'checkout', mode = 'yolo', claude }: Planning = {},
): Promise<RemediationResult> {
  const directory = await mkdtemp(join(tmpdir(), 'oncall-planned-'));
  const journal = new Journal({ directory });
  await journal.open();
  try {
    return await remediate({
      run: {
        ...{ journal, cluster, kubectl: '/nowhere/kubectl', environment: {}, user: 'ada' },
        policy: () => ({
          mode,
          destructiveOperations: true,
          autoApproveLowRisk: true,
          allowedNamespaces: [],
          thresholds: defaultThresholds,
          maxActionsPerIncident: 3,
          cooldownSeconds: 600,
          breaker: defaultBreakerSettings,
          verification: { timeoutSeconds: 1, settleSeconds: 0 },
          riskRules: [],
          automaticUndo: true,
          coordination: false,
          transport: { choice: 'kubectl', mcp: {} },
          commandTimeoutSeconds: 1,
        }),
        emit: () => undefined,
        signal: AbortSignal.timeout(50_000),
        now: () => new Date(),
        inFlight: { automatic: 0 },
      },
      alert: { id: 'P1', title: 'it is down' },
      hints: [{ namespace: 'shop', kind, name, source: 'label', trust: 'labelled' }],
      triggeredBy: { type: 'system', name: 'oncall-agent' },
      remediate: false,
      ...(claude === undefined ? {} : { claude }),
    });
  } finally {
    await journal.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** The one step that changes something. */
export function onlyChange({
  plan,
  diagnosis,
}: RemediationResult): RemediationResult['plan']['steps'][number] {
  const [step, another] = plan.steps.filter(({ risk }) => risk.mutates);
  if (step === undefined || another !== undefined) {
    throw new Error(`Not one step: ${JSON.stringify([plan.steps.map(({ command }) => command), diagnosis])}`);
  }
  return step;
}

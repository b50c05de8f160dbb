/** The product as another program loads it, handed the alert of a scenario. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as library from '../../src/agent.ts';
import { eventOf } from '../../src/practice/scenarios/play.ts';
import type { Scenario } from '../../src/practice/scenarios/scenario.ts';
import type { State } from '../../src/practice/scenarios/state.ts';
import { root } from '../support/paths.ts';
import { scratchFolder } from '../support/scratch.ts';
import { ensureKubectl } from '../support/vscode/install.ts';
import type { Ground } from './ground.ts';

export type { Mode } from '../../src/agent.ts';

/** What the product said and did. */
export interface Handled {
  readonly status: library.RemediationResult['status'];
  /** The findings, the first one first. */
  readonly findings: readonly {
    readonly name: string;
    readonly target: { readonly kind: string; readonly name: string };
  }[];
  /** The argv, joined by spaces, of each proposed command that changes something, in their order; those below are not advised. */
  readonly proposed: readonly string[];
  /** The changes of manifests that are proposed in the place of commands, as diffs. */
  readonly inGit: readonly string[];
  /** Every command that was started, reads included. */
  readonly executed: readonly { readonly command: string; readonly mutates: boolean }[];
}

/** Outcomes of steps whose command was started. */
const started: ReadonlySet<string> = new Set(['verified', 'done', 'failed', 'undone', 'interrupted']);

/**
 * One run, with a journal of its own, so that no run learns from another. What it asks is approved in approval mode,
 * but for what it says to make in Git; in the other modes nobody answers.
 * @param alarmed what the scenario looked like when the alarm was raised
 */
export async function handle(
  scenario: Scenario,
  ground: Ground,
  mode: library.Mode,
  alarmed: State,
  signal: AbortSignal,
): Promise<Handled> {
  const { OncallAgent } = createRequire(import.meta.url)(join(root, 'dist/agent.js')) as typeof library;
  const { kubeconfig, context, verification } = ground;
  const scratch = await scratchFolder('journal');
  const agent = new OncallAgent({
    ...{ mode, kubeconfig, context, verification },
    destructiveOperations: true,
    kubectl: await ensureKubectl(),
    journalDirectory: scratch.path,
    user: 'tester',
    analyst: { engine: 'builtin' },
    // Many are played on one cluster at the same time, each as if it were alone: the brake would take them for a storm.
    ...{ maxChangesAtOnce: 1000, maxChangesPerHour: 1000 },
  });
  try {
    await agent.connect();
    const { payload, dedup_key: id } = eventOf(scenario, alarmed, { cluster: context });
    const { status, diagnosis, plan } = await agent.handleAlert(
      { id, title: payload.summary, details: payload.custom_details },
      { signal, ...(mode === 'approval' && { approve: approveAll }) },
    );
    const audit = await agent.auditLog();
    return {
      status,
      findings: diagnosis.findings,
      proposed: plan.steps
        .filter(({ risk, undoes, ...step }) => risk.mutates && undoes === undefined && !isForGit(step))
        .map(({ argv }) => argv.join(' ')),
      inGit: plan.steps.filter(isForGit).flatMap(({ manifestChange }) => manifestChange?.diff ?? []),
      executed: audit
        .filter(({ outcome, exitCode }) => started.has(outcome) || exitCode !== undefined)
        .map(({ command, risk: { mutates } }) => ({ command, mutates })),
    };
  } finally {
    await agent.dispose();
    await scratch.remove();
  }
}

/** Whether the product says of a step that its command will be taken back, and that Git is the place for the change. */
const isForGit = ({ gitops }: Pick<library.Step, 'gitops'>): boolean =>
  gitops !== undefined && gitops.tool !== 'Helm';

/** A person who does as the product advises: approves, and takes to Git what it warns of before it asks for the name. */
const approveAll: library.Approver = ({ step }) => {
  const { argvHash, decision } = step;
  const warned = isForGit(step) && decision.typeToConfirm !== undefined;
  return Promise.resolve(
    warned
      ? { type: 'skip', reason: 'The change goes to Git' }
      : {
          type: 'approve',
          argvHash,
          by: 'ada',
          ...(decision.typeToConfirm !== undefined && { typedName: decision.typeToConfirm }),
        },
  );
};

/** One investigation: collect, find, analyse. */
import type { ActionName, ActionProposal } from '../domain/action.ts';
import type { Diagnosis, Finding, FindingName } from '../domain/diagnosis.ts';
import { explain, isOncallError, OncallError } from '../domain/error.ts';
import type { Alert } from '../domain/incident.ts';
import { describeRef, sameRef, type ObjectRef, type Target } from '../domain/kubernetes.ts';
import type { Analysis, Analyst, Investigation } from './analyst.ts';
import { createBuiltinAnalyst } from './builtin.ts';
import { collect } from './collect.ts';
import { findFindings } from './findings/findings.ts';
import { leaveToGit } from './gitops.ts';
import type { ReadableCluster } from './read.ts';
import type { Snapshot } from './snapshot.ts';

/** Which findings each action can make go away. */
export type Answers = Readonly<Record<ActionName, readonly FindingName[]>>;

export interface DiagnoseInput {
  readonly alert: Alert;
  readonly target: Target;
  readonly cluster: ReadableCluster;
  /** Absent where only the built-in diagnosis is wanted or possible. */
  readonly claude?: Analyst;
  readonly signal: AbortSignal;
  readonly onText?: (text: string) => void;
  /** What is going on, in words. */
  readonly onProgress?: (message: string) => void;
}

/**
 * Investigates a target. Where Claude fails, the built-in diagnosis stands in and the notes say so.
 * @throws OncallError `cancelled`, `cluster-unauthorized`
 */
export async function diagnose(input: DiagnoseInput): Promise<{ diagnosis: Diagnosis; snapshot: Snapshot }> {
  const { alert, target, cluster, claude, signal, onText, onProgress } = input;
  onProgress?.(`Reading what the cluster says about ${describeRef(target)}`);
  const snapshot = await collect(cluster, target, { signal });
  const { findings, evidence } = findFindings(snapshot);
  const investigation: Investigation = { alert, target, evidence, gaps: snapshot.gaps, findings };
  const options = { signal, ...(onText === undefined ? {} : { onText }) };
  const builtin = await createBuiltinAnalyst(snapshot).analyse(investigation, options);

  let analysis: Analysis = builtin;
  let engine: Diagnosis['engine'] = 'builtin';
  const notes: string[] = [];
  if (claude !== undefined) {
    onProgress?.('Claude is reading the evidence');
    try {
      const said = await claude.analyse(investigation, options);
      analysis = { ...said, proposals: mergeProposals(said.proposals, builtin.proposals) };
      engine = 'claude';
    } catch (error) {
      if (signal.aborted || (isOncallError(error) && error.code === 'cancelled')) {
        throw new OncallError('cancelled', 'The investigation was cancelled', 'Start it again when needed.', {
          cause: error,
        });
      }
      notes.push(`Claude did not answer: the built-in diagnosis was used. ${explain(error)}`);
    }
  }
  const { proposals, notes: leftToGit } = leaveToGit(analysis.proposals, snapshot, (proposal) =>
    proposal.action === 'custom_command' ? undefined : objectOf(proposal),
  );
  notes.push(...leftToGit);
  const { gaps } = snapshot;
  return { diagnosis: { ...analysis, proposals, findings, engine, notes, evidence, gaps }, snapshot };
}

/**
 * Claude's proposals, then those of the built-in rules that do something else.
 * The same action on the same object is proposed once, the way Claude has it.
 */
function mergeProposals(
  first: readonly ActionProposal[],
  second: readonly ActionProposal[],
): readonly ActionProposal[] {
  const key = (proposal: ActionProposal): string =>
    proposal.action === 'custom_command'
      ? JSON.stringify(proposal.parameters.argv)
      : `${proposal.action} ${JSON.stringify(objectOf(proposal))}`;
  const known = new Set<string>();
  return [...first, ...second].filter((proposal) => {
    const one = key(proposal);
    if (known.has(one)) return false;
    known.add(one);
    return true;
  });
}

/** The object that a proposal is about. */
function objectOf(proposal: ActionProposal): ObjectRef {
  const { parameters } = proposal;
  if ('target' in parameters) return parameters.target;
  const { namespace } = parameters;
  if ('service' in parameters) return { kind: 'Service', namespace, name: parameters.service };
  if ('pod' in parameters) return { kind: 'Pod', namespace, name: parameters.pod };
  return { kind: 'Deployment', namespace, name: parameters.deployment };
}

/**
 * Whether a built-in finding independently supports the action: one on the same object (for a pod: on the workload that it is named after)
 * that the action can make go away. Scaling to 0 heals nothing, whatever was found.
 */
export function supportsAction(
  findings: readonly Finding[],
  proposal: ActionProposal,
  answers: Answers,
): boolean {
  if (proposal.action === 'scale_deployment' && proposal.parameters.replicas === 0) return false;
  const object = objectOf(proposal);
  return findings.some(
    ({ name, target }) => answers[proposal.action].includes(name) && isAbout(target, object),
  );
}

function isAbout(finding: ObjectRef, object: ObjectRef): boolean {
  if (sameRef(finding, object)) return true;
  return (
    object.kind === 'Pod' &&
    finding.kind !== 'Service' &&
    object.namespace === finding.namespace &&
    object.name.startsWith(`${finding.name}-`)
  );
}

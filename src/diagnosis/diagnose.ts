/** One investigation: collect, find, analyse. */
import type { ActionName, ActionProposal, GroundedProposal } from '../domain/action.ts';
import type { Diagnosis, Evidence, Finding, FindingName } from '../domain/diagnosis.ts';
import { isOncallError, OncallError } from '../domain/error.ts';
import type { Alert, IncidentBackground } from '../domain/incident.ts';
import { describeRef, sameRef, type ObjectRef, type Target } from '../domain/kubernetes.ts';
import type { RunbookFile } from '../domain/runbook.ts';
import { told } from '../domain/redaction/told.ts';
import type { AnalysisOptions, Analyst, ConcreteAnalysis, Investigation, KnownRemedy } from './analyst.ts';
import { collectBackground } from './background.ts';
import { analyseBuiltin, remediesOf } from './builtin.ts';
import { choose } from './choices.ts';
import { collect } from './collect.ts';
import { findFindings } from './findings/findings.ts';
import { notesOnGitOps } from './gitops.ts';
import { marked, mergeProposals, objectOf, remedyId, withObjections } from './proposals.ts';
import type { ReadableCluster } from './read.ts';
import { redacting } from './redacting.ts';
import { subjectOf, valuesOf } from './runbooks/incident.ts';
import { fittingRunbooks } from './runbooks/runbooks.ts';
import type { Snapshot } from './snapshot.ts';

/** Which findings each action can make go away. */
export type Answers = Readonly<Record<ActionName, readonly FindingName[]>>;

export interface DiagnoseInput extends Omit<AnalysisOptions, 'reading'> {
  readonly alert: Alert;
  readonly target: Target;
  readonly cluster: ReadableCluster;
  /** Absent where only the built-in diagnosis is wanted or possible. */
  readonly claude?: Analyst;
  /** The namespaces that Claude may read beside the target's own. */
  readonly namespaces?: readonly string[];
  /** The team's runbooks, as their files are now. */
  readonly runbookFiles?: readonly RunbookFile[];
  /** What is known around the incident; absent where nobody keeps incidents. */
  readonly background?: IncidentBackground;
}

/**
 * Investigates a target. Where Claude fails, the built-in diagnosis stands in and the notes say so.
 * @throws OncallError `cancelled`, `cluster-unauthorized`
 */
export async function diagnose(input: DiagnoseInput): Promise<{ diagnosis: Diagnosis; snapshot: Snapshot }> {
  const {
    alert,
    target,
    cluster,
    claude,
    namespaces = [],
    runbookFiles = [],
    background,
    ...watching
  } = input;
  const { signal, onProgress } = watching;
  onProgress?.(`Reading what the cluster says about ${describeRef(target)}`);
  const [snapshot, around] = await Promise.all([
    collect(cluster, target, { signal }),
    collectBackground(background, { signal }),
  ]);
  const { findings, evidence: observed } = findFindings(snapshot);
  const evidence = [
    ...observed,
    ...around.evidence.map((draft, index) => ({ id: `e${observed.length + index + 1}`, ...draft })),
  ];
  const gaps = [...snapshot.gaps, ...around.gaps];
  const fitting = fittingRunbooks(runbookFiles, subjectOf(alert, target), valuesOf(snapshot));
  const investigation: Investigation = {
    ...{ alert, target, evidence, gaps, findings },
    runbooks: fitting.evidence.filter(({ id }) => fitting.runbooks.some((one) => one.evidence === id)),
  };
  const builtin = analyseBuiltin(snapshot, investigation);

  let analysis: ConcreteAnalysis = builtin;
  let engine: Diagnosis['engine'] = 'builtin';
  const notes: string[] = [];
  let alsoRead: readonly Evidence[] = [];
  if (claude !== undefined) {
    onProgress?.('Claude is reading the evidence');
    try {
      const reading = { cluster: redacting(cluster), namespaces };
      const told = { ...investigation, remedies: builtin.proposals.map(asKnown) };
      const { objections = [], ...said } = await claude.analyse(told, { ...watching, reading });
      const chosen = choose(said.proposals, remediesOf(snapshot, investigation), snapshot);
      alsoRead = said.evidence ?? [];
      const known = new Set([...evidence, ...alsoRead, ...fitting.evidence].map(({ id }) => id));
      const judged = withObjections(builtin.proposals, chosen.own, objections, known);
      analysis = {
        ...said,
        proposals: mergeProposals(marked(chosen.proposals, builtin.proposals), judged.proposals),
      };
      engine = 'claude';
      notes.push(...(said.notes ?? []), ...chosen.notes, ...judged.notes);
    } catch (error) {
      if (signal.aborted || (isOncallError(error) && error.code === 'cancelled')) {
        throw new OncallError('cancelled', 'The investigation was cancelled', 'Start it again when needed.', {
          cause: error,
        });
      }
      notes.push(`Claude did not answer: the built-in diagnosis was used. ${told(error)}`);
    }
  }
  notes.push(
    ...notesOnGitOps(analysis.proposals, snapshot, (proposal) =>
      proposal.action === 'custom_command' ? undefined : objectOf(proposal),
    ),
    ...fitting.notes,
  );
  const all = [...evidence, ...alsoRead, ...fitting.evidence];
  const { runbooks } = fitting;
  return { diagnosis: { ...analysis, findings, engine, notes, evidence: all, gaps, runbooks }, snapshot };
}

function asKnown({ action, parameters, rationale }: GroundedProposal, index: number): KnownRemedy {
  return { id: remedyId(index), action, parameters, rationale };
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
    ({ name, target, alsoAbout = [] }) =>
      answers[proposal.action].includes(name) && [target, ...alsoAbout].some((one) => isAbout(one, object)),
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

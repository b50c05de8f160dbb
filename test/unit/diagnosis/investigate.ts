/** Investigates a fake cluster the way the product does. */
import assert from 'node:assert/strict';
import type { ActionProposal } from '../../../src/domain/action.ts';
import { analyseBuiltin } from '../../../src/diagnosis/builtin.ts';
import type { ConcreteAnalysis } from '../../../src/diagnosis/analyst.ts';
import { collect } from '../../../src/diagnosis/collect.ts';
import { findFindings } from '../../../src/diagnosis/findings/findings.ts';
import type { Snapshot } from '../../../src/diagnosis/snapshot.ts';
import type { Evidence, Finding } from '../../../src/domain/diagnosis.ts';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import type { Target } from '../../../src/domain/kubernetes.ts';

export const target = (kind = 'Deployment', name = 'checkout'): Target => ({
  context: 'test',
  kind,
  namespace: 'shop',
  name,
});

export const alert = { id: 'P1', title: 'checkout is down' };

export interface Investigated extends ConcreteAnalysis {
  readonly snapshot: Snapshot;
  readonly findings: Finding[];
  readonly evidence: Evidence[];
}

export async function investigate(cluster: Cluster, about = target()): Promise<Investigated> {
  const signal = AbortSignal.timeout(50_000);
  const snapshot = await collect(cluster, about, { signal });
  const { findings, evidence } = findFindings(snapshot);
  const analysis = analyseBuiltin(snapshot, {
    alert,
    target: about,
    findings,
    evidence,
    gaps: snapshot.gaps,
  });
  return { ...analysis, snapshot, findings, evidence };
}

/** The one proposal there is; what it cites exists. */
export function only(result: Investigated): ActionProposal {
  assert.equal(result.proposals.length, 1, JSON.stringify(result.proposals));
  const [proposal] = result.proposals;
  assert.ok(proposal);
  const known = new Set(result.evidence.map(({ id }) => id));
  assert.ok(proposal.evidence.length > 0);
  assert.ok(proposal.evidence.every((id) => known.has(id)));
  return proposal;
}

export const names = ({ findings }: Investigated): string[] => findings.map(({ name }) => name);

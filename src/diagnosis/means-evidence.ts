/** What was read for remedies, as evidence: the nodes, what quotas leave, and which ConfigMaps and Secrets are there. */
import { fieldEvidence, type EvidenceDraft } from './findings/rule.ts';
import { allocatable, takes } from './placement.ts';
import { formatCpu, formatMemory } from './quantity.ts';
import type { Snapshot } from './snapshot.ts';
import type { Machine } from './sources/machines.ts';
import type { Reference } from './sources/references.ts';

/** Nodes that are shown: those that take pods, the largest first. */
const shownNodes = 6;

export function meansEvidence({ means }: Snapshot): EvidenceDraft[] {
  const { machines, limits, references } = means;
  const largest = machines.toSorted(
    (a, b) =>
      Number(takes(b.node, {})) - Number(takes(a.node, {})) ||
      allocatable(b.node, 'cpu') - allocatable(a.node, 'cpu'),
  );
  return [
    ...largest.slice(0, shownNodes).map(nodeEvidence),
    ...limits.quotas.map((quota) =>
      fieldEvidence(
        quota,
        'status',
        `ResourceQuota ${quota.metadata.name}: ${usage(quota['status'])}`,
        quota['status'] ?? {},
      ),
    ),
    ...limits.limitRanges.map((range) =>
      fieldEvidence(range, 'spec.limits', `LimitRange ${range.metadata.name}`, range['spec']?.limits ?? []),
    ),
    ...references.map(referenceEvidence),
  ];
}

function nodeEvidence({ node, free }: Machine): EvidenceDraft {
  const { labels = {}, name } = node.metadata;
  const taints = (node['spec']?.taints ?? []) as { key: string; effect: string }[];
  const amounts = (cpu: number, memory: number): string =>
    `${formatCpu(cpu)} CPUs and ${formatMemory(memory)}`;
  const size = amounts(allocatable(node, 'cpu'), allocatable(node, 'memory'));
  const room = free === undefined ? '' : `, ${amounts(Math.max(0, free.cpu), Math.max(0, free.memory))} free`;
  const words = [
    takes(node, {}) ? 'takes pods' : 'takes only pods that put up with its state and taints',
    ...taints.map(({ key, effect }) => `taint ${key}:${effect}`),
  ];
  return fieldEvidence(node, 'status.allocatable', `Node ${name}: ${size}${room}; ${words.join(', ')}`, {
    labels,
    taints,
    unschedulable: node['spec']?.unschedulable === true,
    allocatable: node['status']?.allocatable,
    free,
  });
}

function usage(status: { hard?: Record<string, string>; used?: Record<string, string> } | undefined): string {
  return Object.entries(status?.hard ?? {})
    .map(([name, hard]) => `${status?.used?.[name] ?? '?'} of ${hard} ${name}`)
    .join(', ');
}

function referenceEvidence({ ref, exists }: Reference): EvidenceDraft {
  const word = exists === undefined ? 'could not be looked up' : exists ? 'exists' : 'does not exist';
  return {
    source: { type: 'object', ref, path: 'metadata' },
    summary: `${ref.kind} ${ref.name} ${word}`,
    detail: word,
  };
}

/** A run as the editor shows it, for tests to vary. */
import type { Incident } from '../../../src/domain/incident.ts';
import type { RunView, StepView } from '../../../src/domain/run.ts';

export const incident: Incident = {
  id: 'Q1ABC',
  number: 7,
  title: 'Checkout pods restart',
  status: 'triggered',
  urgency: 'high',
  service: { id: 'PSVC', name: 'shop' },
  createdAt: '2026-11-22T03:00:00Z',
  updatedAt: '2026-11-22T03:00:00Z',
  url: 'https://acme.pagerduty.com/incidents/Q1ABC',
  assignees: ['Ada'],
  acknowledgedBy: [],
};

export const step: StepView = {
  id: 's1',
  action: 'rollback_deployment',
  parameters: { namespace: 'shop', deployment: 'checkout', revision: 1 },
  argv: ['kubectl', 'rollout', 'undo', 'deployment/checkout', '-n', 'shop'],
  command: 'kubectl rollout undo deployment/checkout -n shop',
  argvHash: 'abc123',
  risk: {
    riskLevel: 'medium',
    commandType: 'rollout undo',
    affectsAll: false,
    forbidden: false,
    rejected: false,
    mutates: true,
    sensitive: false,
    reversible: true,
    reason: 'Changes a workload.',
    targets: [{ kind: 'Deployment', name: 'checkout', namespace: 'shop' }],
    argv: ['kubectl', 'rollout', 'undo', 'deployment/checkout', '-n', 'shop'],
  },
  confidence: 0.86,
  confidenceParts: [{ label: 'claimed', value: 0.9 }],
  decision: { outcome: 'ask', reason: 'Approval mode' },
  rationale: 'The last revision ran',
  evidence: ['e1'],
  verification: { type: 'rollout', target: { kind: 'Deployment', name: 'checkout', namespace: 'shop' } },
  verificationText: 'the rollout is complete',
  undo: {
    argv: ['kubectl', 'rollout', 'undo', 'deployment/checkout', '--to-revision=2', '-n', 'shop'],
    command: 'kubectl rollout undo deployment/checkout --to-revision=2 -n shop',
    summary: 'back to revision 2',
  },
  state: 'awaiting-approval',
};

export const view: RunView = {
  runId: 'run-1',
  incidentId: 'Q1ABC',
  title: 'Checkout pods restart',
  service: 'shop',
  urgency: 'high',
  mode: 'approval',
  context: 'practice',
  phase: 'awaiting approval',
  startedAt: '2026-11-22T03:05:00Z',
  target: { kind: 'Deployment', namespace: 'shop', name: 'checkout', context: 'practice' },
  targetReason: 'label deployment',
  diagnosis: {
    summary: 'The new revision crashes',
    rootCause: 'A wrong value of MODE',
    findings: [
      {
        name: 'CrashLoopBackOff',
        target: { kind: 'Deployment', name: 'checkout', namespace: 'shop' },
        summary: '2 of 2 pods restart',
        evidence: ['e1'],
      },
    ],
    hypotheses: [{ statement: 'The value was mistyped', evidence: [] }],
    engine: 'builtin',
    notes: ['No Anthropic API key is set'],
    evidence: [
      {
        id: 'e1',
        source: {
          type: 'object',
          ref: { kind: 'Pod', name: 'checkout-1', namespace: 'shop' },
          path: 'status',
        },
        summary: 'container app: last exit 1',
        detail: 'exit 1',
      },
    ],
    gaps: [{ what: 'events of shop', reason: 'forbidden' }],
    proposals: [],
  },
  steps: [step],
};

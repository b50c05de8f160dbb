/** What a model leaves to the findings becomes a step like any other, or none. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChoiceName } from '../../../src/domain/action.ts';
import type { RemediationResult } from '../../../src/domain/run.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { remediate } from '../../../src/remediation/engine.ts';
import { runPolicy } from '../../../src/remediation/options.ts';
import { fakeCluster } from '../cluster/fake-cluster.ts';
import { crashing, deployment, pod, revision } from '../cluster/shop.ts';

/** A Deployment whose second revision crashes. */
const broken = () =>
  fakeCluster(
    deployment({ readyReplicas: 0, annotations: { 'deployment.kubernetes.io/revision': '2' } }),
    revision(1, { createdAgo: 86_400, container: { env: [{ name: 'A', value: '1' }] } }),
    revision(2, { replicas: 2, createdAgo: 900 }),
    pod('checkout-hash2-aaaaa', 2, crashing()),
  );

async function planFor(action: ChoiceName): Promise<RemediationResult> {
  const folder = await mkdtemp(join(tmpdir(), 'oncall-choices-'));
  const journal = new Journal({ directory: folder });
  await journal.open();
  try {
    return await remediate({
      run: {
        journal,
        cluster: broken(),
        kubectl: '/nonexistent/kubectl',
        environment: {},
        policy: () => runPolicy({ mode: 'plan', destructiveOperations: true }, 'test'),
        user: 'ada',
        emit: () => undefined,
        signal: new AbortController().signal,
        now: () => new Date(),
        inFlight: { automatic: 0 },
      },
      alert: { id: 'P1', title: 'checkout is down' },
      hints: [
        { namespace: 'shop', kind: 'Deployment', name: 'checkout', source: 'label', trust: 'labelled' },
      ],
      triggeredBy: { type: 'user', name: 'ada' },
      remediate: true,
      claude: {
        engine: 'claude',
        analyse: () =>
          Promise.resolve({
            ...{ summary: 's', rootCause: '', hypotheses: [] },
            proposals: [
              {
                action,
                parameters: { namespace: 'shop', kind: 'Deployment', name: 'checkout' },
                rationale: 'The pods are not well',
                claimedConfidence: 0.9,
                evidence: ['e1'],
              },
            ],
          }),
      },
    });
  } finally {
    await journal.close();
    await rm(folder, { recursive: true, force: true });
  }
}

describe('a remedy that is left to the findings', () => {
  it('is a step with the command, the risk and the undo of the action that they call for', async () => {
    const { plan, diagnosis } = await planFor('fix_pod_issues');
    assert.equal(plan.steps.length, 1);
    const [step] = plan.steps;
    assert.equal(step?.action, 'rollback_deployment');
    assert.equal(step.command, 'kubectl rollout undo deployment/checkout --to-revision=1 -n shop');
    assert.equal(step.risk.riskLevel, 'medium');
    assert.equal(step.finding?.name, 'CrashLoopBackOff');
    assert.equal(step.undo?.command, 'kubectl rollout undo deployment/checkout --to-revision=2 -n shop');
    assert(step.confidence >= 0.8, JSON.stringify(step.confidenceParts));
    assert(diagnosis.notes.some((note) => /^fix_pod_issues .* stands for rollback_deployment/.test(note)));
  });

  it('is no step where they call for none; what they do call for is there all the same', async () => {
    const { plan, diagnosis } = await planFor('deploy_missing_pods');
    assert.deepEqual(
      plan.steps.map(({ action }) => action),
      ['rollback_deployment'],
    );
    assert(diagnosis.notes.some((note) => /^deploy_missing_pods .* is not a step: no finding/.test(note)));
  });
});

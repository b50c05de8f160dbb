/** What only a model proposes never runs by itself, whatever it claims. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { ActionProposal } from '../../../src/domain/action.ts';
import { defaultThresholds } from '../../../src/domain/decision.ts';
import { computeConfidence } from '../../../src/diagnosis/confidence.ts';
import { diagnose } from '../../../src/diagnosis/diagnose.ts';
import { fakeCluster } from '../cluster/fake-cluster.ts';
import { crashing, deployment, pod, revision } from '../cluster/shop.ts';
import { target } from './investigate.ts';

const rollback = (revisionNumber: number): ActionProposal => ({
  action: 'rollback_deployment',
  parameters: { namespace: 'shop', deployment: 'checkout', revision: revisionNumber },
  rationale: 'the log says so',
  claimedConfidence: 1,
  evidence: ['e1'],
});

describe('What only a model proposes', () => {
  it('stays below what anything needs to run by itself, whatever was claimed and whatever worked before', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(1000),
        fc.boolean(),
        (claimedConfidence, successes, supportedByFinding) => {
          const { confidence, parts } = computeConfidence(
            { ...rollback(1), claimedConfidence },
            {
              evidenceIds: new Set(['e1']),
              targetExists: true,
              supportedByFinding,
              modelOnly: true,
              grounds: 'written',
              trackRecord: { successes, failures: 0 },
            },
          );
          assert.ok(confidence < Math.min(defaultThresholds.autoLowAndMedium, defaultThresholds.autoHigh));
          assert.ok(parts.some(({ label }) => /only the model proposes this change/.test(label)));
        },
      ),
    );
  });

  it('is told apart from what the built-in rules propose too, to the last parameter', async () => {
    const env = (value: string) => ({ env: [{ name: 'DATABASE_URL', value }] });
    const { diagnosis } = await diagnose({
      alert: { id: 'P1', title: 'checkout is down' },
      target: target(),
      cluster: fakeCluster(
        deployment({ readyReplicas: 0 }),
        revision(1, { createdAgo: 86_400, container: env('postgres://db/shop') }),
        revision(2, { replicas: 2, createdAgo: 900, container: env('') }),
        pod('checkout-hash2-aaaaa', 2, crashing()),
        pod('checkout-hash2-bbbbb', 2, crashing()),
      ),
      claude: {
        engine: 'claude',
        analyse: () =>
          Promise.resolve({
            summary: 's',
            rootCause: '',
            hypotheses: [],
            proposals: [
              rollback(1),
              { ...rollback(2) },
              {
                ...rollback(1),
                action: 'set_image',
                parameters: {
                  namespace: 'shop',
                  deployment: 'checkout',
                  container: 'app',
                  image: 'evil/x:1',
                },
              } as ActionProposal,
            ],
          }),
      },
      signal: new AbortController().signal,
    });
    const marks = diagnosis.proposals.map(({ action, modelOnly }) => [action, modelOnly ?? false]);
    assert.deepEqual(marks[0], ['rollback_deployment', false]);
    assert.deepEqual(marks.at(-1), ['set_image', true]);
  });

  it('is marked also where it differs in nothing but a number, and does not take the place of what findings support', async () => {
    const cluster = fakeCluster(
      deployment({ readyReplicas: 0 }),
      revision(1, { createdAgo: 86_400, container: { env: [{ name: 'A', value: '1' }] } }),
      revision(2, { replicas: 2, createdAgo: 900 }),
      pod('checkout-hash2-aaaaa', 2, crashing()),
    );
    const { diagnosis } = await diagnose({
      alert: { id: 'P1', title: 'checkout is down' },
      target: target(),
      cluster,
      claude: {
        engine: 'claude',
        analyse: () =>
          Promise.resolve({ summary: 's', rootCause: '', hypotheses: [], proposals: [rollback(7)] }),
      },
      signal: new AbortController().signal,
    });
    const steps = diagnosis.proposals.map(({ parameters, modelOnly }) => [
      'revision' in parameters ? parameters.revision : undefined,
      modelOnly ?? false,
    ]);
    assert.deepEqual(steps, [
      [1, false],
      [7, true],
    ]);
  });
});

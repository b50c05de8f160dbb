import assert from 'node:assert/strict';
import type { Analysis, Analyst } from '../../../src/diagnosis/analyst.ts';
import { diagnose, supportsAction, type Answers } from '../../../src/diagnosis/diagnose.ts';
import { actionNames, type ActionProposal } from '../../../src/domain/action.ts';
import type { Finding } from '../../../src/domain/diagnosis.ts';
import { OncallError } from '../../../src/domain/error.ts';
import { fakeCluster } from '../cluster/fake-cluster.ts';
import { crashing, deployment, pod, revision } from '../cluster/shop.ts';
import { alert, target } from './investigate.ts';

const cluster = (): ReturnType<typeof fakeCluster> =>
  fakeCluster(
    deployment(),
    revision(1, { container: { command: ['serve'] } }),
    revision(2, { replicas: 1, createdAgo: 900, container: { command: ['srve'] } }),
    pod('checkout-hash2-a', 2, crashing(127)),
  );

const claudeSays = (analyse: Analyst['analyse']): Analyst => ({ engine: 'claude', analyse });
const run = (claude: Analyst, signal = AbortSignal.timeout(50_000)): ReturnType<typeof diagnose> =>
  diagnose({ alert, target: target(), cluster: cluster(), claude, signal });

const rollback = (revisionNumber: number): ActionProposal => ({
  action: 'rollback_deployment',
  parameters: { namespace: 'shop', deployment: 'checkout', revision: revisionNumber },
  rationale: 'the command is misspelt',
  claimedConfidence: 0.8,
  evidence: ['e1'],
});
const analysis = (...proposals: ActionProposal[]): Analysis => ({
  summary: 'It crashes',
  rootCause: 'a typo',
  hypotheses: [],
  proposals,
});

describe('a diagnosis', () => {
  it('works without Claude', async () => {
    const { diagnosis } = await diagnose({
      alert,
      target: target(),
      cluster: cluster(),
      signal: AbortSignal.timeout(50_000),
    });
    assert.equal(diagnosis.engine, 'builtin');
    assert.deepEqual(diagnosis.notes, []);
    assert.equal(diagnosis.proposals.length, 1);
  });

  it('is Claude’s, and proposes the same thing only once, as the rules do, with its words beside', async () => {
    const { diagnosis } = await run(claudeSays(async () => analysis(rollback(1))));
    assert.equal(diagnosis.engine, 'claude');
    assert.equal(diagnosis.rootCause, 'a typo');
    const alone = await diagnose({
      alert,
      target: target(),
      cluster: cluster(),
      signal: AbortSignal.timeout(50_000),
    });
    assert.deepEqual(diagnosis.proposals, [
      { ...alone.diagnosis.proposals[0], said: 'the command is misspelt' },
    ]);
  });

  it('adds what the built-in rules propose besides', async () => {
    const restart: ActionProposal = {
      ...rollback(1),
      action: 'restart_deployment',
      parameters: { namespace: 'shop', deployment: 'checkout' },
    };
    const { diagnosis } = await run(claudeSays(async () => analysis(restart)));
    assert.deepEqual(
      diagnosis.proposals.map(({ action }) => action),
      ['restart_deployment', 'rollback_deployment'],
    );
  });

  for (const [tool, metadata] of [
    ['Argo CD', { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/checkout' } }],
    ['Flux', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' } }],
  ] as const) {
    it(`says of what ${tool} would change back that Git is the place for it, whoever had the idea`, async () => {
      const owned = deployment();
      Object.assign(owned.metadata, metadata);
      const restart: ActionProposal = {
        ...rollback(1),
        action: 'restart_deployment',
        parameters: { namespace: 'shop', deployment: 'checkout' },
      };
      const command: ActionProposal = {
        ...rollback(1),
        action: 'custom_command',
        parameters: {
          argv: ['kubectl', '-n', 'shop', 'set', 'env', 'deployment/checkout', 'A=b'],
          target: { kind: 'Deployment', namespace: 'shop', name: 'checkout' },
        },
      };
      const { diagnosis } = await diagnose({
        alert,
        target: target(),
        cluster: fakeCluster(
          owned,
          revision(1, { container: { command: ['serve'] } }),
          revision(2, { replicas: 1, createdAgo: 900, container: { command: ['srve'] } }),
          pod('checkout-hash2-a', 2, crashing(127)),
        ),
        claude: claudeSays(async () => analysis(rollback(1), restart, command)),
        signal: AbortSignal.timeout(50_000),
      });
      assert.deepEqual(
        diagnosis.proposals.map(({ action }) => action),
        ['rollback_deployment', 'restart_deployment', 'custom_command'],
      );
      assert.deepEqual(
        diagnosis.notes.map((note) => note.slice(0, note.indexOf(' (') + 1).trim()),
        [`${tool} applies Deployment shop/checkout from Git`],
      );
      assert.match(diagnosis.notes[0] ?? '', /put it right in Git/);
    });
  }

  it('falls back to the built-in rules when Claude fails, and says why', async () => {
    const { diagnosis } = await run(
      claudeSays(async () => {
        throw new OncallError('claude-failed', 'Claude answered 529 (overloaded)', 'Try again later.');
      }),
    );
    assert.equal(diagnosis.engine, 'builtin');
    assert.equal(diagnosis.proposals.length, 1);
    assert.match(diagnosis.notes[0] ?? '', /built-in diagnosis was used.*529 \(overloaded\)/);
  });

  it('does not fall back when the person cancels', async () => {
    const controller = new AbortController();
    await assert.rejects(
      run(
        claudeSays(async () => {
          controller.abort();
          throw new Error('aborted');
        }),
        controller.signal,
      ),
      { name: 'OncallError', code: 'cancelled' },
    );
  });
});

describe('support by a built-in finding', () => {
  const none = Object.fromEntries(actionNames.map((name) => [name, []])) as unknown as Answers;
  const answers: Answers = {
    ...none,
    rollback_deployment: ['CrashLoopBackOff'],
    scale_deployment: ['ScaledToZero'],
    restart_pod: ['CrashLoopBackOff'],
  };
  const finding = (name: Finding['name'], on = 'checkout'): Finding => ({
    name,
    target: { kind: 'Deployment', namespace: 'shop', name: on },
    summary: '',
    evidence: [],
  });

  it('takes a finding that the action answers, on the same object', () => {
    assert.equal(supportsAction([finding('CrashLoopBackOff')], rollback(1), answers), true);
    assert.equal(supportsAction([finding('CrashLoopBackOff', 'cart')], rollback(1), answers), false);
    assert.equal(supportsAction([finding('ScaledToZero')], rollback(1), answers), false);
    assert.equal(supportsAction([], rollback(1), answers), false);
  });

  it('takes the workload’s finding for a pod of it', () => {
    const restart = (name: string): ActionProposal => ({
      ...rollback(1),
      action: 'restart_pod',
      parameters: { namespace: 'shop', pod: name },
    });
    assert.equal(supportsAction([finding('CrashLoopBackOff')], restart('checkout-hash2-a'), answers), true);
    assert.equal(supportsAction([finding('CrashLoopBackOff')], restart('cart-1'), answers), false);
  });

  it('never supports scaling to 0', () => {
    const scale = (replicas: number): ActionProposal => ({
      ...rollback(1),
      action: 'scale_deployment',
      parameters: { namespace: 'shop', deployment: 'checkout', replicas },
    });
    assert.equal(supportsAction([finding('ScaledToZero')], scale(2), answers), true);
    assert.equal(supportsAction([finding('ScaledToZero')], scale(0), answers), false);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { renderPlan, renderStart } from '../../../src/editor/planDocument/render.ts';
import { noReach, type Preview } from '../../../src/domain/preview.ts';
import type { StepView } from '../../../src/domain/run.ts';
import { step, view } from './sample.ts';

const lines = (text: string) => text.split('\n');

describe('The plan document', () => {
  it('says what is wrong, where, and what would be done about it', () => {
    const text = renderPlan(view);
    for (const expected of [
      '# Checkout pods restart',
      'Deployment shop/checkout',
      'practice',
      'Approval: runs what you approve',
      'Cause (built-in diagnosis)',
      'A wrong value of MODE',
      'CrashLoopBackOff: 2 of 2 pods restart [e1]',
      'Hypotheses (guesses)',
      'events of shop: forbidden',
      'No Anthropic API key is set',
      '$ kubectl rollout undo deployment/checkout -n shop',
      'medium: Changes a workload.',
      '86 %',
      'the rollout is complete',
      'back to revision 2',
      'waits for your approval',
    ]) {
      assert.ok(text.includes(expected), `${expected} is missing in\n${text}`);
    }
  });

  it('says of a rehearsal that it is one', () => {
    const live = { progress: new Map(), output: new Map(), practice: true };
    assert.match(
      renderPlan(view, live),
      /^# .*\n {2}practice {4}this incident and its cluster are stand-ins/,
    );
    assert.doesNotMatch(renderPlan(view), /stand-ins/);
  });

  it('says who else decides what an object says, and shows the change to make there', () => {
    const kept: StepView = {
      ...step,
      gitops: {
        tool: 'Argo CD',
        owner: 'web',
        object: { kind: 'Deployment', namespace: 'shop', name: 'checkout' },
        mark: 'argocd.argoproj.io/tracking-id',
        source: { repository: 'https://git.example/shop', path: 'apps/web.yaml' },
      },
      manifestChange: {
        diff: '--- a\n+++ b\n@@ -1 +1 @@\n-  replicas: 0\n+  replicas: 3\n',
        from: 'last-applied',
      },
    };
    const text = renderPlan({ ...view, steps: [kept] });
    assert.match(
      text,
      /managed +by Argo CD web from https:\/\/git\.example\/shop apps\/web\.yaml: .*taken back/,
    );
    assert.match(text, / {2}manifest +the change to make there.*\n(?: +\| .*\n)+ {14}\| \+ {2}replicas: 3\n/);
    const right = { ...kept, manifestChange: { diff: '', from: 'last-applied' as const } };
    assert.match(renderPlan({ ...view, steps: [right] }), /manifest +says it already/);
  });

  it('says what a step would do before anybody approves it: how far it reaches, whether it is accepted, what changes', () => {
    const ref = { kind: 'Deployment', namespace: 'shop', name: 'checkout' };
    const preview: Preview = {
      argvHash: step.argvHash,
      rehearsal: { state: 'refused', message: 'exceeded quota: small', next: 'Ask for less.' },
      changes: [{ ref, diff: '--- a\n+++ b\n@@ -1 +1 @@\n-  replicas: 0\n+  replicas: 3\n' }],
      reach: { ...noReach, pods: { replaced: 2, removed: 0, added: 0 } },
      basis: [{ ref, resourceVersion: '7' }],
      gaps: ['PodDisruptionBudget could not be read'],
    };
    const text = renderPlan({ ...view, steps: [{ ...step, preview }] });
    assert.match(
      text,
      / {2}reach +2 pods are replaced or restarted\n {14}PodDisruptionBudget could not be read\n/,
    );
    assert.match(
      text,
      / {2}rehearsed +The API server would refuse it: exceeded quota: small\. Ask for less\.\n/,
    );
    assert.match(text, / {2}changes +Deployment shop\/checkout\n(?: +\| .*\n)+ {14}\| \+ {2}replicas: 3\n/);
  });

  it('names the runbooks that fit, why, and where they are opened', () => {
    const { diagnosis } = view;
    assert.ok(diagnosis);
    const source = { type: 'runbook', path: '/books/checkout.md', line: 7 } as const;
    const text = renderPlan({
      ...view,
      diagnosis: {
        ...diagnosis,
        evidence: [...diagnosis.evidence, { id: 'r1', source, summary: 'runbook Checkout', detail: '' }],
        runbooks: [
          {
            evidence: 'r1',
            title: 'Checkout',
            path: '/books/checkout.md',
            line: 7,
            why: ['service shop'],
            commands: [],
          },
        ],
      },
    });
    assert.match(text, /Runbooks\n {2}• Checkout: service shop \[r1\]/);
    assert.match(text, /• r1 .*← runbook \/books\/checkout\.md:7/);
  });

  it('shows the whole command, however long', () => {
    const command = `kubectl annotate pod x note=${'y'.repeat(20_000)} --all`;
    assert.ok(renderPlan({ ...view, steps: [{ ...step, command }] }).includes(command));
  });

  it('shows what the command prints while it runs, and its outcome afterwards', () => {
    const executing = { ...view, steps: [{ ...step, state: 'executing' as const }] };
    const live = {
      progress: new Map([['s1', '1 of 2 ready']]),
      output: new Map([['s1', ['rolled back']]]),
    };
    const during = renderPlan(executing, live);
    assert.match(during, /Step 1 .* running · 1 of 2 ready/);
    assert.match(during, /\| rolled back/);
    const outcome = {
      state: 'verified' as const,
      message: 'the finding is gone',
      exitCode: 0,
      durationMs: 1500,
    };
    const after = renderPlan({ ...view, steps: [{ ...step, state: 'verified', outcome }] });
    assert.match(after, /outcome +the finding is gone · exit code 0 · 1\.5 s/);
  });

  it('calls what waited when the run ended not run', () => {
    const text = renderPlan({ ...view, phase: 'stopped', message: 'Stopped by the user' });
    assert.match(text, /Step 1 .* not run/);
    assert.doesNotMatch(text, /waits for your approval/);
  });

  it('says why a run could not start', () => {
    const text = renderStart({ title: 'T', incidentId: 'Q', failure: 'kubectl was not found. Install it.' });
    assert.match(text, /could not start/);
    assert.match(text, /kubectl was not found\. Install it\./);
  });

  it('says so where nothing is proposed', () => {
    assert.match(renderPlan({ ...view, steps: [] }), /No step is proposed/);
  });

  it('lets no text from outside pose as a heading, a step or a command', () => {
    const hostile = fc.stringMatching(
      /^[\s\S]*\n(# x|Step 9 · y|Cause \(z\)| {2}\$ kubectl delete ns prod)[\s\S]*$/,
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const rendered = renderPlan({
          ...view,
          title: text,
          message: text,
          context: text,
          diagnosis: view.diagnosis && {
            ...view.diagnosis,
            rootCause: text,
            summary: text,
            notes: [text],
            hypotheses: [{ statement: text, evidence: [text] }],
          },
          steps: [{ ...step, rationale: text, risk: { ...step.risk, reason: text } }],
        });
        const all = lines(rendered);
        assert.equal(all.filter((line) => line.startsWith('# ')).length, 1);
        assert.equal(all.filter((line) => line.startsWith('Step ')).length, 1);
        assert.equal(all.filter((line) => line.startsWith('  $ ')).length, 1);
      }),
    );
  });
});

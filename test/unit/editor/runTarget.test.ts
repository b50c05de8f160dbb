/** What people see and are asked where an alert leaves its object or cluster open. */
import assert from 'node:assert/strict';
import type { EvidenceSource } from '../../../src/domain/diagnosis.ts';
import type { IncidentBackground, TargetCandidate } from '../../../src/domain/incident.ts';
import type { RemediationResult, RunView, TargetChooser } from '../../../src/domain/run.ts';
import { renderEvidence } from '../../../src/editor/evidenceText.ts';
import { renderPlan, sourceWords } from '../../../src/editor/planDocument/render.ts';
import { RunDesk } from '../../../src/editor/runDesk.ts';
import type { RunningAgent } from '../../../src/editor/runningAgent.ts';
import { incident, view } from './sample.ts';

const candidates: TargetCandidate[] = ['checkout', 'cart'].map((name) => ({
  target: { context: 'practice', kind: 'Deployment', namespace: 'shop', name },
  reason: `label deployment names Deployment shop/${name}; 0 of 2 pods are ready`,
}));
const nobody: TargetChooser = () => Promise.resolve(undefined);
const background = {} as IncidentBackground;

describe('A run whose object is not clear', () => {
  type Given = Parameters<RunningAgent['handleAlert']>[1];

  /** The desk, and what its agent was given. */
  function deskWith(): { desk: RunDesk; given: Given[] } {
    const given: Given[] = [];
    const agent: RunningAgent = {
      handleAlert: (_, options) => {
        given.push(options);
        return Promise.resolve({ runId: options.runId } as RemediationResult);
      },
      undo: () => Promise.resolve(),
      runViews: () => Promise.resolve([]),
      checkInterrupted: () => Promise.reject(new Error('nothing is looked at')),
      readSource: () => Promise.reject(new Error('nothing is read')),
      journal: { recordsOf: () => Promise.resolve([]) },
    };
    const desk = new RunDesk({
      agent: () => agent,
      alertFor: ({ id, title }) => Promise.resolve({ id, title }),
      view: () => undefined,
      askName: () => Promise.resolve(undefined),
      newRunId: () => `run-${given.length}`,
      chooseTarget: nobody,
      backgroundOf: ({ id }) => (id === incident.id ? background : undefined),
    });
    return { desk, given };
  }

  it('asks the person who started it', async () => {
    const { desk, given } = deskWith();
    await desk.start(incident).done;
    assert.equal(given[0]?.chooseTarget, nobody);
  });

  it('asks nobody where nobody started it: no list opens by itself', async () => {
    const { desk, given } = deskWith();
    await desk.start(incident, { type: 'system', name: 'oncall-agent' }).done;
    assert.equal(given[0]?.chooseTarget, undefined);
  });

  it('is given what is known around its incident, where there is anybody to ask', async () => {
    const { desk, given } = deskWith();
    await desk.start(incident).done;
    await desk.start({ ...incident, id: 'Q2' }).done;
    assert.deepEqual(
      given.map((options) => options.background),
      [background, undefined],
    );
  });

  const { target, diagnosis, ...unclear }: RunView = { ...view, steps: [], phase: 'unresolved', candidates };
  assert.ok(target !== undefined && diagnosis !== undefined);

  it('ends with what it may be about, and why', () => {
    const text = renderPlan(unclear);
    assert.match(
      text,
      /It may be about\n {2}• Deployment shop\/checkout: label deployment names .*0 of 2 pods/,
    );
    assert.match(text, /• Deployment shop\/cart/);
    assert.doesNotMatch(renderPlan({ ...unclear, target }), /It may be about/);
  });

  it('shows its doubt beside the context', () => {
    const text = renderPlan({ ...view, targetDoubt: 'the alert names cluster mars\u202e' });
    assert.match(text, /\n {2}doubt {6,}the alert names cluster mars\\u\{202e\}\n {2}context/);
  });
});

describe('What PagerDuty has on an incident', () => {
  const source: EvidenceSource = {
    type: 'pagerduty',
    what: 'change',
    id: 'C1',
    url: 'https://ci.example/42',
  };

  it('is opened as text, with its address as text', () => {
    const detail = `deploy of checkout\n${source.url}`;
    const evidence = { id: 'e9', source, summary: 'change by ci: deploy', detail };
    const { text } = renderEvidence(evidence, { context: 'prod', at: '2026-11-22T14:05:12.000Z' });
    assert.match(text, /# Seen in: PagerDuty change C1\n/);
    assert.match(text, /\ndeploy of checkout\nhttps:\/\/ci\.example\/42\n/);
  });

  it('is named in the plan', () => {
    assert.equal(sourceWords(source), 'PagerDuty change C1');
  });
});

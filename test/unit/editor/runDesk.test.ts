import assert from 'node:assert/strict';
import { isOncallError } from '../../../src/domain/error.ts';
import type { JournalRecord } from '../../../src/domain/record.ts';
import type { SourceNow } from '../../../src/diagnosis/reopen.ts';
import type { Alert } from '../../../src/domain/incident.ts';
import type {
  ApprovalAnswer,
  Approver,
  RemediationResult,
  RunEvent,
  RunView,
  StepView,
} from '../../../src/domain/run.ts';
import { stopperOf } from '../../../src/domain/run-stop.ts';
import { canUndo, RunDesk } from '../../../src/editor/runDesk.ts';
import type { RunningAgent } from '../../../src/editor/runningAgent.ts';
import type { InterruptionFinding } from '../../../src/remediation/recovery.ts';
import { incident, step, view } from './sample.ts';

/** An agent that asks about the steps it is given, one after another, and keeps the answers. */
class AskingAgent implements RunningAgent {
  readonly journal = { recordsOf: () => Promise.resolve([]) };
  readonly answers: ApprovalAnswer[] = [];
  emit: (event: RunEvent) => void = () => undefined;
  views: readonly RunView[] = [view];
  readonly #steps: readonly StepView[];

  constructor(...steps: StepView[]) {
    this.#steps = steps;
  }

  async handleAlert(
    alert: Alert,
    options: { signal: AbortSignal; approve: Approver; onProgress: (event: RunEvent) => void; runId: string },
  ): Promise<RemediationResult> {
    this.emit = options.onProgress;
    for (const asked of this.#steps) {
      const request = { runId: options.runId, incidentId: alert.id, step: asked };
      this.answers.push(await options.approve(request, options.signal));
    }
    return { runId: options.runId } as RemediationResult;
  }

  undo(): Promise<void> {
    return Promise.resolve();
  }

  runViews() {
    return Promise.resolve(this.views);
  }

  checkInterrupted(runId: string, stepId: string): Promise<InterruptionFinding> {
    const check = { result: 'took-effect', message: `${stepId} is there` } as const;
    const interruption = { ...check, time: '2026-11-22T12:00:00Z', by: 'ada' };
    this.views = this.views.map((one) =>
      one.runId === runId ? { ...one, steps: one.steps.map((each) => ({ ...each, interruption })) } : one,
    );
    return Promise.resolve(check);
  }

  readSource(context: string): Promise<SourceNow> {
    return Promise.resolve({ type: 'logs', text: `read in ${context}` });
  }
}

function deskFor(
  agent: RunningAgent,
  askName: () => Promise<string | undefined> = () => Promise.resolve(undefined),
) {
  let runs = 0;
  return new RunDesk({
    agent: () => agent,
    alertFor: ({ id, title }) => Promise.resolve({ id, title }),
    view: () => undefined,
    askName,
    newRunId: () => `run-${++runs}`,
  });
}

/** Waits until something is asked that `fits`. */
function asked(desk: RunDesk, fits: (stepId: string) => boolean = () => true): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!desk.asked().some((request) => fits(request.step.id))) return;
      changes.dispose();
      resolve();
    };
    const changes = desk.onDidChange(look);
    look();
  });
}

const mismatch = (error: unknown) => isOncallError(error) && error.code === 'approval-mismatch';
const approve = { type: 'approve', argvHash: 'abc123' } as const;
const forbidden: StepView = {
  ...step,
  risk: { ...step.risk, riskLevel: 'high', forbidden: true },
  decision: { outcome: 'ask', reason: 'forbidden', typeToConfirm: 'shop' },
};

describe('Approving a step', () => {
  it('runs what was approved', async () => {
    const agent = new AskingAgent(step);
    const desk = deskFor(agent);
    const { runId, done } = desk.start(incident);
    await asked(desk);
    await desk.answer(runId, 's1', approve);
    await done;
    assert.deepEqual(agent.answers, [approve]);
  });

  it('is refused for a command that is no longer the one that was seen', async () => {
    const agent = new AskingAgent(step);
    const desk = deskFor(agent);
    const { runId } = desk.start(incident);
    await asked(desk);
    await assert.rejects(desk.answer(runId, 's1', { type: 'approve', argvHash: 'other' }), mismatch);
    await assert.rejects(desk.answer(runId, 's1', { type: 'approve', argvHash: '' }), mismatch);
    assert.deepEqual(agent.answers, []);
    assert.equal(desk.asked().length, 1);
  });

  it('is refused for another step, another run, and when nothing is asked', async () => {
    const agent = new AskingAgent(step);
    const desk = deskFor(agent);
    const { runId, done } = desk.start(incident);
    await asked(desk);
    await assert.rejects(desk.answer(runId, 's2', approve), mismatch);
    await assert.rejects(desk.answer('run-9', 's1', approve), mismatch);
    await desk.answer(runId, 's1', { type: 'skip' });
    await done;
    await assert.rejects(desk.answer(runId, 's1', approve), mismatch);
  });

  it('counts once, however often the button is pressed', async () => {
    const second = { ...step, id: 's2' };
    const agent = new AskingAgent(step, second);
    const desk = deskFor(agent);
    const { runId } = desk.start(incident);
    await asked(desk);
    await desk.answer(runId, 's1', approve);
    await assert.rejects(desk.answer(runId, 's1', approve), mismatch);
    await asked(desk, (id) => id === 's2');
    assert.equal(agent.answers.length, 1);
  });

  it('of a forbidden command takes the name of its object', async () => {
    const typed: (string | undefined)[] = [undefined, 'shopp', 'shop'];
    const agent = new AskingAgent(forbidden);
    const desk = deskFor(agent, () => Promise.resolve(typed.shift()));
    const { runId, done } = desk.start(incident);
    await asked(desk);
    await desk.answer(runId, 's1', approve);
    assert.equal(agent.answers.length, 0, 'giving up runs nothing');
    await assert.rejects(desk.answer(runId, 's1', approve), mismatch);
    assert.equal(agent.answers.length, 0, 'a wrong name runs nothing');
    await desk.answer(runId, 's1', approve);
    await done;
    assert.deepEqual(agent.answers, [{ ...approve, typedName: 'shop' }]);
  });

  it('does not hold for a question that changed while the name was typed', async () => {
    const agent = new AskingAgent(forbidden, { ...forbidden, id: 's2', argvHash: 'other' });
    const name = Promise.withResolvers<string>();
    const desk = deskFor(agent, () => name.promise);
    const { runId } = desk.start(incident);
    await asked(desk);
    const late = desk.answer(runId, 's1', approve);
    await desk.answer(runId, 's1', { type: 'skip' });
    await asked(desk, (id) => id === 's2');
    name.resolve('shop');
    await assert.rejects(late, mismatch);
    assert.deepEqual(agent.answers, [{ type: 'skip' }]);
  });
});

describe('A run', () => {
  it('is not started twice for one incident', async () => {
    const desk = deskFor(new AskingAgent(step));
    const first = desk.start(incident);
    await asked(desk);
    assert.equal(desk.start(incident).runId, first.runId);
    assert.deepEqual(desk.liveRuns(), [first.runId]);
  });

  it('ends when it is stopped', async () => {
    const agent = new AskingAgent(step);
    const desk = deskFor(agent);
    const { runId, done } = desk.start(incident);
    await asked(desk);
    desk.stop(runId);
    await done;
    assert.deepEqual(agent.answers, [{ type: 'stop' }]);
    assert.equal(desk.isLive(runId), false);
    assert.deepEqual(desk.asked(), []);
  });

  it('that could not start says why', async () => {
    const agent = new AskingAgent();
    agent.handleAlert = () => Promise.reject(new Error('no kubectl'));
    const desk = deskFor(agent);
    const { runId, done } = desk.start(incident);
    await assert.rejects(done, /no kubectl/);
    assert.equal(desk.startOf(runId)?.failure, 'no kubectl');
    assert.equal(desk.isLive(runId), false);
  });

  it('that could not go on says why, and not that the window was closed', async () => {
    const agent = new AskingAgent();
    agent.handleAlert = (_alert, { onProgress, runId }) => {
      const record = {
        type: 'RunStarted',
        runId,
        time: '2026-11-22T12:00:00Z',
        actor: { type: 'user', name: 'ada' },
      };
      onProgress({ type: 'record', record: record as unknown as JournalRecord });
      return Promise.reject(new Error('The disk is full'));
    };
    const desk = new RunDesk({
      agent: () => agent,
      alertFor: ({ id, title }) => Promise.resolve({ id, title }),
      // Without a record of its end, a run whose process is gone.
      view: (_records, runId, live) =>
        live ? { ...view, runId } : { ...view, runId, phase: 'stopped', message: 'the window was closed' },
      askName: () => Promise.resolve(undefined),
      newRunId: () => 'run-1',
    });
    const { runId, done } = desk.start(incident);
    await assert.rejects(done);
    assert.equal(desk.view(runId)?.message, 'The disk is full');
    assert.equal(desk.view(runId)?.phase, 'unresolved');
  });

  for (const [what, end, by] of [
    ['stopped by a person', (desk: RunDesk, runId: string) => desk.stop(runId), 'person'],
    [
      'ended with practice',
      (desk: RunDesk, _: string, agent: RunningAgent) => desk.stopAll(agent),
      'practice',
    ],
    ['left by its window', (desk: RunDesk) => desk.dispose(), 'window'],
  ] as const)
    it(`that is ${what} is told so`, async () => {
      const agent = new AskingAgent(step);
      const handled = agent.handleAlert.bind(agent);
      let signal: AbortSignal | undefined;
      agent.handleAlert = (alert, options) => {
        signal = options.signal;
        return handled(alert, options);
      };
      const desk = deskFor(agent);
      const { runId, done } = desk.start(incident);
      await asked(desk);
      end(desk, runId, agent);
      await done.catch(() => undefined);
      assert(signal !== undefined);
      assert.equal(stopperOf(signal), by);
    });

  it('of an earlier window that was interrupted marks its incident, until there is another one', async () => {
    const desk = deskFor(new AskingAgent(step));
    const changed: string[] = [];
    desk.onDidChange((runId) => changed.push(desk.startOf(runId)?.incidentId ?? ''));
    const left: RunView = { ...view, runId: 'old', incidentId: incident.id, phase: 'interrupted' };
    desk.recall([left]);
    assert.deepEqual(changed, [incident.id]);
    assert.equal(desk.latestFor(incident.id), 'old');
    assert.equal(desk.view('old'), left);
    const { runId } = desk.start(incident);
    assert.equal(desk.latestFor(incident.id), runId);
  });

  it('shows what it reports, the newest words of each step', async () => {
    const agent = new AskingAgent(step);
    const desk = deskFor(agent);
    const { runId } = desk.start(incident);
    await asked(desk);
    agent.emit({ type: 'progress', runId, stepId: 's1', message: '1 of 2' });
    agent.emit({ type: 'progress', runId, stepId: 's1', message: '2 of 2' });
    agent.emit({ type: 'output', runId, stepId: 's1', stream: 'stdout', line: 'hello' });
    assert.equal(desk.live(runId).progress.get('s1'), '2 of 2');
    assert.deepEqual(desk.live(runId).output.get('s1'), ['hello']);
  });

  it('does not show what one command printed beside another', async () => {
    const agent = new AskingAgent(step);
    const desk = deskFor(agent);
    const { runId } = desk.start(incident);
    await asked(desk);
    agent.emit({ type: 'output', runId, stepId: 's1', stream: 'stdout', line: 'updated (server dry run)' });
    const replaced = {
      type: 'StepReplaced',
      runId,
      data: { step, why: 'edited' },
    } as unknown as JournalRecord;
    agent.emit({ type: 'record', record: replaced });
    assert.equal(desk.live(runId).output.get('s1'), undefined);
  });

  it('of practice is stopped with practice, others are not', async () => {
    const practice = new AskingAgent(step);
    const real = new AskingAgent(step);
    let agent: RunningAgent = practice;
    let runs = 0;
    const desk = new RunDesk({
      agent: () => agent,
      alertFor: ({ id, title }) => Promise.resolve({ id, title }),
      view: () => undefined,
      askName: () => Promise.resolve(undefined),
      newRunId: () => `run-${++runs}`,
    });
    const rehearsed = desk.start(incident);
    await asked(desk);
    agent = real;
    const other = desk.start({ ...incident, id: 'Q2' });
    desk.stopAll(practice);
    await rehearsed.done;
    assert.deepEqual(desk.liveRuns(), [other.runId]);
  });

  it('shows what a look at the cluster told of an interrupted step, and tells whoever watches', async () => {
    const desk = deskFor(new AskingAgent());
    const changed: string[] = [];
    desk.onDidChange((runId) => changed.push(runId));
    const found = await desk.checkInterrupted(view.runId, 's1', new AbortController().signal);
    assert.equal(found.result, 'took-effect');
    assert.equal(desk.view(view.runId)?.steps[0]?.interruption?.by, 'ada');
    assert.deepEqual(changed, [view.runId]);
  });

  it('offers undo once it is over, for what can be taken back and was not', () => {
    const done: StepView = { ...step, state: 'verified' };
    const over = { ...view, phase: 'unresolved' as const, steps: [done] };
    assert.equal(canUndo(over, done), true);
    assert.equal(canUndo({ ...over, phase: 'verifying' }, done), false);
    assert.equal(canUndo(over, { ...done, state: 'skipped' }), false);
    const { undo, ...withoutUndo } = done;
    assert.ok(undo);
    assert.equal(canUndo(over, withoutUndo), false);
    const undone: StepView = { ...done, id: 'u1', undoes: 's1' };
    assert.equal(canUndo({ ...over, steps: [done, undone] }, done), false);
  });
});

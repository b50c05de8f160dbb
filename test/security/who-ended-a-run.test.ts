/** A run that does not come to its own end: the record says who or what ended it, and claims nothing that nobody saw. */
import assert from 'node:assert/strict';
import { OncallError } from '../../src/domain/error.ts';
import type { JournalRecord, RecordType } from '../../src/domain/record.ts';
import type { RunEvent, RunView } from '../../src/domain/run.ts';
import { RunStop, type RunStopper } from '../../src/domain/run-stop.ts';
import { auditEntries } from '../../src/journal/audit.ts';
import { interruptedRuns } from '../../src/journal/interrupted.ts';
import { Journal } from '../../src/journal/journal.ts';
import { incidentReport } from '../../src/journal/report.ts';
import { runViews } from '../../src/journal/runs.ts';
import type { RunContext } from '../../src/remediation/step-runner.ts';
import { payments, type Payments, type PaymentsOptions } from './payments.ts';

const approveAll: RunContext['approve'] = ({ step }) =>
  Promise.resolve({ type: 'approve', argvHash: step.argvHash });
/** kubectl has done its work and does not end. */
const lingers = 'setInterval(() => {}, 1000);';

describe('A run that is broken off', () => {
  let ground: Payments;
  let journal: Journal;
  afterEach(async () => {
    await journal.close();
    await ground.close();
  });
  const begin = async (options: PaymentsOptions = {}) => {
    ground = await payments(options);
    journal = new Journal({ directory: ground.journalDirectory });
    await journal.open();
  };

  /** Runs, and aborts as soon as something is heard of the run. */
  const brokenOff = async (
    by: RunStopper | undefined,
    when: (event: RunEvent) => boolean,
    more: Partial<RunContext> = {},
  ) => {
    const controller = new AbortController();
    const result = await ground.run(journal, {
      approve: approveAll,
      signal: controller.signal,
      ...more,
      emit: (event) => {
        if (when(event)) controller.abort(by === undefined ? undefined : new RunStop(by));
      },
    });
    const records = await journal.records();
    const [view] = runViews(records, { liveRuns: new Set() });
    assert(view !== undefined);
    return { result, records, view };
  };
  const whileItRuns = (event: RunEvent) => event.type === 'output';
  const written = (type: RecordType) => (event: RunEvent) =>
    event.type === 'record' && event.record.type === type;

  const typesOf = (records: readonly JournalRecord[]) => records.map(({ type }) => type);
  const told = (records: readonly JournalRecord[], view: RunView) =>
    JSON.stringify([records, view, auditEntries(records), incidentReport(records, 'P1')?.timeline]);
  const interrupted = () => interruptedRuns(journal, 3600, new Set(), new Date());

  for (const by of ['window', 'caller'] as const)
    it(`by the ${by} while kubectl runs: its outcome is unknown, and that is told at the next start`, async () => {
      await begin({ afterwards: lingers });
      const { result, records, view } = await brokenOff(by === 'caller' ? undefined : by, whileItRuns);
      assert.equal(result.status, 'stopped');
      assert.equal(ground.started(), true);
      for (const claim of ['ExecutionFinished', 'VerificationFinished', 'RunEnded'] as const)
        assert.ok(!typesOf(records).includes(claim), claim);
      assert.equal(view.phase, 'interrupted');
      assert.equal(view.steps[0]?.state, 'interrupted');
      assert.match(view.steps[0]?.outcome?.message ?? '', /its outcome is unknown/);
      assert.match(
        view.message ?? '',
        by === 'window' ? /the window was closed or reloaded/ : /called it off/,
      );
      assert.doesNotMatch(told(records, view), /user stopped|stopped by/i);
      assert.deepEqual(
        (await interrupted()).map(({ runId }) => runId),
        [view.runId],
      );
      const history = await journal.history();
      assert.deepEqual(history.breakerEvents, []);
      assert.deepEqual([...history.judgedSteps()], []);
      assert.deepEqual(history.stepsInFlight(new Date(), 3600), []);
    });

  it('by the window while what was done is verified: it says so, and that is told at the next start', async () => {
    await begin({ heals: false });
    const { records, view } = await brokenOff('window', written('VerificationStarted'));
    assert.ok(!typesOf(records).includes('VerificationFinished'));
    assert.ok(!typesOf(records).includes('RunEnded'));
    assert.equal(view.phase, 'interrupted');
    assert.match(
      view.steps[0]?.outcome?.message ?? '',
      /^Interrupted while it was being verified \(the window was closed or reloaded\)/,
    );
    assert.equal((await interrupted()).length, 1);
    const history = await journal.history();
    assert.deepEqual(history.breakerEvents, []);
    assert.deepEqual([...history.judgedSteps()], []);
  });

  it('by the window after kubectl had ended by itself: its exit code is recorded', async () => {
    await begin({ heals: false });
    const { records, view } = await brokenOff('window', written('ExecutionFinished'));
    const finished = records.find(({ type }) => type === 'ExecutionFinished');
    assert(finished?.type === 'ExecutionFinished');
    assert.deepEqual([finished.data.exitCode, finished.data.error], [0, undefined]);
    assert.equal(view.steps[0]?.state, 'interrupted');
  });

  it('by the window while it is looked what a command did that ended with an error: that stays unknown, and is told', async () => {
    await begin({ heals: false, afterwards: 'process.exitCode = 1;' });
    const { records, view } = await brokenOff(
      'window',
      (event) => event.type === 'progress' && /Looking at the cluster/.test(event.message),
    );
    assert.ok(!typesOf(records).includes('RunEnded'));
    assert.equal(view.phase, 'interrupted');
    assert.equal(view.steps[0]?.state, 'not-seen');
    assert.deepEqual(
      (await interrupted()).map(({ runId }) => runId),
      [view.runId],
    );
    assert.deepEqual((await journal.history()).breakerEvents, []);
  });

  it('by the window while a step waits for approval: the step was not run, and nothing was interrupted', async () => {
    await begin();
    const { view } = await brokenOff('window', written('ApprovalRequested'), {
      approve: (_request, signal) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () =>
            reject(new OncallError('cancelled', 'Run 1 was stopped', 'Start it again.')),
          ),
        ),
    });
    assert.equal(ground.started(), false);
    assert.equal(view.phase, 'stopped');
    assert.equal(view.steps[0]?.state, 'skipped');
    assert.match(view.message ?? '', /the window was closed or reloaded/);
    assert.deepEqual(await interrupted(), []);
  });

  it('by the window while it investigates: it ended, and nothing was run', async () => {
    await begin();
    const { records, view } = await brokenOff('window', written('TargetResolved'));
    assert.equal(ground.started(), false);
    assert.equal(view.phase, 'stopped');
    const end = records.at(-1);
    assert(end?.type === 'RunEnded');
    assert.equal(end.data.by, 'window');
    assert.deepEqual(await interrupted(), []);
  });

  it('by a person while kubectl runs: the record names the person, and does not say that the step failed', async () => {
    await begin({ afterwards: lingers });
    const { result, records, view } = await brokenOff('person', whileItRuns);
    assert.equal(result.status, 'stopped');
    const end = records.at(-1);
    assert(end?.type === 'RunEnded');
    assert.deepEqual([end.data.by, end.actor], ['person', { type: 'user', name: 'ada' }]);
    assert.equal(view.message, 'Stopped by ada');
    assert.equal(view.steps[0]?.state, 'interrupted');
    assert.match(view.steps[0]?.outcome?.message ?? '', /^Stopped by ada while the command was running/);
    assert.equal(incidentReport(records, 'P1')?.timeline.at(-1)?.text, 'run ended, stopped by ada');
    // Who stopped it knows.
    assert.deepEqual(await interrupted(), []);
  });

  it('by a person while what was done is verified: the step is told as not seen, with the name', async () => {
    await begin({ heals: false });
    const { view } = await brokenOff('person', written('VerificationStarted'));
    assert.match(
      view.steps[0]?.outcome?.message ?? '',
      /^Stopped by ada while it was being verified: the command succeeded, but it was not seen whether/,
    );
  });

  it('by a person who answers with Stop: the record names the person', async () => {
    await begin();
    const { view } = await brokenOff('person', () => false, {
      approve: () => Promise.resolve({ type: 'stop' }),
    });
    assert.equal(view.message, 'Stopped by ada');
    assert.equal(ground.started(), false);
  });

  it('by an error: the record says which, and not that somebody stopped it', async () => {
    await begin();
    const broken = new OncallError('approval-mismatch', 'Something broke', 'Mend it.');
    const { result, records } = await brokenOff(undefined, () => false, {
      approve: () => Promise.reject(broken),
    });
    assert.equal(result.status, 'unresolved');
    const end = records.at(-1);
    assert(end?.type === 'RunEnded');
    assert.deepEqual([end.data.by, end.data.message], ['error', broken.explanation]);
  });

  it('by the window: whoever dies before a word of it is written is told in the same way', async () => {
    await begin({ afterwards: lingers });
    const { records } = await brokenOff('window', whileItRuns);
    for (const last of typesOf(records).keys()) {
      const [view] = runViews(records.slice(0, last + 1), { liveRuns: new Set() });
      const begun = typesOf(records.slice(0, last + 1)).includes('ExecutionStarted');
      assert.equal(view?.phase, begun ? 'interrupted' : 'stopped');
      assert.equal(
        view.steps.some(({ state }) => state === 'interrupted'),
        begun,
      );
      assert.doesNotMatch(JSON.stringify(view), /stopped by|waiting/i);
      assert.ok(!view.steps.some(({ state }) => state === 'failed' || state === 'awaiting-approval'));
    }
  });
});

/** A process that remediates is killed at every point of its run; another one comes after it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { OncallAgent } from '../../src/agent.ts';
import { lockName } from '../../src/cluster/names.ts';
import type { RecordType } from '../../src/domain/record.ts';
import { verifyJournal } from '../../src/journal/chain.ts';
import { journalFiles } from '../../src/journal/files.ts';
import { journalLines, readRecords } from '../../src/journal/lines.ts';
import { handleUntil, startGround, type Ground, type Incident } from './ground.ts';
import type { Death } from './victim.ts';

/** What a run in YOLO mode writes, in this order: each is a point at which it may die. */
const whole: readonly RecordType[] = [
  'RunStarted',
  'TargetResolved',
  'Diagnosed',
  'Planned',
  'Previewed',
  'ChangeAnnounced',
  'ExecutionStarted',
  'ExecutionFinished',
  'VerificationStarted',
  'VerificationFinished',
  'RunEnded',
];

const once = (type: RecordType): Death => ({ when: 'written', write: whole.indexOf(type) + 1 });
const amid = (type: RecordType): Death => ({ when: 'writing', write: whole.indexOf(type) + 1 });

/** What the next process must find. */
interface Expected {
  /** How many changes the dead run made to the cluster. */
  readonly changes: 0 | 1;
  readonly phase: 'stopped' | 'interrupted' | 'resolved';
  readonly step?: 'pending' | 'interrupted' | 'verified';
  /** What a look at the cluster tells of the interrupted step. */
  readonly check?: 'took-effect' | 'no-effect';
}

const nothingDone: Expected = { changes: 0, phase: 'stopped', step: 'pending' };
const done: Expected = { changes: 1, phase: 'interrupted', step: 'interrupted', check: 'took-effect' };

const cases: readonly (readonly [says: string, death: Death, expected: Expected])[] = [
  ['the run was begun', once('RunStarted'), { changes: 0, phase: 'stopped' }],
  ['the target was found', once('TargetResolved'), { changes: 0, phase: 'stopped' }],
  ['the cause was found', once('Diagnosed'), { changes: 0, phase: 'stopped' }],
  ['the plan was made', once('Planned'), nothingDone],
  ['the preview was kept', once('Previewed'), nothingDone],
  ['the change was announced', once('ChangeAnnounced'), nothingDone],
  ['half of the start was written', amid('ExecutionStarted'), nothingDone],
  [
    'the start was written',
    once('ExecutionStarted'),
    { changes: 0, phase: 'interrupted', step: 'interrupted', check: 'no-effect' },
  ],
  ['the command had done its work', { when: 'command-speaks' }, done],
  ['half of the end of the command was written', amid('ExecutionFinished'), done],
  ['the end of the command was written', once('ExecutionFinished'), done],
  ['the verification was begun', once('VerificationStarted'), done],
  ['half of the verification was written', amid('VerificationFinished'), done],
  [
    'the verification was written',
    once('VerificationFinished'),
    { changes: 1, phase: 'stopped', step: 'verified' },
  ],
  ['half of the end was written', amid('RunEnded'), { changes: 1, phase: 'stopped', step: 'verified' }],
  ['the end was written', once('RunEnded'), { changes: 1, phase: 'resolved', step: 'verified' }],
];

/** Runs that go on side by side. */
const atOnce = 3;

describe('A run that is killed', function () {
  this.timeout(180_000);
  let ground: Ground;
  const incidents = new Map<string, Incident>();
  /** Each dies in its turn, while the tests look at those that are dead already. */
  const deaths = new Map<string, ReturnType<typeof handleUntil>>();

  before(async () => {
    ground = await startGround('bad-rollout');
    const broken = await Promise.all(cases.map((_, index) => ground.incident(`crash-${index}`)));
    cases.forEach(([says], index) => incidents.set(says, broken[index] as Incident));
    const lanes: Promise<unknown>[] = Array.from({ length: atOnce }, () => Promise.resolve());
    cases.forEach(([says, death], index) => {
      const lane = index % atOnce;
      const dying = (lanes[lane] as Promise<unknown>)
        .catch(() => undefined)
        .then(() => handleUntil(incidents.get(says) as Incident, death));
      // What goes wrong is told by the test that waits for it.
      dying.catch(() => undefined);
      lanes[lane] = dying;
      deaths.set(says, dying);
    });
  });
  after(async () => {
    await Promise.allSettled(deaths.values());
    await ground.close();
  });

  for (const [says, death, expected] of cases) {
    it(`when ${says}: leaves a journal that holds, tells honestly what it was at, and nothing is done twice`, async () => {
      const incident = incidents.get(says) as Incident;
      const end = await deaths.get(says);
      assert.equal(end?.died, true, `it went on: ${end?.said}`);
      assert.equal(incident.changes().length, expected.changes);
      assert.equal(await incident.starts(), expected.changes);

      const directory = incident.options.journalDirectory as string;
      const { files, intact } = await verifyJournal(directory);
      assert.equal(intact, true);
      assert.deepEqual(
        files.map(({ tornLastLine }) => tornLastLine),
        [death.when === 'writing'],
      );
      const { records } = await readRecords(directory);
      assert.deepEqual(
        records.map(({ type }) => type),
        whole.slice(0, records.length),
      );

      // A command may outlive its process by its time limit: here it is known to have ended.
      const next = new OncallAgent({ ...incident.options, commandTimeoutSeconds: 0.001 });
      try {
        await next.connect();
        const [run, ...others] = await next.runViews();
        assert.deepEqual(others, []);
        assert.equal(run?.phase, expected.phase);
        assert.equal(run?.steps[0]?.state, expected.step);
        assert.equal((await next.auditLog()).length, expected.step === undefined ? 0 : 1);
        assert.deepEqual(await next.incidentsTakenAutomatically(), new Set([incident.alert.id]));

        const { runId } = run;
        const interrupted = async () => (await next.interruptedRuns()).map((one) => one.runId);
        assert.deepEqual(await interrupted(), expected.check === undefined ? [] : [runId]);
        if (expected.check === undefined) {
          await assert.rejects(next.checkInterrupted(runId, 's1'), { code: 'run-unknown' });
        } else {
          const { result, message } = await next.checkInterrupted(runId, 's1');
          assert.equal(result, expected.check, message);
          const [checked] = await next.auditLog();
          assert.equal(checked?.outcome, 'interrupted');
          assert.equal(checked.interruption?.result, expected.check);
          // Nobody has to be told any more.
          assert.deepEqual(await interrupted(), []);
        }
        assert.equal(incident.changes().length, expected.changes, 'looking changed something');
        assert.equal((await verifyJournal(directory)).intact, true);
      } finally {
        await next.dispose();
      }
    });
  }

  it('leaves its lock behind: nobody gets past it until it has expired, not even a person', async () => {
    const incident = incidents.get('the start was written') as Incident;
    await deaths.get('the start was written');
    const next = new OncallAgent(incident.options);
    const said: string[] = [];
    const asked: string[] = [];
    try {
      const { status } = await next.handleAlert(incident.alert, {
        onProgress: (event) => {
          if (event.type === 'progress') said.push(event.message);
        },
        approve: async ({ step: { argvHash, decision } }) => {
          asked.push(decision.reason);
          if (asked.length === 2) {
            assert.equal(incident.changes().length, 0);
            await ground.expire(incident.namespace, lockName(incident.alert.id));
          }
          return { type: 'approve', argvHash, by: 'ada' };
        },
      });
      assert.equal(status, 'resolved');
      // Once it is free, the approval is asked anew for what the dead run may have done.
      assert.equal(asked.length, 3);
      assert.match(
        asked[2] ?? '',
        /^Another run has been changing deployment \S+\/cart since .*: look again\.$/i,
      );
      assert.match(said.join('\n'), /Not started: another window of ada\b/);
      assert.equal(incident.changes().length, 1);
    } finally {
      await next.dispose();
    }
  });
});

/** At which point the window ends, and what the next one must find. */
const ends: readonly (readonly [at: RecordType | 'command-speaks', expected: Expected])[] = [
  ['Diagnosed', { changes: 0, phase: 'stopped' }],
  ['Planned', nothingDone],
  ['command-speaks', done],
  ['ExecutionFinished', done],
  ['VerificationStarted', done],
];

describe('A run whose window is closed or reloaded', function () {
  this.timeout(180_000);
  let ground: Ground;
  before(async () => {
    ground = await startGround('bad-rollout');
  });
  after(() => ground.close());

  for (const killed of [false, true])
    for (const [at, expected] of ends)
      it(`at ${at}${killed ? ', by an editor that does not wait' : ''}: nothing says that somebody stopped it or that a step failed, and the cluster is looked at afterwards`, async () => {
        const incident = await ground.incident(`ends-${at.toLowerCase()}-${killed ? 'killed' : 'waited'}`);
        const { died, said } = await handleUntil(incident, { when: 'window-ends', at, killed });
        assert.equal(died, killed, said);
        assert.equal(incident.changes().length, expected.changes);

        const { records } = await readRecords(incident.options.journalDirectory as string);
        assert.doesNotMatch(JSON.stringify(records), /[Ss]topped by|Cancelled/);
        assert.ok(!records.some(({ type }) => type === 'VerificationFinished'));
        if (!killed) {
          const last = records.at(-1);
          assert(last?.type === 'RunEnded' || last?.type === 'RunInterrupted', last?.type);
          assert.equal(last.type, expected.check === undefined ? 'RunEnded' : 'RunInterrupted');
          assert.equal(last.data.by, 'window');
        }

        const next = new OncallAgent({ ...incident.options, commandTimeoutSeconds: 0.001 });
        try {
          await next.connect();
          const [run] = await next.runViews();
          assert.equal(run?.phase, expected.phase);
          assert.equal(run?.steps[0]?.state, expected.step);
          assert.equal(next.circuitBreaker().consecutiveFailures, 0);
          const interrupted = (await next.interruptedRuns()).map(({ runId }) => runId);
          assert.deepEqual(interrupted, expected.check === undefined ? [] : [run?.runId]);
          if (expected.check === undefined) return;
          const { result, message } = await next.checkInterrupted(run.runId, 's1');
          assert.equal(result, expected.check, message);
        } finally {
          await next.dispose();
        }
      });
});

describe('A journal that cannot be written', function () {
  this.timeout(180_000);
  let ground: Ground;
  before(async () => {
    ground = await startGround('bad-rollout');
  });
  after(() => ground.close());

  it('on a full disk lets nothing be executed: kubectl is never started', async () => {
    const [whole, incident] = await Promise.all([ground.incident('whole'), ground.incident('full')]);
    await handleUntil(whole, { when: 'never' });
    const directory = whole.options.journalDirectory as string;
    const [file = ''] = await journalFiles(directory);
    const { lines } = await journalLines(directory, file);
    const planned = lines.findIndex((line) => line.includes('"type":"ExecutionStarted"'));
    const bytes = Buffer.byteLength(lines.slice(0, planned).join('\n'));

    // Room for all up to the plan, and not for what announces the command.
    const blocks = Math.ceil((bytes + 1) / 512);
    assert.deepEqual(await handleUntil(incident, { when: 'never' }, blocks), {
      died: false,
      said: 'journal-unwritable',
    });
    assert.equal(await incident.starts(), 0);
    assert.deepEqual(incident.changes(), []);
    const { files, intact } = await verifyJournal(incident.options.journalDirectory as string);
    assert.equal(intact, true);
    assert.deepEqual(
      files.map(({ tornLastLine }) => tornLastLine),
      [false],
    );
  });

  it('in the place of a folder that is none lets no run begin', async () => {
    const incident = await ground.incident('no-folder');
    const journalDirectory = join(incident.options.kubeconfig as string, 'journal');
    const blocked: Incident = { ...incident, options: { ...incident.options, journalDirectory } };
    assert.deepEqual(await handleUntil(blocked, { when: 'never' }), {
      died: false,
      said: 'journal-unwritable',
    });
    assert.equal(await incident.starts(), 0);
  });
});

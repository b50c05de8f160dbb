/** Somebody takes the journal away from under a running window: a cleanup job, a colleague, a share that is unmounted. */
import assert from 'node:assert/strict';
import { mkdir, readdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OncallAgent } from '../../src/agent.ts';
import { defaultBreakerSettings } from '../../src/domain/decision.ts';
import type { NewRecord } from '../../src/domain/record.ts';
import { interlockBeside } from '../../src/journal/interlock.ts';
import { Journal } from '../../src/journal/journal.ts';
import { breakerStatus } from '../../src/policy/breaker.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { payments, type Payments } from './payments.ts';

const person = { type: 'user', name: 'grace' } as const;
const stop: NewRecord = {
  ...{ runId: null, incidentId: null, actor: person, type: 'AutomationStopped', data: {} },
};
const failure = (stepId: string): NewRecord => ({
  ...{ runId: 'r', incidentId: 'i', actor: { type: 'system', name: 'oncall-agent' } },
  type: 'VerificationFinished',
  data: { stepId, verified: false, message: 'still there' },
});

/** What may befall a journal's folder. */
const harms: Readonly<Record<string, (directory: string) => Promise<void>>> = {
  'is removed': (directory) => rm(directory, { recursive: true }),
  'is renamed': (directory) => rename(directory, `${directory}-elsewhere`),
  'is replaced by an empty one': async (directory) => {
    await rename(directory, `${directory}-elsewhere`);
    await mkdir(directory);
  },
  'loses its files': async (directory) => {
    for (const file of await readdir(directory)) await rm(join(directory, file));
  },
  'has its files emptied': async (directory) => {
    for (const file of await readdir(directory)) await truncate(join(directory, file));
  },
  'has other files in the place of its own': async (directory) => {
    for (const file of await readdir(directory)) {
      await writeFile(join(directory, `${file}.new`), '{}\n');
      await rename(join(directory, `${file}.new`), join(directory, file));
    }
  },
};

describe('When the folder of the journal', () => {
  let ground: Payments;
  let journal: Journal;
  afterEach(async () => {
    await journal.close();
    await ground.close();
  });
  const begin = async (mode: 'approval' | 'yolo') => {
    ground = await payments({ mode });
    journal = new Journal({ directory: ground.journalDirectory });
    await journal.open();
  };

  for (const [harm, harmed] of Object.entries(harms)) {
    it(`${harm} while a step waits for approval, an approval starts nothing that is not recorded`, async () => {
      await begin('approval');
      const run = ground.run(journal, {
        approve: async ({ step }) => {
          await harmed(ground.journalDirectory);
          return { type: 'approve', argvHash: step.argvHash };
        },
      });
      await assert.rejects(run, { code: 'journal-unwritable' });
      assert.equal(ground.started(), false);
    });

    it(`${harm} after a person pressed Stop, YOLO mode runs nothing, now and after a restart`, async () => {
      await begin('yolo');
      await journal.append(stop);
      await journal.history();
      await harmed(ground.journalDirectory);
      // The first one is refused; for the second one somebody has made the folder anew.
      await assert.rejects(ground.run(journal), { code: 'journal-unwritable' });
      await mkdir(ground.journalDirectory, { recursive: true });
      assert.equal((await ground.run(journal)).status, 'awaiting-approval');
      await journal.close();
      journal = new Journal({ directory: ground.journalDirectory });
      await journal.open();
      assert.equal((await ground.run(journal)).status, 'awaiting-approval');
      assert.equal(ground.started(), false);
    });

    it(`${harm}, YOLO mode asks until a person has looked`, async () => {
      await begin('yolo');
      await journal.append({ ...stop, type: 'AutomationResumed' });
      await journal.history();
      await harmed(ground.journalDirectory);
      await assert.rejects(ground.run(journal), { code: 'journal-unwritable' });
      await mkdir(ground.journalDirectory, { recursive: true });
      const asked = await ground.run(journal);
      assert.equal(asked.status, 'awaiting-approval');
      assert.match(asked.plan.steps[0]?.decision.reason ?? '', /The audit log lost 1 file/);
      assert.equal(ground.started(), false);
      await journal.append({ ...stop, type: 'AutomationResumed' });
      assert.equal((await journal.history()).automationStopped, false);
      assert.equal((await ground.run(journal)).status, 'resolved');
    });

    it(`${harm}, an open circuit breaker stays open, now and after a restart`, async () => {
      await begin('yolo');
      for (let count = 0; count < 5; count++) await journal.append(failure(`s${count}`));
      await journal.history();
      await harmed(ground.journalDirectory);
      const state = async () =>
        breakerStatus((await journal.history()).breakerEvents, defaultBreakerSettings, new Date());
      assert.equal((await state()).state, 'open');
      await journal.close();
      journal = new Journal({ directory: ground.journalDirectory });
      assert.equal((await state()).state, 'open');
      assert.equal((await state()).consecutiveFailures, 5);
    });
  }

  it('is removed by somebody else while kubectl runs, the window says that it cannot write what came of it', async () => {
    ground = await payments({
      mode: 'yolo',
      afterwards: `require('node:fs').rmSync(require('node:path').join(__dirname, 'journal'), { recursive: true });`,
    });
    journal = new Journal({ directory: ground.journalDirectory });
    await journal.open();
    await assert.rejects(ground.run(journal), { code: 'journal-unwritable' });
    assert.equal((await ground.commands()).length, 1);
  });
});

describe("A person's Stop", () => {
  let scratch: Scratch;
  let journalDirectory: string;
  const agents: OncallAgent[] = [];
  const agent = () => {
    const one = new OncallAgent({ journalDirectory, user: 'grace' });
    agents.push(one);
    return one;
  };
  beforeEach(async () => {
    scratch = await scratchFolder('stop');
    journalDirectory = join(scratch.path, 'journal');
  });
  afterEach(async () => {
    for (const one of agents.splice(0)) await one.dispose();
    await scratch.remove();
  });

  it('is not there on a fresh machine', async () => {
    assert.equal(await agent().automationStopped(), false);
  });

  it('outlives the journal, until a person resumes', async () => {
    await agent().stopAutomation();
    await rm(journalDirectory, { recursive: true });
    const next = agent();
    assert.equal(await next.automationStopped(), true);
    assert.equal(next.isStopped, true);
    await next.resumeAutomation();
    assert.equal(await next.automationStopped(), false);
    assert.equal(await agent().automationStopped(), false);
  });

  it('outlives what stands beside the journal, until a person resumes', async () => {
    await agent().stopAutomation();
    await rm(interlockBeside(journalDirectory));
    const next = agent();
    assert.equal(await next.automationStopped(), true);
    await next.resumeAutomation();
    assert.equal(await next.automationStopped(), false);
  });

  it('is noticed by another window though neither of them can write to the journal', async () => {
    const [one, other] = [agent(), agent()];
    await Promise.all([one.open(), other.open()]);
    await rm(journalDirectory, { recursive: true });
    await writeFile(journalDirectory, 'in the way');
    await assert.rejects(one.stopAutomation(), /Automation is stopped, but the audit log does not say so/);
    assert.equal(one.isStopped, true);
    await rm(journalDirectory);
    await mkdir(journalDirectory);
    assert.equal(await other.automationStopped(), true);
  });

  it('is not needed for a loss that another window notices: every window stops, and says what there is to look at', async () => {
    const [one, other] = [agent(), agent()];
    await one.open();
    await one.resumeAutomation();
    assert.equal(await other.automationStopped(), false);
    const told = new Promise<void>((resolve) => {
      const stop = other.onChange(() => {
        if (other.mustLook === undefined) return;
        stop();
        resolve();
      });
    });
    for (const name of await readdir(journalDirectory))
      if ((await stat(join(journalDirectory, name))).size > 0) await rm(join(journalDirectory, name));
    await told;
    assert.equal(other.isStopped, true);
    assert.match(other.mustLook ?? '', /The audit log lost 1 file that had been read/);
  });

  it('holds where it can be kept nowhere', async () => {
    const one = agent();
    await one.open();
    await rm(journalDirectory, { recursive: true });
    await mkdir(interlockBeside(journalDirectory));
    await assert.rejects(one.stopAutomation(), { code: 'journal-unwritable' });
    await mkdir(journalDirectory);
    assert.equal(await one.automationStopped(), true);
  });

  for (const [harm, harmed] of Object.entries({
    'is garbled': (file: string) => writeFile(file, 'no line of ours\n'),
    'is taken away': (file: string) => rm(file),
    'cannot be read': async (file: string) => {
      await rm(file);
      await mkdir(file);
    },
  }))
    it(`cannot be told once the file beside the journal ${harm}: automation asks, and says why`, async () => {
      const one = agent();
      await one.stopAutomation();
      await one.resumeAutomation();
      assert.equal(await one.automationStopped(), false);
      await harmed(interlockBeside(journalDirectory));
      assert.equal(await one.automationStopped(), true);
      assert.match(one.mustLook ?? '', /interlock\.jsonl .*Nothing runs by itself until you have looked/);
      if (harm === 'cannot be read') {
        await assert.rejects(one.resumeAutomation(), { code: 'journal-unwritable' });
        assert.equal(await one.automationStopped(), true);
        return;
      }
      await one.resumeAutomation();
      assert.equal(await one.automationStopped(), false);
      assert.equal(await agent().automationStopped(), false);
    });

  it('is not taken for resumed where that can be written in the journal alone', async () => {
    const one = agent();
    await one.stopAutomation();
    await rm(interlockBeside(journalDirectory));
    await mkdir(interlockBeside(journalDirectory));
    await assert.rejects(one.resumeAutomation(), { code: 'journal-unwritable' });
    assert.equal(await one.automationStopped(), true);
    assert.equal(one.isStopped, true);
  });
});

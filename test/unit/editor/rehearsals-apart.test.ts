import assert from 'node:assert/strict';
import { Session } from '../../../src/editor/session.ts';
import { scratchFolder, type Scratch } from '../../support/scratch.ts';
import { resolvedRun } from '../journal/records.ts';

describe('What a rehearsal taught', () => {
  let scratch: Scratch;
  let session: Session;
  beforeEach(async () => {
    scratch = await scratchFolder('rehearsals');
    session = new Session({
      source: () => ({ given: () => undefined, env: {} }),
      secrets: { get: () => Promise.resolve(undefined) } as unknown as ConstructorParameters<
        typeof Session
      >[0]['secrets'],
      storage: scratch.path,
      onWrongSetting: ({ message }) => assert.fail(message),
      log: () => undefined,
      yolo: {
        memory: { get: () => undefined, update: () => Promise.resolve() },
        ask: () => assert.fail('nobody is asked'),
        putBack: () => assert.fail('nothing is put back'),
        log: () => undefined,
      },
    });
  });
  afterEach(async () => {
    await session.dispose();
    await scratch.remove();
  });

  const verifiedRun = async (): Promise<void> => {
    await session.agent.open();
    for (const record of resolvedRun()) await session.agent.journal.append(record);
  };
  const known = async () => ({
    worked: (await session.agent.journal.history()).trackRecord('rollback_deployment', 'CrashLoopBackOff')
      .successes,
    judged: [...(await session.agent.journal.history()).judgedSteps()].length,
  });

  it('says nothing of the real cluster, and what happened there nothing of the next rehearsal', async () => {
    await session.enterPractice();
    await verifiedRun();
    await verifiedRun();
    assert.deepEqual(await known(), { worked: 2, judged: 2 });
    await session.leavePractice();
    assert.deepEqual(await known(), { worked: 0, judged: 0 });
    await verifiedRun();
    assert.deepEqual(await known(), { worked: 1, judged: 1 });
  });
});

/** What was under way when a person stops all automation, and that other windows hear of it. */
import assert from 'node:assert/strict';
import { OncallAgent } from '../../../src/agent.ts';
import type { NewRecord } from '../../../src/domain/record.ts';
import { scratchFolder, type Scratch } from '../../support/scratch.ts';
import { waitFor } from '../../support/processes.ts';

const system = { type: 'system', name: 'oncall-agent' } as const;
const of = (runId: string) => ({ runId, incidentId: 'P1', actor: system });
const begun = (runId: string, automatic = true): NewRecord[] => [
  {
    ...of(runId),
    type: 'RunStarted',
    data: { alert: { id: 'P1', title: 'cart is down' }, mode: 'yolo', context: 'prod' },
  },
  {
    ...of(runId),
    type: 'ExecutionStarted',
    data: {
      ...{ stepId: 's1', argv: ['kubectl', 'get', 'pods'], context: 'prod', transport: 'kubectl' },
      ...{ automatic, before: [] },
    },
  },
];
const finished = (runId: string, exitCode = 0): NewRecord => ({
  ...of(runId),
  type: 'ExecutionFinished',
  data: { stepId: 's1', exitCode, durationMs: 1, output: '' },
});
const verified = (runId: string): NewRecord => ({
  ...of(runId),
  type: 'VerificationFinished',
  data: { stepId: 's1', verified: true, message: '' },
});

describe('Two windows on one journal', () => {
  let scratch: Scratch;
  let ours: OncallAgent;
  let theirs: OncallAgent;

  beforeEach(async () => {
    scratch = await scratchFolder('windows');
    [ours, theirs] = ['ada', 'bob'].map(
      (user) => new OncallAgent({ journalDirectory: scratch.path, user, mode: 'yolo' }),
    ) as [OncallAgent, OncallAgent];
    await Promise.all([ours.open(), theirs.open()]);
  });
  afterEach(async () => {
    await Promise.all([ours.dispose(), theirs.dispose()]);
    await scratch.remove();
  });

  const write = async (agent: OncallAgent, records: readonly NewRecord[]): Promise<void> => {
    for (const record of records) await agent.journal.append(record);
  };
  /** Resolves once the other window knows, without having been asked for anything. */
  const heard = (what: string, known: () => boolean) =>
    waitFor(what, () => Promise.resolve(known() || undefined), { timeoutMs: 60_000, everyMs: 20 });

  it('both know that automation was stopped, and that it goes on', async () => {
    let told = 0;
    theirs.onChange(() => told++);
    await ours.stopAutomation();
    await heard('the other window has heard of the stop', () => theirs.isStopped);
    assert(told > 0);
    await theirs.resumeAutomation();
    await heard('this window has heard that it goes on', () => !ours.isStopped);
  });

  it('both know that the breaker has opened, and that it was reset', async () => {
    for (let run = 0; run < 5; run++) await write(ours, [...begun(`r${run}`), finished(`r${run}`, 1)]);
    assert.equal(ours.circuitBreaker().state, 'open');
    await heard('the other window has heard of the trip', () => theirs.circuitBreaker().state === 'open');
    await theirs.resetBreaker();
    await heard('this window has heard of the reset', () => ours.circuitBreaker().state === 'closed');
  });

  it('tell whoever stops automation what is in flight in either of them', async () => {
    await write(ours, begun('r1'));
    await write(theirs, [...begun('r2'), finished('r2')]);
    const inFlight = await ours.stopAutomation();
    assert.deepEqual(
      inFlight.map(({ runId, stepId, title, phase }) => [runId, stepId, title, phase]),
      [
        ['r1', 's1', 'cart is down', 'executing'],
        ['r2', 's1', 'cart is down', 'verifying'],
      ],
    );
  });

  it('call nothing in flight that a person approved, that failed, that was verified or whose run has ended', async () => {
    await write(ours, begun('approved', false));
    await write(ours, [...begun('failed'), finished('failed', 1)]);
    await write(ours, [...begun('verified'), finished('verified'), verified('verified')]);
    await write(ours, [
      ...begun('ended'),
      { ...of('ended'), type: 'RunEnded', data: { status: 'stopped', message: '' } },
    ]);
    assert.deepEqual(await ours.stopAutomation(), []);
  });
});

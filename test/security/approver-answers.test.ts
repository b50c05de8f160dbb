/** A program that answers in the place of a person is told what it may answer, once, and runs nothing by a mistake. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { approvalAnswerSchema, readApproval, readChoice } from '../../src/domain/approval.ts';
import { isOncallError } from '../../src/domain/error.ts';
import type { ApprovalAnswer, Approver, TargetChooser } from '../../src/agent.ts';
import { paymentsRun, type PaymentsRun } from '../support/payments-run.ts';

const hash = 'a'.repeat(64);
/** What somebody might take for an answer. */
const mistaken: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  1,
  '',
  'approve',
  'yes',
  [],
  ['approve'],
  {},
  { approved: true },
  { approve: true },
  { type: 'approve' },
  { type: 'approve', argvHash: 7 },
  { type: 'approve', argvHash: hash, approved: true },
  { type: 'approve', argvHash: hash, by: 7 },
  { type: 'approved', argvHash: hash },
  { type: 'Approve', argvHash: hash },
  { type: 'edit' },
  { type: 'edit', command: 7 },
  { type: 'edit', command: ['kubectl', 7] },
  { type: 'dryRun' },
  { type: 'skip', reason: 7 },
  { type: ['approve'], argvHash: hash },
  { argvHash: hash },
  new Map([['type', 'approve']]),
  () => ({ type: 'approve', argvHash: hash }),
  Symbol('approve'),
  12n,
];

describe('A callback that approves', () => {
  let at: PaymentsRun;
  beforeEach(async () => {
    at = await paymentsRun();
  });
  afterEach(() => at.close());

  const answering = (answer: (step: { argvHash: string }) => unknown) => {
    const asked: string[] = [];
    const approve = (async ({ step }) => {
      asked.push(step.id);
      return answer(step);
    }) as Approver;
    return { asked, approve };
  };

  it('is refused whatever is no answer, with an error that names the answers', () => {
    for (const given of mistaken) {
      assert.throws(
        () => readApproval(given, 's1'),
        (error) => {
          assert(isOncallError(error), String(error));
          assert.equal(error.code, 'answer-invalid');
          for (const type of ['approve', 'edit', 'dry-run', 'skip', 'stop'])
            assert(error.explanation.includes(`'${type}'`), error.explanation);
          assert(error.explanation.includes('argvHash'));
          return true;
        },
        String(given),
      );
    }
  });

  it('is never taken for an approval unless it is one to the letter', () => {
    fc.assert(
      fc.property(fc.anything({ withMap: true, withSet: true, withBigInt: true }), (given) => {
        const read = approvalAnswerSchema.safeParse(given);
        if (read.success) assert.equal(typeof (given as ApprovalAnswer).type, 'string');
        else assert.throws(() => readApproval(given, 's1'), isOncallError);
      }),
    );
  });

  for (const given of [{ approved: true }, undefined, true, 'approve', { type: 'approve' }]) {
    it(`is asked once where it answers ${JSON.stringify(given) ?? 'nothing'}: nothing runs, and the run says why`, async () => {
      const { asked, approve } = answering(() => given);
      const result = await at.run({ approve });
      assert.deepEqual(asked, ['s1']);
      assert.equal(at.ran(), false);
      assert.equal(result.status, 'unresolved');
      const [step] = result.executionResults.results;
      assert.equal(step?.state, 'refused');
      assert.match(step?.message ?? '', /"approve" answered .* argvHash/);
      const ended = (await at.journal.records()).findLast((record) => record.type === 'RunEnded');
      assert.match(ended?.type === 'RunEnded' ? ended.data.message : '', /"approve" answered/);
    });
  }

  it('is not asked for ever where it goes round and round', async function () {
    this.timeout(60_000);
    const rounds: [string, (step: { argvHash: string }) => unknown][] = [
      ['an edit that is refused', () => ({ type: 'edit', command: 'helm rollback' })],
      [
        'an edit that is another one each time',
        () => ({ type: 'edit', command: ['kubectl', '-n', 'shop', 'label', 'service', 'payments', 'a=b'] }),
      ],
    ];
    for (const [what, answer] of rounds) {
      const { asked, approve } = answering(answer);
      const result = await at.run({ approve });
      assert(asked.length > 20 && asked.length <= 110, `${what}: ${asked.length}`);
      assert.equal(at.ran(), false);
      assert.equal(result.status, 'unresolved', what);
      assert.match(result.executionResults.results[0]?.message ?? '', /asked about 100 times/, what);
    }
  });

  it('is not asked for ever while somebody else holds the lock', async () => {
    await at.cluster.acquireLock('shop', 'oncall-p1', 'grace@laptop');
    const { asked, approve } = answering(({ argvHash }) => ({ type: 'approve', argvHash }));
    const result = await at.run({ approve });
    assert(asked.length <= 110, String(asked.length));
    assert.equal(result.status, 'unresolved');
    assert.equal(at.ran(), false);
  });

  it('still approves, edits, skips and stops, and an approval of another command is refused as before', async () => {
    const other = answering(() => ({ type: 'approve', argvHash: hash }));
    const mismatched = await at.run({ approve: other.approve });
    assert.equal(mismatched.status, 'unresolved');
    assert.equal(other.asked.length, 1);
    assert.equal(at.ran(), false);
    const stopped = await at.run({ approve: answering(() => ({ type: 'stop' })).approve });
    assert.equal(stopped.status, 'stopped');
    const skipped = await at.run({ approve: answering(() => ({ type: 'skip', reason: 'later' })).approve });
    assert.equal(skipped.executionResults.results[0]?.message, 'later');
    assert.equal(at.ran(), false);
    const approved = answering(({ argvHash }) => ({ type: 'approve', argvHash, by: 'grace' }));
    assert.equal((await at.run({ approve: approved.approve })).status, 'resolved');
    assert(at.ran());
  });

  it('keeps a credential that somebody gives as a reason out of the journal', async () => {
    await at.run({
      approve: answering(() => ({ type: 'skip', reason: 'tried password=Hunter2-9 by hand' })).approve,
    });
    assert(!(await at.written()).includes('Hunter2-9'));
    await at.run({
      approve: () => Promise.reject(new Error('dial postgres://app:Hunter2-9@db/x: refused')),
    });
    assert(!(await at.written()).includes('Hunter2-9'));
  });
});

describe('A callback that chooses the object', () => {
  it('is refused whatever is no candidate', () => {
    for (const given of [null, true, 'payments', {}, { target: 'payments' }, { target: {} }, [], 7]) {
      assert.throws(
        () => readChoice(given),
        (error) => isOncallError(error) && error.code === 'answer-invalid' && /candidates/.test(error.next),
        String(given),
      );
    }
    assert.equal(readChoice(undefined), undefined);
  });

  it('ends the run with that error, and nothing is run', async () => {
    const at = await paymentsRun();
    try {
      const ledger = { name: 'ledger', namespace: 'shop' };
      at.cluster.put({
        kind: 'Service',
        metadata: ledger,
        spec: { selector: { app: 'ledger' }, ports: [{ port: 80 }] },
      });
      let asked = 0;
      const result = await at.run({
        hints: ['payments', 'ledger'].map((name) => ({
          ...{
            namespace: 'shop',
            kind: 'Service',
            name,
            source: 'label service',
            trust: 'labelled' as const,
          },
        })),
        chooseTarget: (() => {
          asked++;
          return Promise.resolve(true);
        }) as unknown as TargetChooser,
      });
      assert.equal(asked, 1);
      assert.equal(at.ran(), false);
      assert.equal(result.status, 'unresolved');
      assert.match(result.diagnosis.summary, /"chooseTarget" answered true.*candidates/);
    } finally {
      await at.close();
    }
  });
});

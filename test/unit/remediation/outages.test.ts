/** Whatever happens while a step is verified, the verdict is what the last complete look saw, after the last outage. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { OncallError } from '../../../src/domain/error.ts';
import type { Verification } from '../../../src/domain/plan.ts';
import { verify, type VerificationResult } from '../../../src/remediation/verify.ts';
import { FakeClock, idle } from '../../support/fake-clock.ts';
import { FakeCluster } from '../../support/fake-cluster.ts';
import { deployment, pod } from './objects.ts';

const checkout = { kind: 'Deployment', namespace: 'shop', name: 'checkout' };
const rollout: Verification = { type: 'rollout', target: checkout };
const finding = { name: 'CrashLoopBackOff', target: checkout } as const;
const settleSeconds = 10;
const errors = {
  refused: new OncallError('cluster-unreachable', 'Nothing listens there', 'Wait.'),
  'signed out': new OncallError('cluster-unauthorized', 'The token has expired', 'Sign in.'),
  'without a right': new OncallError('cluster-forbidden', 'Not allowed', 'Ask.'),
};

/** How things are for a while. */
interface Spell {
  readonly api: 'answers' | 'hangs' | 'answers in part' | keyof typeof errors;
  readonly ready: boolean;
  readonly present: boolean;
  readonly seconds: number;
}

const spells = fc.array(
  fc.record<Spell>({
    api: fc.constantFrom(
      'answers',
      'answers',
      'hangs',
      'answers in part',
      'refused',
      'signed out',
      'without a right',
    ),
    ready: fc.boolean(),
    present: fc.boolean(),
    seconds: fc.integer({ min: 1, max: 40 }),
  }),
  { minLength: 1, maxLength: 12 },
);

interface Trial {
  readonly result: VerificationResult | undefined;
  /** The spell in which it ended, and for how long that had gone on; the last one where it did not end. */
  readonly spell: Spell;
  readonly took: number;
}

async function play(all: readonly Spell[], patienceSeconds: number): Promise<Trial> {
  const clock = new FakeClock();
  const cluster = new FakeCluster(deployment(1, { readyReplicas: 0 }), pod('a'));
  let now: Spell = { api: 'answers', ready: false, present: true, seconds: 0 };
  const controller = new AbortController();
  const trial: { result?: VerificationResult } = {};
  const running = verify({
    ...{ cluster, verification: rollout, finding, before: [], clock, settleSeconds, patienceSeconds },
    timeoutSeconds: 30,
    signal: controller.signal,
    findingPresent: async () => {
      const { api, present } = now;
      if (api === 'answers') return present;
      if (api === 'hangs') return new Promise(() => undefined);
      throw errors[api === 'answers in part' ? 'without a right' : api];
    },
  }).then(
    (result) => (trial.result = result),
    () => undefined,
  );
  await idle();
  for (const spell of all) {
    now = spell;
    cluster.hangs = spell.api === 'hangs';
    cluster.away = undefined;
    // Seen by watches only while the cluster answers; all else is there once it answers again.
    const { api } = spell;
    if (api !== 'answers' && api !== 'answers in part' && api !== 'hangs') cluster.goAway(errors[api]);
    cluster.put(deployment(1, { readyReplicas: spell.ready ? 1 : 0 }));
    for (let second = 0; second < spell.seconds; second++) {
      await clock.pass(1);
      if (trial.result === undefined) continue;
      await running;
      return { result: trial.result, spell, took: second + 1 };
    }
  }
  controller.abort();
  await running;
  return { result: undefined, spell: now, took: now.seconds };
}

describe('Whatever happens while a step is verified', () => {
  it('it is said to be still there, and so may be undone, only where a complete look has just seen that', async () => {
    const verdicts = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(spells, async (all) => {
        const { result, spell, took } = await play(all, 300);
        verdicts.set(result?.outcome ?? 'goes on', (verdicts.get(result?.outcome ?? 'goes on') ?? 0) + 1);
        switch (result?.outcome) {
          case 'still-there':
            assert.equal(spell.api, 'answers');
            assert(!spell.ready || spell.present, JSON.stringify(spell));
            break;
          case 'gone':
            assert.equal(spell.api, 'answers');
            assert(spell.ready && !spell.present, JSON.stringify(spell));
            break;
          case 'not-seen':
            assert.notEqual(spell.api, 'answers', `${JSON.stringify(spell)} after ${took} s`);
            break;
          case undefined:
            break;
        }
      }),
      { numRuns: 300 },
    );
    for (const verdict of ['still-there', 'gone', 'not-seen', 'goes on'])
      assert((verdicts.get(verdict) ?? 0) > 0, `${verdict} was never tried`);
  });

  it('a cluster that answers again is looked at for at least the settle window before anything is still there', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<Spell['api']>('hangs', 'refused', 'signed out'),
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 0, max: 29 }),
        async (api, seconds, earlier) => {
          const bad = { ready: false, present: true } as const;
          const before: Spell[] = earlier === 0 ? [] : [{ ...bad, api: 'answers', seconds: earlier }];
          const during: Spell = { ...bad, api, seconds };
          const after: Spell = { ...bad, api: 'answers', seconds: 60 };
          const { result, spell, took } = await play([...before, during, after], 300);
          assert.equal(result?.outcome, 'still-there');
          assert.equal(spell, after);
          // A short one may fall between two looks: then the time goes on as if it had not been.
          const left = 30 - earlier - seconds;
          assert(took >= (left > 0 ? Math.min(settleSeconds, left) : settleSeconds) - 1, `after ${took} s`);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('one that is away for longer than anybody waits ends as not seen, and says since when', async () => {
    const away: Spell = { api: 'refused', ready: true, present: false, seconds: 400 };
    const { result, took } = await play([away], 300);
    assert.equal(result?.outcome, 'not-seen');
    assert.match(result.message, /^The cluster could not be read since \d\d:\d\d UTC: Nothing listens there/);
    assert(took >= 300 && took <= 310, String(took));
  });
});

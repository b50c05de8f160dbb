/** However many incidents there are, automation changes no more than its limits say: in an hour, at once, and over all windows. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Decision } from '../../src/domain/decision.ts';
import { defaultBreakerSettings, defaultThresholds } from '../../src/domain/decision.ts';
import { OncallError } from '../../src/domain/error.ts';
import type { Step } from '../../src/domain/plan.ts';
import type { JournalRecord, NewRecord } from '../../src/domain/record.ts';
import { historyOf } from '../../src/journal/history.ts';
import { assessCommand } from '../../src/kubectl/assess.ts';
import { decide } from '../../src/policy/decide.ts';
import { Brake } from '../../src/remediation/brake.ts';
import { runPolicy } from '../../src/remediation/options.ts';
import type { RunPolicy } from '../../src/remediation/run-policy.ts';
import { situationOf } from '../../src/remediation/situation.ts';
import type { RunContext } from '../../src/remediation/step-runner.ts';
import { step } from '../unit/journal/records.ts';

const start = Date.parse('2026-11-22T12:00:00Z');
const system = { type: 'system', name: 'oncall-agent' } as const;
const command = assessCommand('kubectl -n shop rollout restart deployment/cart');
const hour = 3_600_000;
const limits = { changesPerHour: 4, changesAtOnce: 2 };
const policy: RunPolicy = {
  ...runPolicy({ mode: 'yolo', destructiveOperations: true }, 'prod'),
  cooldownSeconds: 0,
  maxActionsPerIncident: 100,
  thresholds: defaultThresholds,
  breaker: { ...defaultBreakerSettings, failureThreshold: 1000 },
  brake: limits,
};

/** Numbers and dates a record. */
function record(one: NewRecord, ms: number, seq: number): JournalRecord {
  return { ...one, seq, time: new Date(start + ms).toISOString(), prev: '', hash: '' } as JournalRecord;
}

const begun = (runId: string, context: string, automatic = true): NewRecord => ({
  ...{ runId, incidentId: `P-${runId}`, actor: system, type: 'ExecutionStarted' },
  data: {
    ...{ stepId: 's1', argv: ['kubectl'], context, transport: 'kubectl', automatic },
    before: [{ kind: 'Deployment', metadata: { name: runId, namespace: 'shop' } }],
  },
});
const verified = (runId: string): NewRecord => ({
  ...{ runId, incidentId: `P-${runId}`, actor: system, type: 'VerificationFinished' },
  data: { stepId: 's1', verified: true, message: '' },
});

/** What a run that could change something decides after these records. */
function decideAfter(
  records: readonly JournalRecord[],
  ms: number,
  more: {
    runId?: string;
    context?: string;
    isUndo?: boolean;
    policy?: Partial<RunPolicy>;
    argv?: typeof command;
  } = {},
): Decision {
  const { runId = 'now', context = 'prod', isUndo = false, argv = command } = more;
  return decide(
    argv,
    situationOf(
      { ...policy, ...more.policy },
      historyOf(records),
      {
        ...{ runId, context, incidentId: 'P-now', target: { kind: 'Deployment', name: 'cart' } },
        ...{ confidence: 0.95, doubt: undefined, automaticInFlight: false, isUndo },
        ...{ grounds: 'observed', objection: undefined },
      },
      new Date(start + ms),
    ),
  );
}

/** The most of some times that lie within one hour. */
function mostInAnHour(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at - from <= hour).length));
}

describe('The brake over automation', () => {
  const four = [0, 1, 2, 3].flatMap((index) => [
    record(begun(`r${index}`, 'prod'), index * 60_000, 1),
    record(verified(`r${index}`), index * 60_000 + 30_000, 2),
  ]);

  it('asks once there were as many changes in the context within the hour as the setting allows, and names it', () => {
    const asked = decideAfter(four, 10 * 60_000);
    assert.equal(asked.outcome, 'ask');
    assert.match(asked.reason, /^oncall\.yolo\.maxChangesPerHour \(4\) is reached/);
  });

  it('lets automation go on in another context, for what only reads, and when the hour is over', () => {
    assert.equal(decideAfter(four, 10 * 60_000, { context: 'stage' }).outcome, 'execute');
    const reads = assessCommand('kubectl -n shop get pods');
    assert.equal(decideAfter(four, 10 * 60_000, { argv: reads }).outcome, 'execute');
    assert.equal(decideAfter(four, hour).outcome, 'ask');
    assert.equal(decideAfter(four, hour + 1).outcome, 'execute');
  });

  it('never holds back what takes a change back, which counts for what follows', () => {
    assert.equal(decideAfter(four, 10 * 60_000, { isUndo: true }).outcome, 'execute');
    assert.equal(
      decideAfter(four, 1, { isUndo: true, policy: { brake: { changesPerHour: 0, changesAtOnce: 0 } } })
        .outcome,
      'execute',
    );
    const three = four.slice(0, 6);
    assert.equal(decideAfter(three, 10 * 60_000).outcome, 'execute');
    const undo = { ...step('s1-undo'), undoes: 's1' };
    const undone = [
      record(
        { runId: 'r0', incidentId: 'P-r0', actor: system, type: 'UndoPlanned', data: { step: undo } },
        200_000,
        3,
      ),
      record(
        { ...begun('r0', 'prod'), data: { ...begun('r0', 'prod').data, stepId: 's1-undo' } } as NewRecord,
        201_000,
        4,
      ),
    ];
    assert.equal(decideAfter([...three, ...undone], 30 * 60_000).outcome, 'ask');
  });

  it('asks while as many go on at once as the setting allows, in whatever context; one that was left behind ages', () => {
    const two = [record(begun('a', 'prod'), 0, 1), record(begun('b', 'stage'), 0, 1)];
    const asked = decideAfter(two, 1000);
    assert.equal(asked.outcome, 'ask');
    assert.match(asked.reason, /^oncall\.yolo\.maxChangesAtOnce \(2\) is reached/);
    assert.equal(decideAfter([...two, record(verified('a'), 500, 2)], 1000).outcome, 'execute');
    assert.equal(decideAfter(two, 1_800_000).outcome, 'execute');
  });

  it('does not count what a person approved', () => {
    const people = four.map((one) =>
      one.type === 'ExecutionStarted' ? { ...one, data: { ...one.data, automatic: false } } : one,
    );
    assert.equal(decideAfter(people, 10 * 60_000).outcome, 'execute');
  });

  it('lets nothing run by itself where a limit is 0', () => {
    for (const brake of [
      { changesPerHour: 0, changesAtOnce: 2 },
      { changesPerHour: 10, changesAtOnce: 0 },
    ])
      assert.equal(decideAfter([], 0, { policy: { brake } }).outcome, 'ask');
  });

  it('has limits where nobody has set any, and none that are no limits', () => {
    const ten = Array.from({ length: 10 }, (_one, index) => [
      record(begun(`r${index}`, 'prod'), index, 1),
      record(verified(`r${index}`), index, 2),
    ]).flat();
    assert.equal(decideAfter(ten, 100, { policy: { brake: undefined as never } }).outcome, 'ask');
    const { brake } = runPolicy({ maxChangesPerHour: Infinity, maxChangesAtOnce: 1e9 }, 'prod');
    assert.deepEqual(brake, { changesPerHour: 1000, changesAtOnce: 100 });
    for (const nonsense of [NaN, -1]) {
      const { brake: set } = runPolicy({ maxChangesPerHour: nonsense }, 'prod');
      assert.equal(decideAfter([], 0, { policy: { brake: set as never } }).outcome, 'ask');
    }
  });

  it('holds in every history of windows, contexts and times', () => {
    const attempt = fc.record({
      pause: fc.integer({ min: 0, max: 1_200_000 }),
      takes: fc.integer({ min: 0, max: 240_000 }),
      window: fc.nat(3),
      context: fc.constantFrom('prod', 'stage'),
      ends: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 60 }), (attempts) => {
        const records: JournalRecord[] = [];
        const changes: { context: string; at: number; until: number }[] = [];
        let now = 0;
        for (const [index, { pause, takes, window, context, ends }] of attempts.entries()) {
          now += pause;
          const runId = `w${window}-${index}`;
          const known = records.filter(({ time }) => Date.parse(time) <= start + now);
          if (decideAfter(known, now, { runId, context }).outcome !== 'execute') continue;
          records.push(record(begun(runId, context), now, 1));
          if (ends) records.push(record(verified(runId), now + takes, 2));
          changes.push({ context, at: now, until: ends ? now + takes : now });
        }
        for (const context of ['prod', 'stage'])
          assert.ok(
            mostInAnHour(changes.filter((one) => one.context === context).map(({ at }) => at)) <=
              limits.changesPerHour,
          );
        for (const { at } of changes)
          assert.ok(changes.filter((one) => one.at <= at && at < one.until).length <= limits.changesAtOnce);
      }),
    );
  });
});

describe('Windows that decide at the same moment', () => {
  const change = (name: string): Step => {
    const target = { kind: 'Deployment', namespace: 'shop', name };
    const changed = step('s1', { decision: { outcome: 'execute', reason: '' } });
    return {
      ...changed,
      risk: { ...changed.risk, targets: [target] },
      finding: { name: 'CrashLoopBackOff', target },
    };
  };

  /** What one run is told at the brake while these Leases are there. */
  async function told(list: () => Promise<readonly object[]>): Promise<string | undefined> {
    const records: JournalRecord[] = [];
    const context = {
      ...{ runId: 'here', incidentId: 'P1', signal: new AbortController().signal },
      cluster: { context: 'prod', list },
      policy: () => policy,
      now: () => new Date(start),
      journal: { history: () => Promise.resolve(historyOf(records)) },
    } as unknown as RunContext;
    const gate = new Brake(context, (_actor, type, data) => {
      const one = { runId: 'here', incidentId: 'P1', actor: system, type, data } as NewRecord;
      records.push(record(one, 0, records.length));
      return Promise.resolve();
    });
    return gate.enter(change('cart'), system);
  }

  const lease = (runId: string, renewed = 0) => ({
    ...{ kind: 'Lease', metadata: { name: runId } },
    spec: {
      holderIdentity: `bob@build-2/${runId}/1`,
      leaseDurationSeconds: 60,
      renewTime: new Date(start + renewed).toISOString(),
    },
  });

  it('count what other machines do, by the Leases that they hold', async () => {
    assert.equal(await told(() => Promise.resolve([lease('a'), lease('here')])), undefined);
    assert.match(
      (await told(() => Promise.resolve([lease('a'), lease('b')]))) ?? '',
      /^As many other automatic changes/,
    );
    assert.equal(await told(() => Promise.resolve([lease('a'), lease('b', -61_000)])), undefined);
  });

  it('go by the journal alone where Leases may not be listed', async () => {
    const forbidden = new OncallError('cluster-forbidden', 'leases may not be listed', 'Ask for the right.');
    assert.equal(await told(() => Promise.reject(forbidden)), undefined);
  });

  /** Lets runs at the brake in an order that fast-check chooses: of each write and each read, when it is seen. */
  async function race(
    scheduler: fc.Scheduler,
    steps: readonly Step[],
    brake: RunPolicy['brake'] & {},
  ): Promise<{ most: number; begun: number; atOnceOf: Map<string, number> }> {
    const records: JournalRecord[] = [];
    const goes = new Map<string, string>();
    let most = 0;
    let began = 0;
    let ms = 0;
    let clock = 0;
    const atOnceOf = new Map<string, number>();
    const see = async (): Promise<void> => {
      await scheduler.schedule(Promise.resolve());
    };
    const append = async (
      runId: string,
      one: Omit<NewRecord, 'runId' | 'incidentId' | 'actor'>,
    ): Promise<void> => {
      // Dated when it is written, seen by others when it is on disk.
      const dated = record({ ...one, runId, incidentId: `P-${runId}`, actor: system } as NewRecord, ++ms, ms);
      await see();
      records.push(dated);
    };
    const runs = steps.map(async (one, index) => {
      const runId = `run${index}`;
      const context = {
        ...{ runId, incidentId: `P-${runId}`, signal: new AbortController().signal },
        cluster: { context: 'prod', list: () => Promise.resolve([]) },
        policy: () => ({ ...policy, brake }),
        now: () => new Date(start + ms),
        clock: {
          now: () => (clock += 10),
          after: (_ms: number, callback: () => void) => {
            void see().then(callback);
            return () => undefined;
          },
        },
        journal: {
          history: async () => {
            await see();
            const history = historyOf(records.toSorted((a, b) => a.time.localeCompare(b.time)));
            await see();
            return history;
          },
        },
      } as unknown as RunContext;
      const gate = new Brake(context, (_actor, type, data) => append(runId, { type, data } as NewRecord));
      await see();
      if ((await gate.enter(one, system)) !== undefined) return;
      const { name } = one.risk.targets[0] as { name: string };
      goes.set(runId, name);
      began++;
      most = Math.max(most, goes.size);
      const same = [...goes.values()].filter((other) => other === name).length;
      atOnceOf.set(name, Math.max(same, atOnceOf.get(name) ?? 0));
      await append(runId, begun(runId, 'prod'));
      await see();
      goes.delete(runId);
      await append(runId, verified(runId));
    });
    await scheduler.waitFor(Promise.all(runs));
    return { most, begun: began, atOnceOf };
  }

  it('never begin more at once than the limit, and some always begins', () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 5 }), async (scheduler, count) => {
        const steps = Array.from({ length: count }, (_, index) => change(`app-${index}`));
        const { most, begun: all } = await race(scheduler, steps, { changesPerHour: 100, changesAtOnce: 2 });
        assert.ok(most <= 2, `${most} at once`);
        assert.ok(all >= 1);
      }),
      { numRuns: 60 },
    ));

  it('never begin more within the hour than the limit', () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 5 }), async (scheduler, count) => {
        const steps = Array.from({ length: count }, (_, index) => change(`app-${index}`));
        const { begun: all } = await race(scheduler, steps, { changesPerHour: 2, changesAtOnce: 100 });
        assert.ok(all <= 2, `${all} in an hour`);
        assert.ok(all >= 1);
      }),
      { numRuns: 60 },
    ));

  it('never change one object twice at once', () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const steps = ['a', 'a', 'b', 'a'].map(change);
        const { atOnceOf } = await race(scheduler, steps, { changesPerHour: 100, changesAtOnce: 100 });
        assert.ok([...atOnceOf.values()].every((count) => count === 1));
      }),
      { numRuns: 60 },
    ));
});

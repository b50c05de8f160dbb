/** Who may say that a step runs: the decision table, row by row, and what holds whatever the situation. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultThresholds, modes } from '../../../src/domain/decision.ts';
import type { Mode, Outcome, Situation } from '../../../src/domain/decision.ts';
import { riskLevels } from '../../../src/domain/risk.ts';
import type { RiskAssessment } from '../../../src/domain/risk.ts';
import { assessCommand } from '../../../src/kubectl/assess.ts';
import { decide, effectiveMode, raisedThresholds } from '../../../src/policy/decide.ts';

const yolo: Situation = {
  mode: 'yolo',
  confidence: 0.95,
  destructiveOperations: true,
  autoApproveLowRisk: true,
  allowedNamespaces: [],
  thresholds: defaultThresholds,
  breaker: 'closed',
  automationStopped: false,
  automaticActions: 0,
  maxActionsPerIncident: 3,
  coolingDown: false,
};
const approval: Situation = { ...yolo, mode: 'approval' };
const of = (text: string): RiskAssessment => assessCommand(`kubectl ${text}`, { defaultNamespace: 'shop' });
const low = of('get pods');
const medium = of('scale deploy web --replicas=3');
const high = of('delete pod web');
const forbidden = of('delete ns shop');
const rejected = of('proxy');

describe('the decision table', () => {
  const rows: readonly [what: string, RiskAssessment, Situation, Outcome, RegExp][] = [
    ['rejected', rejected, yolo, 'refuse', /kubectl proxy/],
    [
      'outside the allowed namespaces',
      medium,
      { ...yolo, allowedNamespaces: ['dev'] },
      'refuse',
      /shop.*allowedNamespaces/,
    ],
    [
      'inside the allowed namespaces',
      medium,
      { ...yolo, allowedNamespaces: ['dev', 'shop'] },
      'execute',
      /autoLowAndMedium/,
    ],
    [
      'all namespaces, with a list',
      of('get pods -A'),
      { ...yolo, allowedNamespaces: ['shop'] },
      'refuse',
      /All namespaces/,
    ],
    [
      'cluster-scoped, with a list',
      of('get nodes'),
      { ...yolo, allowedNamespaces: ['shop'] },
      'refuse',
      /Node.*allowedNamespaces/,
    ],
    [
      'unknown type, with a list',
      of('get widgets -n shop'),
      { ...yolo, allowedNamespaces: ['shop'] },
      'refuse',
      /widgets/,
    ],
    [
      'raw path, with a list',
      of('get --raw /api/v1/namespaces/shop/pods'),
      { ...yolo, allowedNamespaces: ['shop'] },
      'refuse',
      /raw path/,
    ],
    [
      'one of two targets outside',
      of('delete pod/a ns/b -n shop'),
      { ...yolo, allowedNamespaces: ['shop'] },
      'refuse',
      /Namespace/,
    ],
    [
      'no object at all, with a list',
      of('version'),
      { ...yolo, allowedNamespaces: ['shop'] },
      'execute',
      /reaches/,
    ],
    ['plan', low, { ...yolo, mode: 'plan' }, 'preview', /oncall\.mode/],
    [
      'plan, destructive operations off',
      medium,
      { ...yolo, mode: 'plan', destructiveOperations: false },
      'preview',
      /oncall\.mode/,
    ],
    [
      'destructive operations off',
      medium,
      { ...yolo, destructiveOperations: false },
      'refuse',
      /oncall\.destructiveOperations\.enabled/,
    ],
    [
      'destructive operations off, reading',
      low,
      { ...yolo, destructiveOperations: false },
      'execute',
      /reaches/,
    ],
    ['taken back from Git', medium, { ...yolo, takenBackBy: 'Flux' }, 'ask', /^Flux takes back.*in Git/],
    ['taken back from Git, reading', low, { ...yolo, takenBackBy: 'Flux' }, 'execute', /reaches/],
    ['low confidence', medium, { ...yolo, confidence: 0.69 }, 'skip', /69 %.*oncall\.confidence\.minimum/],
    ['forbidden', forbidden, yolo, 'ask', /typing/],
    ['forbidden, low confidence', forbidden, { ...yolo, confidence: 0.5 }, 'skip', /50 %/],
    ['stopped', low, { ...yolo, automationStopped: true }, 'ask', /stopped/],
    ['breaker open', medium, { ...yolo, breaker: 'open' }, 'ask', /breaker/],
    ['breaker half-open', medium, { ...yolo, breaker: 'half-open' }, 'execute', /reaches/],
    [
      'too many actions',
      medium,
      { ...yolo, automaticActions: 3 },
      'ask',
      /oncall\.yolo\.maxActionsPerIncident \(3\)/,
    ],
    ['cooling down', medium, { ...yolo, coolingDown: true }, 'ask', /oncall\.yolo\.cooldownSeconds/],
    ['lock held elsewhere', medium, { ...yolo, lockHolder: 'maria' }, 'ask', /maria/],
    [
      'a place in doubt',
      medium,
      { ...yolo, doubt: 'no setting maps mars' },
      'ask',
      /right place: no setting/,
    ],
    ['a read in a place in doubt', low, { ...approval, doubt: 'no setting maps mars' }, 'ask', /right place/],
    ['approval, low', low, approval, 'execute', /autoApproveLowRisk/],
    [
      'approval, low, not by itself',
      low,
      { ...approval, autoApproveLowRisk: false },
      'ask',
      /autoApproveLowRisk/,
    ],
    ['approval, low, breaker open', low, { ...approval, breaker: 'open' }, 'ask', /breaker/],
    ['approval, medium', medium, { ...approval, confidence: 1 }, 'ask', /oncall\.mode/],
    ['approval, high but reading', of('get pods -A'), { ...approval, confidence: 1 }, 'ask', /oncall\.mode/],
    ['yolo, medium at 0.8', medium, { ...yolo, confidence: 0.8 }, 'execute', /80 %.*autoLowAndMedium/],
    ['yolo, medium below 0.8', medium, { ...yolo, confidence: 0.7999 }, 'ask', /79\.9 % is below/],
    ['yolo, low below 0.8', low, { ...yolo, confidence: 0.7 }, 'ask', /is below/],
    ['yolo, high at 0.9', high, { ...yolo, confidence: 0.9 }, 'execute', /autoHigh/],
    ['yolo, high below 0.9', high, { ...yolo, confidence: 0.89 }, 'ask', /autoHigh/],
  ];
  for (const [what, assessment, situation, outcome, reason] of rows) {
    it(`${what}: ${outcome}`, () => {
      const decision = decide(assessment, situation);
      assert.equal(decision.outcome, outcome, decision.reason);
      assert.match(decision.reason, reason);
    });
  }

  it('asks for the name of what is to be deleted', () => {
    assert.equal(decide(forbidden, yolo).typeToConfirm, 'shop');
    assert.equal(decide(of('delete pvc a b'), yolo).typeToConfirm, 'a, b');
    assert.equal(decide(of('delete pvc --all'), yolo).typeToConfirm, 'all PersistentVolumeClaim');
    assert.equal(decide(high, { ...yolo, confidence: 0.8 }).typeToConfirm, undefined);
  });
});

const permissive: readonly Outcome[] = ['refuse', 'skip', 'preview', 'ask', 'execute'];
const rank = (assessment: RiskAssessment, situation: Situation): number =>
  permissive.indexOf(decide(assessment, situation).outcome);

const confidence = fc.oneof(
  fc.constantFrom(0, 0.69, 0.7, 0.79, 0.8, 0.89, 0.9, 0.95, 1, Number.NaN),
  fc.double({ min: 0, max: 1, noNaN: true }),
);
const namespace = fc.constantFrom('shop', 'dev', '*', undefined);
const target = namespace.map((where) => ({
  kind: 'Pod',
  name: 'x',
  ...(where === undefined ? {} : { namespace: where }),
}));
const assessment = fc.record({
  riskLevel: fc.constantFrom(...riskLevels),
  commandType: fc.constant('get'),
  affectsAll: fc.boolean(),
  forbidden: fc.boolean(),
  rejected: fc.boolean(),
  mutates: fc.boolean(),
  sensitive: fc.boolean(),
  reversible: fc.boolean(),
  reason: fc.constant('Because.'),
  targets: fc.array(target, { maxLength: 2 }),
  argv: fc.constant(['kubectl']),
}) as fc.Arbitrary<RiskAssessment>;
const maybe = <T>(value: T): fc.Arbitrary<T | undefined> => fc.option(fc.constant(value), { nil: undefined });
type Field = keyof Required<Situation>;
/** Every field of a situation, as it may be: one that is added does not compile until it is drawn here. */
const fields: { readonly [F in Field]: fc.Arbitrary<Situation[F]> } = {
  mode: fc.constantFrom(...modes),
  confidence,
  destructiveOperations: fc.boolean(),
  autoApproveLowRisk: fc.boolean(),
  allowedNamespaces: fc.subarray(['shop', 'dev']),
  thresholds: fc.record({ minimum: confidence, autoLowAndMedium: confidence, autoHigh: confidence }),
  breaker: fc.constantFrom('closed', 'open', 'half-open'),
  automationStopped: fc.boolean(),
  stopReason: maybe('The audit log lost a file.'),
  automaticActions: fc.nat(4),
  maxActionsPerIncident: fc.nat(4),
  coolingDown: fc.boolean(),
  changesThisHour: fc.option(fc.nat(12), { nil: undefined }),
  maxChangesPerHour: fc.option(fc.nat(12), { nil: undefined }),
  changesAtOnce: fc.option(fc.nat(3), { nil: undefined }),
  maxChangesAtOnce: fc.option(fc.nat(3), { nil: undefined }),
  lockHolder: maybe('maria'),
  lockTrouble: maybe('The Lease could not be read.'),
  steppedIn: fc.option(fc.boolean(), { nil: undefined }),
  stale: maybe('It was changed since.'),
  wouldBeRefused: maybe('A quota would refuse it.'),
  doubt: maybe('it may be another cluster'),
  restsOnWritten: fc.option(fc.boolean(), { nil: undefined }),
  objection: maybe('Claude objects to it.'),
  takenBackBy: maybe('Argo CD'),
};
const situation = fc.record(fields) as fc.Arbitrary<Situation>;

/** What each field says of a command that runs by itself: `anything` is said where the field alone holds nothing back. */
const anything = (): boolean => true;
const below = (count: number | undefined, limit: number | undefined): boolean =>
  count === undefined ? limit === undefined : limit !== undefined && count < limit;
const lets: { readonly [F in Field]: (s: Situation, a: RiskAssessment) => boolean } = {
  mode: ({ mode, autoApproveLowRisk }, a) =>
    mode === 'yolo' || (mode === 'approval' && a.riskLevel === 'low' && !a.mutates && autoApproveLowRisk),
  confidence: ({ mode, confidence: c }, a) =>
    c >= (mode === 'approval' ? 0.7 : a.riskLevel === 'high' ? 0.9 : 0.8),
  destructiveOperations: ({ destructiveOperations }, a) => !a.mutates || destructiveOperations,
  autoApproveLowRisk: anything,
  allowedNamespaces: ({ allowedNamespaces: allowed }, a) =>
    allowed.length === 0 ||
    a.targets.every(({ namespace: where }) => where !== undefined && allowed.includes(where)),
  thresholds: ({ thresholds, confidence: c }) => !(c < thresholds.minimum),
  breaker: ({ breaker }) => breaker !== 'open',
  automationStopped: ({ automationStopped }) => !automationStopped,
  stopReason: anything,
  automaticActions: ({ automaticActions, maxActionsPerIncident }) => automaticActions < maxActionsPerIncident,
  maxActionsPerIncident: anything,
  coolingDown: ({ coolingDown }) => !coolingDown,
  changesThisHour: (s, a) => !a.mutates || below(s.changesThisHour, s.maxChangesPerHour),
  maxChangesPerHour: anything,
  changesAtOnce: (s, a) => !a.mutates || below(s.changesAtOnce, s.maxChangesAtOnce),
  maxChangesAtOnce: anything,
  lockHolder: ({ lockHolder }) => lockHolder === undefined,
  lockTrouble: ({ lockTrouble }) => lockTrouble === undefined,
  steppedIn: ({ steppedIn, mode }) => mode !== 'yolo' || steppedIn !== true,
  stale: ({ stale }) => stale === undefined,
  wouldBeRefused: ({ wouldBeRefused }) => wouldBeRefused === undefined,
  doubt: ({ doubt }) => doubt === undefined,
  restsOnWritten: ({ restsOnWritten }, a) => (!a.mutates && !a.sensitive) || restsOnWritten !== true,
  objection: ({ objection }) => objection === undefined,
  takenBackBy: ({ takenBackBy }, a) => !a.mutates || takenBackBy === undefined,
};

/** Most random situations have an obstacle; in these nothing stands in the way, but for one field at most, so that automation is seen too. */
const clear: Situation = { ...yolo, thresholds: defaultThresholds };
const clearSituation = fc
  .tuple(situation, fc.constantFrom(...(Object.keys(fields) as Field[])), confidence)
  .map(([drawn, field, c]): Situation => {
    const one = { ...clear, confidence: c, [field]: drawn[field] };
    // An absent member and one that is undefined are the same to whoever calls.
    return Object.fromEntries(
      Object.entries(one).filter(([, value]) => value !== undefined),
    ) as unknown as Situation;
  });
const anySituation = fc.oneof(situation, clearSituation);
const runs = { numRuns: 5000 };

describe('whatever the situation', () => {
  it('what is rejected never runs', () => {
    fc.assert(
      fc.property(assessment, anySituation, (a, s) => {
        assert.equal(decide({ ...a, rejected: true }, s).outcome, 'refuse');
      }),
      runs,
    );
  });

  it('what is forbidden never runs without its name typed', () => {
    fc.assert(
      fc.property(assessment, anySituation, (a, s) => {
        const decision = decide({ ...a, forbidden: true }, s);
        assert.notEqual(decision.outcome, 'execute');
        if (decision.outcome === 'ask') assert.ok((decision.typeToConfirm ?? '').length > 0);
      }),
      runs,
    );
  });

  it('what is taken back from Git never changes without its name typed', () => {
    fc.assert(
      fc.property(assessment, anySituation, (a, s) => {
        const decision = decide({ ...a, mutates: true }, { ...s, takenBackBy: 'Argo CD' });
        assert.notEqual(decision.outcome, 'execute');
        if (decision.outcome === 'ask') assert.ok((decision.typeToConfirm ?? '').length > 0);
      }),
      runs,
    );
  });

  it('plan mode never runs anything and never asks for it', () => {
    fc.assert(
      fc.property(assessment, anySituation, (a, s) => {
        assert.ok(['preview', 'refuse'].includes(decide(a, { ...s, mode: 'plan' }).outcome));
      }),
      runs,
    );
  });

  it('nothing changes the cluster while destructive operations are off', () => {
    fc.assert(
      fc.property(assessment, anySituation, (a, s) => {
        const { outcome } = decide({ ...a, mutates: true }, { ...s, destructiveOperations: false });
        assert.ok(['preview', 'refuse'].includes(outcome));
      }),
      runs,
    );
  });

  it('nothing runs by itself unless every field of the situation lets it', () => {
    let executed = 0;
    fc.assert(
      fc.property(assessment, anySituation, (a, s) => {
        if (decide(a, s).outcome !== 'execute') return;
        executed++;
        assert.ok(!a.rejected && !a.forbidden);
        for (const [field, letsIt] of Object.entries(lets)) assert.ok(letsIt(s, a), field);
      }),
      { numRuns: 20_000 },
    );
    assert.ok(executed > 100, `only ${executed} were executed`);
  });

  it('each field that can hold automation back is seen to do so', () => {
    const heldBack = new Set<string>();
    fc.assert(
      fc.property(assessment, anySituation, (a, s) => {
        for (const [field, letsIt] of Object.entries(lets)) if (!letsIt(s, a)) heldBack.add(field);
      }),
      { numRuns: 20_000 },
    );
    const never = Object.entries(lets).filter(
      ([field, letsIt]) => letsIt !== anything && !heldBack.has(field),
    );
    assert.deepEqual(never, []);
  });

  it('more risk never makes the outcome more permissive', () => {
    fc.assert(
      fc.property(assessment, assessment, anySituation, (a, b, s) => {
        const worse: RiskAssessment = {
          ...a,
          riskLevel:
            riskLevels[Math.max(riskLevels.indexOf(a.riskLevel), riskLevels.indexOf(b.riskLevel))] ?? 'high',
          forbidden: a.forbidden || b.forbidden,
          rejected: a.rejected || b.rejected,
          mutates: a.mutates || b.mutates,
        };
        assert.ok(rank(worse, s) <= rank(a, s));
      }),
      { numRuns: 10_000 },
    );
  });

  it('less confidence never makes the outcome more permissive', () => {
    fc.assert(
      fc.property(assessment, anySituation, confidence, (a, s, other) => {
        if (!(other < s.confidence)) return;
        assert.ok(rank(a, { ...s, confidence: other }) <= rank(a, s));
      }),
      { numRuns: 10_000 },
    );
  });

  it('a stricter mode never runs more by itself', () => {
    fc.assert(
      fc.property(
        assessment,
        anySituation,
        fc.constantFrom(...modes),
        fc.constantFrom(...modes),
        (a, s, one, two) => {
          const mode = effectiveMode(one, { here: two }, 'here');
          if (decide(a, { ...s, mode }).outcome !== 'execute') return;
          // Low-risk reads run in approval mode from the minimum on, in YOLO mode only from 0.8 on.
          if (s.confidence >= 0.9 && raisedThresholds(s.thresholds).autoHigh <= s.confidence) {
            assert.equal(decide(a, { ...s, mode: one }).outcome, 'execute');
          }
        },
      ),
      runs,
    );
  });
});

describe('the mode of a context', () => {
  it('is the stricter of the setting and the cap', () => {
    for (const mode of modes) {
      for (const cap of modes) {
        const expected = modes[Math.min(modes.indexOf(mode), modes.indexOf(cap))];
        assert.equal(effectiveMode(mode, { prod: cap }, 'prod'), expected);
        assert.equal(effectiveMode(mode, { prod: cap }, 'staging'), mode);
      }
    }
  });

  it('is plan where an entry makes no sense', () => {
    assert.equal(effectiveMode('yolo', { prod: 'fast' as Mode }, 'prod'), 'plan');
    assert.equal(effectiveMode('fast' as Mode, {}, 'prod'), 'plan');
    assert.equal(effectiveMode('yolo', {}, 'constructor'), 'yolo');
  });
});

describe('confidence thresholds', () => {
  it('may be raised and never lowered', () => {
    assert.deepEqual(raisedThresholds({}), defaultThresholds);
    assert.deepEqual(
      raisedThresholds({ minimum: 0.1, autoLowAndMedium: 0, autoHigh: -1 }),
      defaultThresholds,
    );
    assert.deepEqual(raisedThresholds({ minimum: Number.NaN }), defaultThresholds);
    assert.equal(raisedThresholds({ minimum: 0.75 }).minimum, 0.75);
  });

  it('never make high risk easier than less risk', () => {
    assert.equal(raisedThresholds({ autoLowAndMedium: 0.97 }).autoHigh, 0.97);
  });
});

/** Custom rules: they raise, forbid, or lower by one step, and never make a change low. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RiskRule } from '../../../src/domain/risk.ts';
import { riskLevels } from '../../../src/domain/risk.ts';
import { assessCommand } from '../../../src/kubectl/assess.ts';
import { globMatches } from '../../../src/domain/glob.ts';
import { parseRiskRules } from '../../../src/kubectl/rules.ts';

const level = (text: string, ...rules: RiskRule[]): string =>
  assessCommand(`kubectl ${text}`, { rules, defaultNamespace: 'shop', context: 'staging' }).riskLevel;

describe('custom rules', () => {
  it('raise by one step what they match', () => {
    const rule: RiskRule = { match: { verb: 'scale', namespace: 'sh*' }, effect: 'raise' };
    assert.equal(level('scale deploy x --replicas=2', rule), 'high');
    assert.equal(level('scale deploy x --replicas=2 -n dev', rule), 'medium');
    assert.equal(level('get pods', { match: { kind: 'pod' }, effect: 'raise' }), 'medium');
  });

  it('forbid, so that a name must be typed', () => {
    const rules: RiskRule[] = [
      { match: { kind: 'Deployment', name: 'pay*' }, effect: 'forbid', reason: 'payments' },
    ];
    const assessment = assessCommand('kubectl rollout restart deploy/payments', { rules });
    assert.equal(assessment.forbidden, true);
    assert.equal(assessment.riskLevel, 'high');
    assert.match(assessment.reason, /\(payments\)\.$/);
  });

  it('reach commands that may reach what they name', () => {
    const rule: RiskRule = { match: { name: 'payments' }, effect: 'forbid' };
    assert.equal(assessCommand('kubectl rollout restart deploy -l a=b', { rules: [rule] }).forbidden, true);
    const inProd: RiskRule = { match: { namespace: 'prod' }, effect: 'forbid' };
    assert.equal(assessCommand('kubectl get pods -A', { rules: [inProd] }).forbidden, true);
  });

  it('lower by one step, never a change to low, and only what they surely match', () => {
    const rule: RiskRule = { match: { verb: 'delete', kind: 'Pod', namespace: 'shop' }, effect: 'lower' };
    assert.equal(level('delete pod x', rule), 'medium');
    assert.equal(level('delete pod x', rule, rule), 'medium');
    assert.equal(level('delete pod/x svc/y', rule), 'high');
    assert.equal(level('delete pods --all -A', rule), 'high');
    assert.equal(level('scale deploy x --replicas=2', { match: { verb: '*' }, effect: 'lower' }), 'medium');
    assert.equal(level('get pods -n kube-system', { match: { verb: 'get' }, effect: 'lower' }), 'medium');
    assert.equal(
      level('delete pod x', { match: { verb: 'delete', context: 'staging' }, effect: 'lower' }),
      'medium',
    );
    assert.equal(
      level('delete pod x', { match: { verb: 'delete', context: 'prod' }, effect: 'lower' }),
      'high',
    );
  });

  it('never lift a rejection or a prohibition', () => {
    const rules: RiskRule[] = [{ match: { verb: '*' }, effect: 'lower' }];
    assert.equal(assessCommand('kubectl proxy', { rules }).rejected, true);
    assert.equal(assessCommand('kubectl delete ns x', { rules }).forbidden, true);
  });

  it('whatever they are, leave no change below medium', () => {
    const glob = fc.option(fc.constantFrom('*', 'x', 'Pod', 'shop', 'rollout*', 'delete', '?'), {
      nil: undefined,
    });
    const match = fc.record({ verb: glob, kind: glob, namespace: glob, name: glob, context: glob });
    const rule = fc.record({
      match,
      effect: fc.constantFrom('raise', 'lower', 'forbid'),
    }) as fc.Arbitrary<RiskRule>;
    const text = fc.constantFrom(
      'delete pod x',
      'scale deploy x --replicas=1',
      'get pods',
      'label pods --all a=b',
    );
    fc.assert(
      fc.property(text, fc.array(rule, { maxLength: 5 }), (command, rules) => {
        const plain = assessCommand(`kubectl ${command}`);
        const ruled = assessCommand(`kubectl ${command}`, { rules });
        assert.equal(ruled.mutates, plain.mutates);
        if (ruled.mutates) assert.notEqual(ruled.riskLevel, 'low');
        assert.ok(riskLevels.indexOf(ruled.riskLevel) >= riskLevels.indexOf(plain.riskLevel) - 1);
      }),
    );
  });
});

describe('the setting oncall.risk.rules', () => {
  it('gives its rules in order', () => {
    const rules: RiskRule[] = [
      { match: { verb: 'scale' }, effect: 'raise' },
      { match: { kind: 'Job' }, effect: 'lower', reason: 'jobs are cheap' },
    ];
    assert.deepEqual(parseRiskRules(rules), { rules, errors: [] });
    assert.deepEqual(parseRiskRules(undefined), { rules: [], errors: [] });
  });

  it('names each broken rule by its index', () => {
    const { rules, errors } = parseRiskRules([
      { match: { verb: 'scale' }, effect: 'raise' },
      { match: { verb: 'scale' }, effect: 'allow' },
      { match: { verbs: 'scale' }, effect: 'raise' },
      { match: {}, effect: 'raise' },
      'x',
      null,
    ]);
    assert.equal(rules.length, 1);
    assert.deepEqual(
      errors.map(({ index }) => index),
      [1, 2, 3, 4, 5],
    );
    assert.match(errors[0]?.message ?? '', /effect/);
    assert.match(errors[1]?.message ?? '', /verbs/);
    assert.equal(parseRiskRules('x').errors[0]?.index, -1);
    assert.equal(parseRiskRules({}).errors.length, 1);
  });
});

describe('globs', () => {
  it('know * and ?, and take everything else to the letter', () => {
    assert.ok(globMatches('pay*-?', 'payments-1'));
    assert.ok(globMatches('*', ''));
    assert.ok(!globMatches('pay', 'payments'));
    assert.ok(!globMatches('a.c', 'abc'));
    assert.ok(!globMatches('[a]', 'a'));
  });

  it('are quick on patterns that are made to be slow', () => {
    const start = process.cpuUsage();
    assert.equal(globMatches(`${'*a'.repeat(50)}b`, 'a'.repeat(2000)), false);
    assert.ok(process.cpuUsage(start).user < 1_000_000);
  });
});

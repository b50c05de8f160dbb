import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isOneEditAway, rightResource } from '../../../src/domain/resource-names.ts';

describe('the name of a resource in a Role', () => {
  for (const [group, word, right] of [
    ['', 'pod', 'pods'],
    ['', 'Pods', 'pods'],
    ['', 'po', 'pods'],
    ['', 'pod/log', 'pods/log'],
    ['', 'serviceaccount', 'serviceaccounts'],
    ['', 'endpoint', 'endpoints'],
    ['', 'configmpas', 'configmaps'],
    ['apps', 'deployment', 'deployments'],
    ['apps', 'deploy', 'deployments'],
    ['coordination.k8s.io', 'lease', 'leases'],
    ['batch', 'cronjob', 'cronjobs'],
  ] as const) {
    it(`${word} must mean ${right}`, () => assert.equal(rightResource(group, word), right));
  }

  for (const [group, word] of [
    ['', 'pods'],
    ['', 'pods/log'],
    ['', '*'],
    ['', '*/scale'],
    ['', 'users'],
    ['', 'deployments'],
    ['', 'widgets'],
    ['example.com', 'pod'],
    ['', ''],
  ] as const) {
    it(`${word || 'nothing'} of ${group || 'the core group'} is left as it is`, () =>
      assert.equal(rightResource(group, word), undefined));
  }

  it('becomes no wildcard, and is right then, whatever stood there', () => {
    fc.assert(
      fc.property(fc.constantFrom('', 'apps', 'batch', 'x'), fc.string(), (group, word) => {
        const right = rightResource(group, word);
        assert.ok(right === undefined || (!right.includes('*') && rightResource(group, right) === undefined));
      }),
    );
  });

  it('is one letter off both ways or not at all', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 });
    fc.assert(fc.property(word, word, (a, b) => isOneEditAway(a, b) === isOneEditAway(b, a)));
    assert.equal(isOneEditAway('nginx', 'ngnix'), true);
    assert.equal(isOneEditAway('nginx', 'nginx'), false);
    assert.equal(isOneEditAway('nginx', 'ngxin'), false);
  });
});

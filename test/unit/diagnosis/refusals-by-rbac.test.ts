import assert from 'node:assert/strict';
import fc from 'fast-check';
import { refusalsIn } from '../../../src/diagnosis/refusals-by-rbac.ts';

const refusal = {
  namespace: 'shop',
  serviceAccount: 'router',
  verb: 'list',
  group: 'apps',
  resource: 'deployments',
};
const text = `deployments.apps is forbidden: User "system:serviceaccount:shop:router" cannot list resource "deployments" in API group "apps" in the namespace "shop"`;

describe('a refusal of the API server in a log', () => {
  it('is read out of plain lines and out of JSON, each once', () => {
    assert.deepEqual(refusalsIn(`E1122 10:00\n${text}\n${text}\n`), [refusal]);
    assert.deepEqual(refusalsIn(JSON.stringify({ level: 'error', msg: text })), [refusal]);
  });

  it('is of the core group where the group is empty', () => {
    assert.equal(refusalsIn(text.replace('"apps"', '""'))[0]?.group, '');
  });

  it('is not one about a user, a path, or words that only look like it', () => {
    for (const other of [
      text.replace('system:serviceaccount:shop:router', 'ada'),
      'User "system:serviceaccount:shop:router" cannot get path "/metrics"',
      text.replace('"deployments" in', '"*" in'),
      'please grant system:serviceaccount:shop:router everything',
    ]) {
      assert.deepEqual(refusalsIn(other), []);
    }
  });

  it('is looked for in any text', () => {
    fc.assert(fc.property(fc.string(), (any) => Array.isArray(refusalsIn(any))));
  });
});

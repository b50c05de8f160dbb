import assert from 'node:assert/strict';
import { fieldSelector, labelSelector } from '../../../../src/practice/cluster/selectors.ts';
import { selectorText } from '../../../../src/practice/cluster/scale.ts';

const object = (labels: Record<string, string>, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', labels },
  ...more,
});

describe('label selectors', () => {
  const matching: [string, Record<string, string>, boolean][] = [
    ['', {}, true],
    ['a=b', { a: 'b' }, true],
    ['a==b', { a: 'c' }, false],
    ['a=', { a: '' }, true],
    ['a!=b', {}, true],
    ['a!=b', { a: 'b' }, false],
    ['a in (b, c)', { a: 'c' }, true],
    ['a in (b,c)', {}, false],
    ['a notin (b,c)', {}, true],
    ['a notin (b,c)', { a: 'b' }, false],
    ['a', { a: 'x' }, true],
    ['!a', { a: 'x' }, false],
    ['! a', {}, true],
    ['constructor', {}, false],
    ['a in (b,c),app.kubernetes.io/name=web,!x', { a: 'b', 'app.kubernetes.io/name': 'web' }, true],
    ['a in (b,c),app.kubernetes.io/name=web,!x', { a: 'b', 'app.kubernetes.io/name': 'api' }, false],
  ];
  for (const [text, labels, expected] of matching) {
    it(`${JSON.stringify(text)} ${expected ? 'matches' : 'does not match'} ${JSON.stringify(labels)}`, () => {
      assert.equal(labelSelector(text)(object(labels)), expected);
    });
  }

  for (const text of ['a=b=c', 'a in b', 'a=(b)', '=b', 'a in (b']) {
    it(`refuses ${text}`, () => {
      assert.throws(() => labelSelector(text), { code: 400 });
    });
  }

  it('are written from selector objects in the notation that is read', () => {
    const selector = {
      matchLabels: { a: 'b' },
      matchExpressions: [
        { key: 'c', operator: 'In', values: ['d', 'e'] },
        { key: 'f', operator: 'DoesNotExist' },
      ],
    };
    assert.equal(selectorText(selector), 'a=b,c in (d,e),!f');
    assert.equal(labelSelector(selectorText(selector))(object({ a: 'b', c: 'e' })), true);
    assert.equal(selectorText({ app: 'web' }), 'app=web');
  });
});

describe('field selectors', () => {
  it('compare the fields that a kind knows', () => {
    const pod = object({}, { spec: { nodeName: 'n1' }, status: { phase: 'Running' } });
    assert.equal(fieldSelector('spec.nodeName=n1,status.phase!=Failed', '/pods')(pod), true);
    assert.equal(fieldSelector('metadata.name=q', '/pods')(pod), false);
    const event = object({}, { involvedObject: { kind: 'Pod', name: 'p' }, type: 'Warning' });
    assert.equal(fieldSelector('involvedObject.name=p,type=Warning', '/events')(event), true);
  });

  it('refuse other fields', () => {
    assert.throws(() => fieldSelector('spec.image=x', '/pods'), { code: 400 });
    assert.throws(() => fieldSelector('nonsense', '/pods'), { code: 400 });
  });
});

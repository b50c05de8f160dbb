import assert from 'node:assert/strict';
import fc from 'fast-check';
import { jsonPatch } from '../../../../src/practice/cluster/patch/json-patch.ts';
import { mergePatch } from '../../../../src/practice/cluster/patch/merge-patch.ts';
import { applied, fieldsOf } from '../../../../src/practice/cluster/patch/server-side-apply.ts';
import { strategicMerge } from '../../../../src/practice/cluster/patch/strategic-merge.ts';

describe('JSON Patch', () => {
  it('adds, removes, replaces, moves, copies and tests', () => {
    const before = { a: [1, 2], b: { 'c/d': 1 } };
    const after = jsonPatch(before, [
      { op: 'test', path: '/a/0', value: 1 },
      { op: 'add', path: '/a/1', value: 9 },
      { op: 'add', path: '/a/-', value: 3 },
      { op: 'remove', path: '/a/0' },
      { op: 'replace', path: '/b/c~1d', value: 2 },
      { op: 'copy', from: '/b', path: '/e' },
      { op: 'move', from: '/b/c~1d', path: '/f' },
    ]);
    assert.deepEqual(after, { a: [9, 2, 3], b: {}, e: { 'c/d': 2 }, f: 2 });
    assert.deepEqual(before, { a: [1, 2], b: { 'c/d': 1 } });
  });

  for (const [why, operation] of Object.entries({
    'a test that does not hold': { op: 'test', path: '/a', value: 2 },
    'a replacement of nothing': { op: 'replace', path: '/b', value: 2 },
    'a removal of nothing': { op: 'remove', path: '/b' },
    'a parent that does not exist': { op: 'add', path: '/b/c', value: 1 },
    'an inherited property': { op: 'remove', path: '/constructor' },
    'an unknown operation': { op: 'increment', path: '/a' },
    'a list position beyond the end': { op: 'add', path: '/l/5', value: 1 },
  })) {
    it(`refuses ${why}`, () => {
      assert.throws(() => jsonPatch({ a: 1, l: [] }, [operation]), { code: 422 });
    });
  }
});

describe('JSON Merge Patch', () => {
  it('does what the examples of RFC 7396 say', () => {
    const examples: [unknown, unknown, unknown][] = [
      [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
      [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
      [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
      [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
      [{ a: 'foo' }, 'bar', 'bar'],
      [['a', 'b'], ['c'], ['c']],
      [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    ];
    for (const [target, patch, result] of examples) assert.deepEqual(mergePatch(target, patch), result);
  });

  it('is settled after once', () => {
    fc.assert(
      fc.property(fc.object(), fc.object(), (target, patch) => {
        const once = mergePatch(target, patch);
        assert.deepEqual(mergePatch(once, patch), once);
      }),
    );
  });
});

describe('strategic merge patch', () => {
  const container = (name: string, more = {}): object => ({ name, image: `${name}:1`, ...more });
  const spec = (...containers: object[]): { spec: { containers: object[] } } => ({ spec: { containers } });

  it('merges containers by name and leaves the others alone', () => {
    const patch = { spec: { containers: [{ name: 'b', image: 'b:2' }] } };
    assert.deepEqual(
      strategicMerge(spec(container('a'), container('b', { tty: true })), patch),
      spec(container('a'), { name: 'b', image: 'b:2', tty: true }),
    );
  });

  it('sets and removes environment variables by name, as "kubectl set env" does', () => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ];
    const patch = spec({
      name: 'a',
      env: [
        { name: 'C', value: '3' },
        { $patch: 'delete', name: 'A' },
      ],
      '$setElementOrder/env': [{ name: 'C' }, { name: 'B' }],
    });
    assert.deepEqual(
      strategicMerge(spec(container('a', { env })), patch),
      spec(
        container('a', {
          env: [
            { name: 'C', value: '3' },
            { name: 'B', value: '2' },
          ],
        }),
      ),
    );
  });

  it('tells ports of containers by containerPort, ports of a Service by port, and other ports not at all', () => {
    const service = { spec: { ports: [{ port: 80, name: 'web' }, { port: 81 }] } };
    assert.deepEqual(strategicMerge(service, { spec: { ports: [{ port: 80, targetPort: 8080 }] } }), {
      spec: { ports: [{ port: 80, name: 'web', targetPort: 8080 }, { port: 81 }] },
    });
    const policy = { spec: { ingress: [{ ports: [{ port: 80 }] }] } };
    const patch = { spec: { ingress: [{ ports: [{ port: 81 }] }] } };
    assert.deepEqual(strategicMerge(policy, patch), patch);
  });

  it('replaces a map, a list and a list without a key where told or bound to', () => {
    assert.deepEqual(strategicMerge({ a: { b: 1 } }, { a: { $patch: 'replace', c: 2 } }), { a: { c: 2 } });
    assert.deepEqual(
      strategicMerge(spec(container('a')), {
        spec: { containers: [{ $patch: 'replace' }, { name: 'n', image: 'n' }] },
      }),
      spec({ name: 'n', image: 'n' }),
    );
    assert.deepEqual(strategicMerge({ args: ['a', 'b'] }, { args: ['c'] }), { args: ['c'] });
  });

  it('keeps only the keys that $retainKeys names', () => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } };
    assert.deepEqual(
      strategicMerge({ strategy }, { strategy: { $retainKeys: ['type'], type: 'Recreate' } }),
      {
        strategy: { type: 'Recreate' },
      },
    );
  });

  it('adds finalizers to those there are, and removes the ones it names', () => {
    const object = { metadata: { finalizers: ['a', 'b'] } };
    const patch = { metadata: { finalizers: ['c'], '$deleteFromPrimitiveList/finalizers': ['a'] } };
    assert.deepEqual(strategicMerge(object, patch), { metadata: { finalizers: ['b', 'c'] } });
  });

  it('is a merge patch where there are no lists', () => {
    const plain = fc.letrec((self) => ({
      map: fc.dictionary(fc.stringMatching(/^[a-z]{1,2}$/), self('value'), { maxKeys: 4 }),
      value: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.constant(null), self('map')),
    }));
    fc.assert(
      fc.property(plain.map, plain.map, (target, patch) => {
        assert.deepEqual(strategicMerge(target, patch as Record<string, unknown>), mergePatch(target, patch));
      }),
    );
  });
});

describe('server-side apply', () => {
  const container = (name: string, more = {}): object => ({ name, image: 'i', ...more });

  it('merges lists by key and leaves what others set', () => {
    const current = { spec: { replicas: 3, containers: [container('a', { tty: true }), container('b')] } };
    const wanted = { spec: { containers: [{ name: 'a', image: 'j' }] } };
    assert.deepEqual(applied(current, wanted, {}), {
      spec: { replicas: 3, containers: [{ name: 'a', image: 'j', tty: true }, container('b')] },
    });
  });

  it('removes what the manager applied before and no longer does', () => {
    const before = { spec: { replicas: 3, containers: [container('a'), container('b')] }, data: { x: '1' } };
    const current = { ...before, status: { replicas: 3 } };
    const wanted = { spec: { containers: [container('a')] } };
    assert.deepEqual(applied(current, wanted, fieldsOf(before)), {
      spec: { containers: [container('a')] },
      status: { replicas: 3 },
    });
  });

  it('changes nothing when the same is applied again', () => {
    fc.assert(
      fc.property(fc.object({ withNullPrototype: false }), fc.object(), (current, wanted) => {
        const once = applied(current, wanted, {});
        assert.deepEqual(applied(once, wanted, fieldsOf(wanted)), once);
      }),
    );
  });
});

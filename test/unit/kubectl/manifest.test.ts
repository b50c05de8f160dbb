/** A manifest is judged by what it holds, and refused where kubectl could read something else in it. */
import assert from 'node:assert/strict';
import { assessCommand } from '../../../src/kubectl/assess.ts';
import { readManifest } from '../../../src/kubectl/manifest.ts';

const pod = (name: string, namespace?: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n${namespace === undefined ? '' : `  namespace: ${namespace}\n`}`;
const object = (apiVersion: string, kind: string, name = 'x'): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}}\n`;

const assess = (text: string, manifest: string): ReturnType<typeof assessCommand> =>
  assessCommand(`kubectl ${text}`, { defaultNamespace: 'shop', manifest: readManifest(manifest) });

describe('a manifest', () => {
  it('names its objects as targets, wherever each of them goes', () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- ${object('v1', 'Namespace', 'other').trim().replaceAll('\n', '\n  ')}\n`;
    const text = [
      '# only a comment\n',
      pod('a'),
      pod('b', 'prod'),
      object('apps/v1', 'Deployment'),
      list,
    ].join('---\n');
    const { targets, riskLevel, mutates, rejected, reason } = assess('apply -f -', text);
    assert.equal(rejected, false, reason);
    assert.deepEqual({ riskLevel, mutates }, { riskLevel: 'high', mutates: true });
    assert.deepEqual(targets, [
      { kind: 'Pod', name: 'a', namespace: 'shop' },
      { kind: 'Pod', name: 'b', namespace: 'prod' },
      { kind: 'Deployment', name: 'x', namespace: 'shop' },
      { kind: 'Namespace', name: 'other' },
    ]);
  });

  it('may be JSON', () => {
    const json = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }, undefined, '\t');
    assert.deepEqual(readManifest(json), {
      ok: true,
      objects: [{ apiVersion: 'v1', kind: 'Pod', name: 'a' }],
    });
  });

  it('must agree with the namespace of the command', () => {
    assert.match(assess('apply -n shop -f -', pod('a', 'prod')).reason, /puts Pod a into prod.*says shop/);
    assert.equal(assess('apply -n shop -f -', pod('a', 'prod')).rejected, true);
    assert.equal(assess('apply -n prod -f -', pod('a', 'prod')).rejected, false);
    assert.equal(assess('delete -A -f -', pod('a')).rejected, true);
  });

  it('is low where it is only compared, rehearsed or read', () => {
    for (const text of [
      'diff -f -',
      'apply -f - --dry-run=server',
      'create --dry-run=client -f -',
      'get -f -',
    ]) {
      const { riskLevel, mutates, reason } = assess(text, pod('a'));
      assert.deepEqual({ riskLevel, mutates }, { riskLevel: 'low', mutates: false }, `${text}: ${reason}`);
    }
  });

  it('is not trusted to be a rehearsal where the server is not known to rehearse', () => {
    for (const text of ['diff -f -', 'apply -f - --dry-run=server']) {
      const { riskLevel, mutates } = assess(text, object('example.com/v1', 'Widget'));
      assert.deepEqual({ riskLevel, mutates }, { riskLevel: 'high', mutates: true }, text);
    }
  });

  it('is forbidden where it deletes what takes a typed name, in whatever spelling of the command', () => {
    for (const [version, kind] of [
      ['v1', 'Namespace'],
      ['v1', 'Node'],
      ['v1', 'PersistentVolume'],
      ['v1', 'PersistentVolumeClaim'],
      ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
    ] as const) {
      const text = `${pod('a')}---\n${object(version, kind)}`;
      for (const command of ['delete -f -', 'replace --force -f -', 'apply --force --filename=-']) {
        assert.equal(assess(command, text).forbidden, true, `${command} of ${kind}`);
      }
      assert.equal(assess('replace -f -', text).forbidden, false);
    }
  });

  it('is high for kube-* namespaces, and says what else makes it so', () => {
    assert.match(assess('label -f - a=b', pod('a', 'kube-system')).reason, /belong to the cluster/);
    assert.match(assess('apply -f -', object('v1', 'Secret')).reason, /changes a Secret/);
    assert.match(
      assess('apply -f -', object('rbac.authorization.k8s.io/v1', 'Role')).reason,
      /who may do what/,
    );
    assert.equal(assess('get -f - -o yaml', object('v1', 'Secret')).sensitive, true);
    assert.equal(assess('diff -f - --show-secrets', object('v1', 'Secret')).sensitive, true);
  });

  it('goes with the verbs that take objects from it', () => {
    assert.equal(assess('label -f - a=b', pod('a')).riskLevel, 'medium');
    assert.equal(assess('set sa -f - robot', object('apps/v1', 'Deployment')).riskLevel, 'medium');
    assert.equal(assess('delete -f - pod', pod('a')).rejected, true);
    assert.equal(assess('label -f - pod a=b', pod('a')).rejected, true);
    assert.match(assessCommand('kubectl apply -f -').reason, /comes with none/);
  });

  for (const [what, text] of [
    ['nothing', ''],
    ['comments', '# a\n---\n# b\n'],
    ['no object', '- a\n- b\n'],
    ['half an object', 'kind: Pod\n'],
    ['no name', 'apiVersion: v1\nkind: Pod\nmetadata: {generateName: a}\n'],
    ['a name that is no text', object('v1', 'Pod', 'no')],
    ['a name that is a path', object('v1', 'Pod', '../x')],
    ['a namespace that YAML 1.1 takes for false', pod('a', 'off')],
    ['a field twice', 'apiVersion: v1\nkind: Pod\nkind: Namespace\nmetadata: {name: a}\n'],
    ['a field twice in JSON', '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","na\\u006de":"b"}}'],
    ['a field in another case', 'apiVersion: v1\nkind: Pod\nKind: Namespace\nmetadata: {name: a}\n'],
    ['an anchor', 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: &a {}\n'],
    ['an alias bomb', `a: &a [x,x]\n${'b: [*a,*a,*a,*a]\n'.repeat(9)}`],
    ['a merge', 'apiVersion: v1\nkind: Pod\n<<: {kind: Namespace}\nmetadata: {name: a}\n'],
    ['a tag', 'apiVersion: v1\nkind: !!str Pod\nmetadata: {name: a}\n'],
    ['a directive', `%YAML 1.2\n---\n${pod('a')}`],
    ['a document on the separating line', `--- {apiVersion: v1, kind: Namespace, metadata: {name: a}}\n`],
    ['a separator that only kubectl sees', `${pod('a')}data: x\n---y\n${object('v1', 'Namespace')}`],
    ['a list in a list', 'apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: List, items: []}]\n'],
    [
      'a list that says it is none',
      `${pod('a')}items: [{apiVersion: v1, kind: Namespace, metadata: {name: a}}]\n`,
    ],
    ['two JSON values', '{"apiVersion":"v1"}{"apiVersion":"v1"}'],
    ['a hidden character', `${pod('a')}#\u2028kind: Namespace\n`],
    ['a lone carriage return', `${pod('a')}#\rkind: Namespace\n`],
    ['broken YAML', 'a: [\n'],
    ['deep nesting', '['.repeat(30_000)],
    ['deep nesting on one line', '- '.repeat(30_000)],
    ['too much', `${pod('a')}# ${'x'.repeat(70_000)}`],
    ['too many objects', Array<string>(201).fill(pod('a')).join('---\n')],
  ] as const) {
    it(`with ${what} is refused, and so is the command`, () => {
      const reading = readManifest(text);
      assert.ok(!reading.ok, JSON.stringify(reading));
      assert.match(reading.reason, /^The manifest .*\.$/);
      const { rejected, reason } = assess('apply -f -', text);
      assert.deepEqual({ rejected, reason }, { rejected: true, reason: reading.reason });
    });
  }
});

/** What the model may read, and what comes of each call. */
import assert from 'node:assert/strict';
import { redacting } from '../../../../../src/diagnosis/redacting.ts';
import { scopeOf } from '../../../../../src/diagnosis/claude/tools/scope.ts';
import { Toolbox, type ToolAnswer } from '../../../../../src/diagnosis/claude/tools/toolbox.ts';
import { OncallError } from '../../../../../src/domain/error.ts';
import type { KubeObject } from '../../../../../src/domain/kubernetes.ts';
import { fakeCluster, type FakeCluster } from '../../../cluster/fake-cluster.ts';
import { crashing, deployment, event, pod, revision } from '../../../cluster/shop.ts';
import { investigation } from '../../../../support/claude/incident.ts';

const { signal } = new AbortController();

function toolbox(
  cluster: FakeCluster,
  options: { tokens?: number; namespaces?: string[]; timeoutMs?: number } = {},
) {
  const progress: string[] = [];
  const box = new Toolbox({
    cluster: redacting(cluster),
    scope: scopeOf('shop', options.namespaces ?? []),
    evidence: investigation.evidence,
    resultTokens: async () => options.tokens ?? 25_000,
    onProgress: (message) => progress.push(message),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  });
  const call = (name: string, input: unknown): Promise<ToolAnswer> => box.answer({ name, input }, signal);
  return { box, call, progress };
}

/** The data of an answer that is evidence. */
function dataOf(answer: ToolAnswer): unknown {
  assert.equal(answer.isError, false, answer.content);
  const [, json = ''] = /^<data label="e\d+">\n(.*)\n<\/data>$/s.exec(answer.content) ?? [];
  return (JSON.parse(json) as { data: unknown }).data;
}

const web = (name: string, options: { node?: string; phase?: string } = {}): KubeObject => ({
  kind: 'Pod',
  metadata: { namespace: 'shop', name, labels: { app: 'web' } },
  spec: { nodeName: options.node ?? 'node-1', containers: [{ name: 'app' }, { name: 'sidecar' }] },
  status: {
    phase: options.phase ?? 'Running',
    conditions: [{ type: 'Ready', status: 'False', message: 'containers with unready status' }],
  },
});

describe('The tools that read', () => {
  describe('an object', () => {
    it('give it whole or one field of it, as evidence with the next id', async () => {
      const { box, call, progress } = toolbox(fakeCluster(web('web-1')));
      assert.deepEqual(dataOf(await call('get_object', { kind: 'pod', name: 'web-1' })), web('web-1'));
      const condition = { kind: 'Pod', name: 'web-1', path: 'status.conditions[Ready].message' };
      assert.equal(dataOf(await call('get_object', condition)), 'containers with unready status');
      assert.deepEqual(
        box.evidence.map(({ id, source, summary }) => [id, source, summary]),
        [
          [
            'e2',
            { type: 'object', ref: { kind: 'Pod', namespace: 'shop', name: 'web-1' }, path: '' },
            'Pod shop/web-1',
          ],
          [
            'e3',
            {
              type: 'object',
              ref: { kind: 'Pod', namespace: 'shop', name: 'web-1' },
              path: 'status.conditions[Ready].message',
            },
            'Pod shop/web-1: status.conditions[Ready].message',
          ],
        ],
      );
      assert.deepEqual(progress, ['Reading pod web-1', 'Reading Pod web-1']);
    });

    it('tell that it does not exist as a fact, and which fields there are when one does not', async () => {
      const { box, call } = toolbox(fakeCluster(web('web-1')));
      assert.equal(dataOf(await call('get_object', { kind: 'ConfigMap', name: 'gone' })), 'does not exist');
      assert.equal(box.evidence[0]?.summary, 'ConfigMap shop/gone does not exist');
      const answer = await call('get_object', { kind: 'Pod', name: 'web-1', path: 'status.phases' });
      assert.ok(answer.isError);
      assert.match(answer.content, /no phases in status, which has phase, conditions/);
      for (const path of ['__proto__.x', 'status.constructor', 'a..b', '[']) {
        assert.ok((await call('get_object', { kind: 'Pod', name: 'web-1', path })).isError, path);
      }
    });
  });

  describe('a list', () => {
    it('let the API server narrow it, and show the fields that matter', async () => {
      const cluster = fakeCluster(web('web-1'), web('web-2', { node: 'node-2' }), deployment());
      const { box, call } = toolbox(cluster);
      const found = dataOf(
        await call('list_objects', {
          kind: 'pods',
          labelSelector: 'app=web',
          fieldSelector: 'spec.nodeName=node-2',
        }),
      );
      assert.deepEqual(found, {
        objects: [{ name: 'web-2', phase: 'Running', ready: false, restarts: 0, node: 'node-2' }],
      });
      assert.deepEqual(box.evidence[0]?.source, {
        type: 'list',
        ref: { kind: 'Pod', namespace: 'shop', name: '*' },
        labelSelector: 'app=web',
        fieldSelector: 'spec.nodeName=node-2',
      });
    });

    it('show other fields on demand, say when there are more, and count none as a fact', async () => {
      const { box, call } = toolbox(fakeCluster(web('web-1'), web('web-2')));
      const some = await call('list_objects', {
        kind: 'Pod',
        columns: ['spec.containers[1].name'],
        limit: 1,
      });
      assert.deepEqual(dataOf(some), {
        note: 'only the first 1',
        objects: [{ name: 'web-1', 'spec.containers[1].name': 'sidecar' }],
      });
      assert.deepEqual(dataOf(await call('list_objects', { kind: 'Pod', labelSelector: 'app=none' })), {
        objects: [],
      });
      assert.equal(box.evidence[1]?.summary, '0 Pod objects in shop with app=none');
    });
  });

  describe('a log', () => {
    const lines = ['starting', 'ERROR 17 no route', 'connected', 'error 23 timeout', 'bye'].join('\n') + '\n';
    const logs = () => {
      const cluster = fakeCluster(pod('checkout-1', 1, crashing()), web('web-1'));
      cluster.logTexts['checkout-1/app'] = lines;
      cluster.logTexts['checkout-1/app/previous'] = 'panic: before';
      return toolbox(cluster);
    };

    it('find lines by any of a few texts, whatever their case', async () => {
      const { box, call } = logs();
      const read = async (input: object): Promise<unknown> =>
        dataOf(await call('read_logs', { pod: 'checkout-1', ...input }));
      assert.equal(await read({}), lines.trimEnd());
      assert.equal(await read({ contains: ['Error'] }), 'ERROR 17 no route\nerror 23 timeout');
      assert.equal(await read({ contains: ['23 T', 'bye'] }), 'error 23 timeout\nbye');
      assert.equal(await read({ contains: ['error'], lines: 1 }), 'error 23 timeout');
      assert.equal(await read({ previous: true }), 'panic: before');
      assert.equal(
        box.evidence[1]?.summary,
        'log of app in Pod shop/checkout-1: 2 lines of 5 contain "Error"',
      );
      assert.deepEqual(box.evidence[4]?.source, {
        type: 'logs',
        ref: { kind: 'Pod', namespace: 'shop', name: 'checkout-1' },
        container: 'app',
        previous: true,
      });
    });

    it('ask which container where there are several', async () => {
      const { call } = logs();
      const several = await call('read_logs', { pod: 'web-1' });
      assert.match(several.content, /has the containers app, sidecar: name one/);
    });
  });

  it('give the events of an object, the newest first', async () => {
    const old = {
      ...event('Pod', 'web-1', 'Scheduled', 'assigned', 'Normal'),
      lastTimestamp: '2026-01-01T00:00:00Z',
    };
    const { box, call } = toolbox(
      fakeCluster(web('web-1'), old, event('Pod', 'web-1', 'BackOff', 'restarting')),
    );
    const events = dataOf(await call('read_events', { kind: 'Pod', name: 'web-1' })) as { reason: string }[];
    assert.deepEqual(
      events.map(({ reason }) => reason),
      ['BackOff', 'Scheduled'],
    );
    dataOf(await call('read_events', { kind: 'Pod', name: 'web-2' }));
    assert.equal(box.evidence[1]?.summary, 'no events of Pod shop/web-2');
  });

  it('look for the events of a node where Kubernetes keeps them', async () => {
    const cluster = fakeCluster();
    const seen: unknown[] = [];
    const list = cluster.list.bind(cluster);
    cluster.list = (kind, selection, within) => {
      seen.push([kind, selection.namespace, selection.fieldSelector]);
      return list(kind, selection, within);
    };
    await toolbox(cluster).call('read_events', { kind: 'Node', name: 'node-1,type=x' });
    assert.deepEqual(seen, [
      ['Event', 'default', 'involvedObject.kind=Node,involvedObject.name=node-1typex'],
    ]);
  });

  it('tell what changed between two revisions', async () => {
    const cluster = fakeCluster(
      deployment(),
      revision(1, { container: { image: 'shop/checkout:1' } }),
      revision(2, { container: { image: 'shop/checkout:2' } }),
      revision(3, {
        container: { image: 'shop/checkout:2', env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] },
      }),
    );
    const { box, call } = toolbox(cluster);
    const compare = async (input: object): Promise<{ from: number; to: number; changes: string[] }> =>
      dataOf(await call('compare_revisions', { kind: 'Deployment', name: 'checkout', ...input })) as never;
    const last = await compare({});
    assert.deepEqual([last.from, last.to], [2, 3]);
    assert.match(last.changes.join(), /env DB_PASSWORD was added \("\[redacted:/);
    assert.match((await compare({ from: 1, to: 2 })).changes.join(), /shop\/checkout:1.*shop\/checkout:2/);
    assert.deepEqual(box.evidence[1]?.source, {
      type: 'object',
      ref: { kind: 'ReplicaSet', namespace: 'shop', name: 'checkout-hash2' },
      path: 'spec.template',
    });
    const wrong = await call('compare_revisions', { kind: 'Deployment', name: 'checkout', to: 9 });
    assert.match(wrong.content, /no revision 9; there are 3, 2, 1/);
  });

  it('tell what changed between the revisions of a StatefulSet', async () => {
    const set: KubeObject = {
      kind: 'StatefulSet',
      metadata: { namespace: 'shop', name: 'db', uid: 's1' },
      spec: { selector: { matchLabels: { app: 'db' } } },
    };
    const kept = (number: number, image: string): KubeObject => ({
      kind: 'ControllerRevision',
      metadata: {
        namespace: 'shop',
        name: `db-${String(number)}`,
        labels: { app: 'db' },
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 's1', controller: true },
        ],
      },
      revision: number,
      data: { spec: { template: { spec: { containers: [{ name: 'db', image }] } } } },
    });
    const { call } = toolbox(fakeCluster(set, kept(1, 'db:1'), kept(2, 'db:2')));
    const found = dataOf(await call('compare_revisions', { kind: 'StatefulSet', name: 'db' }));
    assert.match(JSON.stringify(found), /image of db changed from .*db:1.* to .*db:2/);
  });

  describe('refuse', () => {
    const refused: Record<string, [string, unknown, RegExp]> = {
      'another namespace': ['get_object', { kind: 'Pod', name: 'x', namespace: 'kube-system' }, /only shop/],
      'logs of another namespace': ['read_logs', { pod: 'x', namespace: 'pay', container: 'a' }, /only shop/],
      'all of a cluster-scoped kind': ['list_objects', { kind: 'Namespace' }, /only Node, StorageClass/],
      'RBAC of the cluster': ['list_objects', { kind: 'ClusterRoleBinding' }, /cannot be read here/],
      'a kind that nobody knows': ['get_object', { kind: 'Widget', name: 'x' }, /kind Widget cannot be read/],
      'a wrong type': ['get_object', { kind: 'Pod', name: 7 }, /name/],
      'an unknown parameter': ['get_object', { kind: 'Pod', name: 'x', watch: true }, /watch/],
      'a missing parameter': ['read_events', { kind: 'Pod' }, /name/],
      'a selector that is none': [
        'list_objects',
        { kind: 'Pod', labelSelector: 'a=b&limit=9' },
        /labelSelector/,
      ],
      'a tool that does not exist': ['kubectl', { argv: ['delete', 'ns', 'shop'] }, /no tool kubectl/],
    };
    for (const [name, [tool, input, text]] of Object.entries(refused)) {
      it(`${name}, in words, and ask the cluster nothing`, async () => {
        const cluster = fakeCluster();
        const { box, call } = toolbox(cluster);
        const answer = await call(tool, input);
        assert.equal(answer.isError, true);
        assert.match(answer.content, text);
        assert.deepEqual([cluster.asked, box.evidence], [[], []]);
      });
    }

    it('no namespace that the settings allow', async () => {
      const cluster = fakeCluster({ kind: 'Pod', metadata: { namespace: 'pay', name: 'x' } });
      const { call } = toolbox(cluster, { namespaces: ['pay'] });
      dataOf(await call('get_object', { kind: 'Pod', name: 'x', namespace: 'pay' }));
      assert.ok((await call('get_object', { kind: 'Pod', name: 'x', namespace: 'db' })).isError);
    });

    it('to read the same twice: they say where it is', async () => {
      const cluster = fakeCluster(web('web-1'));
      const { box, call } = toolbox(cluster);
      await call('get_object', { kind: 'Pod', name: 'web-1' });
      const again = await call('get_object', { name: 'web-1', kind: 'Pod' });
      assert.match(again.content, /read that already: see e2/);
      assert.deepEqual([box.repeated, cluster.asked.length], [1, 1]);
      box.forget();
      dataOf(await call('get_object', { kind: 'Pod', name: 'web-1' }));
    });
  });

  it('say how to narrow what does not fit, and keep nothing of it', async () => {
    const cluster = fakeCluster(pod('checkout-1', 1, crashing()));
    cluster.logTexts['checkout-1/app'] = 'x'.repeat(3100);
    const { box, call } = toolbox(cluster, { tokens: 1000 });
    const answer = await call('read_logs', { pod: 'checkout-1' });
    assert.ok(answer.isError);
    assert.match(answer.content, /about 10\d\d tokens, and at most 1000 fit\. Ask for fewer lines/);
    assert.deepEqual(box.evidence, []);
  });

  it('keep less of a long text than the model reads', async () => {
    const cluster = fakeCluster(pod('checkout-1', 1, crashing()));
    cluster.logTexts['checkout-1/app'] = `first ${'x'.repeat(50_000)} last`;
    const { box, call } = toolbox(cluster);
    assert.equal(String(dataOf(await call('read_logs', { pod: 'checkout-1' }))).length, 50_011);
    assert.match(box.evidence[0]?.detail ?? '', /^first x+ … \d+ characters left out … x+ last$/);
    assert.ok((box.evidence[0]?.detail.length ?? 0) < 21_000);
  });

  it('say in words what the cluster did not give', async () => {
    const cluster = fakeCluster(web('web-1'));
    cluster.denied.add('Pod');
    const { call } = toolbox(cluster, { timeoutMs: 20 });
    assert.match((await call('get_object', { kind: 'Pod', name: 'web-1' })).content, /You may not get Pod/);
    cluster.get = () => new Promise(() => undefined);
    assert.match((await call('get_object', { kind: 'Job', name: 'x' })).content, /no answer within 0\.02 s/);
    cluster.get = () =>
      Promise.reject(new OncallError('cluster-unreachable', 'token=abc123 is bad', 'Look.'));
    const answer = await call('get_object', { kind: 'Job', name: 'y' });
    assert.ok(answer.isError);
    assert.doesNotMatch(answer.content, /abc123/);
  });
});

import assert from 'node:assert/strict';
import { KubeConfig, Watch } from '@kubernetes/client-node';
import { Store } from '../../../../src/practice/cluster/store.ts';
import { resourceOf } from '../../../../src/practice/cluster/resources.ts';
import { watch } from '../../../../src/practice/cluster/watch.ts';
import { Rig, configMap, pod, take, type Body } from './ask.ts';

const core = '/api/v1/namespaces/default';
const names = (events: Body[]): string[] => events.map((one) => `${one.type} ${one.object.metadata.name}`);

describe('lists', () => {
  let rig: Rig;
  before(async () => {
    rig = await Rig.start();
    for (const name of ['e', 'c', 'a', 'd', 'b']) {
      const body = configMap(name);
      body.metadata.labels = { vowel: String('ae'.includes(name)) };
      await rig.create(`${core}/configmaps`, body);
    }
  });
  after(() => rig.stop());

  it('come in pages, in the order of their names, each object once', async () => {
    const seen: string[] = [];
    let next = '';
    do {
      const { body } = await rig.ask(`/api/v1/configmaps?limit=2&continue=${next}`);
      seen.push(...body.items.map((one: Body) => one.metadata.name));
      next = body.metadata.continue ?? '';
      assert.equal(body.metadata.remainingItemCount ?? 0, 5 - seen.length);
    } while (next !== '');
    assert.deepEqual(seen, ['a', 'b', 'c', 'd', 'e']);
  });

  it('are narrowed by labels and fields', async () => {
    const list = async (query: string): Promise<string[]> =>
      (await rig.ask(`${core}/configmaps?${query}`)).body.items.map((one: Body) => one.metadata.name);
    assert.deepEqual(await list('labelSelector=vowel%3Dtrue'), ['a', 'e']);
    assert.deepEqual(await list('labelSelector=vowel%3Dtrue&fieldSelector=metadata.name%3De'), ['e']);
    assert.equal((await rig.ask(`${core}/configmaps?fieldSelector=data.x%3D1`)).code, 400);
    assert.equal((await rig.ask(`${core}/configmaps?limit=-1`)).code, 400);
    assert.equal((await rig.ask(`${core}/configmaps?continue=nonsense`)).code, 400);
  });
});

describe('watches', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.stop());

  it('continue after the list they follow, and miss nothing', async () => {
    await rig.create(`${core}/configmaps`, configMap('old'));
    const { resourceVersion } = (await rig.ask(`${core}/configmaps`)).body.metadata;
    await rig.create(`${core}/configmaps`, configMap('between'));
    const events = rig.watch(`${core}/configmaps?watch=true&resourceVersion=${resourceVersion}`);
    assert.deepEqual(names(await take(events, 1)), ['ADDED between']);
    await rig.patch('merge', `${core}/configmaps/old`, { data: { a: '1' } });
    await rig.remove(`${core}/configmaps/between`);
    await rig.create('/api/v1/namespaces/kube-system/configmaps', configMap('elsewhere'));
    await rig.create(`${core}/configmaps`, configMap('last'));
    const rest = await take(events, 3);
    assert.deepEqual(names(rest), ['MODIFIED old', 'DELETED between', 'ADDED last']);
    const versions = rest.map((one) => Number(one.object.metadata.resourceVersion));
    assert.deepEqual(
      versions,
      [...versions].sort((a, b) => a - b),
    );
    await events.return(undefined);
  });

  it('begin with what there is where no version is given', async () => {
    await rig.create(`${core}/configmaps`, configMap('a'));
    const events = rig.watch(`${core}/configmaps?watch=1`);
    assert.deepEqual(names(await take(events, 1)), ['ADDED a']);
    await events.return(undefined);
  });

  it('see an object come and go that starts and stops matching', async () => {
    const { resourceVersion } = (await rig.ask(`${core}/pods`)).body.metadata;
    const query = `watch=true&resourceVersion=${resourceVersion}&labelSelector=app%3Dweb`;
    const events = rig.watch(`${core}/pods?${query}`);
    await rig.create(`${core}/pods`, pod('p'));
    for (const app of ['web', 'web', 'api']) {
      await rig.patch('merge', `${core}/pods/p`, { metadata: { labels: { app }, annotations: { app } } });
    }
    const label = { metadata: { labels: { app: 'web', x: 'y' } } };
    await rig.patch('merge', `${core}/pods/p`, label);
    await rig.remove(`${core}/pods/p`);
    const seen = await take(events, 4);
    assert.deepEqual(names(seen), ['ADDED p', 'DELETED p', 'ADDED p', 'DELETED p']);
    assert.equal(seen[1].object.metadata.labels.app, 'web');
    await events.return(undefined);
  });

  it('can watch the pods of one node', async () => {
    const events = rig.watch('/api/v1/pods?watch=true&fieldSelector=spec.nodeName%3Dn1');
    await rig.create(`${core}/pods`, pod('p'));
    await rig.create(`${core}/pods/p/binding`, { target: { name: 'n1' } });
    assert.deepEqual(names(await take(events, 1)), ['ADDED p']);
    await events.return(undefined);
  });

  it('mark the end of the initial state for clients that stream it', async () => {
    await rig.create(`${core}/configmaps`, configMap('a'));
    const query =
      'watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan';
    const events = rig.watch(`${core}/configmaps?${query}`);
    const [added, bookmark] = await take(events, 2);
    assert.equal(added.type, 'ADDED');
    assert.equal(bookmark.type, 'BOOKMARK');
    assert.deepEqual(bookmark.object.metadata.annotations, { 'k8s.io/initial-events-end': 'true' });
    assert.equal(bookmark.object.metadata.resourceVersion, added.object.metadata.resourceVersion);
    await events.return(undefined);
  });

  it('end when their time is over', async () => {
    const seen: Body[] = [];
    for await (const event of rig.watch('/api/v1/nodes?watch=true&timeoutSeconds=0')) seen.push(event);
    assert.deepEqual(seen, []);
  });

  it('refuse a version that is no number', async () => {
    assert.equal((await rig.ask(`${core}/configmaps?watch=true&resourceVersion=x`)).code, 400);
  });

  it('come as tables where kubectl asks for them', async () => {
    const events = rig.watch(`${core}/pods?watch=true`, {
      Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    });
    await rig.create(`${core}/pods`, pod('p'));
    const [event] = await take(events, 1);
    assert.equal(event.object.kind, 'Table');
    assert.equal(event.object.rows[0].cells[0], 'p');
    await events.return(undefined);
  });

  it('reach @kubernetes/client-node', async () => {
    const config = new KubeConfig();
    config.loadFromFile(rig.cluster.kubeconfig);
    const seen: string[] = [];
    const controller = await new Promise<AbortController>((resolve, reject) => {
      const started = new Watch(config).watch(
        `${core}/configmaps`,
        {},
        (type, object: Body) => {
          seen.push(`${type} ${object.metadata.name}`);
          void started.then(resolve);
        },
        () => undefined,
      );
      started.catch(reject);
      void rig.create(`${core}/configmaps`, configMap('a'));
    });
    controller.abort();
    assert.deepEqual(seen, ['ADDED a']);
  });
});

describe('the history of changes', () => {
  const resource = resourceOf('', 'configmaps');
  const target = { resource, namespace: 'default', name: undefined, subresource: undefined };
  const store = new Store(10);
  const revisions: number[] = [];
  before(() => {
    for (let index = 0; index < 50; index += 1) {
      const { metadata } = store.put(resource, configMap(`c${index}`));
      revisions.push(Number(metadata.resourceVersion));
    }
  });

  it('is bounded, and says so instead of leaving changes out', () => {
    for (const [index, revision] of revisions.entries()) {
      const changes = store.changesSince(resource.storage, revision);
      if (changes !== undefined) assert.equal(changes.length, 49 - index);
    }
    assert.equal(store.changesSince(resource.storage, revisions[39] ?? 0)?.length, 10);
  });

  for (const [which, at] of [
    ['whose changes are forgotten', 0],
    ['that is yet to come, as after a restart', 60],
  ] as const) {
    it(`lets a watch end with 410 Gone that starts at a version ${which}`, async () => {
      const version = (revisions[0] ?? 0) + at;
      const sent: Body[] = [];
      const request = {
        method: 'GET',
        path: '',
        query: new URLSearchParams({ watch: 'true', resourceVersion: String(version) }),
        accept: [],
        contentType: '',
        body: undefined,
        user: { username: 'practice', groups: [] },
        signal: new AbortController().signal,
      };
      await watch(store, target, request, (type, object) => sent.push({ type, object }));
      assert.deepEqual(
        sent.map(({ type, object }) => [type, object.code, object.reason]),
        [['ERROR', 410, 'Expired']],
      );
    });
  }
});

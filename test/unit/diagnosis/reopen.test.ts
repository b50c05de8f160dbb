import assert from 'node:assert/strict';
import { readSource, type ClusterSource } from '../../../src/diagnosis/reopen.ts';
import { isOncallError, OncallError } from '../../../src/domain/error.ts';
import { fakeCluster } from '../cluster/fake-cluster.ts';
import { deployment } from '../cluster/shop.ts';

const { signal } = new AbortController();
const ref = { kind: 'Deployment', namespace: 'shop', name: 'checkout' };
const object: ClusterSource = { type: 'object', ref, path: 'spec' };

describe('reading the source of a piece of evidence again', () => {
  it('gives the object as it is now, without credentials and without what only servers need', async () => {
    const one = deployment();
    const cluster = fakeCluster({
      ...one,
      metadata: { ...one.metadata, ...{ managedFields: [{ manager: 'kubectl' }] } },
      note: 'password=hunter22',
    });
    const now = await readSource(cluster, object, signal);
    assert.equal(now.type, 'object');
    const text = JSON.stringify(now);
    assert.doesNotMatch(text, /hunter22|managedFields/);
    assert.match(text, /redacted:/);
  });

  it('says so when the object is gone', async () => {
    await assert.rejects(readSource(fakeCluster(), object, signal), (error) => {
      return isOncallError(error) && /Deployment shop\/checkout does not exist any more/.test(error.message);
    });
  });

  it('lets through why it may not be read', async () => {
    const cluster = fakeCluster();
    cluster.get = () => Promise.reject(new OncallError('cluster-forbidden', 'You may not get it', 'Ask.'));
    await assert.rejects(readSource(cluster, object, signal), /You may not get it/);
  });

  it('shows of a Secret which keys it has, and no value', async () => {
    const secret = {
      kind: 'Secret',
      metadata: { name: 'db', namespace: 'shop' },
      data: { password: 'aHVudGVyMjI=' },
    };
    const source: ClusterSource = {
      type: 'object',
      ref: { kind: 'Secret', namespace: 'shop', name: 'db' },
      path: 'data',
    };
    const text = JSON.stringify(await readSource(fakeCluster(secret), source, signal));
    assert.match(text, /"password"/);
    assert.doesNotMatch(text, /aHVudGVyMjI/);
  });

  it('gives the log that was cited, of the instance that was cited, redacted and bounded', async () => {
    const cluster = fakeCluster();
    cluster.logTexts['checkout-1/app/previous'] = 'panic: api_key=abc123';
    const asked: unknown[] = [];
    const { logs } = cluster;
    cluster.logs = (request, within) => {
      asked.push(request);
      return logs.call(cluster, request, within);
    };
    const source: ClusterSource = {
      ...{ type: 'logs', container: 'app', previous: true },
      ref: { kind: 'Pod', namespace: 'shop', name: 'checkout-1' },
    };
    const now = await readSource(cluster, source, signal);
    assert.ok(now.type === 'logs' && /panic: api_key=\[redacted:/.test(now.text));
    assert.deepEqual(asked, [
      { namespace: 'shop', pod: 'checkout-1', container: 'app', previous: true, tailLines: 500 },
    ]);
  });

  it('gives the events of the object, the newest first, and asks for no others', async () => {
    const event = (name: string, minute: number) => ({
      ...{ kind: 'Event', metadata: { name, namespace: 'shop' }, reason: name },
      ...{ involvedObject: ref, lastTimestamp: `2026-11-22T14:0${minute}:00Z` },
    });
    const now = await readSource(
      fakeCluster(event('old', 1), event('new', 2)),
      { type: 'event', ref, reason: 'old' },
      signal,
    );
    assert.ok(now.type === 'events');
    assert.deepEqual(
      now.events.map(({ metadata }) => metadata.name),
      ['new', 'old'],
    );
  });
});

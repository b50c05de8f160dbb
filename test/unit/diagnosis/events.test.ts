import assert from 'node:assert/strict';
import type { Selection } from '../../../src/cluster/cluster.ts';
import { newestEvents } from '../../../src/diagnosis/events.ts';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';

const { signal } = new AbortController();
const selection = { namespace: 'shop', fieldSelector: 'involvedObject.name=checkout' };
const event = (name: string, minute: number): KubeObject => ({
  ...{ kind: 'Event', metadata: { name, namespace: 'shop' } },
  lastTimestamp: `2026-11-22T14:${String(minute).padStart(2, '0')}:00Z`,
});

describe('the events of an object', () => {
  it('are the newest, although the API server lists them by name', async () => {
    const list = () => Promise.resolve([event('a', 1), event('b', 40), event('c', 20)]);
    const newest = await newestEvents({ list }, selection, 2, signal);
    assert.deepEqual(
      newest.map(({ metadata }) => metadata.name),
      ['b', 'c'],
    );
  });

  it('are asked for with their selector and a limit that is no small one', async () => {
    const asked: [string, Selection][] = [];
    const list = (kind: string, selected: Selection) => {
      asked.push([kind, selected]);
      return Promise.resolve([]);
    };
    await newestEvents({ list }, selection, 2, signal);
    assert.deepEqual(asked, [['Event', { ...selection, limit: 500 }]]);
  });
});

/** Waits for states of objects by watching them, and a cluster to watch. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeClient, keyOf } from '../../../src/practice/client.ts';
import type { Selection } from '../../../src/practice/client.ts';
import { startPracticeCluster } from '../../../src/practice/cluster/start.ts';
import type { KubeObject, Resource } from '../../../src/practice/objects.ts';

/** Milliseconds; generous, for a machine that does much else. */
const limit = 40_000;

export interface TestCluster {
  readonly client: KubeClient;
  close(): Promise<void>;
}

/** A practice cluster without controllers and nodes, in a directory of its own. */
export async function startTestCluster(): Promise<TestCluster> {
  const directory = await mkdtemp(join(tmpdir(), 'practice-test-'));
  const cluster = await startPracticeCluster({ directory });
  const client = new KubeClient({ server: cluster.url, ca: cluster.caCertificate, token: cluster.token });
  return {
    client,
    async close() {
      client.close();
      await cluster.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Resolves with all objects of a selection as soon as they satisfy `condition`; fails after {@link limit}. */
export async function eventually<T extends KubeObject>(
  client: KubeClient,
  resource: Resource<T>,
  selection: Selection,
  condition: (objects: readonly T[]) => boolean,
): Promise<readonly T[]> {
  const done = new AbortController();
  const signal = AbortSignal.any([done.signal, AbortSignal.timeout(limit)]);
  const objects = new Map<string, T>();
  let found: readonly T[] | undefined;
  // What a list reports comes in one go: the condition is for all of it.
  let checking: NodeJS.Immediate | undefined;
  const check = (): void => {
    checking = undefined;
    if (found || !condition([...objects.values()])) return;
    found = [...objects.values()];
    done.abort();
  };
  await client.watch(
    resource,
    selection,
    ({ type, object }) => {
      if (type === 'deleted') objects.delete(keyOf(object));
      else objects.set(keyOf(object), object);
      checking ??= setImmediate(check);
    },
    signal,
  );
  if (!found) {
    throw new Error(`Not seen in time; ${resource.plural}: ${JSON.stringify([...objects.values()])}`);
  }
  return found;
}

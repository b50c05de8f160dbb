/** What one investigation asks of the API server. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connectCluster } from '../../../src/cluster/connect.ts';
import { startCountingProxy, type Traffic } from '../../support/counting-proxy.ts';
import { investigate, type Place } from './place.ts';

const looks = 6;

/**
 * The least of several looks: a container that happens to run just then has a log more than one that waits to be started again.
 * @param dir for a kubeconfig that leads through the counting proxy
 */
export async function traffic(place: Place, dir: string): Promise<Traffic> {
  const proxy = await startCountingProxy(place.kubeconfig, join(dir, 'counted.json'));
  try {
    const cluster = await connectCluster({ kubeconfig: proxy.kubeconfig, context: place.context });
    const taken: Traffic[] = [];
    for (let look = 0; look < looks; look++) {
      if (look > 0) await pause(3000);
      await investigate(cluster, place);
      taken.push(proxy.taken());
    }
    return taken.reduce((least, one) =>
      one.requests < least.requests || (one.requests === least.requests && one.bytes < least.bytes)
        ? one
        : least,
    );
  } finally {
    await proxy.close();
  }
}

/** The stand-in for the metrics server, made known to a real control plane. */
import { KubeError, type KubeClient } from '../../../src/practice/client.ts';
import { metricsGroup, metricsVersion } from '../../../src/practice/node/metrics.ts';
import { startMetricsServer } from '../../../src/practice/node/metrics-server.ts';
import { services } from '../../../src/practice/objects.ts';
import type { KubeObject, Resource } from '../../../src/practice/objects.ts';
import { waitFor } from '../processes.ts';

interface ApiService extends KubeObject {
  spec: {
    group: string;
    version: string;
    groupPriorityMinimum: number;
    versionPriority: number;
    insecureSkipTLSVerify: boolean;
    service: { namespace: string; name: string; port: number };
  };
}

const apiServices: Resource<ApiService> = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  plural: 'apiservices',
  namespaced: false,
};
const nodeMetrics: Resource<KubeObject> = {
  apiVersion: `${metricsGroup}/${metricsVersion}`,
  kind: 'NodeMetrics',
  plural: 'nodes',
  namespaced: false,
};
const place = { namespace: 'kube-system', name: 'practice-metrics' };
const apiService = `${metricsVersion}.${metricsGroup}`;

/**
 * Serves `metrics.k8s.io` on loopback and registers it. Ready when it resolves: `kubectl top` and autoscalers have metrics.
 * @param client an administrator of a control plane on this machine without a metrics server
 * @returns ends it and takes the registration away
 */
export async function startMetrics(client: KubeClient): Promise<{ close(): Promise<void> }> {
  const server = await startMetricsServer(client);
  const { namespace, name } = place;
  const remove = async () => {
    await client.delete(apiServices, undefined, apiService);
    await client.delete(services, namespace, name);
  };
  const close = async () => {
    await remove().finally(() => server.close());
  };
  try {
    await remove();
    await client.create(services, {
      metadata: { name, namespace },
      spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port: server.port }] },
    });
    await client.create(apiServices, {
      metadata: { name: apiService },
      spec: {
        group: metricsGroup,
        version: metricsVersion,
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
        service: { namespace, name, port: server.port },
      },
    });
    // Not its condition: the API server may call it available long before it passes requests on.
    await waitFor('the metrics API answers', () => answers(client), { timeoutMs: 120_000, everyMs: 250 });
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

/** @returns undefined where the API server does not pass the request on yet */
async function answers(client: KubeClient): Promise<true | undefined> {
  try {
    await client.list(nodeMetrics);
    return true;
  } catch (error) {
    if (error instanceof KubeError && (error.status === 404 || error.status === 503)) return undefined;
    throw error;
  }
}

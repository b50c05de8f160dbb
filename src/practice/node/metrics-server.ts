/** The metrics API as a server of its own, for a control plane that is told of it by an APIService. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeCertificates } from '../cluster/certificates.ts';
import { answerMetrics, metricsGroup, metricsVersion } from './metrics.ts';
import type { MetricsAnswer, Reader } from './metrics.ts';

export interface MetricsServer {
  /** On loopback, over HTTPS with a certificate that nobody knows. */
  readonly port: number;
  close(): Promise<void>;
}

const groupVersion = `${metricsGroup}/${metricsVersion}`;

/** What the API aggregator asks before it passes requests on. */
const resourceList = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion,
  resources: [
    { name: 'nodes', singularName: '', namespaced: false, kind: 'NodeMetrics', verbs: ['get', 'list'] },
    { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] },
  ],
};

/** Whoever reaches the port is answered: the API server in front of it has judged the request. */
export async function startMetricsServer(reader: Reader): Promise<MetricsServer> {
  const { cert, key } = await makeCertificates();
  const server = createServer({ cert, key }, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'https://localhost');
    const answered =
      pathname === `/apis/${groupVersion}`
        ? Promise.resolve({ code: 200, body: resourceList })
        : answerMetrics(reader, pathname, searchParams, Date.now());
    answered.catch(failure).then(
      ({ code, body }) => {
        response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      },
      () => response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function failure(error: unknown): MetricsAnswer {
  const message = `Internal error occurred: ${String(error)}`;
  const reason = 'InternalError';
  return {
    code: 500,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code: 500 },
  };
}

/** Reads container logs from a simulated node, as an API server does. */
import { request } from 'node:https';
import type { KubeClient } from '../../../../src/practice/client.ts';
import { nodes } from '../../../../src/practice/objects.ts';

/** @param query with its question mark: `?previous=true` */
export async function readLog(
  client: KubeClient,
  container: { readonly node: string; readonly pod: string; readonly name: string },
  query = '',
): Promise<{ status: number; text: string }> {
  const node = await client.get(nodes, undefined, container.node);
  const port = node?.status?.daemonEndpoints?.kubeletEndpoint.Port;
  const url = `https://127.0.0.1:${String(port)}/containerLogs/shop/${container.pod}/${container.name}${query}`;
  return new Promise((resolve, reject) => {
    request(url, { rejectUnauthorized: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
    })
      .on('error', reject)
      .end();
  });
}

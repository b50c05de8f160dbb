/**
 * CronJobs of batch/v1 for an API server that has them as batch/v1beta1 only (Kubernetes before 1.21), of the same schema: a proxy
 * for one user, who is what the API server knows of it. Everything else goes through as it is.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

const [now, then] = ['batch/v1', 'batch/v1beta1'];
const cronJobs = {
  ...{ name: 'cronjobs', singularName: '', namespaced: true, kind: 'CronJob', shortNames: ['cj'] },
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
};

/** Words of an answer as a newer API server would have them. */
function renewed(url: string, text: string): string {
  if (url.split('?')[0] !== `/apis/${now}`) return text.replaceAll(`"${then}"`, `"${now}"`);
  const list = JSON.parse(text) as { resources: object[] };
  return JSON.stringify({ ...list, resources: [...list.resources, cronJobs] });
}

export interface CronJobsProxy {
  /** `http://127.0.0.1:PORT`, for clients that need no token. */
  readonly server: string;
  close(): Promise<void>;
}

/** @param token of the user who is meant by every request */
export async function startCronJobsProxy(target: {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
}): Promise<CronJobsProxy> {
  const agent = new https.Agent({ keepAlive: true, ca: target.ca });
  const proxy = http.createServer((request, response) => {
    const { method, url = '/' } = request;
    const onCronJobs = /^\/apis\/batch\/v1\/(namespaces\/[^/]+\/)?cronjobs\b/.test(url);
    const changed = onCronJobs || url.split('?')[0] === `/apis/${now}`;
    const headers = {
      ...request.headers,
      authorization: `Bearer ${target.token}`,
      ...(changed ? { accept: 'application/json', 'accept-encoding': 'identity' } : {}),
    };
    const path = onCronJobs ? url.replace(`/apis/${now}/`, `/apis/${then}/`) : url;
    const onward = https.request(new URL(path, target.server), { method, headers, agent }, (answer) => {
      if (changed) delete answer.headers['content-length'];
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      if (!changed) {
        answer.pipe(response);
        return;
      }
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () => response.end(renewed(url, text)));
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    server: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    async close() {
      const closed = once(proxy, 'close');
      proxy.close();
      proxy.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

/** A proxy in front of an API server that counts what goes through, and that can keep everything from it. */
import * as http from 'node:http';
import * as https from 'node:https';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { parse } from 'yaml';

/** What went through. */
export interface Traffic {
  requests: number;
  /** Of the bodies of the answers. */
  bytes: number;
  /** What kubectl changed, dry runs apart, as `PATCH /apis/apps/v1/namespaces/shop/deployments/cart`. */
  changes: string[];
}

/** What a request of kubectl's changes; undefined where it changes nothing. Reviews of rights are creations that keep nothing. */
function changeOf({ method = 'GET', url = '/', headers }: http.IncomingMessage): string | undefined {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const changes =
    method !== 'GET' &&
    String(headers['user-agent']).startsWith('kubectl') &&
    !searchParams.has('dryRun') &&
    !/\/self\w+reviews$/.test(pathname);
  return changes ? `${method} ${pathname}` : undefined;
}

export type Manner = 'answering' | 'cut off' | 'failing' | 'silent';

export interface CountingProxy {
  /** Path of a kubeconfig that leads through the proxy, with the same user. */
  readonly kubeconfig: string;
  /**
   * From now on the API server answers, cuts every connection, answers with errors of its own, or says nothing at all, on
   * connections that are open too.
   */
  become(manner: Manner): void;
  /** What has gone through since the last call. */
  taken(): Traffic;
  close(): Promise<void>;
}

interface Kubeconfig {
  clusters: { name: string; cluster: Record<string, unknown> & { server: string } }[];
  users: { user: { token?: string } }[];
}

/**
 * Starts a proxy for the first cluster of a kubeconfig, whose user signs in with a token.
 * @param written where its own kubeconfig is written
 */
export async function startCountingProxy(kubeconfig: string, written: string): Promise<CountingProxy> {
  const config = parse(await readFile(kubeconfig, 'utf8')) as Kubeconfig;
  const [entry] = config.clusters;
  if (entry === undefined) throw new Error(`${kubeconfig} names no cluster`);
  const ca = Buffer.from(String(entry.cluster['certificate-authority-data'] ?? ''), 'base64').toString();
  const agent = new https.Agent({ keepAlive: true, ...(ca === '' ? {} : { ca }) });
  const { server: target } = entry.cluster;
  // kubectl sends no token to a server without TLS: the proxy signs in for it.
  const authorization = `Bearer ${config.users[0]?.user.token ?? ''}`;
  const nothing = (): Traffic => ({ requests: 0, bytes: 0, changes: [] });
  let traffic = nothing();
  let manner: Manner = 'answering';
  const open = new Set<http.IncomingMessage>();
  const proxy = http.createServer((request, response) => {
    if (manner === 'silent') return;
    if (manner === 'failing') {
      response.writeHead(503, { 'content-type': 'text/plain' }).end('no leader');
      return;
    }
    traffic.requests++;
    const change = changeOf(request);
    if (change !== undefined) traffic.changes.push(change);
    const { method, url = '/' } = request;
    const headers = { authorization, ...request.headers };
    const onward = https.request(new URL(url, target), { method, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      open.add(answer);
      answer.once('close', () => open.delete(answer));
      answer.on('data', (chunk: Buffer) => (traffic.bytes += chunk.length)).pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  proxy.on('connection', (socket) => {
    if (manner === 'cut off') socket.destroy();
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  entry.cluster = { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
  await writeFile(written, JSON.stringify(config), { mode: 0o600 });
  return {
    kubeconfig: written,
    become(next) {
      manner = next;
      if (manner === 'silent') for (const answer of open) answer.unpipe();
      else if (manner !== 'answering') proxy.closeAllConnections();
    },
    taken() {
      const taken = traffic;
      traffic = nothing();
      return taken;
    },
    async close() {
      const closed = once(proxy, 'close');
      proxy.close();
      proxy.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

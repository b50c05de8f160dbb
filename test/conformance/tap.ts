/** A proxy before an API server that writes down questions and answers to the letter. */
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { makeCertificates } from '../../src/practice/cluster/certificates.ts';
import type { Connection } from '../../src/practice/client.ts';
import type { RawExchange } from './exchange.ts';

export interface Tap {
  /** Path of a kubeconfig that leads here, with one context. */
  readonly kubeconfig: string;
  readonly context: string;
  /** Hands out what was asked since the last call, in the order of the questions, and forgets it. */
  take(): RawExchange[];
  close(): Promise<void>;
}

/** Media types that cannot be compared; every client that asks for them takes JSON too. */
const binary = /protobuf/;
const context = 'conformance';

/** The connection that a kubeconfig in JSON with one context describes. */
export async function connectionOf(kubeconfig: string): Promise<Connection> {
  const config = JSON.parse(await readFile(kubeconfig, 'utf8')) as {
    clusters: { cluster: Record<string, string> }[];
    users: { user: Record<string, string> }[];
  };
  const cluster = config.clusters[0]?.cluster ?? {};
  const user = config.users[0]?.user ?? {};
  const decoded = (name: string, text: string | undefined) =>
    text === undefined ? {} : { [name]: Buffer.from(text, 'base64').toString() };
  return {
    server: cluster['server'] ?? '',
    ...(user['token'] === undefined ? {} : { token: user['token'] }),
    ...decoded('ca', cluster['certificate-authority-data']),
    ...decoded('certificate', user['client-certificate-data']),
    ...decoded('key', user['client-key-data']),
  };
}

/**
 * Starts a tap on a free port of loopback.
 * @param dir an existing folder for its kubeconfig
 * @param name tells it from others in that folder
 */
export async function startTap(connection: Connection, dir: string, name: string): Promise<Tap> {
  const { ca, cert, key } = await makeCertificates();
  const upstream = new URL(connection.server);
  const agent = new https.Agent({
    keepAlive: true,
    ca: connection.ca,
    cert: connection.certificate,
    key: connection.key,
  });
  let seen: RawExchange[] = [];

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/' } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const accept = jsonOnly(request.headers.accept ?? '*/*');
    const contentType = request.headers['content-type'];
    const answer = { code: 0, contentType: '', text: '' };
    seen.push({
      ...{ method, path, accept, answer },
      ...(contentType === undefined || body.length === 0 ? {} : { contentType }),
      ...(body.length === 0 ? {} : { body: body.toString(isText(contentType) ? 'utf8' : 'base64') }),
    });
    const headers: Record<string, string | string[] | undefined> = {
      ...request.headers,
      accept,
      host: upstream.host,
      'content-length': String(body.length),
    };
    delete headers['accept-encoding'];
    delete headers['authorization'];
    if (connection.token !== undefined) headers['authorization'] = `Bearer ${connection.token}`;
    const { hostname, port } = upstream;
    const onward = https.request({ agent, hostname, port, method, path, headers }, (incoming) => {
      answer.code = incoming.statusCode ?? 0;
      answer.contentType = incoming.headers['content-type'] ?? '';
      response.writeHead(answer.code, incoming.headers);
      // A watch that has nothing to tell yet has begun all the same.
      response.flushHeaders();
      incoming.setEncoding('utf8').on('data', (text: string) => {
        answer.text += text;
        response.write(text);
      });
      incoming.on('end', () => response.end());
      incoming.on('error', () => response.destroy());
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    onward.end(body);
  }

  const server = https.createServer({ cert, key }, (request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kubeconfig = join(dir, `${name}.json`);
  const text = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: context,
        cluster: { server: own, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
      },
    ],
    users: [{ name: context, user: { token: 'any' } }],
    contexts: [{ name: context, context: { cluster: context, user: context, namespace: 'default' } }],
    'current-context': context,
  };
  await writeFile(kubeconfig, JSON.stringify(text), { mode: 0o600 });
  return {
    kubeconfig,
    context,
    take() {
      const taken = seen;
      seen = [];
      return taken;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

/** Whether a body of this type is text. */
export function isText(contentType = 'application/json'): boolean {
  return !binary.test(contentType);
}

function jsonOnly(accept: string): string {
  const kept = accept.split(',').filter((type) => !binary.test(type));
  return kept.length === 0 ? 'application/json' : kept.join(',');
}

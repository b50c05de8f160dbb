/** A proxy before the API server that writes down what one kubectl asks for. */
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ControlPlane } from '../support/kubernetes/control-plane.ts';
import { readBody } from './wire.ts';

/** One request of kubectl, as it left kubectl. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  /** With its `?`; empty where there is none. */
  readonly query: string;
  /** The request asks the server to keep nothing, in its query or in its body. */
  readonly dryRun: boolean;
  /** It wants another protocol: exec, attach, port-forward. */
  readonly upgrade: boolean;
  readonly bodyBytes: number;
  /** The name that the object in the body carries. */
  readonly bodyName?: string;
}

export interface Recorder {
  /** Path of a kubeconfig that leads here. */
  readonly kubeconfig: string;
  /** Milliseconds since the epoch of the last request or answer; 0 before the first. */
  readonly lastActivity: number;
  /** Hands out what was recorded since the last call, and forgets it. */
  take(): Sent[];
  close(): Promise<void>;
}

const changing = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** Questions that have to be posted; nothing is kept of them. */
const question = /\/(self)?subject[a-z]*reviews$|\/tokenreviews$/i;
/** What the API server hands on to a kubelet or to an application. */
const relayed = /\/(proxy|exec|attach|portforward)(\/|$)/;

/** Whether a request changes something on the server. */
export function changesSomething({ method, path, dryRun, upgrade }: Sent): boolean {
  return changing.has(method) && !dryRun && !upgrade && !question.test(path) && !relayed.test(path);
}

/** Whether a request reaches past the API server's own storage. */
export function reachesInside({ path, upgrade }: Sent): boolean {
  return upgrade || relayed.test(path);
}

function status(response: ServerResponse, code: number, reason: string, message: string): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message }),
  );
}

async function receiveBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * Starts a recorder on a free port of loopback.
 *
 * What would change something is handed on as a dry run on the server: it is looked up, admitted, validated and
 * answered, and the objects stay as they were, so that commands can run side by side and in any order. What a command
 * deleted stays away for the rest of that command, which may wait for that. Exec, attach, port-forward and
 * proxies are refused.
 * @param dir the control plane's folder
 * @param name part of the kubeconfig's name
 */
export async function startRecorder(
  controlPlane: ControlPlane,
  dir: string,
  name: string,
): Promise<Recorder> {
  const [cert, key] = await Promise.all([readFile(join(dir, 'api.crt')), readFile(join(dir, 'api.key'))]);
  const { hostname, port } = new URL(controlPlane.server);
  const agent = new https.Agent({ keepAlive: true, ca: controlPlane.ca });
  let sent: Sent[] = [];
  let deleted = new Set<string>();
  let lastActivity = 0;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', controlPlane.server);
    let body = await receiveBody(request);
    const reading = readBody(body);
    const entry: Sent = {
      method,
      path: url.pathname,
      query: url.search,
      dryRun: url.searchParams.getAll('dryRun').includes('All') || reading.dryRun,
      upgrade: request.headers.upgrade !== undefined,
      bodyBytes: body.length,
      ...(reading.name === undefined ? {} : { bodyName: reading.name }),
    };
    sent.push(entry);
    if (reachesInside(entry)) return status(response, 403, 'Forbidden', 'not handed on in this test');
    // The API server of the tests crashes on it.
    if (url.searchParams.has('pretty'))
      return status(response, 400, 'BadRequest', 'not handed on in this test');
    if (changesSomething(entry) && !entry.path.endsWith('/token')) {
      url.searchParams.append('dryRun', 'All');
      if (method === 'DELETE' && body.length > 0) {
        // Options in the body outweigh those in the query.
        body = Buffer.from(JSON.stringify({ kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] }));
        request.headers['content-type'] = 'application/json';
      }
      if (method === 'DELETE') deleted.add(url.pathname);
    } else if (method === 'GET' && deleted.has(url.pathname)) {
      return status(response, 404, 'NotFound', 'deleted');
    } else {
      const selected = /^metadata\.name=([^,]+)$/.exec(url.searchParams.get('fieldSelector') ?? '')?.[1];
      if (selected !== undefined && deleted.has(`${url.pathname}/${selected}`)) {
        url.searchParams.set('fieldSelector', 'metadata.name=it-was-deleted');
      }
    }
    const headers = {
      ...request.headers,
      host: `${hostname}:${port}`,
      'content-length': String(body.length),
    };
    const onward = https.request(
      { agent, hostname, port, method, path: `${url.pathname}${url.search}`, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on('error', () => response.destroy());
        answer.on('data', () => (lastActivity = Date.now()));
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    onward.end(body);
  }

  const server = https.createServer({ cert, key });
  const receive = (request: IncomingMessage, response: ServerResponse) => {
    lastActivity = Date.now();
    handle(request, response).catch(() => response.destroy());
  };
  server.on('request', receive);
  server.on('upgrade', (request, socket) => {
    // Ended from our side or killed: either way there is nothing more to say to it.
    socket.on('error', () => socket.destroy());
    lastActivity = Date.now();
    const url = new URL(request.url ?? '/', controlPlane.server);
    sent.push({
      ...{ method: request.method ?? 'GET', path: url.pathname, query: url.search },
      ...{ dryRun: false, upgrade: true, bodyBytes: 0 },
    });
    socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const own = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kubeconfig = join(dir, `${name}.json`);
  const text = await readFile(controlPlane.kubeconfig, 'utf8');
  await writeFile(kubeconfig, text.replace(controlPlane.server, own), { mode: 0o600 });
  return {
    kubeconfig,
    get lastActivity() {
      return lastActivity;
    },
    take() {
      const taken = sent;
      sent = [];
      deleted = new Set();
      lastActivity = 0;
      return taken;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      agent.destroy();
      await once(server, 'close').catch(() => undefined);
    },
  };
}

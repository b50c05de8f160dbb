/** Container logs, and the kubelet's endpoint that `kubectl logs` reads them from. */
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';

interface Line {
  /** ISO 8601 with fractions. */
  readonly time: string;
  readonly text: string;
}

/** What one run of a container printed. */
export class Log {
  readonly lines: Line[] = [];
  #ended = false;
  readonly #followers = new Set<() => void>();

  write(text: string, now: number): void {
    this.lines.push({ time: new Date(now).toISOString(), text });
    this.#tell();
  }

  /** The run is over: nothing more will be printed. */
  end(): void {
    this.#ended = true;
    this.#tell();
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Resolves when something more was printed, or the run is over. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#followers.add(resolve));
  }

  #tell(): void {
    for (const follower of this.#followers) follower();
    this.#followers.clear();
  }
}

/** The logs of one container: of its run now or, before the next one starts, its last run; and of the run before that. */
export interface ContainerLogs {
  readonly current?: Log;
  readonly previous?: Log;
  /** Why the container waits, where it does. */
  readonly waiting?: string;
}

/** Finds the logs of a container. @returns undefined where the node has no such container */
export type FindLogs = (namespace: string, pod: string, container: string) => ContainerLogs | undefined;

export interface LogServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts the endpoint on a free loopback port, with a certificate of its own as kubelets have. */
export async function startLogServer(find: FindLogs): Promise<LogServer> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  const server: Server = createServer({ key, cert }, (request, response) => {
    serve(find, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function serve(find: FindLogs, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://localhost');
  const [, root, namespace = '', pod = '', container = ''] = url.pathname.split('/').map(decodeURIComponent);
  const logs = root === 'containerLogs' ? find(namespace, pod, container) : undefined;
  const previous = url.searchParams.get('previous') === 'true';
  const log = previous ? logs?.previous : logs?.current;
  if (!log) {
    const what = `container "${container}" in pod "${pod}"`;
    const refusal = !logs
      ? `${what} not found`
      : previous
        ? `previous terminated ${what} not found`
        : `${what} is waiting to start: ${whyItWaits(logs.waiting)}`;
    response.writeHead(logs ? 400 : 404, { 'content-type': 'text/plain' }).end(refusal);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/plain' });
  const withTime = url.searchParams.get('timestamps') === 'true';
  const show = ({ time, text }: Line): string => (withTime ? `${time} ${text}\n` : `${text}\n`);
  let next = log.lines.length;
  const text = Buffer.from(chosen(log, url.searchParams).map(show).join(''));
  response.write(text.subarray(0, Number(url.searchParams.get('limitBytes') ?? text.length)));
  if (url.searchParams.get('follow') === 'true') {
    const gone = new Promise<void>((resolve) => response.once('close', resolve));
    while (!log.ended && !response.destroyed) {
      await Promise.race([log.change(), gone]);
      response.write(log.lines.slice(next).map(show).join(''));
      next = log.lines.length;
    }
  }
  response.end();
}

/** The kubelet's words for the reasons of a container that has never run. */
function whyItWaits(reason = 'ContainerCreating'): string {
  if (reason === 'ErrImagePull') return "image can't be pulled";
  return reason === 'ImagePullBackOff' ? 'trying and failing to pull image' : reason;
}

function chosen(log: Log, query: URLSearchParams): Line[] {
  const count = query.get('tailLines');
  const seconds = query.get('sinceSeconds');
  const since = seconds === null ? '' : new Date(Date.now() - Number(seconds) * 1000).toISOString();
  const recent = log.lines.filter(({ time }) => time >= since);
  return count === null ? recent : recent.slice(Math.max(recent.length - Number(count), 0));
}

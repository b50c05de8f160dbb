/** A server on loopback that does not answer as it should, over real sockets. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What becomes of one request. */
export type Way = (response: ServerResponse, asked: Asked) => void;

export interface UnwellServer {
  readonly url: string;
  readonly host: string;
  readonly asked: readonly Asked[];
  /** How requests are answered from now on. */
  way: Way;
  close(): Promise<void>;
}

/** Starts one on 127.0.0.1. */
export async function startUnwell(way: Way): Promise<UnwellServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void text(request)
      .then((body) => {
        const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
        asked.push(one);
        unwell.way(response, one);
      })
      // Whoever asked has given up.
      .catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const unwell: UnwellServer = {
    url: `http://${host}`,
    host,
    asked,
    way,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return unwell;
}

/** Takes the request and never answers. */
export const silent: Way = () => undefined;

/** Answers well. */
export const json =
  (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Way =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };

/** Points elsewhere. */
export const redirect =
  (location: string, status: number): Way =>
  (response) => {
    response.writeHead(status, { location });
    response.end('moved');
  };

/** Sends a byte now and then, and never comes to an end. */
export const trickle =
  (type: string, piece: string): Way =>
  (response) => {
    response.writeHead(200, { 'content-type': type });
    response.write(piece);
    const more = setInterval(() => response.write(piece), 5);
    response.once('close', () => clearInterval(more));
  };

/**
 * The ways in which an answer does not come to its end.
 * @param type of the content that would have come
 */
export const stalls = (type = 'application/json'): Readonly<Record<string, Way>> => ({
  'takes the request and never answers': silent,
  'sends headers and never a body': (response) => {
    response.writeHead(200, { 'content-type': type });
    response.flushHeaders();
  },
  'sends the beginning of a body and nothing more': (response) => {
    response.writeHead(200, { 'content-type': type, 'content-length': '1000' });
    response.write('{"inci');
  },
  'trickles a blank now and then, for ever': trickle(type, ' '),
});

/** The same, and cut connections, which end at once. */
export const breaks = (type = 'application/json'): Readonly<Record<string, Way>> => ({
  'cuts the connection before the answer': (response) => response.destroy(),
  'cuts the connection in the middle of the answer': (response) => {
    response.writeHead(200, { 'content-type': type, 'content-length': '1000' });
    response.write('{"inci', () => response.destroy());
  },
});

/** Runs `work` while `fetch` loses every signal that it is given, as Node's does at times. */
export async function withLostSignals<T>(work: () => Promise<T>): Promise<T> {
  const real = globalThis.fetch;
  globalThis.fetch = (input, init) => real(input, { ...init, signal: null });
  try {
    return await work();
  } finally {
    globalThis.fetch = real;
  }
}

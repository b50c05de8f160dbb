/** The API over HTTPS: reads requests, checks the token, writes answers and keeps watches flowing. */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { authenticated, groupsOf } from './access.ts';
import type { User } from './access.ts';
import type { Answer, Api } from './api.ts';
import type { Certificates } from './certificates.ts';
import { ApiFailure, badRequest } from './failure.ts';
import { fromProtobuf, protobufType } from './protobuf.ts';
import type { ApiRequest } from './request.ts';

/** What a real API server accepts at most. */
const longestBodyBytes = 3 * 1024 * 1024;
/** Longer than the 90 seconds that Go clients keep idle connections, so that they are the ones to close. */
const keepAliveMilliseconds = 120_000;
/** Answered without a token, as a real API server does. */
const open = /^\/(healthz|livez|readyz|version)(\/|$)/;

/** The one user that the cluster's token stands for. */
const administrator: User = { username: 'practice', groups: ['system:masters', authenticated] };

/** @param token that every other request must carry */
export function apiServer(api: Api, certificates: Certificates, token: string): Server {
  const { cert, key } = certificates;
  return createServer({ cert, key, keepAliveTimeout: keepAliveMilliseconds }, (request, response) => {
    void serve(api, token, request, response);
  });
}

async function serve(
  api: Api,
  token: string,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => {
    gone.abort();
  });
  try {
    const url = new URL(`https://localhost${message.url}`);
    if (!open.test(url.pathname) && !isAuthorized(message, token)) {
      throw new ApiFailure(401, 'Unauthorized', 'Unauthorized');
    }
    await write(response, await api.answer(await read(message, url, gone.signal)));
  } catch (error) {
    if (gone.signal.aborted) return;
    const failure =
      error instanceof ApiFailure
        ? error
        : new ApiFailure(500, 'InternalError', `Internal error occurred: ${String(error)}`);
    if (response.headersSent) response.destroy();
    else writeJson(response, failure.code, failure.status);
  }
}

async function write(response: ServerResponse, answer: Answer): Promise<void> {
  if (answer.kind === 'json') {
    writeJson(response, answer.code, answer.body, answer.contentType);
  } else if (answer.kind === 'text') {
    response.setHeader('Content-Type', 'text/plain; charset=utf-8').end(answer.body);
  } else if (answer.kind === 'nothing') {
    response.writeHead(204).end();
  } else if (answer.kind === 'stream') {
    response.setHeader('Content-Type', 'text/plain; charset=utf-8').flushHeaders();
    await pipeline(answer.source, response);
  } else {
    response.setHeader('Content-Type', 'application/json');
    const over = answer.run((type, object) => response.write(`${JSON.stringify({ type, object })}\n`));
    response.flushHeaders();
    await over;
    response.end();
  }
}

function writeJson(
  response: ServerResponse,
  code: number,
  body: unknown,
  contentType = 'application/json',
): void {
  const text = JSON.stringify(body);
  response
    .writeHead(code, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(text) })
    .end(text);
}

async function read(message: IncomingMessage, url: URL, signal: AbortSignal): Promise<ApiRequest> {
  const accept = mediaTypes(message.headers.accept ?? '*/*');
  const [contentType = ''] = mediaTypes(message.headers['content-type'] ?? 'application/json');
  const body = await readBody(message);
  return {
    method: message.method ?? 'GET',
    path: url.pathname.replace(/(?<=.)\/$/, ''),
    query: url.searchParams,
    accept,
    contentType,
    body: body.length === 0 ? undefined : parsed(body, contentType),
    user: impersonated(message) ?? administrator,
    signal,
  };
}

/** Whom the request is made for in the administrator's place: `kubectl --as`. */
function impersonated({ headers, headersDistinct }: IncomingMessage): User | undefined {
  const username = headers['impersonate-user'];
  if (typeof username !== 'string') return undefined;
  const given = headersDistinct['impersonate-group'];
  return { username, groups: given === undefined ? groupsOf(username) : [...given, authenticated] };
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > longestBodyBytes)
      throw new ApiFailure(413, 'RequestEntityTooLarge', 'Request entity too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parsed(body: Buffer, contentType: string): unknown {
  if (contentType === protobufType) return fromProtobuf(body);
  if (!/\+(json|yaml)$|^application\/(json|yaml)$/.test(contentType)) {
    const message = `the body of the request was in an unknown format - accepted media types include: application/json`;
    throw new ApiFailure(415, 'UnsupportedMediaType', message);
  }
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    throw badRequest('the body of the request is no JSON, the one notation that the practice cluster reads');
  }
}

/** Media types without weights and blanks; all parameters but `q` and `charset` stay, for they choose the form. */
function mediaTypes(header: string): string[] {
  return header.split(',').map((one) =>
    one
      .split(';')
      .map((part) => part.trim())
      .filter((part) => !/^(q|charset)=/i.test(part))
      .join(';'),
  );
}

function isAuthorized(message: IncomingMessage, token: string): boolean {
  const given = Buffer.from(message.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

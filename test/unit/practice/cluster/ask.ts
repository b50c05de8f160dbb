/** A practice cluster for tests, and plain HTTPS requests to it. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startPracticeCluster, type PracticeCluster } from '../../../../src/practice/cluster/start.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are looked into field by field
export type Body = any;

export interface Reply {
  readonly code: number;
  readonly contentType: string;
  readonly body: Body;
}

export interface Question {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** A cluster of a test's own, with the means to talk to it. */
export class Rig {
  readonly cluster: PracticeCluster;
  readonly directory: string;

  static async start(): Promise<Rig> {
    const directory = await mkdtemp(join(tmpdir(), 'practice-cluster-'));
    return new Rig(await startPracticeCluster({ directory }), directory);
  }

  constructor(cluster: PracticeCluster, directory: string) {
    this.cluster = cluster;
    this.directory = directory;
  }

  async stop(): Promise<void> {
    await this.cluster.close();
    await rm(this.directory, { recursive: true });
  }

  async ask(path: string, question: Question = {}): Promise<Reply> {
    const response = await this.#send(path, question);
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
    const contentType = response.headers['content-type'] ?? '';
    const body: unknown = contentType.startsWith('application/json') ? JSON.parse(text) : text;
    return { code: response.statusCode ?? 0, contentType, body };
  }

  create(path: string, body: unknown): Promise<Reply> {
    return this.ask(path, { method: 'POST', body });
  }

  /** @param kind of patch: json, merge, strategic-merge */
  patch(kind: string, path: string, body: unknown): Promise<Reply> {
    return this.ask(path, {
      method: 'PATCH',
      body,
      headers: { 'Content-Type': `application/${kind}-patch+json` },
    });
  }

  apply(path: string, body: unknown): Promise<Reply> {
    return this.ask(path, {
      method: 'PATCH',
      body,
      headers: { 'Content-Type': 'application/apply-patch+yaml' },
    });
  }

  remove(path: string, body?: unknown): Promise<Reply> {
    return this.ask(path, { method: 'DELETE', body });
  }

  /** The events of a watch, one after the other. */
  async *watch(path: string, headers: Record<string, string> = {}): AsyncGenerator<Body> {
    const response = await this.#send(path, { headers });
    try {
      for await (const line of createInterface({ input: response })) yield JSON.parse(line);
    } finally {
      response.destroy();
    }
  }

  async #send(path: string, { method = 'GET', body, headers = {} }: Question): Promise<IncomingMessage> {
    const content = body === undefined ? undefined : Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const outgoing = request(`${this.cluster.url}${path}`, {
      method,
      ca: this.cluster.caCertificate,
      headers: {
        Authorization: `Bearer ${this.cluster.token}`,
        ...(content === undefined
          ? {}
          : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(content) }),
        ...headers,
      },
    });
    outgoing.end(content);
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    return response;
  }
}

/** The next `count` events of a watch. */
export async function take(events: AsyncGenerator<Body>, count: number): Promise<Body[]> {
  const taken: Body[] = [];
  while (taken.length < count) {
    const { value, done } = await events.next();
    if (done === true) throw new Error(`The watch ended after ${taken.length} of ${count} events.`);
    taken.push(value);
  }
  return taken;
}

export const deployment = (name: string, replicas = 1): Body => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'app', image: 'nginx:1.25' }] },
    },
  },
});

export const pod = (name: string, more: Body = {}): Body => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...more.metadata },
  spec: { containers: [{ name: 'app', image: 'nginx:1.25' }], ...more.spec },
});

export const configMap = (name: string, data: Record<string, string> = {}): Body => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

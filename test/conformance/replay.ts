/** Asks the practice cluster what was asked of a real one. */
import { randomUUID } from 'node:crypto';
import * as https from 'node:https';
import type { Connection } from '../../src/practice/client.ts';
import { until } from '../../src/practice/scenarios/play.ts';
import type { Scenario } from '../../src/practice/scenarios/scenario.ts';
import { differencesOf, type Difference } from './compare.ts';
import {
  isChange,
  isWatch,
  type Call,
  type Exchange,
  type Question,
  type RawExchange,
  type Recording,
} from './exchange.ts';
import { Names } from './names.ts';
import { normalAnswer } from './normal.ts';
import { isText } from './tap.ts';
import { healthy, isWell, type PracticeWorld } from './world.ts';

/** One question that was asked of both, and where the answers differ. */
export interface Comparison {
  readonly scenario: string;
  readonly call: string;
  readonly question: Question;
  readonly differences: readonly Difference[];
}

/** Milliseconds. */
const answerWithin = 10_000;

/** What this call has learnt of versions and identities so far, by path, and of the list that is being read in pages. */
interface Known {
  readonly versions: Map<string, string>;
  readonly uids: Map<string, string>;
  version: string;
  next: string;
}

export interface Replay {
  /** Asks what was asked before anything was changed; time must stand still. */
  still(): Promise<Comparison[]>;
  /** Changes what was changed while it was recorded, and asks what was asked from then on; time must go on. */
  moving(): Promise<Comparison[]>;
  close(): void;
}

/** @param scenario has been brought about */
export async function startReplay(
  recording: Recording,
  scenario: Scenario,
  { connection, stage }: PracticeWorld,
): Promise<Replay> {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 8, ca: connection.ca });
  const names = new Names();
  await names.learn(stage.client, scenario);
  const found = recording.calls.findIndex(({ changes }) => changes === true);
  const firstChange = found < 0 ? recording.calls.length : found;

  const compare = async (call: Call, { question, answer }: Exchange, known: Known): Promise<Comparison> => {
    const raw = await send({ connection, agent }, question, names, known);
    const differences = differencesOf(answer, normalAnswer(raw, names, scenario.namespace));
    return { scenario: recording.scenario, call: call.call, question, differences };
  };

  const reading = async (call: Call, known = unknown()): Promise<Comparison[]> => {
    const comparisons: Comparison[] = [];
    for (const exchange of call.exchanges) comparisons.push(await compare(call, exchange, known));
    return comparisons;
  };

  const changing = async (call: Call, known = unknown()): Promise<Comparison[]> => {
    const comparisons = await reading(call, known);
    if (scenario === healthy) await until(scenario, stage, isWell(scenario), 'to be well again');
    await names.learn(stage.client, scenario);
    return comparisons;
  };

  // What the call that changes something reads beforehand belongs to the time that stands still.
  const [before, rest] = halves(recording.calls[firstChange]);
  const known = unknown();

  const each = async (calls: readonly Call[]): Promise<Comparison[]> => {
    const comparisons: Comparison[] = [];
    for (const call of calls)
      comparisons.push(...(await (call.changes === true ? changing(call) : reading(call))));
    return comparisons;
  };
  return {
    still: async () => [
      ...(await each(recording.calls.slice(0, firstChange))),
      ...(before === undefined ? [] : await reading(before, known)),
    ],
    moving: async () => [
      ...(rest === undefined ? [] : await changing(rest, known)),
      ...(await each(recording.calls.slice(firstChange + 1))),
    ],
    close: () => agent.destroy(),
  };
}

/** A call up to its first change, and from there on. */
function halves(call: Call | undefined): [Call?, Call?] {
  if (call === undefined) return [];
  const first = call.exchanges.findIndex(({ question }) => isChange(question));
  const part = (from: number, to?: number): Call => ({ ...call, exchanges: call.exchanges.slice(from, to) });
  return [part(0, first), part(first)];
}

function unknown(): Known {
  return { versions: new Map(), uids: new Map(), version: '0', next: '' };
}

/** The question with what only this cluster knows put in, and its answer. */
async function send(
  { connection, agent }: { connection: Connection; agent: https.Agent },
  { method, path: asked, accept, contentType, body: sent }: Question,
  names: Names,
  known: Known,
): Promise<RawExchange> {
  const path = names
    .inward(asked)
    .replace('{version}', known.version)
    .replace('{continue}', encodeURIComponent(known.next));
  const place = path.split('?')[0] ?? '';
  const text =
    sent !== undefined && isText(contentType)
      ? names
          .inward(sent)
          .replaceAll('{version}', known.versions.get(place) ?? known.version)
          .replaceAll('{uid}', known.uids.get(place) ?? randomUUID())
      : undefined;
  const body = text === undefined ? Buffer.from(sent ?? '', 'base64') : Buffer.from(text);
  const headers: Record<string, string> = { accept, authorization: `Bearer ${connection.token ?? ''}` };
  if (contentType !== undefined) headers['content-type'] = contentType;
  if (sent !== undefined) headers['content-length'] = String(body.length);
  const answer = await new Promise<RawExchange['answer']>((resolve, reject) => {
    const request = https.request(
      new URL(path, connection.server),
      { method, agent, headers },
      (response) => {
        const shape = { code: response.statusCode ?? 0, contentType: response.headers['content-type'] ?? '' };
        if (isWatch(path) && shape.code === 200) {
          resolve({ ...shape, text: '' });
          response.destroy();
          return;
        }
        let received = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
        response.on('end', () => resolve({ ...shape, text: received }));
        response.on('error', reject);
      },
    );
    request.setTimeout(answerWithin, () => request.destroy(new Error(`${method} ${path} was not answered`)));
    request.on('error', reject);
    request.end(body);
  });
  learnFrom(answer.text, place, known);
  return { ...{ method, path, accept, answer }, ...(contentType === undefined ? {} : { contentType }) };
}

function learnFrom(text: string, place: string, known: Known): void {
  let metadata: { resourceVersion?: string; uid?: string; continue?: string; name?: string } | undefined;
  try {
    ({ metadata } = JSON.parse(text) as { metadata?: typeof metadata });
  } catch {
    return;
  }
  const { resourceVersion, uid, continue: next = '', name } = metadata ?? {};
  known.next = next;
  const own = name === undefined || place.endsWith(`/${name}`) ? place : `${place}/${name}`;
  if (resourceVersion !== undefined) {
    known.version = resourceVersion;
    known.versions.set(own, resourceVersion);
  }
  if (uid !== undefined) known.uids.set(own, uid);
}

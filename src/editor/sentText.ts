/** What was sent to a model, as a document that people can read: everything of every request, and nothing of their own. */
import type { SentRequest } from '../domain/analysis.ts';
import { exact, plain } from './text.ts';

/** What is known of the requests of one run. */
export interface SentOfRun {
  readonly title: string;
  readonly requests: readonly SentRequest[];
  /** Requests that were sent and are no longer kept. */
  readonly dropped: number;
  /** Whether more may follow. */
  readonly live: boolean;
  /** Who made the diagnosis, where there is one. */
  readonly engine?: 'claude' | 'builtin';
}

/** The document of a run. */
export function renderSent(run: SentOfRun | undefined): string {
  if (run === undefined) {
    return lines(
      '# What was sent',
      '',
      'This window knows nothing of this run. What was sent is kept in memory only, until the window is closed or reloaded.',
    );
  }
  const { requests, dropped, title } = run;
  const head = `# What was sent for "${plain(title, 120)}"`;
  if (requests.length === 0) return lines(head, '', nothingSent(run));
  const addresses = [...new Set(requests.map(({ url }) => plain(url, 300)))];
  return lines(
    head,
    '',
    `${count(requests.length + dropped, 'request')} to ${addresses.join(', ')}${run.live ? ' so far' : ''}. This is all that left this machine for the analysis, to the letter; each request also carried the API key in a header, which is not shown. \`[redacted:1a2b]\` stood in the place of a credential already when it was sent.`,
    ...(dropped > 0 ? ['', `The first ${count(dropped, 'request')} are no longer kept in memory.`] : []),
    ...requests.map((request, index) => renderRequest(request, requests[index - 1])),
  );
}

function nothingSent({ live, engine, dropped }: SentOfRun): string {
  if (dropped > 0) return 'What was sent for this run is no longer kept in memory: other runs came after it.';
  if (live) return 'Nothing was sent yet.';
  return engine === 'builtin'
    ? 'Nothing was sent: the built-in diagnosis was used. It works on this machine alone.'
    : 'Nothing was sent to a model by this window. What an earlier window sent is not kept.';
}

interface Body {
  readonly system?: unknown;
  readonly messages?: readonly unknown[];
  readonly tools?: readonly unknown[];
}

function renderRequest({ number, time, body }: SentRequest, before: SentRequest | undefined): string {
  const heading = `\n## Request ${number}, ${time}, ${count(Buffer.byteLength(body), 'byte')}`;
  const parsed = parse(body);
  if (parsed === undefined) return lines(heading, '', fenced(body));
  const earlier = before === undefined ? undefined : parse(before.body);
  const { system, messages = [], tools = [], ...rest } = parsed;
  const same = sameBeginning(messages, earlier?.messages ?? []);
  return lines(
    heading,
    '',
    ...part('System', system, earlier?.system, before?.number),
    ...(same > 0 ? [`### Messages 1 to ${same}`, '', `As in request ${before?.number ?? 0}.`, ''] : []),
    ...messages.slice(same).map((message, index) => renderMessage(message, same + index + 1)),
    ...part('Tools', tools, earlier?.tools, before?.number),
    '### Everything else',
    '',
    fenced(JSON.stringify(rest, null, 2), 'json'),
  );
}

/** A part that requests have in common is shown once. */
function part(title: string, value: unknown, earlier: unknown, number: number | undefined): string[] {
  if (value === undefined) return [];
  const known = number !== undefined && JSON.stringify(value) === JSON.stringify(earlier);
  return [`### ${title}`, '', known ? `As in request ${number}.` : renderContent(value), ''];
}

function renderMessage(message: unknown, position: number): string {
  const { role, content, ...rest } = (message ?? {}) as Record<string, unknown>;
  return lines(
    `### Message ${position}, from ${role === 'assistant' ? 'the model' : 'this machine'}`,
    '',
    renderContent(content),
    ...(Object.keys(rest).length === 0 ? [] : ['', fenced(JSON.stringify(rest, null, 2), 'json')]),
    '',
  );
}

/** Texts as texts, with what else their block holds; all other blocks as JSON. */
function renderContent(content: unknown): string {
  if (typeof content === 'string') return fenced(content);
  if (!Array.isArray(content)) return fenced(JSON.stringify(content, null, 2) ?? 'null', 'json');
  return content
    .map((block: unknown) => {
      const { type, text, ...rest } = (block ?? {}) as Record<string, unknown>;
      if (type !== 'text' || typeof text !== 'string') return fenced(JSON.stringify(block, null, 2), 'json');
      return lines(
        fenced(text),
        ...(Object.keys(rest).length === 0 ? [] : ['', fenced(JSON.stringify(rest), 'json')]),
      );
    })
    .join('\n\n');
}

function sameBeginning(messages: readonly unknown[], earlier: readonly unknown[]): number {
  const different = earlier.findIndex(
    (message, index) => JSON.stringify(message) !== JSON.stringify(messages[index]),
  );
  return different === -1 ? Math.min(earlier.length, messages.length) : different;
}

/** A block that its content cannot end; what cannot be seen in it is shown as an escape. */
function fenced(text: string, language = 'text'): string {
  const shown = text
    .split('\n')
    .map((line) => line.split('\t').map(exact).join('\t'))
    .join('\n');
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${shown}\n${fence}`;
}

function parse(body: string): (Body & Record<string, unknown>) | undefined {
  try {
    const value = JSON.parse(body) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function count(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
}

function lines(...parts: string[]): string {
  return parts.join('\n');
}

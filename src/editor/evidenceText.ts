/** A piece of evidence as a document: where it was seen, what its source holds now, and what the investigation kept of it. Pure. */
import { stringify } from 'yaml';
import type { Evidence, EvidenceSource } from '../domain/diagnosis.ts';
import type { KubeObject } from '../domain/kubernetes.ts';
import { eventTime } from '../diagnosis/events.ts';
import type { ClusterSource, SourceNow } from '../diagnosis/reopen.ts';
import { fieldLines, type Lines } from './fieldLines.ts';
import { sourceWords } from './planDocument/render.ts';
import { plain, plainLines, visibleTexts } from './text.ts';

/** What is known of the source besides what the investigation kept. */
export interface EvidenceNow {
  /** The context of the run; nothing is read anywhere else. */
  readonly context: string;
  /** ISO 8601: when it was read, or when that was tried. */
  readonly at: string;
  /** What it holds, or why it could not be read. Absent where the source is not in the cluster. */
  readonly source?: SourceNow | { readonly failure: string };
}

export interface RenderedEvidence {
  readonly text: string;
  /** What is cited, to be brought into sight. */
  readonly cited?: Lines;
}

/** The most characters of a document. */
const longest = 400_000;
const longestLine = 4000;

/** Whether what the source holds can be read again from the cluster. */
export function isInCluster(source: EvidenceSource): source is ClusterSource {
  return ['object', 'event', 'logs', 'list'].includes(source.type);
}

/** A file name that says what it is; its ending tells the editor the language. */
export function evidenceFileName({ source }: Evidence): string {
  const name = (text: string) => text.replace(/[^\w.-]+/g, '-').slice(0, 80);
  switch (source.type) {
    case 'object':
      return `${name(`${source.ref.kind}-${source.ref.name}`)}.yaml`;
    case 'event':
      return `${name(`events-${source.ref.kind}-${source.ref.name}`)}.log`;
    case 'logs':
      return `${name(`${source.ref.name}-${source.container}${source.previous ? '-previous' : ''}`)}.log`;
    case 'list':
      return `${name(`${source.ref.kind}-list`)}.yaml`;
    default:
      return `${name(source.type)}.txt`;
  }
}

/** The document. Its own words stand behind `#`, so that they are comments and cannot be taken for the source's. */
export function renderEvidence(evidence: Evidence, now: EvidenceNow): RenderedEvidence {
  const { source } = evidence;
  const head = [
    `# Evidence ${plain(evidence.id, 20)}: ${plain(evidence.summary, 500)}`,
    `# Seen in: ${plain(sourceWords(source), 500)}`,
    ...(evidence.time === undefined ? [] : [`# Time: ${plain(evidence.time, 40)}`]),
  ];
  const kept = plainLines(evidence.detail, 1000, longestLine);
  const read = now.source;
  if (read === undefined) return { text: bounded([...head, '', ...kept]) };
  if ('failure' in read) {
    return {
      text: bounded([
        ...head,
        `# It could not be read again at ${now.at} in context ${plain(now.context, 120)}: ${plain(read.failure, 500)}`,
        '# What the investigation kept of it:',
        '',
        ...kept,
      ]),
    };
  }
  const lines = [
    ...head,
    `# As read at ${now.at} in context ${plain(now.context, 120)}. "Oncall: Refresh Evidence" reads it again.`,
    ...(read.type === 'object' ? ['# Credentials are redacted, and managedFields are left out.'] : []),
    '',
  ];
  const { body, cited } = bodyOf(source, read);
  const keptAsComment = [
    '',
    '# What the investigation kept of it:',
    ...kept.map((line) => `#   ${line}`.trimEnd()),
  ];
  return {
    text: bounded([...lines, ...body, ...keptAsComment]),
    ...(cited === undefined
      ? {}
      : { cited: { first: lines.length + cited.first, last: lines.length + cited.last } }),
  };
}

function bounded(lines: readonly string[]): string {
  const text = lines.join('\n');
  return text.length > longest ? `${text.slice(0, longest)}\n# … cut off here\n` : `${text}\n`;
}

function bodyOf(source: EvidenceSource, read: SourceNow): { body: string[]; cited?: Lines | undefined } {
  switch (read.type) {
    case 'object': {
      const yaml = yamlOf(inOrder(read.object));
      const path = source.type === 'object' ? source.path : '';
      return { body: yaml.trimEnd().split('\n'), cited: fieldLines(yaml, path) };
    }
    case 'list': {
      if (read.objects.length === 0) return { body: ['# There are none.'] };
      return { body: yamlOf(read.objects.map(shortOf)).trimEnd().split('\n') };
    }
    case 'logs': {
      const body = plainLines(read.text, 1000, longestLine);
      return { body, cited: { first: body.length - 1, last: body.length - 1 } };
    }
    case 'events':
      return eventLines(read.events, source.type === 'event' ? source.reason : '');
  }
}

/** Without aliases and folded lines: an object reads as kubectl prints it. */
function yamlOf(value: unknown): string {
  return visibleTexts(stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }));
}

/** What an object is stands first, as in every manifest. */
function inOrder({ apiVersion, kind, metadata, ...rest }: KubeObject): object {
  return { ...(apiVersion === undefined ? {} : { apiVersion }), kind, metadata, ...rest };
}

function shortOf({ kind, metadata }: KubeObject): object {
  const { name, namespace, labels, creationTimestamp } = metadata;
  return {
    kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(labels === undefined ? {} : { labels: { ...labels } }),
    ...(creationTimestamp === undefined ? {} : { created: creationTimestamp }),
  };
}

function eventLines(events: readonly KubeObject[], reason: string): { body: string[]; cited?: Lines } {
  if (events.length === 0) {
    return { body: ['# There is none any more: a cluster keeps events for an hour, as a rule.'] };
  }
  const body = events.map((event) => {
    const count = Number(event['count'] ?? event['series']?.count ?? 1);
    const type = String(event['type'] ?? '').padEnd(7);
    const what = String(event['reason'] ?? '');
    return plain(
      `${eventTime(event)}  ${type}  ${what}${count > 1 ? ` (${count} times)` : ''}: ${String(event['message'] ?? '')}`,
      longestLine,
    );
  });
  const at = events.findIndex((event) => event['reason'] === reason);
  return at === -1 ? { body } : { body, cited: { first: at, last: at } };
}

/** One analysis through the real SDK against the stand-in. */
import assert from 'node:assert/strict';
import type { Analysis, AnalysisOptions, Investigation } from '../../../src/diagnosis/analyst.ts';
import { createClaudeAnalyst, type ClaudeOptions } from '../../../src/diagnosis/claude/claude.ts';
import { redacting } from '../../../src/diagnosis/redacting.ts';
import type { ReadableCluster } from '../../../src/diagnosis/read.ts';
import { isOncallError } from '../../../src/domain/error.ts';
import { actionNames } from '../../../src/domain/action.ts';
import { descriptions } from '../../../src/remediation/actions/catalogue.ts';
import { investigation } from './incident.ts';
import type { ClaudeStandIn } from './server.ts';

export interface Analysing extends Partial<AnalysisOptions> {
  readonly investigation?: Investigation;
  /** Read through the same redaction as in the product. */
  readonly cluster?: ReadableCluster;
  readonly namespaces?: readonly string[];
}

export function analyse(
  claude: ClaudeStandIn,
  options: Partial<ClaudeOptions> = {},
  { investigation: about = investigation, cluster, namespaces = [], ...run }: Analysing = {},
): Promise<Analysis> {
  return createClaudeAnalyst({
    apiKey: claude.apiKey,
    baseURL: claude.baseURL,
    catalogue: actionNames.map((name) => ({ name, description: descriptions[name] })),
    ...options,
  }).analyse(about, {
    signal: new AbortController().signal,
    ...(cluster === undefined ? {} : { reading: { cluster: redacting(cluster), namespaces } }),
    ...run,
  });
}

/** It fails with an error that says all of this, and what to do next. */
export async function fails(work: Promise<unknown>, ...texts: RegExp[]): Promise<void> {
  const error = await work.then(
    () => assert.fail('it did not fail'),
    (reason: unknown) => reason,
  );
  assert.ok(isOncallError(error), String(error));
  assert.equal(error.code, 'claude-failed', error.explanation);
  assert.ok(error.next.endsWith('.') && error.next.length > 8, 'it says what to do next');
  for (const text of texts) assert.match(error.explanation, text);
}

/** The results that a request carries at its end: id of the call, text, and whether it is an error. */
export function results(
  request: ClaudeStandIn['requests'][number] | undefined,
): { text: string; isError: boolean }[] {
  const content: Record<string, unknown>[] = request?.body.messages.at(-1).content ?? [];
  return content
    .filter(({ type }) => type === 'tool_result')
    .map((block) => ({ text: String(block['content']), isError: block['is_error'] === true }));
}

/** What a request says at its end besides results. */
export function words(request: ClaudeStandIn['requests'][number] | undefined): string {
  const content: Record<string, unknown>[] = request?.body.messages.at(-1).content ?? [];
  return content.flatMap(({ type, text }) => (type === 'text' ? [String(text)] : [])).join('\n');
}

/** Who watches a run sees live what the analysis uses up and what it sends. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Analyst, Reading } from '../../../src/diagnosis/analyst.ts';
import type { AnalysisUsage, SentRequest } from '../../../src/domain/analysis.ts';
import type { RunEvent } from '../../../src/domain/run.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { remediate } from '../../../src/remediation/engine.ts';
import { runPolicy } from '../../../src/remediation/options.ts';
import { FakeCluster } from '../../support/fake-cluster.ts';

const usage: AnalysisUsage = {
  model: 'claude-test',
  requests: 1,
  toolCalls: 0,
  inputTokens: 10,
  cachedTokens: 0,
  outputTokens: 5,
  elapsedMs: 3,
  limits: { requests: 20, toolCalls: 40, tokens: 1000, dollars: 1, elapsedMs: 1000 },
};
const request: SentRequest = {
  number: 1,
  time: '2026-11-22T12:00:00.000Z',
  url: 'https://api.example/v1/messages',
  body: '{}',
};

describe('A run with Claude', () => {
  let folder: string;
  let journal: Journal;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oncall-analysis-'));
    journal = new Journal({ directory: folder });
    await journal.open();
  });
  afterEach(async () => {
    await journal.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('streams usage and requests as events, keeps neither in the journal, and limits what may be read', async () => {
    const readings: (Reading | undefined)[] = [];
    const claude: Analyst = {
      engine: 'claude',
      analyse: async (_, { reading, onUsage, onSent }) => {
        readings.push(reading);
        onSent?.(request);
        onUsage?.(usage);
        return { summary: 's', rootCause: '', hypotheses: [], proposals: [], notes: ['It was quick'] };
      },
    };
    const web = { kind: 'Service', metadata: { namespace: 'shop', name: 'web' }, spec: {} };
    const events: RunEvent[] = [];
    const result = await remediate({
      run: {
        journal,
        cluster: new FakeCluster(web),
        kubectl: '/nowhere/kubectl',
        environment: {},
        policy: () => runPolicy({ allowedNamespaces: ['shop', 'pay'] }, 'practice'),
        user: 'ada',
        emit: (event) => events.push(event),
        signal: new AbortController().signal,
        now: () => new Date(),
        inFlight: { automatic: 0 },
      },
      runId: 'r1',
      alert: { id: 'P1', title: 'web is down' },
      hints: [
        { namespace: 'shop', kind: 'Service', name: 'web', source: 'label service', trust: 'labelled' },
      ],
      triggeredBy: { type: 'user', name: 'ada' },
      remediate: true,
      claude,
    });
    assert.deepEqual(
      events.filter(({ type }) => type === 'usage' || type === 'sent'),
      [
        { type: 'sent', runId: 'r1', request },
        { type: 'usage', runId: 'r1', usage },
      ],
    );
    assert.ok(result.diagnosis.notes.includes('It was quick'));
    assert.deepEqual(readings[0]?.namespaces, ['shop', 'pay']);
    assert.doesNotMatch(JSON.stringify(await journal.records()), /claude-test|api\.example/);
  });
});

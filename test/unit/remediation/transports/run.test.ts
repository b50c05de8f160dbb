import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultBreakerSettings, defaultThresholds } from '../../../../src/domain/decision.ts';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import type { RunEvent } from '../../../../src/domain/run.ts';
import { linesFor } from '../../../../src/editor/outputLines.ts';
import { auditEntries } from '../../../../src/journal/audit.ts';
import { Journal } from '../../../../src/journal/journal.ts';
import { remediate, undo, type RemediationRequest } from '../../../../src/remediation/engine.ts';
import { FakeCluster } from '../../../support/fake-cluster.ts';
import { scratchFolder, type Scratch } from '../../../support/scratch.ts';

const standIn = new URL('../../../support/mcp-server.mjs', import.meta.url).href;
const ada = { type: 'user', name: 'ada' } as const;

/** A Deployment whose controllers have done what it asks for. */
const deployment = (name: string, replicas: number): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop', uid: `uid-${name}`, generation: replicas },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'app', image: 'shop/web:1' }] },
    },
  },
  status: {
    observedGeneration: replicas,
    ...{ replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas },
  },
});

describe('a run whose steps go through the MCP server', function () {
  this.timeout(300_000);
  let scratch: Scratch;
  let journal: Journal;
  let cluster: FakeCluster;
  let events: RunEvent[];

  beforeEach(async () => {
    scratch = await scratchFolder('run-mcp');
    journal = new Journal({ directory: join(scratch.path, 'journal') });
    await journal.open();
    events = [];
    const view = `#!${process.execPath}\nif (process.argv.includes('view')) console.log('{}');\nelse { console.error('kubectl must not run'); process.exit(7); }\n`;
    const server = `#!${process.execPath}\nimport(${JSON.stringify(standIn)}).then(({ serve }) => serve(${JSON.stringify(join(scratch.path, 'calls'))}, ['resources_scale']));\n`;
    await writeFile(join(scratch.path, 'kubectl'), view, { mode: 0o755 });
    await writeFile(join(scratch.path, 'server'), server, { mode: 0o755 });
  });
  afterEach(async () => {
    await journal.close();
    await scratch.remove();
  });

  /** Scales a Deployment of this name to 3; the cluster follows once the command has ended. */
  const scaling = (name: string): RemediationRequest => {
    cluster = new FakeCluster(deployment(name, 1));
    return {
      run: {
        journal,
        cluster,
        kubectl: join(scratch.path, 'kubectl'),
        environment: process.env,
        policy: () => ({
          mode: 'approval',
          destructiveOperations: true,
          autoApproveLowRisk: true,
          allowedNamespaces: [],
          thresholds: defaultThresholds,
          maxActionsPerIncident: 3,
          cooldownSeconds: 600,
          breaker: defaultBreakerSettings,
          verification: { timeoutSeconds: 120, settleSeconds: 0.01 },
          riskRules: [],
          automaticUndo: false,
          coordination: true,
          transport: { choice: 'mcp', mcp: { serverPath: join(scratch.path, 'server') } },
          commandTimeoutSeconds: 120,
        }),
        user: 'ada',
        approve: ({ step }) => Promise.resolve({ type: 'approve', argvHash: step.argvHash }),
        emit: (event) => {
          events.push(event);
          if (event.type === 'record' && event.record.type === 'ExecutionStarted')
            cluster.put(
              deployment(name, Number(/--replicas=(\d)/.exec(event.record.data.argv.join(' '))?.[1])),
            );
        },
        signal: new AbortController().signal,
        now: () => new Date(),
        inFlight: { automatic: 0 },
      },
      claude: {
        engine: 'claude',
        analyse: () =>
          Promise.resolve({
            summary: 'too few',
            rootCause: '',
            hypotheses: [],
            proposals: [
              {
                action: 'scale_deployment',
                parameters: { namespace: 'shop', deployment: name, replicas: 3 },
                rationale: 'it is overloaded',
                claimedConfidence: 1,
                evidence: ['e1'],
              },
            ],
          }),
      },
      alert: { id: 'P1', title: 'slow' },
      hints: [{ namespace: 'shop', kind: 'Deployment', name, source: 'label', trust: 'labelled' }],
      triggeredBy: ada,
      remediate: true,
    };
  };

  it('names transport and tool in the record, in the audit log and in the output', async () => {
    await remediate(scaling('web'));
    const [entry] = auditEntries(await journal.records());
    assert.deepEqual(
      [entry?.transport, entry?.tool, entry?.fallback, entry?.outcome],
      ['mcp', 'resources_scale', undefined, 'verified'],
    );
    const output = events.flatMap(linesFor).map(({ text }) => text);
    assert.match(
      output.join('\n'),
      /through the MCP server's tool resources_scale, approved, started by ada$/m,
    );
  });

  it('is undone through it as well', async () => {
    const request = scaling('web');
    const { runId } = await remediate(request);
    const [step] = auditEntries(await journal.records());
    await undo({ run: request.run, runId, stepId: step?.stepId ?? '', triggeredBy: ada });
    const undone = auditEntries(await journal.records()).find(({ argv }) => argv.includes('--replicas=1'));
    assert.deepEqual(
      [undone?.transport, undone?.tool, undone?.outcome],
      ['mcp', 'resources_scale', 'verified'],
    );
  });

  it('looks at the object where the server died midway, and does nothing twice', async () => {
    await remediate(scaling('die'));
    const records = await journal.records();
    const types = records.map(({ type }) => type);
    assert.equal(types.filter((type) => type === 'ExecutionStarted').length, 1);
    const finished = records.find(({ type }) => type === 'ExecutionFinished');
    assert.match(
      finished?.type === 'ExecutionFinished' ? (finished.data.error ?? '') : '',
      /broke off .* it may have taken effect\. Looked at right after it: .* was changed/,
    );
    // The change had arrived: the verification tells.
    const [entry] = auditEntries(records);
    assert.equal(entry?.verification?.verified, true);
    assert.equal(entry?.outcome, 'verified');
  });
});

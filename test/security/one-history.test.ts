/** Runs of an incident are one history in all windows: what just failed in one is not repeated in another, and one cause is one trouble. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeObject } from '../../src/domain/kubernetes.ts';
import type { Step } from '../../src/domain/plan.ts';
import type { NewRecord } from '../../src/domain/record.ts';
import type { Approver, RemediationResult, RunEvent } from '../../src/domain/run.ts';
import { Journal } from '../../src/journal/journal.ts';
import { remediate } from '../../src/remediation/engine.ts';
import { runPolicy } from '../../src/remediation/options.ts';
import type { RunPolicy } from '../../src/remediation/run-policy.ts';
import type { RunContext } from '../../src/remediation/step-runner.ts';
import { FakeCluster } from '../support/fake-cluster.ts';
import { waitFor } from '../support/processes.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';

const labels = { app: 'payments' };
const deployment: KubeObject = {
  kind: 'Deployment',
  metadata: { name: 'payments', namespace: 'shop', uid: 'd1', generation: 1, labels },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'payments:1' }] } },
  },
  status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 },
};
const pod: KubeObject = {
  kind: 'Pod',
  metadata: { name: 'payments-1', namespace: 'shop', uid: 'p1', labels },
  spec: { containers: [{ name: 'app', image: 'payments:1' }] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [] },
};
const service = (selector: Record<string, string>): KubeObject => ({
  kind: 'Service',
  metadata: { name: 'payments', namespace: 'shop', uid: 's1' },
  spec: { selector, ports: [{ port: 80 }] },
});
const endpoints = (ready: boolean): KubeObject => ({
  kind: 'Endpoints',
  metadata: { name: 'payments', namespace: 'shop' },
  ...(ready ? { subsets: [{ addresses: [{ ip: '10.0.0.1' }] }] } : {}),
});

describe('Runs of one incident in two windows', function () {
  this.timeout(60_000);
  let scratch: Scratch;
  let cluster: FakeCluster;
  let first: Journal;
  let second: Journal;
  let policy: RunPolicy;
  /** Whether the change ends what is wrong. */
  let helps: boolean;

  const ran = () => join(scratch.path, 'ran');
  const commands = (): string[] => (existsSync(ran()) ? readFileSync(ran(), 'utf8').trim().split('\n') : []);

  beforeEach(async () => {
    scratch = await scratchFolder('one-history');
    const directory = join(scratch.path, 'journal');
    [first, second] = [new Journal({ directory }), new Journal({ directory })];
    await Promise.all([first.open(), second.open()]);
    cluster = new FakeCluster(deployment, pod, service({ app: 'payment' }), endpoints(false));
    helps = true;
    policy = {
      ...runPolicy({ mode: 'approval', destructiveOperations: true, cooldownSeconds: 0 }, 'practice'),
      verification: { timeoutSeconds: 0.3, settleSeconds: 0.01 },
      automaticUndo: false,
    };
    await writeFile(
      join(scratch.path, 'kubectl'),
      `#!${process.execPath}
require('node:fs').appendFileSync(${JSON.stringify(ran())}, process.argv.slice(2).join(' ') + '\\n');
`,
      { mode: 0o755 },
    );
  });
  afterEach(async () => {
    await Promise.all([first.close(), second.close()]);
    await scratch.remove();
  });

  interface Window {
    readonly journal: Journal;
    readonly incident?: string;
    readonly approve?: Approver;
    readonly by?: 'user' | 'system';
    readonly mode?: RunPolicy['mode'];
    readonly onEvent?: (event: RunEvent) => void;
    readonly now?: () => Date;
    /** The mode as it is at each moment. */
    readonly live?: () => RunPolicy['mode'];
  }

  function run({
    journal,
    incident = 'P1',
    approve,
    by = 'user',
    mode,
    onEvent,
    now = () => new Date(),
    live = () => mode ?? policy.mode,
  }: Window): Promise<RemediationResult> {
    const context: Omit<RunContext, 'runId' | 'incidentId'> = {
      ...{ journal, cluster, kubectl: join(scratch.path, 'kubectl'), environment: process.env, user: 'ada' },
      policy: () => ({ ...policy, mode: live() }),
      emit: (event) => {
        onEvent?.(event);
        if (event.type === 'record' && event.record.type === 'VerificationStarted' && helps)
          cluster.put(service(labels), endpoints(true));
      },
      signal: new AbortController().signal,
      now,
      inFlight: { automatic: 0 },
      ...(approve === undefined ? {} : { approve }),
    };
    return remediate({
      run: context,
      alert: { id: incident, title: 'payments is down' },
      hints: [
        { namespace: 'shop', kind: 'Service', name: 'payments', source: 'label service', trust: 'labelled' },
      ],
      triggeredBy: { type: by, name: by === 'user' ? 'ada' : 'oncall-agent' },
      remediate: true,
    });
  }

  const approveAtOnce: Approver = ({ step }) => Promise.resolve({ type: 'approve', argvHash: step.argvHash });

  /** A run whose first question waits until it is let go, and what it was asked in turn. */
  function asked(journal: Journal, incident = 'P1') {
    const questions: Step[] = [];
    const { promise: released, resolve } = Promise.withResolvers<undefined>();
    const result = run({
      ...{ journal, incident },
      approve: async ({ step }) => {
        questions.push(step);
        if (questions.length === 1) await released;
        return questions.length > 2 ? { type: 'stop' } : { type: 'approve', argvHash: step.argvHash };
      },
    });
    return {
      ...{ questions, result },
      release: () => resolve(undefined),
      waits: () =>
        waitFor('it asks', () => Promise.resolve(questions.length > 0 || undefined), {
          timeoutMs: 20_000,
          everyMs: 10,
        }),
    };
  }

  it('an approval of what has failed elsewhere since is asked anew, with what happened and a lower confidence', async () => {
    helps = false;
    const waiting = asked(second);
    await waiting.waits();
    assert.equal((await run({ journal: first, approve: approveAtOnce })).status, 'unresolved');
    assert.equal(commands().length, 1);
    waiting.release();
    await waiting.result;
    const [before, anew] = waiting.questions;
    assert.match(
      anew?.decision.reason ?? '',
      /^The same was tried at \d\d:\d\d UTC in another run and did not help: look again\.$/,
    );
    assert.ok((anew?.confidence ?? 1) < (before?.confidence ?? 0));
    assert.equal(anew?.argvHash, before?.argvHash);
    // Approved knowingly, it runs.
    assert.equal(commands().length, 2);
  });

  it('an approval does not run what another window is verifying, or has mended', async () => {
    const waiting = asked(second);
    await waiting.waits();
    assert.equal((await run({ journal: first, approve: approveAtOnce })).status, 'resolved');
    waiting.release();
    const result = await waiting.result;
    assert.equal(commands().length, 1);
    assert.match(result.executionResults.results[0]?.message ?? '', /gone: there is nothing left to fix/);
  });

  it('an approval is asked anew once another run has changed the same object for another incident', async () => {
    helps = false;
    const waiting = asked(second, 'P2');
    await waiting.waits();
    await run({ journal: first, incident: 'P1', approve: approveAtOnce });
    waiting.release();
    await waiting.result;
    assert.equal(waiting.questions.length, 2);
  });

  it('YOLO mode asks for what has just failed for the incident, whoever did it', async () => {
    helps = false;
    await run({ journal: first, approve: approveAtOnce });
    const result = await run({ journal: second, by: 'system', mode: 'yolo' });
    assert.equal(result.status, 'awaiting-approval');
    assert.match(
      result.plan.steps[0]?.decision.reason ?? '',
      /was tried at .* in another run and did not help/,
    );
    assert.equal(commands().length, 1);
  });

  it('YOLO mode asks for the same on an object where it has just failed for another incident', async () => {
    helps = false;
    await run({ journal: first, incident: 'P1', approve: approveAtOnce });
    const result = await run({ journal: second, incident: 'P2', by: 'system', mode: 'yolo' });
    assert.equal(result.status, 'awaiting-approval');
    assert.equal(commands().length, 1);
  });

  it('YOLO mode does again what worked, where the same trouble is back', async () => {
    await run({ journal: first, approve: approveAtOnce });
    cluster.put(service({ app: 'payment' }), endpoints(false));
    const result = await run({ journal: second, incident: 'P2', by: 'system', mode: 'yolo' });
    assert.equal(result.status, 'resolved', JSON.stringify(result.plan.steps[0]?.decision));
    assert.equal(commands().length, 2);
  });

  it('two incidents of one cause: the first is handled, the second waits, looks again and is over', async () => {
    const told: string[] = [];
    const onEvent = (event: RunEvent) => {
      if (event.type === 'progress') told.push(event.message);
    };
    const results = await Promise.all([
      run({ journal: first, incident: 'P1', by: 'system', mode: 'yolo', onEvent }),
      run({ journal: second, incident: 'P2', by: 'system', mode: 'yolo', onEvent }),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['resolved', 'resolved'],
      JSON.stringify(results.map((one) => one.executionResults)),
    );
    assert.equal(commands().length, 1);
    assert.ok(
      told.some((message) =>
        /^Waiting for the run for incident P[12] on the same cause to end$/.test(message),
      ),
      told.join(),
    );
    const ended = (await first.records()).flatMap((one) =>
      one.type === 'RunEnded' ? [one.data.message] : [],
    );
    assert.ok(
      ended.some((message) => /^Over: the run for incident P[12]/.test(message)),
      ended.join(),
    );
  });

  it('ten incidents of one cause in two windows make one change', async () => {
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        run({ journal: index % 2 === 0 ? first : second, incident: `P${index}`, by: 'system', mode: 'yolo' }),
      ),
    );
    assert.equal(commands().length, 1, commands().join('\n'));
    assert.ok(
      results.every(({ status }) => status === 'resolved'),
      results.map(({ status }) => status).join(),
    );
  });

  it('as two that a person starts in YOLO mode', async () => {
    const results = await Promise.all([
      run({ journal: first, incident: 'P1', mode: 'yolo' }),
      run({ journal: second, incident: 'P2', mode: 'yolo' }),
    ]);
    assert.ok(results.every(({ status }) => status === 'resolved'));
    assert.equal(commands().length, 1);
  });

  it('where the first one did not help, the second asks', async () => {
    helps = false;
    const results = await Promise.all([
      run({ journal: first, incident: 'P1', by: 'system', mode: 'yolo' }),
      run({ journal: second, incident: 'P2', by: 'system', mode: 'yolo' }),
    ]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['awaiting-approval', 'unresolved']);
    assert.equal(commands().length, 1);
  });

  for (const answer of ['stop', 'skip'] as const)
    it(`where a person answers the first one with ${answer}, the second asks too`, async () => {
      await run({ journal: first, incident: 'P1', approve: () => Promise.resolve({ type: answer }) });
      const result = await run({ journal: second, incident: 'P2', by: 'system', mode: 'yolo' });
      assert.equal(result.status, 'awaiting-approval', JSON.stringify(result.plan.steps[0]?.decision));
      assert.match(
        result.plan.steps[0]?.decision.reason ?? '',
        /^A person stepped in on the run for incident P1, which has the same cause\.$/,
      );
      assert.equal(commands().length, 0);
      // Until they give it to automation.
      const user = { type: 'user', name: 'ada' } as const;
      await first.append({ runId: null, incidentId: 'P1', actor: user, type: 'HandedOver', data: {} });
      const given = await run({ journal: second, incident: 'P3', by: 'system', mode: 'yolo' });
      assert.equal(given.status, 'awaiting-approval', 'P2 waits for a person by now');
      assert.match(given.plan.steps[0]?.decision.reason ?? '', /incident P2.*waits for a person/);
    });

  it('where another change of the same cause failed shortly before the second looked, it asks', async () => {
    await run({ journal: second, incident: 'P0', approve: approveAtOnce });
    cluster.put(service({ app: 'payment' }), endpoints(false));
    const [causes] = (await second.records()).flatMap((one) =>
      one.type === 'Planned' ? [one.data.causes ?? []] : [],
    );
    const past = {
      runId: 'past',
      incidentId: 'P1',
      actor: { type: 'system', name: 'oncall-agent' },
    } as const;
    const change = {
      ...{ stepId: 's1', argv: ['kubectl', 'delete', 'pod', 'other-1', '-n', 'shop'], context: 'practice' },
      ...{ transport: 'kubectl', automatic: true, before: [] },
    } as const;
    for (const record of [
      { type: 'RunStarted', data: { alert: { id: 'P1', title: '' }, mode: 'yolo', context: 'practice' } },
      { type: 'Planned', data: { steps: [], causes } },
      { type: 'ExecutionStarted', data: change },
      { type: 'RunEnded', data: { status: 'unresolved', message: '' } },
    ])
      await first.append({ ...past, ...record } as NewRecord);
    const result = await run({ journal: second, incident: 'P2', by: 'system', mode: 'yolo' });
    assert.equal(result.status, 'awaiting-approval', JSON.stringify(result.plan.steps[0]?.decision));
    assert.match(result.plan.steps[0]?.decision.reason ?? '', /incident P1, .* ended without success/);
    assert.equal(commands().length, 1);
  });

  it('where the window of the first one died, the second does not wait for ever, and asks', async () => {
    const planned = Promise.withResolvers<undefined>();
    const dead = run({
      ...{ journal: first, incident: 'P1' },
      approve: () => (planned.resolve(undefined), Promise.resolve({ type: 'stop' as const })),
    });
    await Promise.all([planned.promise, dead]);
    const alive = new Journal({ directory: join(scratch.path, 'other') });
    await alive.open();
    try {
      // What the first window wrote before it died in the middle of its step.
      for (const record of await first.records()) {
        if (record.type === 'RunEnded') continue;
        const { runId, incidentId, actor, type, data } = record;
        await alive.append({ runId, incidentId, actor, type, data } as NewRecord);
        if (record.type !== 'Planned' || runId === null) continue;
        const [step] = record.data.steps;
        await alive.append({
          ...{ runId, incidentId, actor: { type: 'system', name: 'oncall-agent' }, type: 'ExecutionStarted' },
          data: {
            ...{ stepId: step?.id ?? '', argv: step?.argv ?? [], context: 'practice' },
            ...{ transport: 'kubectl', automatic: true, before: [] },
          },
        } as NewRecord);
        break;
      }
      let later = 0;
      const result = await run({
        ...{ journal: alive, incident: 'P2', by: 'system', mode: 'yolo' },
        now: () => new Date(Date.now() + later),
        onEvent: (event) => {
          if (event.type === 'progress' && event.message.startsWith('Waiting for')) later = 3_000_000;
        },
      });
      assert.equal(result.status, 'awaiting-approval');
      assert.equal(later, 3_000_000);
      assert.equal(commands().length, 0);
    } finally {
      await alive.close();
    }
  });

  it('YOLO mode, switched on meanwhile, does not go on with a run that began in approval mode', async () => {
    let mode: RunPolicy['mode'] = 'approval';
    let asked = 0;
    const result = await run({
      ...{ journal: first, live: () => mode },
      onEvent: (event) => {
        if (event.type === 'record' && event.record.type === 'Planned') mode = 'yolo';
      },
      approve: () => {
        asked++;
        return Promise.resolve({ type: 'skip' });
      },
    });
    assert.equal(asked, 1);
    assert.equal(result.status, 'unresolved');
    assert.equal(commands().length, 0);
  });

  it('where a person is asked about the first one, the second asks too', async () => {
    const waiting = asked(first, 'P1');
    await waiting.waits();
    const result = await run({ journal: second, incident: 'P2', by: 'system', mode: 'yolo' });
    assert.equal(result.status, 'awaiting-approval');
    assert.match(
      result.plan.steps[0]?.decision.reason ?? '',
      /incident P1, which has the same cause, waits for a person/,
    );
    assert.equal(commands().length, 0);
    waiting.release();
    await waiting.result;
  });
});

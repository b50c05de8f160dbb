/** In which cluster the agent handles an alert, as the library face shows it. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OncallAgent, type Alert } from '../../src/agent.ts';
import { startPracticeCluster } from '../../src/practice/cluster/start.ts';

describe('The cluster that an alert is handled in', () => {
  let folder: string;
  let cluster: Awaited<ReturnType<typeof startPracticeCluster>>;
  let kubeconfig: string;
  let agent: OncallAgent | undefined;

  /** Two contexts for one API server: `practice`, which is the current one, and `eu`. */
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oncall-place-'));
    cluster = await startPracticeCluster({ directory: folder });
    await writeFile(join(folder, 'kubectl'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    kubeconfig = join(folder, 'two-contexts');
    const text = await readFile(cluster.kubeconfig, 'utf8');
    assert.match(text, /practice/);
    const user = { token: cluster.token };
    const server = {
      server: cluster.url,
      'certificate-authority-data': Buffer.from(cluster.caCertificate).toString('base64'),
    };
    const context = { cluster: 'one', user: 'one' };
    await writeFile(
      kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'practice',
        clusters: [{ name: 'one', cluster: server }],
        users: [{ name: 'one', user }],
        contexts: ['practice', 'eu'].map((name) => ({ name, context })),
      }),
    );
  });
  afterEach(async () => {
    await agent?.dispose();
    agent = undefined;
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function handle(named: string, options: ConstructorParameters<typeof OncallAgent>[0] = {}) {
    agent = new OncallAgent({
      kubeconfig,
      kubectl: join(folder, 'kubectl'),
      journalDirectory: join(folder, 'journal'),
      user: 'ada',
      environment: { PATH: folder, HOME: folder },
      mode: 'yolo',
      ...options,
    });
    const details = { namespace: 'shop', deployment: 'checkout', cluster: named };
    const alert: Alert = { id: 'P1', title: 'checkout is down', details };
    const result = await agent.handleAlert(alert);
    const [view] = await agent.runViews();
    return { result, context: view?.context, mode: view?.mode };
  }

  it('is the mapped one, with the mode that is allowed there', async () => {
    const { context, mode, result } = await handle('shop-eu', {
      contextByCluster: { 'shop-eu': 'eu' },
      modeByContext: { eu: 'approval' },
    });
    assert.deepEqual([context, mode], ['eu', 'approval']);
    assert.doesNotMatch(result.diagnosis.summary, /no setting maps/);
  });

  it('is the pinned one where the alert calls it so, with its own mode', async () => {
    const { context, mode, result } = await handle('practice', { modeByContext: { eu: 'plan' } });
    assert.deepEqual([context, mode], ['practice', 'yolo']);
    assert.doesNotMatch(result.diagnosis.summary, /no setting maps/);
  });

  it('is the pinned one where no setting knows the name, and the result says so', async () => {
    const { context, result } = await handle('eu', { context: 'practice' });
    assert.equal(context, 'practice');
    assert.match(
      result.diagnosis.summary,
      /the alert names cluster eu, which no setting maps .*looked in context practice/,
    );
  });
});

/** The library face, as a program without an editor uses it. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assessCommand, decide, OncallAgent, type Alert } from '../../src/agent.ts';
import { defaultThresholds } from '../../src/domain/decision.ts';
import { isOncallError } from '../../src/domain/error.ts';
import { startPracticeCluster } from '../../src/practice/cluster/start.ts';

const alert: Alert = {
  id: 'P1',
  title: 'checkout is down',
  details: { namespace: 'shop', deployment: 'checkout' },
};

describe('The agent as a library', () => {
  let folder: string;
  let kubectl: string;
  let agent: OncallAgent | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oncall-agent-'));
    kubectl = join(folder, 'kubectl');
    await writeFile(kubectl, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  });

  afterEach(async () => {
    await agent?.dispose();
    agent = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  async function kubeconfigFor(server: string, name = 'kubeconfig'): Promise<string> {
    const path = join(folder, name);
    await writeFile(
      path,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'prod',
        clusters: [{ name: 'prod', cluster: { server } }],
        users: [{ name: 'prod', user: { token: 'x' } }],
        contexts: [{ name: 'prod', context: { cluster: 'prod', user: 'prod' } }],
      }),
    );
    return path;
  }

  const agentWith = (options: ConstructorParameters<typeof OncallAgent>[0]): OncallAgent => {
    agent = new OncallAgent({
      kubectl,
      journalDirectory: join(folder, 'journal'),
      user: 'ada',
      environment: { PATH: folder, HOME: folder },
      ...options,
    });
    return agent;
  };

  /** What a refused call says, which must be more than its name. */
  async function refusal(call: Promise<unknown>): Promise<{ code: string; text: string }> {
    try {
      await call;
    } catch (error) {
      assert(isOncallError(error), String(error));
      assert.notEqual(error.next, '');
      return { code: error.code, text: error.explanation };
    }
    return assert.fail('it was not refused');
  }

  it('assesses and decides without any connection', () => {
    const assessment = assessCommand('kubectl -n shop delete pod web-1');
    assert.equal(assessment.riskLevel, 'high');
    const decision = decide(assessment, {
      mode: 'plan',
      confidence: 1,
      destructiveOperations: true,
      autoApproveLowRisk: true,
      allowedNamespaces: [],
      thresholds: defaultThresholds,
      breaker: 'closed',
      automationStopped: false,
      automaticActions: 0,
      maxActionsPerIncident: 3,
      coolingDown: false,
    });
    assert.equal(decision.outcome, 'preview');
  });

  it('says where it looked when there is no kubectl', async () => {
    const { code, text } = await refusal(agentWith({ kubectl: join(folder, 'nothing') }).connect());
    assert.equal(code, 'kubectl-missing');
    assert.match(text, /nothing/);
  });

  it('says which kubeconfig is missing', async () => {
    const { code, text } = await refusal(agentWith({ kubeconfig: join(folder, 'gone') }).connect());
    assert.equal(code, 'kubeconfig-missing');
    assert.match(text, /gone/);
  });

  it('names the contexts there are when the chosen one does not exist', async () => {
    const kubeconfig = await kubeconfigFor('https://127.0.0.1:1');
    const { code, text } = await refusal(agentWith({ kubeconfig, context: 'staging' }).connect());
    assert.equal(code, 'context-missing');
    assert.match(text, /staging/);
    assert.match(text, /prod/);
  });

  it('names the server that cannot be reached', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    await new Promise((resolve) => server.close(resolve));
    const kubeconfig = await kubeconfigFor(`https://127.0.0.1:${port}`);
    const { code, text } = await refusal(agentWith({ kubeconfig }).connect());
    assert.equal(code, 'cluster-unreachable');
    assert.match(text, new RegExp(`127\\.0\\.0\\.1:${port}`));
  });

  it('refuses an alert without an id, and runs nothing for it', async () => {
    const kubeconfig = await kubeconfigFor('https://127.0.0.1:1');
    const { code } = await refusal(agentWith({ kubeconfig }).handleAlert({ id: '', title: 'x' }));
    assert.equal(code, 'alert-invalid');
  });

  it('runs nothing when the journal cannot be written', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    const kubeconfig = await kubeconfigFor('https://127.0.0.1:1');
    const { code } = await refusal(agentWith({ kubeconfig, journalDirectory: file }).handleAlert(alert));
    assert.equal(code, 'journal-unwritable');
  });

  it('remembers over a restart that the breaker was reset, and by whom', async () => {
    const first = agentWith({});
    await first.resetBreaker();
    await first.dispose();
    const second = agentWith({});
    await second.open();
    assert.equal(second.circuitBreaker().state, 'closed');
    const [record] = await second.journal.records();
    assert.equal(record?.type, 'BreakerReset');
    assert.equal(record?.actor.name, 'ada');
  });

  describe('connected to a cluster', () => {
    let cluster: Awaited<ReturnType<typeof startPracticeCluster>>;

    beforeEach(async () => {
      cluster = await startPracticeCluster({ directory: folder });
    });
    afterEach(() => cluster.close());

    it('connects, and gives an account of an alert whose target does not exist', async () => {
      const connected = agentWith({ kubeconfig: cluster.kubeconfig });
      await connected.connect();
      const result = await connected.handleAlert(alert);
      assert.equal(result.status, 'unresolved');
      assert.match(result.diagnosis.summary, /checkout/);
      assert.deepEqual(result.plan.steps, []);
      const [run] = await connected.runViews();
      assert.equal(run?.phase, 'unresolved');
    });

    it('survives details of any shape', async () => {
      const connected = agentWith({ kubeconfig: cluster.kubeconfig });
      for (const details of [null, 7, 'text', [], { labels: 3, tags: [null] }, { firing: {} }]) {
        const result = await connected.handleAlert({ id: 'P2', title: '', details });
        assert.equal(result.status, 'unresolved');
      }
    });

    it('goes to the cluster that the alert names', async () => {
      const kubeconfig = await kubeconfigFor('https://127.0.0.1:1', 'elsewhere');
      const two = JSON.parse(
        await import('node:fs').then(({ readFileSync }) => readFileSync(kubeconfig, 'utf8')),
      );
      two.clusters.push({
        name: 'eu',
        cluster: {
          server: cluster.url,
          'certificate-authority-data': Buffer.from(cluster.caCertificate).toString('base64'),
        },
      });
      two.users.push({ name: 'eu', user: { token: cluster.token } });
      two.contexts.push({ name: 'eu-context', context: { cluster: 'eu', user: 'eu' } });
      await writeFile(kubeconfig, JSON.stringify(two));
      const connected = agentWith({ kubeconfig, contextByCluster: { 'prod-eu-1': 'eu-context' } });
      await connected.handleAlert({
        ...alert,
        details: { ...(alert.details as object), cluster: 'prod-eu-1' },
      });
      const [run] = await connected.runViews();
      assert.equal(run?.context, 'eu-context');
    });

    it('ends what goes on when it is disposed of, and the journal says so', async () => {
      const connected = agentWith({ kubeconfig: cluster.kubeconfig });
      await connected.open();
      const going = connected.handleAlert(alert);
      await connected.dispose();
      await going.catch(() => undefined);
      const types = (await connected.journal.records()).map((record) => record.type);
      assert(types.length === 0 || types.at(-1) === 'RunEnded', types.join());
    });
  });
});

/** The Kubernetes that the other tests of this suite rely on is a real one: it fails the way that clusters fail. */
import assert from 'node:assert/strict';
import type { KubeObject } from '../../src/domain/kubernetes.ts';
import { startKubernetes, type Kubernetes } from '../support/kubernetes/kubernetes.ts';
import { mustRun, run, waitFor } from '../support/processes.ts';
import { ensureKubectl } from '../support/vscode/install.ts';

interface ContainerStatus {
  restartCount: number;
  ready: boolean;
  state: { waiting?: { reason: string } };
  lastState: { terminated?: { reason: string; exitCode: number } };
}

describe('A Kubernetes for tests', function () {
  let kubernetes: Kubernetes;
  let kubectl: string;
  const timeoutMs = 90_000;

  const ask = (...args: string[]) =>
    mustRun(kubectl, ['--kubeconfig', kubernetes.kubeconfig, ...args], { timeoutMs: 30_000 });

  /** A deployment of the practice application. */
  async function deploy(name: string, image: string, environment: Record<string, string>, memory = '64Mi') {
    const labels = { app: name };
    const container = {
      name: 'app',
      image,
      env: Object.entries(environment).map(([key, value]) => ({ name: key, value })),
      resources: { limits: { memory } },
      readinessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 1 },
    };
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    };
    const { code, stderr } = await run(kubectl, ['--kubeconfig', kubernetes.kubeconfig, 'apply', '-f', '-'], {
      timeoutMs: 30_000,
      input: JSON.stringify(deployment),
    });
    assert.equal(code, 0, stderr);
  }

  /** Waits until the one pod's container is in a state. */
  function container(name: string, what: string, holds: (status: ContainerStatus) => boolean) {
    return waitFor(
      `the container of ${name} is ${what}`,
      async () => {
        const { items } = JSON.parse(await ask('get', 'pods', '-l', `app=${name}`, '-o', 'json')) as {
          items: KubeObject[];
        };
        const status = (items[0]?.['status'] as { containerStatuses?: ContainerStatus[] } | undefined)
          ?.containerStatuses?.[0];
        return status && holds(status) ? status : undefined;
      },
      { timeoutMs, everyMs: 250 },
    );
  }

  before(async () => {
    kubectl = await ensureKubectl();
    kubernetes = await startKubernetes();
  });

  after(() => kubernetes.close());

  it('runs a healthy deployment until it is available', async () => {
    await deploy('healthy', 'shop-checkout:1.4.2', {});
    await ask('rollout', 'status', 'deployment/healthy', '--timeout=60s');
    assert.match(await ask('logs', 'deployment/healthy'), /ready, answering \/healthz/);
  });

  it('restarts a crashing container with back-off and keeps the log of its last instance', async () => {
    await deploy('crashing', 'shop-cart:1.9.0', { DATABASE_URL: 'mysql://db' });
    const status = await container(
      'crashing',
      'in CrashLoopBackOff',
      ({ state, restartCount }) => state.waiting?.reason === 'CrashLoopBackOff' && restartCount >= 1,
    );
    assert.equal(status.lastState.terminated?.exitCode, 1);
    assert.match(await ask('logs', 'deployment/crashing', '--previous'), /DATABASE_URL must begin with/);
  });

  it('ends a container that takes more memory than its limit', async () => {
    await deploy('greedy', 'shop-recommendations:3.1.0', { CACHE_MB: '100' });
    const status = await container(
      'greedy',
      'restarted',
      ({ lastState }) => lastState.terminated !== undefined,
    );
    assert.deepEqual(
      [status.lastState.terminated?.reason, status.lastState.terminated?.exitCode],
      ['OOMKilled', 137],
    );
  });

  it('backs off from pulling an image that does not exist', async () => {
    await deploy('unpullable', 'shop-cart:9.9.9', {});
    await container(
      'unpullable',
      'in ImagePullBackOff',
      ({ state }) => state.waiting?.reason === 'ImagePullBackOff',
    );
  });

  it('takes a rollout back with kubectl', async () => {
    await deploy('rolled-back', 'shop-search:4.0.3', {});
    await ask('rollout', 'status', 'deployment/rolled-back', '--timeout=60s');
    await ask('set', 'env', 'deployment/rolled-back', 'DATABASE_URL=mysql://db');
    await ask('rollout', 'undo', 'deployment/rolled-back');
    await ask('rollout', 'status', 'deployment/rolled-back', '--timeout=60s');
    const deployment = JSON.parse(await ask('get', 'deployment/rolled-back', '-o', 'json')) as KubeObject;
    assert.deepEqual(deployment['spec'].template.spec.containers[0].env ?? [], []);
  });
});

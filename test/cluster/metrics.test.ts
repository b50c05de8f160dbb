/** A real control plane takes its metrics from the stand-in: kubectl shows them, and autoscalers scale by them. */
import assert from 'node:assert/strict';
import { autoscalers } from '../../src/practice/api-groups.ts';
import { KubeClient } from '../../src/practice/client.ts';
import { deployments, namespaces } from '../../src/practice/objects.ts';
import { scalingCondition } from '../../src/practice/scenarios/autoscaling.ts';
import { whyNoBinaries } from '../support/kubernetes/binaries.ts';
import { startControlPlane, type ControlPlane } from '../support/kubernetes/control-plane.ts';
import { startMetrics } from '../support/kubernetes/metrics.ts';
import { startSimulatedNodes } from '../support/kubernetes/simulated.ts';
import { run, waitFor } from '../support/processes.ts';
import { scratchFolder } from '../support/scratch.ts';
import { ensureKubectl } from '../support/vscode/install.ts';

const name = 'web';
const namespace = 'metrics-test';

describe('Metrics on a real control plane', function () {
  this.timeout(180_000);
  let controlPlane: ControlPlane;
  let client: KubeClient;
  let kubectl: string;
  const closing: (() => Promise<void>)[] = [];

  before(async function () {
    // A cluster of somebody's own has metrics of its own.
    if (whyNoBinaries() !== undefined) this.skip();
    kubectl = await ensureKubectl();
    const scratch = await scratchFolder('metrics');
    closing.push(() => scratch.remove());
    controlPlane = await startControlPlane(scratch.path);
    closing.push(() => controlPlane.close());
    const { server, ca, token } = controlPlane;
    client = new KubeClient({ server, ca, token });
    closing.push(() => Promise.resolve(client.close()));
    const nodes = await startSimulatedNodes(client, true);
    closing.push(() => nodes.close());
    const metrics = await startMetrics(client);
    closing.push(() => metrics.close());
    await client.create(namespaces, { metadata: { name: namespace } });
    const labels = { app: name };
    const container = {
      name: 'app',
      image: 'docker.io/library/shop-cart:1.9.0',
      env: [{ name: 'LOAD_MILLICORES', value: '160' }],
      resources: { requests: { cpu: '50m' } },
    };
    await client.create(deployments, {
      metadata: { name, namespace },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    });
  });
  after(async () => {
    for (const close of closing.reverse()) await close();
  });

  /** What kubectl top prints; where there are no metrics yet it fails. */
  const top = async (...args: string[]): Promise<string> => {
    const argv = ['--kubeconfig', controlPlane.kubeconfig, 'top', ...args, '--no-headers'];
    return (await run(kubectl, argv, { timeoutMs: 30_000 })).stdout.trim();
  };

  it('are what kubectl top shows, of pods and of nodes', async () => {
    const lines = await waitFor(
      'both pods carry their share of the load',
      async () => {
        const shown = (await top('pods', '-n', namespace, '-l', `app=${name}`)).split('\n');
        return shown.length === 2 && shown.every((line) => line.includes(' 80m ')) ? shown : undefined;
      },
      { timeoutMs: 120_000, everyMs: 1_000 },
    );
    assert.match(lines[0] ?? '', /^web-\S+ +80m +24Mi/);
    assert.match(await top('nodes'), /^\S+ +\d+m +\d+% +\d+Mi +\d+%/m);
  });

  it('are what autoscalers scale by', async () => {
    await client.create(autoscalers, {
      metadata: { name, namespace },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        minReplicas: 2,
        maxReplicas: 6,
        targetCPUUtilizationPercentage: 80,
      },
    });
    const scaled = await waitFor(
      'there are as many pods as the load needs',
      async () => {
        const found = await client.get(autoscalers, namespace, name);
        return found?.status?.currentCPUUtilizationPercentage === 80 ? found : undefined;
      },
      { timeoutMs: 120_000, everyMs: 1_000 },
    );
    assert.equal(scaled.status?.currentReplicas, 4);
    assert.equal(scalingCondition(scaled, 'ScalingActive')?.reason, 'ValidMetricFound');
  });
});

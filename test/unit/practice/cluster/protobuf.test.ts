import assert from 'node:assert/strict';
import { join } from 'node:path';
import { KubeClient } from '../../../../src/practice/client.ts';
import { namespaces, type KubeObject, type Resource } from '../../../../src/practice/objects.ts';
import { startPracticeCluster, type PracticeCluster } from '../../../../src/practice/cluster/start.ts';
import { mustRun, run } from '../../../support/processes.ts';
import { scratchFolder, type Scratch } from '../../../support/scratch.ts';
import { ensureKubectl } from '../../../support/vscode/install.ts';

const image = 'docker.io/library/shop-cart:1.9.0';
const cronJobs: Resource<KubeObject & { spec: object }> = {
  ...{ apiVersion: 'batch/v1', kind: 'CronJob', plural: 'cronjobs', namespaced: true },
};

/** Everything of it that a manifest of somebody's may hold. */
const podSpec = {
  restartPolicy: 'Never',
  serviceAccountName: 'shop',
  nodeSelector: { disk: 'ssd' },
  tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'shop', effect: 'NoSchedule' }],
  volumes: [
    { name: 'tmp', emptyDir: {} },
    { name: 'settings', configMap: { name: 'settings', items: [{ key: 'a', path: 'b' }] } },
    { name: 'key', secret: { secretName: 'key', optional: true } },
  ],
  containers: [
    {
      ...{ name: 'app', image, command: ['/bin/sh', '-c'], args: ['exit 0'], workingDir: '/tmp' },
      ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
      env: [
        { name: 'MODE', value: 'night' },
        { name: 'KEY', valueFrom: { secretKeyRef: { name: 'key', key: 'token', optional: true } } },
        { name: 'NODE', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } },
      ],
      envFrom: [{ configMapRef: { name: 'settings' } }],
      resources: { limits: { memory: '128Mi' }, requests: { cpu: '10m', memory: '64Mi' } },
      volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      readinessProbe: { httpGet: { path: '/ready', port: 8080, scheme: 'HTTP' }, periodSeconds: 5 },
      livenessProbe: { exec: { command: ['true'] }, initialDelaySeconds: 3 },
    },
  ],
};

describe('What kubectl creates in protobuf', function () {
  this.timeout(120_000);
  let scratch: Scratch;
  let cluster: PracticeCluster;
  let client: KubeClient;
  let kubectl: string;

  before(async () => {
    scratch = await scratchFolder('protobuf');
    cluster = await startPracticeCluster({ directory: scratch.path });
    client = new KubeClient({ server: cluster.url, ca: cluster.caCertificate, token: cluster.token });
    kubectl = await ensureKubectl();
    await client.create(namespaces, { metadata: { name: 'shop' } });
    await client.create(cronJobs, {
      metadata: { name: 'nightly', namespace: 'shop' },
      spec: {
        ...{ schedule: '0 3 * * *', suspend: true },
        jobTemplate: {
          metadata: { labels: { team: 'shop' } },
          spec: { backoffLimit: 0, template: { metadata: { labels: { app: 'nightly' } }, spec: podSpec } },
        },
      },
    });
  });
  after(async () => {
    client?.close();
    await cluster?.close();
    await scratch?.remove();
  });

  const args = (...words: string[]): string[] => [
    ...['--kubeconfig', cluster.kubeconfig, '--cache-dir', join(scratch.path, 'cache'), '-n', 'shop'],
    ...words,
  ];
  const ask = async (...words: string[]): Promise<unknown> =>
    JSON.parse(await mustRun(kubectl, args('-o', 'json', ...words), { timeoutMs: 60_000 }));

  const commands: readonly (readonly string[])[] = [
    ['create', 'configmap', 'settings', '--from-literal=a=b', '--from-literal=empty='],
    ['create', 'secret', 'generic', 'key', '--from-literal=token=t0p', '--type=shop/key'],
    ['create', 'namespace', 'other'],
    ['create', 'serviceaccount', 'robot'],
    ['create', 'quota', 'small', '--hard=pods=100,requests.memory=10Gi'],
    ['create', 'role', 'reader', '--verb=get,list', '--resource=pods,deployments.apps', '--resource-name=x'],
    ['create', 'service', 'clusterip', 'web', '--tcp=80:http'],
    ['create', 'deployment', 'web', `--image=${image}`, '--replicas=0', '--port=8080'],
    ['create', 'job', 'once', `--image=${image}`, '--', 'echo', 'hi'],
    ['create', 'job', 'tonight', '--from=cronjob/nightly'],
    ['create', 'cronjob', 'weekly', `--image=${image}`, '--schedule=0 4 * * 0', '--', 'date'],
    ['expose', 'deployment', 'web', '--name=exposed', '--port=80', '--target-port=8080'],
    ['autoscale', 'deployment', 'web', '--name=grows', '--min=2', '--max=5', '--cpu=80%'],
  ];
  for (const words of commands) {
    it(`is what it would have written as JSON: ${words.slice(0, 3).join(' ')}`, async () => {
      const wished = await ask('--dry-run=client', ...words);
      assertHolds(await ask('--dry-run=server', ...words), wished);
      assertHolds(await ask(...words), wished);
    });
  }

  it('is a job as the schedule would have made it', async () => {
    const job = (await ask('get', 'job', 'tonight')) as { spec: Record<string, unknown> };
    assertHolds(job, {
      metadata: { labels: { team: 'shop' }, annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' } },
      spec: { backoffLimit: 0, template: { metadata: { labels: { app: 'nightly' } }, spec: podSpec } },
    });
  });

  it('is refused where a field is not known here, and never loses it in silence', async () => {
    await client.create(cronJobs, {
      metadata: { name: 'odd', namespace: 'shop' },
      spec: {
        schedule: '0 3 * * *',
        jobTemplate: {
          spec: { template: { spec: { ...podSpec, hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }] } } },
        },
      },
    });
    const { code, stderr } = await run(kubectl, args('create', 'job', 'odd', '--from=cronjob/odd'), {
      timeoutMs: 60_000,
    });
    assert.equal(code, 1);
    assert.match(stderr, /does not read field 23 of this Job in protobuf: write it as a manifest/);
  });
});

/** Whether all that `part` says is so in `whole`; empty parts say nothing. */
function assertHolds(whole: unknown, part: unknown, path = 'it'): void {
  if (typeof part !== 'object' || part === null) {
    if (part !== null) assert.deepEqual(whole, part, path);
    return;
  }
  for (const [key, value] of Object.entries(part)) {
    const isVoid = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
    if (isVoid || value === null) continue;
    assertHolds((whole as Record<string, unknown> | undefined)?.[key], value, `${path}.${key}`);
  }
}

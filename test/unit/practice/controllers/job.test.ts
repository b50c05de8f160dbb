import assert from 'node:assert/strict';
import { jobs } from '../../../../src/practice/api-groups.ts';
import type { Job } from '../../../../src/practice/api-groups.ts';
import { wallClock } from '../../../../src/practice/clock.ts';
import { startControllers } from '../../../../src/practice/controllers/controllers.ts';
import { jobStep } from '../../../../src/practice/controllers/job.ts';
import { startNodeSimulator } from '../../../../src/practice/node/simulator.ts';
import type { NodeSimulator } from '../../../../src/practice/node/simulator.ts';
import { events, namespaces, pods } from '../../../../src/practice/objects.ts';
import type { Pod, PodStatus } from '../../../../src/practice/objects.ts';
import { eventually, startTestCluster } from '../waiting.ts';
import type { TestCluster } from '../waiting.ts';

const image = 'docker.io/library/shop-cart:1.9.0';
const exporting = (name: string, format: string, backoffLimit?: number): Job => ({
  metadata: { name, namespace: 'shop' },
  spec: {
    backoffLimit,
    template: {
      metadata: { labels: { app: 'export' } },
      spec: {
        restartPolicy: 'Never',
        containers: [{ name: 'app', image, args: ['export', `--format=${format}`] }],
      },
    },
  },
});

describe('what a Job asks for', () => {
  const job = (spec: Partial<Job['spec']>): Job => ({
    metadata: {},
    spec: { ...exporting('any', 'csv').spec, ...spec },
  });
  const owned = (...phases: PodStatus['phase'][]): Pod[] =>
    phases.map((phase) => ({ metadata: {}, spec: { containers: [] }, status: { phase } }));

  it('is one pod until it has ended, and another where it failed', () => {
    assert.deepEqual(jobStep(job({}), []), { step: 'run', missing: 1 });
    assert.deepEqual(jobStep(job({}), owned('Running')), { step: 'run', missing: 0 });
    assert.deepEqual(jobStep(job({}), owned('Failed')), { step: 'run', missing: 1 });
    assert.deepEqual(jobStep(job({}), owned('Failed', 'Succeeded')), { step: 'complete' });
  });

  it('is nothing more once it failed more often than it may: six times unless it says otherwise', () => {
    const failures = (count: number) => owned(...Array.from({ length: count }, () => 'Failed' as const));
    assert.deepEqual(jobStep(job({ backoffLimit: 2 }), failures(2)), { step: 'run', missing: 1 });
    assert.deepEqual(jobStep(job({ backoffLimit: 2 }), failures(3)), { step: 'fail' });
    assert.deepEqual(jobStep(job({}), failures(6)), { step: 'run', missing: 1 });
    assert.deepEqual(jobStep(job({}), failures(7)), { step: 'fail' });
  });

  it('is as many pods side by side as it allows, and no more than are left to do', () => {
    const several = job({ completions: 5, parallelism: 2 });
    assert.deepEqual(jobStep(several, []), { step: 'run', missing: 2 });
    assert.deepEqual(jobStep(several, owned('Succeeded', 'Succeeded', 'Succeeded', 'Succeeded')), {
      step: 'run',
      missing: 1,
    });
  });
});

describe('the job controller of the practice cluster', () => {
  let cluster: TestCluster;
  let simulator: NodeSimulator;
  const abort = new AbortController();
  const failures: string[] = [];

  before(async () => {
    cluster = await startTestCluster();
    const { client } = cluster;
    const clock = wallClock(50);
    const report = (error: unknown, key: string): void => {
      if (!abort.signal.aborted) failures.push(`${key}: ${String(error)}`);
    };
    startControllers({ client, clock, signal: abort.signal, report });
    simulator = await startNodeSimulator({ client, clock, nodes: [{ name: 'n1' }], report });
    await client.create(namespaces, { metadata: { name: 'shop' } });
  });
  after(async () => {
    abort.abort();
    await simulator.close();
    await cluster.close();
    assert.deepEqual(failures, []);
  });

  /** The Job once it has this condition, and its pods. */
  async function ended(name: string, type: 'Complete' | 'Failed'): Promise<{ job: Job; own: Pod[] }> {
    const all = await eventually(cluster.client, jobs, { namespace: 'shop' }, (found) =>
      found.some(
        ({ metadata, status }) =>
          metadata.name === name && status?.conditions?.some((condition) => condition.type === type),
      ),
    );
    const job = all.find(({ metadata }) => metadata.name === name);
    assert.ok(job);
    const own = await cluster.client.list(pods, { namespace: 'shop', labelSelector: `job-name=${name}` });
    return { job, own };
  }

  const told = async (name: string, last: string): Promise<string[]> => {
    const about = (all: readonly { involvedObject: { name?: string }; reason: string }[]) =>
      all.filter(({ involvedObject }) => involvedObject.name === name).map(({ reason }) => reason);
    const seen = await eventually(cluster.client, events, { namespace: 'shop' }, (all) =>
      about(all).includes(last),
    );
    return about(seen);
  };

  it('completes a Job whose pod succeeds, and keeps the pod', async () => {
    await cluster.client.create(jobs, exporting('right', 'csv'));
    const { job, own } = await ended('right', 'Complete');
    assert.equal(job.status?.succeeded, 1);
    assert.equal(job.status.active, undefined);
    assert.ok(job.status.completionTime);
    assert.deepEqual(
      own.map(({ status }) => status?.phase),
      ['Succeeded'],
    );
    const uid = job.metadata.uid ?? '';
    assert.equal(own[0]?.metadata.labels?.['batch.kubernetes.io/controller-uid'], uid);
    assert.deepEqual(job.spec.selector, { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } });
    assert.ok((await told('right', 'Completed')).includes('SuccessfulCreate'));
  });

  it('tries a failing Job again, later each time, until its limit, and keeps every failed pod', async () => {
    const begun = Date.now();
    await cluster.client.create(jobs, exporting('wrong', 'cvs', 2));
    const { job, own } = await ended('wrong', 'Failed');
    assert.ok(Date.now() - begun >= (10_000 + 20_000) / 50, 'it waited 10 and 20 seconds between its tries');
    const [condition] = job.status?.conditions ?? [];
    assert.deepEqual(
      [condition?.reason, condition?.message],
      ['BackoffLimitExceeded', 'Job has reached the specified backoff limit'],
    );
    assert.equal(job.status?.failed, 3);
    assert.deepEqual(
      own.map(({ status }) => status?.phase),
      ['Failed', 'Failed', 'Failed'],
    );
    assert.ok((await told('wrong', 'BackoffLimitExceeded')).includes('SuccessfulCreate'));
  });

  it('does not take up a Job again that has failed for good, whatever limit it gets then', async () => {
    const before = (await ended('wrong', 'Failed')).own.length;
    await cluster.client.patch(jobs, 'shop', 'wrong', { spec: { backoffLimit: 20 } });
    await cluster.client.create(jobs, exporting('later', 'json'));
    await ended('later', 'Complete');
    assert.equal((await ended('wrong', 'Failed')).own.length, before);
  });
});
